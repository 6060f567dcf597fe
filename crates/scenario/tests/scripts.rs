//! Scripts and kernels as people write them: what is understood, and what is said when it is not.

mod common;

use expect_test::{Expect, expect};
use lockstep_machine::script::{self, Waiting};
use lockstep_machine::{Schedule, run};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{explain, parse_kernel, parse_script};

/// Gives what is wrong with a script for the copy-on-write scenario, and if nothing is, what it compiles to there.
fn check(text: &str, expected: Expect) {
    check_on(Kernel::BEFORE, Waiting::Refuse, text, expected);
}

fn check_on(kernel: Kernel, waiting: Waiting, text: &str, expected: Expect) {
    let built = common::shipped("truncate-cow-vs-reclaim")
        .build(kernel)
        .expect("builds");
    let script = match parse_script(text, &built.names) {
        Ok(script) => script,
        Err(problems) => return expected.assert_eq(&common::told(text, &problems)),
    };
    let mut machine = built.machine();
    let told = match script::compile(&mut machine, &script.lines, waiting) {
        Ok(compiled) => {
            let changes: Vec<_> = compiled
                .changes
                .iter()
                .map(|change| explain::order_change(&built.names, &script, &machine, change) + "\n")
                .collect();
            format!("{}\n{}", compiled.schedule, changes.concat())
        }
        Err(unmet) => common::told(
            text,
            &[explain::unmet(&built.names, &script, &machine, &unmet)],
        ),
    };
    expected.assert_eq(&told);
}

#[test]
fn every_goal_is_understood() {
    for line in [
        "A 3",
        "A until end",
        "B until blocked",
        "A until lock ptl",
        "A until unlock ptl(a)",
        "A until lock page_lock(P)",
        "A until lock anon_vma",
        "A until lock LRU_LOCK",
        "B until lock i_mmap_rwsem(f)",
        "A until lock swap_lock",
        "A until lock swap_tree_lock",
        "A until enter try_to_unmap_one",
        "A until leave page_referenced",
        "A until read VM_LOCKED",
        "A until read VM_LOCKED(V_A)",
        "B until write pte",
        "B until write pte(a, 0)",
        "B until write pte( a,0 )",
        "A until read mapcount(P)",
        "A until write count",
        "A until write refs",
        "A until PG_mlocked = 1",
        "A until PG_mlocked(P)=1",
        "A until NR_MLOCK = 1",
        "  A   until\tend   # and that is all",
    ] {
        let built = common::shipped("truncate-cow-vs-reclaim")
            .build(Kernel::BEFORE)
            .expect("builds");
        let script = parse_script(line, &built.names)
            .unwrap_or_else(|problems| panic!("{}", common::told(line, &problems)));
        let compiled = script::compile(&mut built.machine(), &script.lines, Waiting::Refuse);
        assert!(compiled.is_ok(), "{line}: {compiled:?}");
    }
}

