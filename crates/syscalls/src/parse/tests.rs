//! What can be wrong with a program, and that nothing else is.

use expect_test::{Expect, expect};

use super::parse;

/// Every problem: its code, what it points at, what it says.
fn check(text: &str, expected: Expect) {
    let told = match parse(text) {
        Ok(calls) => calls.iter().map(|call| call.line() + "\n").collect(),
        Err(problems) => problems
            .iter()
            .map(|problem| {
                let span = &text[problem.span.clone()];
                let (code, message) = (problem.code, &problem.message);
                format!("{code} at {span:?}: {message}; {}\n", problem.label)
            })
            .collect::<String>(),
    };
    expected.assert_eq(&told);
}

#[test]
fn a_program_is_written_as_it_is_read() {
    check(
        concat!(
            "# a comment\n\n",
            "{\"call\":\"create\",\"file\":\"f\",\"pages\":2}\r\n",
            "{ \"at\": 0, \"call\": \"mmap\", \"pages\": 2, \"kind\": \"file-shared\", \"file\": \"f\", \"prot\": \"r\" }\n",
            "{\"call\":\"mlockall\",\"flags\":[\"current\",\"onfault\"]}\n",
            "{\"call\":\"munlockall\"}",
        ),
        expect![[r#"
            {"call":"create","file":"f","pages":2}
            {"call":"mmap","at":0,"pages":2,"kind":"file-shared","file":"f","prot":"r"}
            {"call":"mlockall","flags":["current","onfault"]}
            {"call":"munlockall"}
        "#]],
    );
}

#[test]
fn every_line_says_what_is_wrong_with_it() {
    check(
        concat!(
            "[]\n",
            "{\"call\":\"mlock\",\"at\":0\n",
            "{\"at\":0}\n",
            "{\"call\":\"mlok\",\"at\":0,\"pages\":1}\n",
            "{\"call\":\"mlock\",\"at\":-1,\"page\":1}\n",
            "{\"call\":\"mmap\",\"at\":0,\"pages\":1,\"kind\":\"anon\"}\n",
            "{\"call\":\"mlockall\",\"flags\":[\"currant\"]}\n",
            "{\"call\":\"fork\",\"at\":1}\n",
        ),
        expect![[r#"
            not-a-call at "[]": a line is one JSON object; 
            not-json at "0": this is not JSON; EOF while parsing an object
            no-call at "{\"at\":0}": the line does not say which call; 
            unknown-call at "\"mlok\"": there is no call named `mlok`; did you mean `mlock`?
            wrong-value at "-1": `at` cannot be this; 
            unknown-key at "\"page\"": there is no key named `page`; did you mean `pages`?
            missing-key at "\"mlock\"": `mlock` has no `pages`; 
            unknown-value at "\"anon\"": there is no value named `anon`; no such value
            unknown-value at "[\"currant\"]": there is no value named `currant`; did you mean `current`?
            unknown-key at "\"at\"": there is no key named `at`; no such key
        "#]],
    );
}

#[test]
fn things_come_before_their_use() {
    check(
        concat!(
            "{\"call\":\"create\",\"file\":\"file\",\"pages\":2}\n",
            "{\"call\":\"create\",\"file\":\"file\",\"pages\":600}\n",
            "{\"call\":\"punch-hole\",\"file\":\"fill\",\"at\":0,\"pages\":1}\n",
            "{\"call\":\"mmap\",\"at\":0,\"pages\":1,\"kind\":\"anon-private\",\"file\":\"file\"}\n",
            "{\"call\":\"mmap\",\"at\":0,\"pages\":1,\"kind\":\"file-private\"}\n",
            "{\"call\":\"exit-child\"}\n",
            "{\"call\":\"fork\"}\n",
            "{\"call\":\"fork\"}\n",
            "{\"call\":\"read\",\"at\":512}\n",
        ),
        expect![[r#"
            outside-file at "{\"call\":\"create\",\"file\":\"file\",\"pages\":600}": this is beyond what a file can have, 512 pages; 
            second-file at "\"file\"": there is a file named `file` already; 
            unknown-file at "\"fill\"": there is no file named `fill` yet; did you mean `file`?
            unknown-key at "\"file\"": anonymous memory has no `file`; 
            missing-key at "\"file-private\"": a mapping of a file needs a `file`; 
            no-child at "{\"call\":\"exit-child\"}": there is no child that could exit; 
            second-child at "{\"call\":\"fork\"}": there can be one child at a time; 
            outside-arena at "512": this is beyond the arena, which has 512 pages; 
        "#]],
    );
}

#[test]
fn what_is_no_program_is_not_told_line_by_line() {
    let text = "what is this?\n".repeat(1_000);
    let problems = parse(&text).expect_err("no program");
    assert_eq!(problems.len(), 10);
}

#[test]
fn nothing_that_is_written_makes_it_panic() {
    for line in [
        "\u{1f4a5}",
        "{\"call\":\"\u{1f4a5}\"}",
        "{\"call\":\"read\",\"at\":18446744073709551615}",
        "{\"call\":\"mlock\",\"at\":18446744073709551615,\"pages\":18446744073709551615}",
        "{\"call\":\"create\",\"file\":\"\",\"pages\":1}",
        "{\"call\":\"create\",\"fi\\u006ce\":\"f\",\"pages\":9999}",
        "{\"call\":\"read\",\"at\"",
        "{\"call\":[],\"at\":{\"at\":[",
        "{\"\u{1b}[31m\":1,\"call\":\"fork\"}",
    ] {
        let problems = parse(line).expect_err(line);
        for problem in problems {
            assert!(
                line.get(problem.span.clone()).is_some(),
                "{line} {problem:?}"
            );
        }
    }
}
