//! Scenario files: what is wrong with them is found, all of it, and pointed at.

mod common;

use expect_test::{Expect, expect};
use lockstep_scenario::parse;

const COW: &str = include_str!("../scenarios/truncate-cow-vs-reclaim.toml");

/// Changes a good file and gives what is wrong with it then.
fn check(edits: &[(&str, &str)], expected: Expect) {
    let mut text = COW.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "the file has {from:?}");
        text = text.replacen(from, to, 1);
    }
    let problems = parse(&text).expect_err("something is wrong");
    expected.assert_eq(&common::told(&text, &problems));
}

#[test]
fn several_mistakes_are_told_at_once() {
    check(
        &[
            ("title = \"Trunc", "titel = \"Trunc"),
            ("call = \"create\"", "call = \"creat\""),
            ("letter = \"B\"", "letter = \"C\""),
            ("before = \"bad-page\"", "befour = \"bad-page\""),
            ("B until end   ", "B untill end  "),
        ],
        expect![[r#"
            missing-key at 1:1 ``
              the file needs `title`
              6:1: is this meant to be `title`?
            unknown-call at 32:8 `"creat"`
              there is no call named `creat`
              here: did you mean `create`?
              help: calls are `create`, `mmap`, `munmap`, `read`, `write`, `mlock`, `mlock-onfault`, `munlock`, `mlockall`, `munlockall`, `fork`, `exit`, `truncate`, `punch-hole`, `madvise-dontneed`, `shm-lock`, `shm-unlock`, `setrlimit-memlock`, `drop-capability`, `migrate`, `drain`, `deactivate` and `reclaim`
            letter-order at 101:10 `"C"`
              threads have the letters A, B, C and so on, in this order
              here: this one is `B`
            unknown-preset at 119:12 `befour`
              there is no kernel named `befour`
              here: did you mean `before`?
              help: kernels are `before`, `after` and `shared-i-mmap`; switches follow after a comma, such as `before,i-mmap=shared`
        "#]],
    );
}

#[test]
fn names_have_to_exist_before_they_are_used() {
    check(
        &[(
            "file = \"f\"\nwhy = \"Process",
            "file = \"g\"\nwhy = \"Process",
        )],
        expect![[r#"
            unknown-file at 43:8 `"g"`
              there is no file named `g`
              here: no such file
              help: a file comes to be with the `create` that names it
        "#]],
    );
    check(
        &[(
            "call = \"write\"\nprocess = \"a\"",
            "call = \"write\"\nprocess = \"b\"",
        )],
        expect![[r#"
            unknown-process at 48:11 `"b"`
              there is no process named `b`
              here: no such process
              help: a process comes to be with the first `mmap` that names it, or as the child of a `fork`
        "#]],
    );
    check(
        &[("page = \"P\"", "page = \"Q\"")],
        expect![[r#"
            unknown-label at 98:8 `"Q"`
              there is no label of a page named `Q`
              here: no such label of a page
              help: the only label of a page is `P`
        "#]],
    );
    check(
        &[("opening = \"reclaim-named\"", "opening = \"reclaim-name\"")],
        expect![[r#"
            unknown-script at 16:11 `"reclaim-name"`
              there is no script named `reclaim-name`
              here: did you mean `reclaim-named`?
              help: scripts are `reclaim-named`, `truncate-named`, `mark-first` and `truncate-first`
        "#]],
    );
    check(
        &[("path = \"truncate\"", "path = \"truncte\"")],
        expect![[r#"
            unknown-path at 105:8 `"truncte"`
              there is no path named `truncte`
              here: did you mean `truncate`?
              help: paths are `reclaim`, `truncate`, `punch-hole`, `exit`, `mlock`, `mlock-onfault`, `munlock`, `munmap`, `read`, `write`, `mmap` and `clear-refs`
        "#]],
    );
}

#[test]
fn values_are_of_the_right_kind_and_size() {
    check(
        &[("pages = 1", "pages = 0")],
        expect![[r#"
            out-of-range at 34:9 `0`
              `pages` is a number from 1 to 16
              here: out of range
        "#]],
    );
    check(
        &[("pages = 1", "pages = \"one\"")],
        expect![[r#"
            wrong-type at 34:9 `"one"`
              `pages` is a whole number
              here: found string
        "#]],
    );
    check(
        &[("pages = 1", "pages = -0x10")],
        expect![[r#"
            toml at 34:9 `-`
              integers with a radix cannot be signed, expected nothing
        "#]],
    );
    check(
        &[("pages = 1", "pages = 99999999999999999999")],
        expect![[r#"
            out-of-range at 34:9 `99999999999999999999`
              `pages` is a number from 1 to 16
              here: out of range
        "#]],
    );
    check(
        &[("kind = \"file-private\"", "kind = \"anon-private\"")],
        expect![[r#"
            file-of-nothing at 43:8 `"f"`
              an `anon-private` mapping has no `file`
              help: leave it out, or say `kind = "file-private"`
        "#]],
    );
    check(
        &[("kind = \"file-private\"", "kind = \"private\"")],
        expect![[r#"
            unknown-word at 42:8 `"private"`
              there is no kind named `private`
              here: no such kind
              help: kinds are `anon-private`, `anon-shared`, `file-private` and `file-shared`
        "#]],
    );
    check(
        &[("comm = \"kswapd0\"", "comm = \"the kernel swap daemon\"")],
        expect![[r#"
            not-a-comm at 96:8 `"the kernel swap daemon"`
              `comm` is the process name the kernel prints in reports
              here: does not fit
              help: it has at most fifteen letters, digits and signs, and no space, such as `kswapd0`
        "#]],
    );
    check(
        &[("id = \"truncate-cow", "id = \"Truncate COW ")],
        expect![[r#"
            not-an-id at 5:6 `"Truncate COW -vs-reclaim"`
              `Truncate COW -vs-reclaim` is no id
              help: an id is in links: lower-case letters, digits and hyphens, such as `truncate-cow-vs-reclaim`
        "#]],
    );
    check(
        &[(
            "stakes = \"A page is freed while it is still marked as locked in memory. Who is to blame?\"",
            "stakes = \" \"",
        )],
        expect![[r#"
            empty at 7:10 `" "`
              `stakes` is empty
              here: say something here
        "#]],
    );
    check(
        &[(
            "page = { process = \"a\", at = 0 }\nwhy",
            "page = { process = \"a\", a = 0 }\nwhy",
        )],
        expect![[r#"
            missing-key at 63:8 `{ process = "a", a = 0 }`
              a page needs `at`
              63:25: is this meant to be `at`?
        "#]],
    );
}

#[test]
fn letters_go_from_a_on() {
    check(
        &[("letter = \"B\"", "letter = \"A\"")],
        expect![[r#"
            letter-twice at 101:10 `"A"`
              two threads have the letter `A`
              here: this one is `B`
              93:10: the other
        "#]],
    );
    check(
        &[("letter = \"A\"", "letter = \"B\"")],
        expect![[r#"
            letter-order at 93:10 `"B"`
              threads have the letters A, B, C and so on, in this order
              here: this one is `A`
        "#]],
    );
}

#[test]
fn what_is_said_once_is_said_once() {
    check(
        &[("name = \"V_A\"", "name = \"P\"")],
        expect![[r#"
            twice at 89:8 `"P"`
              there is a label `P` already
              85:8: the first
        "#]],
    );
    check(
        &[("id = \"truncate-named\"", "id = \"reclaim-named\"")],
        expect![[r#"
            twice at 122:6 `"reclaim-named"`
              there is a script `reclaim-named` already
              110:6: the first
        "#]],
    );
    check(
        &[("id = \"gap-opens\"", "id = \"isolated\"")],
        expect![[r#"
            twice at 168:6 `"isolated"`
              there is a beat `isolated` already
              156:6: the first
        "#]],
    );
}

#[test]
fn scripts_and_beats_are_checked_inside() {
    check(
        &[("A until PG_mlocked = 1", "A until PG_mlockd = 1")],
        expect![[r#"
            unknown-field at 138:9 `PG_mlockd`
              there is no field named `PG_mlockd`
              here: did you mean `PG_mlocked`?
              help: the PG_ flags are `PG_locked`, `PG_referenced`, `PG_uptodate`, `PG_dirty`, `PG_lru`, `PG_active`, `PG_writeback`, `PG_swapcache`, `PG_swapbacked`, `PG_unevictable` and `PG_mlocked`
        "#]],
    );
    check(
        &[("B until unlock ptl  ", "B until unlock ptl(b)")],
        expect![[r#"
            unknown-object at 128:20 `b`
              there is no process named `b`
              here: no such process
              help: the only process is `a`
        "#]],
    );
    check(
        &[(
            "at = [\"A until write PG_lru\"]",
            "at = [\"A until blocked\"]",
        )],
        expect![[r#"
            beat-waits at 159:8 `A until blocked`
              a beat is a step that was taken, and `blocked` is a step that was not
              help: name what the thread did last, such as `A until lock ptl`
        "#]],
    );
    check(
        &[(
            "at = [\"A until write PG_lru\"]",
            "at = [\"A next enter try_to_unmap\"]",
        )],
        expect![[r#"
            next-step at 159:8 `A next enter try_to_unmap`
              `next` is about one step, and this is none
              help: after `next` comes `lock`, `unlock`, `read` or `write`
        "#]],
    );
    check(
        &[("at = [\"A until write PG_lru\"]", "at = []")],
        expect![[r#"
            beat-nowhere at 155:1 `[[beat]]`
              a beat needs `at`, the lines that say where it is
              help: write them as in a script: `at = ["A until enter try_to_unmap_one", "A until unlock ptl"]`
        "#]],
    );
    check(
        &[("lanes = [\"VM_LOCKED\"", "lanes = [\"VM_LOKCED\"")],
        expect![[r#"
            unknown-field at 17:11 `VM_LOKCED`
              there is no field named `VM_LOKCED`
              here: did you mean `VM_LOCKED`?
              help: the VM_ flags are `VM_READ`, `VM_WRITE`, `VM_SHARED`, `VM_LOCKED` and `VM_LOCKONFAULT`
        "#]],
    );
    check(
        &[("before = \"bad-page\"", "before = \"bad\"")],
        expect![[r#"
            unknown-outcome at 119:21 `"bad"`
              there is no outcome named `bad`
              here: no such outcome
              help: outcomes are `bad-page`, `stranded`, `missed`, `ok`, `deadlock` and `unfinished`
        "#]],
    );
}

#[test]
fn a_world_that_cannot_be_made_points_at_the_call() {
    check(
        &[(
            "page = { file = \"f\", index = 0 }\nwhy",
            "page = { file = \"f\", index = 1 }\nwhy",
        )],
        expect![[r#"
            cannot-build at 56:1 `[[setup]]`
              page 1 of file f is not in the page cache by then
              here: on the kernel `before`
        "#]],
    );
    check(
        &[(
            "vma = { process = \"a\", at = 0 }",
            "vma = { process = \"a\", at = 1 }",
        )],
        expect![[r#"
            cannot-build at 88:1 `[[label]]`
              when the set-up is done, process a has no mapping at 1
              here: on the kernel `before`
        "#]],
    );
}

#[test]
fn a_file_that_is_not_toml_says_where_it_stops_being_it() {
    check(
        &[("pages = 1", "pages = "), ("[[label]]", "[[label]")],
        expect![[r#"
            toml at 34:9 ``
              string values must be quoted, expected literal string
            toml at 84:9 ``
              unclosed array table, expected `]`
        "#]],
    );
}

#[test]
fn the_file_in_the_readme_is_one() {
    let readme = include_str!("../README.md");
    let text = readme
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .expect("a block of TOML");
    let scenario =
        parse(text).unwrap_or_else(|problems| panic!("{}", common::told(text, &problems)));
    assert_eq!(scenario.id, "two-looks");
}