#[test]
fn every_line_that_is_wrong_is_told() {
    check(
        "# a comment\nC until end\nA untl end\nA until unlok ptl\nA until lock pt\n\nA until lock ptl(b)\nA until read VM_LOCK\nA until\nA\nA 0\nA 3 4",
        expect![[r#"
            unknown-thread at 2:1 `C`
              there is no thread `C`
              here: no such thread
              help: a line starts with the letter of a thread; threads are `A` (Reclaim) and `B` (Truncate)
            how-far at 3:3 `untl`
              a count of steps or `until` is expected here, not `untl`
              here: did you mean `until`?
              help: write how far it runs, such as `A 3`, `A until end` or `A until unlock ptl`
            unknown-goal at 4:9 `unlok`
              `until unlok` is nothing a script can wait for
              here: did you mean `unlock`?
              help: a line can wait until `end`, `blocked`, `lock ptl`, `unlock ptl`, `enter f`, `leave f`, `read VM_LOCKED`, `write pte` or `PG_mlocked = 1`
            unknown-lock at 5:14 `pt`
              there is no lock named `pt`
              here: did you mean `ptl`?
              help: locks are `mmap_sem`, `page_lock`, `i_mmap_rwsem`, `anon_vma`, `ptl`, `lru_lock`, `swap_lock`, `tree_lock` and `swap_tree_lock`
            unknown-object at 7:18 `b`
              there is no process named `b`
              here: no such process
              help: the only process is `a`
            unknown-field at 8:14 `VM_LOCK`
              there is no field named `VM_LOCK`
              here: did you mean `VM_LOCKED`?
              help: the VM_ flags are `VM_READ`, `VM_WRITE`, `VM_SHARED`, `VM_LOCKED` and `VM_LOCKONFAULT`
            until-what at 9:8 ``
              `until` needs to know until what
              help: a line can wait until `end`, `blocked`, `lock ptl`, `unlock ptl`, `enter f`, `leave f`, `read VM_LOCKED`, `write pte` or `PG_mlocked = 1`
            how-far at 10:2 ``
              this line does not say how far its thread runs
              help: write how far it runs, such as `A 3`, `A until end` or `A until unlock ptl`
            step-count at 11:3 `0`
              a count of steps is a number from 1 to 65536
            too-much at 12:5 `4`
              nothing is expected here, and there is `4`
              help: put a comment after `#`, and the next stretch on a line of its own
        "#]],
    );
}

#[test]
fn names_and_numbers_are_checked() {
    check(
        "A until lock\nA until enter two words\nA until PG_mlocked = 2\nA until PG_mlocked = yes\nA until PG_mlocked(*) = 1\na until end\nReclaim until end\n* until end\nA next unlock ptl\nA until read PG_lru(P",
        expect![[r#"
            missing-name at 1:13 ``
              `until lock` needs a name
              here: name a lock, such as `ptl`
            not-a-function at 2:15 `two words`
              `two words` is no name of a function
              help: write the name alone, as in `A until enter try_to_unmap_one`
            value-too-large at 3:22 `2`
              `PG_mlocked` is never more than 1
            not-a-value at 4:22 `yes`
              a value is a number, such as 0 or 1
            one-object at 5:9 `PG_mlocked(*)`
              a value belongs to one object, and this names several
            unknown-thread at 6:1 `a`
              there is no thread `a`
              here: did you mean `A`?
              help: a line starts with the letter of a thread; threads are `A` (Reclaim) and `B` (Truncate)
            unknown-thread at 7:1 `Reclaim`
              there is no thread `Reclaim`
              here: did you mean `A`?
              help: a line starts with the letter of a thread; threads are `A` (Reclaim) and `B` (Truncate)
            any-thread at 8:1 `*`
              a line of a script is about one thread
              help: threads are `A` (Reclaim) and `B` (Truncate)
            next-in-script at 9:1 `A next unlock ptl`
              `next` is for beats, which look back at a run
              help: write `until` to run there, or a count of steps
            open-parenthesis at 10:14 `PG_lru(P`
              `PG_lru(P` opens a parenthesis and does not close it
              help: write `PG_lru(P)`
        "#]],
    );
    check(
        "# nothing\n\n",
        expect![[r#"
        empty-script at 1:1 `# nothing␤␤`
          this script has no line
          help: write one line for each stretch of a thread, such as `A until end`
    "#]],
    );
}

#[test]
fn a_line_that_cannot_be_met_says_why() {
    check(
        "A until lock ptl\nB until end",
        expect![[r#"
        unmet-waits at 2:1 `B until end`
          after step 17 Truncate waits for ptl, which Reclaim holds since step 14
          here: this order does not exist on this kernel
          help: A (Reclaim) can step
    "#]],
    );
    check(
        "A until end\nA until lock ptl",
        expect![[r#"
        unmet-ended at 2:1 `A until lock ptl`
          Reclaim ends at step 76 without getting there
          here: never on this kernel, in this order
          help: what a thread does can depend on the kernel and on what the others did before; `lockstep run` without this line shows it
    "#]],
    );
    check(
        "A until enter mlock_page",
        expect![[r#"
        unmet-ended at 1:1 `A until enter mlock_page`
          Reclaim ends at step 76 without getting there
          here: never entered on this kernel, in this order
          help: Reclaim entered `add_page_to_unevictable_list`, `add_to_swap`, `delete_from_swap_cache`, `get_swap_page`, `isolate_lru_page`, `lru_add_drain`, `mlock_vma_page`, `page_check_address`, `page_check_references`, `page_lock_anon_vma_read`, `page_referenced`, `page_referenced_one`, `put_page`, `putback_inactive_pages`, `putback_lru_page`, `rmap_walk_anon`, `shrink_inactive_list`, `shrink_page_list`, `try_to_free_swap`, `try_to_unmap` and `try_to_unmap_one`
    "#]],
    );
    check(
        "A until enter truncate_setsize",
        expect![[r#"
        unmet-ended at 1:1 `A until enter truncate_setsize`
          Reclaim ends at step 76 without getting there
          here: never entered on this kernel, in this order
          help: Reclaim entered `add_page_to_unevictable_list`, `add_to_swap`, `delete_from_swap_cache`, `get_swap_page`, `isolate_lru_page`, `lru_add_drain`, `mlock_vma_page`, `page_check_address`, `page_check_references`, `page_lock_anon_vma_read`, `page_referenced`, `page_referenced_one`, `put_page`, `putback_inactive_pages`, `putback_lru_page`, `rmap_walk_anon`, `shrink_inactive_list`, `shrink_page_list`, `try_to_free_swap`, `try_to_unmap` and `try_to_unmap_one`
    "#]],
    );
}

#[test]
fn an_order_that_had_to_change_says_where() {
    let text = "A until enter try_to_unmap_one\nA until read VM_LOCKED\n# the gap, before the patch\nA 1\nB until end\nA until end";
    check_on(
        Kernel::BEFORE,
        Waiting::LetHolderRun,
        text,
        expect![[r#"
        A40B21A43
    "#]],
    );
    check_on(
        Kernel::AFTER,
        Waiting::LetHolderRun,
        text,
        expect![[r#"
        A40B3A3B22A25
        line 5 of the script: at step 44 Truncate waits for ptl, which Reclaim holds since step 37; Reclaim runs 3 steps first
    "#]],
    );
    check_on(
        Kernel::AFTER,
        Waiting::Refuse,
        text,
        expect![[r#"
        unmet-waits at 5:1 `B until end`
          after step 43 Truncate waits for ptl, which Reclaim holds since step 37
          here: this order does not exist on this kernel
          help: A (Reclaim) can step
    "#]],
    );
}

/// What is said about a schedule that is refused.
fn check_schedule(text: &str, expected: Expect) {
    let built = common::shipped("truncate-cow-vs-reclaim")
        .build(Kernel::AFTER)
        .expect("builds");
    let mut machine = built.machine();
    let schedule: Schedule = text.parse().expect("a schedule");
    let refusal = run::strict(&mut machine, &schedule)
        .refusal
        .expect("refused");
    let problem = explain::refused_letter(&built.names, &machine, &refusal, text);
    expected.assert_eq(&common::told(text, &[problem]));
}

#[test]
fn a_refused_letter_names_the_holder_and_who_can_step() {
    check_schedule(
        "A40B4",
        expect![[r#"
        refused-step at 1:4 `B4`
          step 44 is refused: Truncate waits for ptl, which Reclaim holds since step 37
          here: possible 3 times
          help: A (Reclaim) can step
    "#]],
    );
    check_schedule(
        "A300",
        expect![[r#"
        refused-step at 1:1 `A300`
          step 74 is refused: Reclaim has ended
          here: possible 73 times
          help: B (Truncate) can step
    "#]],
    );
    check_schedule(
        "A2C",
        expect![[r#"
        refused-step at 1:3 `C`
          step 3 is refused: there is no thread C; threads are `A` (Reclaim) and `B` (Truncate)
          here: not possible
          help: A (Reclaim) and B (Truncate) can step
    "#]],
    );
}

/// What a kernel's text means, or what is wrong with it.
fn check_kernel(text: &str, expected: Expect) {
    expected.assert_eq(&match parse_kernel(text) {
        Ok(kernel) => format!("{kernel}\n"),
        Err(problems) => common::told(text, &problems),
    });
}

#[test]
fn kernels_are_presets_and_switches() {
    check_kernel(
        "before",
        expect![[r#"
        before
    "#]],
    );
    check_kernel(
        "after, i-mmap = shared",
        expect![[r#"
        after,i-mmap=shared
    "#]],
    );
    check_kernel(
        "before,mlock=pte-lock,early-exit=on",
        expect![[r#"
        after
    "#]],
    );
}

#[test]
fn a_kernel_that_does_not_exist_lists_those_that_do() {
    check_kernel(
        "befor",
        expect![[r#"
            unknown-preset at 1:1 `befor`
              there is no kernel named `befor`
              here: did you mean `before`?
              help: kernels are `before`, `after` and `shared-i-mmap`; switches follow after a comma, such as `before,i-mmap=shared`
        "#]],
    );
    check_kernel(
        "",
        expect![[r#"
            unknown-preset at 1:1 ``
              there is no kernel named ``
              here: no such kernel
              help: kernels are `before`, `after` and `shared-i-mmap`; switches follow after a comma, such as `before,i-mmap=shared`
        "#]],
    );
    check_kernel(
        "i-mmap=shared",
        expect![[r#"
        no-preset at 1:1 `i-mmap=shared`
          a kernel starts with a preset, and switches come after it
          here: a switch
          help: write `before,i-mmap=shared`
    "#]],
    );
    check_kernel(
        "before,immap=shared,mlock=ptelock,early-exit,mlock=pte-lock",
        expect![[r#"
            unknown-switch at 1:8 `immap`
              there is no switch named `immap`
              here: did you mean `i-mmap`?
              help: switches are `mlock`, `recheck`, `early-exit`, `exit-mmap-sem`, `i-mmap`, `fill-ptl`, `clear-vm-locked`, `vm-flags-store`, `nr-mlock-fix` and `wp-munlock`
            unknown-value at 1:27 `ptelock`
              there is no value named `ptelock`
              here: did you mean `pte-lock`?
              help: `mlock` says what try_to_unmap_one() holds when it sets PageMlocked, and is `mmap-sem`, `pte-lock`, `page-lock` or `pte-lock+mmap-sem`
            no-value at 1:35 `early-exit`
              the switch `early-exit` needs a value
              here: no `=` here
              help: switches are `mlock=mmap-sem|pte-lock|page-lock|pte-lock+mmap-sem`, `recheck=on|off`, `early-exit=on|off`, `exit-mmap-sem=on|off`, `i-mmap=exclusive|shared`, `fill-ptl=on|off`, `clear-vm-locked=before-walk|after-walk`, `vm-flags-store=whole|torn`, `nr-mlock-fix=on|off` and `wp-munlock=on|off`
            switch-set-twice at 1:46 `mlock`
              the switch `mlock` is set twice
              1:21: first here
              help: leave out one of the two
        "#]],
    );
}
