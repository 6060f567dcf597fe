//! Truncation against reclaim: the race the commit is about, in a page's private copy and in the page of the file itself.

mod common;

use common::{
    AFTER_SHARED, BEFORE_SHARED, COW_NOT_MLOCKED, FILE_NOT_MLOCKED, Watched, reclaim_and_truncate,
    run_deferring,
};
use expect_test::{Expect, expect};
use lockstep_machine::{Readiness, Schedule, ThreadId};
use lockstep_mm::invariants::{Invariant, Outcome};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::page_alloc::bad_page_report;
use lockstep_mm::setup::SetupCall;
use lockstep_mm::world::Memory;
use proptest::prelude::*;

fn thread(letter: char) -> ThreadId {
    ThreadId::from_letter(letter).expect("a letter")
}

/// Runs A to where the gap opens in the old kernel: VM_LOCKED read in try_to_unmap_one(), page-table lock dropped.
fn open_the_gap(watched: &mut Watched) {
    watched.until('A', |now| now.is_inside('A', "try_to_unmap_one"));
    watched.until('A', |now| {
        now.machine.with_trace(|trace| {
            trace
                .events()
                .last()
                .is_some_and(|event| event.operation.releases())
        })
    });
}

#[test]
fn the_table_of_the_race_before_the_patch() {
    let mut watched = Watched::new(reclaim_and_truncate(Kernel::BEFORE, COW_NOT_MLOCKED));
    let mut text = format!("start      {}\n", watched.page());
    let mut note =
        |watched: &Watched, what: &str| text += &format!("{what:<10} {}\n", watched.page());
    watched.until('A', |now| now.is_inside('A', "shrink_page_list"));
    note(&watched, "isolated");
    watched.until('A', |now| now.is_inside('A', "page_referenced"));
    note(&watched, "locked");
    watched.until('A', |now| now.is_inside('A', "try_to_unmap"));
    note(&watched, "swap cache");
    open_the_gap(&mut watched);
    note(&watched, "gap");
    watched.until('B', |now| now.is_inside('B', "tlb_finish_mmu"));
    note(&watched, "zapped");
    watched.until('B', |now| now.is_inside('B', "truncate_inode_pages_range"));
    note(&watched, "put");
    watched.until('A', |now| now.page().contains("mlocked"));
    note(&watched, "marked");
    watched.until('A', |now| now.is_inside('A', "putback_inactive_pages"));
    note(&watched, "culled");
    watched.until('A', |now| now.is_inside('A', "free_hot_cold_page"));
    note(&watched, "last put");
    expect![[r#"
        start      c=1 m=1 uptodate|dirty|lru|swapbacked InactiveAnon
        isolated   c=2 m=1 uptodate|dirty|swapbacked Isolated
        locked     c=2 m=1 locked|uptodate|dirty|swapbacked Isolated
        swap cache c=3 m=1 locked|uptodate|dirty|swapcache|swapbacked Isolated
        gap        c=3 m=1 locked|uptodate|dirty|swapcache|swapbacked Isolated
        zapped     c=3 m=0 locked|uptodate|dirty|swapcache|swapbacked Isolated
        put        c=2 m=0 locked|uptodate|dirty|swapcache|swapbacked Isolated
        marked     c=2 m=0 locked|uptodate|dirty|swapcache|swapbacked|mlocked Isolated
        culled     c=1 m=0 uptodate|dirty|swapbacked|mlocked Isolated
        last put   c=0 m=0 uptodate|dirty|swapbacked|mlocked None
    "#]]
    .assert_eq(&text);

    watched.until('A', |now| {
        now.machine.readiness(thread('A')) == Readiness::Finished
    });
    watched.until('B', |now| now.machine.finished());
    assert_eq!(watched.outcome(), Outcome::BadPage { by: thread('A') });
}

/// Runs the failing order; `delay_put` keeps B's last put until A is done.
fn late_mark(kernel: Kernel, calls: &[SetupCall], delay_put: bool) -> Watched {
    let mut watched = Watched::new(reclaim_and_truncate(kernel, calls));
    open_the_gap(&mut watched);
    watched.until('B', |now| {
        now.next_function('B')
            == if delay_put {
                "put_page"
            } else {
                "truncate_inode_pages_range"
            }
    });
    watched.until('A', |now| {
        now.machine.readiness(thread('A')) == Readiness::Finished
    });
    watched.until('B', |now| now.machine.finished());
    watched
}

#[test]
fn whoever_drops_the_last_reference_is_named() {
    let check = |delay_put: bool, by: char, expected: Expect| {
        let watched = late_mark(Kernel::BEFORE, COW_NOT_MLOCKED, delay_put);
        assert_eq!(watched.outcome(), Outcome::BadPage { by: thread(by) });
        let process = if by == 'A' { "kswapd0" } else { "truncate" };
        let page = watched.setting.setup.page(common::P).expect("the page");
        let report = watched.machine.with_memory(|memory| {
            bad_page_report(&watched.setting.setup.world, Memory(memory), page, process)
        });
        let violations: Vec<_> = watched
            .watch
            .violations()
            .iter()
            .map(|v| format!("{:?} at {} by {}", v.invariant, v.step, v.thread))
            .collect();
        expected.assert_eq(&format!(
            "{}\n{}\n{}\n",
            watched.machine.with_trace(|t| t
                .events()
                .iter()
                .map(|e| e.thread)
                .collect::<Schedule>()),
            violations.join(", "),
            report.join("\n")
        ));
    };
    check(
        false,
        'A',
        expect![[r#"
        A40B14A43B7
        I1 at 94 by A, I15 at 104 by B
        BUG: Bad page state in process kswapd0  pfn:12a40
        page:ffffea00004a9000 count:0 mapcount:0 mapping:          (null) index:0x0
        flags: 0x280018(uptodate|dirty|swapbacked|mlocked)
        page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set
        bad because of flags:
        flags: 0x200000(mlocked)
    "#]],
    );
    check(
        true,
        'B',
        expect![[r#"
        A40B12A36B16
        I1 at 95 by B, I15 at 104 by B
        BUG: Bad page state in process truncate  pfn:12a40
        page:ffffea00004a9000 count:0 mapcount:0 mapping:          (null) index:0x0
        flags: 0x280018(uptodate|dirty|swapbacked|mlocked)
        page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set
        bad because of flags:
        flags: 0x200000(mlocked)
    "#]],
    );
}

#[test]
fn after_the_patch_truncation_waits_for_the_mark() {
    let mut watched = Watched::new(reclaim_and_truncate(Kernel::AFTER, COW_NOT_MLOCKED));
    watched.until('A', |now| now.next_function('A') == "mlock_vma_page");
    let b = thread('B');
    watched.until('B', |now| now.machine.readiness(b) != Readiness::Ready);
    let Readiness::Blocked(blocked) = watched.machine.readiness(b) else {
        panic!("truncation should wait")
    };
    assert_eq!(
        (watched.next_function('B'), blocked.holder()),
        ("zap_pte_range", Some(thread('A')))
    );
    watched.until('A', |now| now.machine.readiness(b) == Readiness::Ready);
    assert!(watched.page().contains("mlocked"));
    watched.until('B', |now| now.machine.readiness(b) == Readiness::Finished);
    assert!(!watched.page().contains("mlocked"));
    watched.until('A', |now| now.machine.finished());
    assert_eq!(
        (watched.outcome(), watched.watch.violations()),
        (Outcome::Ok, &[][..])
    );
}

#[test]
fn the_page_of_the_file_is_only_at_risk_with_i_mmap_shared() {
    let bad = |watched: Watched| matches!(watched.outcome(), Outcome::BadPage { .. });
    assert!(bad(late_mark_of_file(BEFORE_SHARED)));
    assert!(!bad(late_mark_of_file(AFTER_SHARED)));
    assert!(!bad(late_mark_of_file(Kernel::BEFORE)));
    assert!(!bad(late_mark_of_file(Kernel::AFTER)));
}

/// The order of the failing run with the page of the file; where a kernel makes somebody wait, the others go on.
fn late_mark_of_file(kernel: Kernel) -> Watched {
    let mut watched = Watched::new(reclaim_and_truncate(kernel, FILE_NOT_MLOCKED));
    open_the_gap(&mut watched);
    while watched.step(thread('B')) {}
    let mut wishes: Schedule = watched
        .machine
        .with_trace(|trace| trace.events().iter().map(|event| event.thread).collect());
    for _ in 0..200 {
        wishes.push(thread('A'));
    }
    wishes.finish = true;
    run_deferring(reclaim_and_truncate(kernel, FILE_NOT_MLOCKED), &wishes)
}

/// An order of two threads: runs of steps, mostly short, some long.
fn wishes() -> impl Strategy<Value = Schedule> {
    prop::collection::vec((0usize..2, 1usize..40), 0..24).prop_map(|runs| {
        let mut schedule: Schedule = runs
            .into_iter()
            .flat_map(|(index, count)| {
                ThreadId::new(index).map(|thread| std::iter::repeat_n(thread, count))
            })
            .flatten()
            .collect();
        schedule.finish = true;
        schedule
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_order_breaks_the_model(wishes in wishes(), file: bool, before: bool, shared: bool) {
        let calls = if file { FILE_NOT_MLOCKED } else { COW_NOT_MLOCKED };
        let kernel = match (before, shared) {
            (true, false) => Kernel::BEFORE,
            (true, true) => BEFORE_SHARED,
            (false, false) => Kernel::AFTER,
            (false, true) => AFTER_SHARED,
        };
        let watched = run_deferring(reclaim_and_truncate(kernel, calls), &wishes);
        let outcome = watched.outcome();
        let bad = matches!(outcome, Outcome::BadPage { .. });
        prop_assert!(bad || outcome == Outcome::Ok, "{outcome:?}");
        prop_assert!(!bad || before, "a bad page after the patch");
        prop_assert!(!bad || !file || shared, "a bad page of the file with i_mmap exclusive");
        let tolerated: &[Invariant] = if bad { &[Invariant::I1, Invariant::I15] } else { &[] };
        for violation in watched.watch.violations() {
            prop_assert!(tolerated.contains(&violation.invariant), "{violation:?}");
        }
    }
}
