//! Programs on the model, and what can be seen after each of their calls.

use expect_test::{Expect, expect};
use lockstep_mm::kernel::Kernel;
use lockstep_syscalls::{Config, Model, parse};

/// The answer, VmLck in pages and the mapped pages after each call, against what is expected.
fn check(program: &str, expected: Expect) {
    let calls = parse(program.trim()).expect("a program");
    let config = Config {
        kernel: Kernel::AFTER,
        has_driver_page: false,
    };
    let mut model = Model::new(&calls, config).expect("a world");
    let mut told = String::new();
    for call in &calls {
        let state = model.call(call).expect("a call the model can make");
        let pages = state.pages.iter().filter(|page| page.mapped).map(|page| {
            let facts = page.facts().into_iter().filter(|(_, is)| *is);
            let facts: Vec<&str> = facts.map(|(name, _)| name).collect();
            format!("; {} {}", page.page, facts.join(" "))
        });
        let answer = state.errno.as_deref().unwrap_or("ok");
        let pages: String = pages.collect();
        told += &format!("{answer}, VmLck {}{pages}\n", state.vmlck_pages);
    }
    expected.assert_eq(&told);
}

#[test]
fn a_file_comes_to_be_where_it_is_first_named() {
    check(
        r#"
{"call":"mmap","at":0,"pages":2,"kind":"file-shared","file":"f","offset":1,"locked":true,"prot":"rw"}
{"call":"truncate","file":"f","pages":2}
{"call":"read","at":1}
{"call":"truncate","file":"g","pages":1}
{"call":"mmap","at":3,"pages":2,"kind":"file-private","file":"g","offset":0,"locked":false,"prot":"r"}
{"call":"read","at":4}
"#,
        expect![[r#"
            ok, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped present lo mlocked unevictable lru swapbacked
            ok, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped lo
            SIGBUS, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped lo
            ok, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped lo
            ok, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped lo; 3 mapped; 4 mapped
            SIGBUS, VmLck 2; 0 mapped present lo mlocked unevictable lru swapbacked; 1 mapped lo; 3 mapped; 4 mapped
        "#]],
    );
}

#[test]
fn every_way_to_fail_has_its_errno() {
    check(
        r#"
{"call":"mmap","at":0,"pages":2,"kind":"anon-private"}
{"call":"mlock","at":0,"pages":3}
{"call":"mlock2","at":0,"pages":1,"onfault":true}
{"call":"madvise-dontneed","at":0,"pages":1}
{"call":"madvise-dontneed","at":2,"pages":1}
{"call":"munlock","at":1,"pages":2}
{"call":"mlockall","flags":[]}
{"call":"munlockall"}
{"call":"mmap","at":2,"pages":1,"kind":"anon-private","prot":"none"}
{"call":"mlock","at":2,"pages":1}
{"call":"read","at":2}
{"call":"read","at":5}
{"call":"munlockall"}
{"call":"setrlimit-memlock","pages":1}
{"call":"drop-capability"}
{"call":"mlock","at":0,"pages":2}
{"call":"mlockall","flags":["current"]}
{"call":"mmap","at":3,"pages":2,"kind":"anon-shared","locked":true}
{"call":"setrlimit-memlock","pages":0}
{"call":"mlock","at":0,"pages":1}
{"call":"mlockall","flags":["current"]}
{"call":"mmap","at":3,"pages":1,"kind":"anon-shared","locked":true}
{"call":"munlock","at":0,"pages":1}
"#,
        expect![[r#"
            ok, VmLck 0; 0 mapped; 1 mapped
            ENOMEM, VmLck 2; 0 mapped lo; 1 mapped lo
            ok, VmLck 3; 0 mapped lo; 1 mapped lo
            EINVAL, VmLck 3; 0 mapped lo; 1 mapped lo
            ENOMEM, VmLck 3; 0 mapped lo; 1 mapped lo
            ENOMEM, VmLck 2; 0 mapped lo; 1 mapped
            EINVAL, VmLck 2; 0 mapped lo; 1 mapped
            ok, VmLck 1; 0 mapped; 1 mapped
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ENOMEM, VmLck 2; 0 mapped; 1 mapped; 2 mapped lo
            SIGSEGV, VmLck 2; 0 mapped; 1 mapped; 2 mapped lo
            SIGSEGV, VmLck 2; 0 mapped; 1 mapped; 2 mapped lo
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ENOMEM, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ENOMEM, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            EAGAIN, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            EPERM, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            EPERM, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            EPERM, VmLck 1; 0 mapped; 1 mapped; 2 mapped
            ok, VmLck 1; 0 mapped; 1 mapped; 2 mapped
        "#]],
    );
}
