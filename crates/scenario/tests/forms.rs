//! Every call and every path there is: read, told as people are told it, and refused where it makes no sense.

mod common;

use expect_test::expect;
use lockstep_machine::{Schedule, run};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::parse;

/// A scenario of its own, for calls and paths the shipped ones do not have.
fn with(setup: &str, thread: &str) -> String {
    format!(
        "id = \"x\"\ntitle = \"x\"\nstakes = \"x\"\n{setup}\n[[thread]]\nletter = \"A\"\nname = \"X\"\nrole = \"x\"\ncomm = \"x\"\n{thread}\n"
    )
}

/// Calls as lines of TOML tables.
fn calls(calls: &[&str]) -> String {
    let tables = calls
        .iter()
        .map(|call| format!("[[setup]]\ncall = {call}\n"));
    tables.collect()
}

const MAPPED: &[&str] = &[
    "\"create\"\nfile = \"f\"\npages = 2",
    "\"mmap\"\nprocess = \"a\"\nat = 0\npages = 2\nkind = \"file-shared\"\nfile = \"f\"",
    "\"read\"\nprocess = \"a\"\nat = 0",
];

#[test]
fn every_call_is_read_and_told() {
    let setup = [
        MAPPED,
        &[
            "\"mmap\"\nprocess = \"a\"\nat = 2\npages = 1\nkind = \"anon-private\"\nlocked = true\nprot = \"r\"",
            "\"mmap\"\nprocess = \"a\"\nat = 3\npages = 1\nkind = \"anon-private\"\nlocked = false",
            "\"create\"\nfile = \"t\"\npages = 1\ntmpfs = true",
            "\"mmap\"\nprocess = \"a\"\nat = 4\npages = 1\nkind = \"anon-shared\"",
            "\"mmap\"\nprocess = \"a\"\nat = 5\npages = 1\nkind = \"file-shared\"\nfile = \"t\"",
            "\"write\"\nprocess = \"a\"\nat = 4",
            "\"write\"\nprocess = \"a\"\nat = 5",
            "\"fork\"\nparent = \"a\"\nchild = \"b\"",
            "\"mlockall\"\nprocess = \"a\"\nflags = [\"current\", \"onfault\"]",
            "\"munlock\"\nprocess = \"a\"\nat = 0\npages = 1",
            "\"munlockall\"\nprocess = \"a\"",
            "\"madvise-dontneed\"\nprocess = \"a\"\nat = 0\npages = 1",
            "\"munmap\"\nprocess = \"a\"\nat = 3\npages = 1",
            "\"read\"\nprocess = \"b\"\nat = 0",
            "\"migrate\"\npage = { file = \"f\", index = 0 }",
            "\"shm-lock\"\nfile = \"f\"",
            "\"shm-unlock\"\nfile = \"f\"",
            "\"setrlimit-memlock\"\nprocess = \"a\"\npages = 0",
            "\"drop-capability\"\nprocess = \"a\"",
            "\"punch-hole\"\nfile = \"f\"\nat = 0\npages = 1",
            "\"truncate\"\nfile = \"f\"\npages = 0",
            "\"exit\"\nprocess = \"b\"",
        ],
    ]
    .concat();
    let text = with(&calls(&setup), "path = \"exit\"\nprocess = \"a\"");
    let scenario =
        parse(&text).unwrap_or_else(|problems| panic!("{}", common::told(&text, &problems)));
    expect![[r#"
        create(f, 2)
        mmap(a, 0, 2, MAP_SHARED, f)
        read a byte at (a, 0)
        mmap(a, 2, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, PROT_READ)
        mmap(a, 3, 1, MAP_PRIVATE | MAP_ANONYMOUS)
        create(t, 1, on tmpfs)
        mmap(a, 4, 1, MAP_SHARED | MAP_ANONYMOUS)
        mmap(a, 5, 1, MAP_SHARED, t)
        write a byte at (a, 4)
        write a byte at (a, 5)
        fork(a) makes b
        mlockall(a, MCL_CURRENT | MCL_ONFAULT)
        munlock(a, 0, 1)
        munlockall(a)
        madvise(a, 0, 1, MADV_DONTNEED)
        munmap(a, 3, 1)
        read a byte at (b, 0)
        compaction moves page 0 of file f
        shmctl(f, SHM_LOCK)
        shmctl(f, SHM_UNLOCK)
        setrlimit(a, RLIMIT_MEMLOCK, 0)
        a drops CAP_IPC_LOCK
        punch a hole(f, 0, 1)
        truncate(f, 0)
        exit(b)"#]]
    .assert_eq(&scenario.setup_texts().join("\n"));
}

#[test]
fn every_path_is_read_and_told() {
    let paths = [
        "path = \"punch-hole\"\nfile = \"f\"\nat = 0\npages = 1",
        "path = \"truncate\"\nfile = \"f\"\npages = 1",
        "path = \"exit\"\nprocess = \"a\"",
        "path = \"mlock\"\nprocess = \"a\"\nat = 0\npages = 2",
        "path = \"mlock-onfault\"\nprocess = \"a\"\nat = 0\npages = 1",
        "path = \"munlock\"\nprocess = \"a\"\nat = 0\npages = 1",
        "path = \"munmap\"\nprocess = \"a\"\nat = 0\npages = 1",
        "path = \"read\"\nprocess = \"a\"\nat = 1",
        "path = \"write\"\nprocess = \"a\"\nat = 1",
        "path = \"mmap\"\nprocess = \"a\"\nat = 3",
        "path = \"clear-refs\"\nprocess = \"a\"",
    ];
    let mut told = String::new();
    for path in paths {
        let text = with(&calls(MAPPED), path);
        let scenario =
            parse(&text).unwrap_or_else(|problems| panic!("{}", common::told(&text, &problems)));
        let built = scenario.build(Kernel::AFTER).expect("builds");
        let mut machine = built.machine();
        let end = run::finish(&mut machine, &mut Schedule::new());
        told += &format!(
            "{}: {} steps, {end:?}\n",
            scenario.path_text(&scenario.threads[0].path),
            machine.steps()
        );
    }
    expect![[r#"
        punch a hole(f, 0, 1): 28 steps, Finished
        truncate(f, 1): 16 steps, Finished
        exit(a): 15 steps, Finished
        mlock(a, 0, 2): 93 steps, Finished
        mlock2(a, 0, 1, MLOCK_ONFAULT): 42 steps, Finished
        munlock(a, 0, 1): 3 steps, Finished
        munmap(a, 0, 1): 20 steps, Finished
        read a byte at (a, 1): 28 steps, Finished
        write a byte at (a, 1): 29 steps, Finished
        mmap(a, 3, 1): 5 steps, Finished
        clear_refs(a): 4 steps, Finished
    "#]]
    .assert_eq(&told);
}

#[test]
fn wrong_arguments_of_calls_are_pointed_at() {
    let mut told = String::new();
    for call in [
        "\"mmap\"\nprocess = \"a\"\nat = 2\npages = 1\nkind = \"anon-private\"\nlocked = 1",
        "\"mmap\"\nprocess = \"a\"\nat = 2\npages = 1\nkind = \"anon-private\"\nprot = \"w\"",
        "\"mlockall\"\nprocess = \"a\"\nflags = []",
        "\"mlockall\"\nprocess = \"a\"\nflags = [\"current\", \"all\"]",
        "\"mlockall\"\nprocess = \"a\"\nflags = \"current\"",
        "\"fork\"\nparent = \"b\"\nchild = \"c\"",
        "\"fork\"\nparent = \"a\"\nchild = \"a\"",
        "\"munlok\"\nprocess = \"a\"\nat = 0\npages = 1",
    ] {
        let text = with(
            &calls(&[MAPPED, &[call]].concat()),
            "path = \"exit\"\nprocess = \"a\"",
        );
        told += &common::told(&text, &parse(&text).expect_err("something is wrong"));
    }
    for path in [
        "path = \"mlock\"\nprocess = \"a\"\nat = 3\npages = 9",
        "path = \"mmap\"\nprocess = \"a\"\nat = 12",
        "path = \"touch\"\nprocess = \"a\"\nat = 0",
    ] {
        let text = with(&calls(MAPPED), path);
        told += &common::told(&text, &parse(&text).expect_err("something is wrong"));
    }
    expect![[r#"
        wrong-type at 25:10 `1`
          `locked` is `true` or `false`
          here: found integer
        unknown-word at 25:8 `"w"`
          there is no prot named `w`
          here: did you mean `rw`?
          help: prots are `rw`, `r` and `none`
        empty at 22:9 `[]`
          `flags` is a list of words
          here: empty
          help: it has one or more of `current`, `future` and `onfault`
        unknown-word at 22:21 `"all"`
          there is no flag named `all`
          here: no such flag
          help: flags are `current`, `future` and `onfault`
        wrong-type at 22:9 `"current"`
          `flags` is a list of strings
          here: found string
        unknown-process at 21:10 `"b"`
          there is no process named `b`
          here: no such process
          help: a process comes to be with the first `mmap` that names it, or as the child of a `fork`
        created-twice at 22:9 `"a"`
          there is a process `a` already
          help: give each process a name of its own
        unknown-call at 20:8 `"munlok"`
          there is no call named `munlok`
          here: did you mean `munlock`?
          help: calls are `create`, `mmap`, `munmap`, `read`, `write`, `mlock`, `mlock-onfault`, `munlock`, `mlockall`, `munlockall`, `fork`, `exit`, `truncate`, `punch-hole`, `madvise-dontneed`, `shm-lock`, `shm-unlock`, `setrlimit-memlock`, `drop-capability`, `migrate`, `drain`, `deactivate` and `reclaim`
        cannot-build at 20:1 `[[thread]]`
          the address is outside the address space
          here: on the kernel `before`
        cannot-build at 20:1 `[[thread]]`
          the address is outside the address space
          here: on the kernel `before`
        unknown-path at 25:8 `"touch"`
          there is no path named `touch`
          here: no such path
          help: paths are `reclaim`, `truncate`, `punch-hole`, `exit`, `mlock`, `mlock-onfault`, `munlock`, `munmap`, `read`, `write`, `mmap` and `clear-refs`
    "#]].assert_eq(&told);
}
