//! What is told of the shipped race: its sentences, its facts and who made them true, its waits.

use std::fmt::Write as _;
use std::rc::Rc;

use expect_test::{Expect, expect};
use lockstep_machine::{Schedule, ThreadId};
use lockstep_scenario::parse_kernel;
use lockstep_view::scene::{PropertyState, Scene, SetBy, StepNo, ThreadState};
use lockstep_view::{Mode, Run, Session};

fn session(scenario: &str, kernel: &str) -> Session {
    let found = lockstep_scenario::library()
        .into_iter()
        .find(|known| known.id == scenario);
    let kernel = parse_kernel(kernel).expect("a kernel");
    Session::new(Rc::new(found.expect("a built-in scenario")), kernel).expect("it can be built")
}

fn run(scenario: &str, kernel: &str, script: &str) -> Run {
    let session = session(scenario, kernel);
    let scripted = session
        .scripted(script)
        .expect("the script fits every kernel");
    session.run_scripted(&scripted)
}

fn check(told: &str, expected: &Expect) {
    expected.assert_eq(told);
}

/// The sentences, with a star at the steps where the story stops and the beats between them.
fn sentences(run: &Run) -> String {
    let mut told = String::new();
    for (row, column) in run.transcript().iter().zip(&run.score().columns) {
        let star = if column.is_key { '*' } else { ' ' };
        writeln!(
            told,
            "{star}{:3} {} {}",
            row.step.0,
            row.thread.letter(),
            row.what
        )
        .expect("a string takes it");
        if let Some(beat) = &row.beat {
            writeln!(told, "       == {beat}").expect("a string takes it");
        }
    }
    told
}

fn facts(scene: &Scene) -> String {
    let mut told = String::new();
    for group in &scene.groups {
        writeln!(told, "{} ({})", group.title, group.subtitle).expect("a string takes it");
        for fact in &group.facts {
            let by = match &fact.set_by {
                SetBy::Step { text, .. } | SetBy::Setup { text } => text,
            };
            let before = fact
                .previous
                .as_ref()
                .map_or_else(String::new, |before| format!(", was {before}"));
            writeln!(told, "  {} {}: {by}{before}", fact.label, fact.value)
                .expect("a string takes it");
        }
    }
    for tray in scene.lists.iter().filter(|tray| !tray.pages.is_empty()) {
        writeln!(
            told,
            "{}: {} ({})",
            tray.label,
            tray.pages.join(", "),
            tray.note
        )
        .expect("a string takes it");
    }
    for lock in scene
        .locks
        .iter()
        .filter(|lock| !lock.owners.is_empty() || !lock.waiters.is_empty())
    {
        writeln!(told, "{}", lock.spoken).expect("a string takes it");
    }
    told
}

#[test]
fn the_failing_run() {
    check(
        &sentences(&run("truncate-cow-vs-reclaim", "before", "reclaim-named")),
        &expect![[r#"
               1 A Reclaim takes lru_lock.
               2 A Reclaim looks up which list the page is on: inactive anon.
            *  3 A Reclaim takes the page off its list: refs is 2.
                   == Reclaim takes the page
               4 A Reclaim drops lru_lock.
               5 A Reclaim tries to take the page lock and gets it.
               6 A Reclaim reads PG_mlocked: 0.
               7 A Reclaim reads mapcount: 1.
               8 A Reclaim looks up what the page belongs to: anonymous memory.
               9 A Reclaim reads mapcount: 1.
              10 A Reclaim tries to take the anon_vma lock for reading and gets it.
              11 A Reclaim reads mapcount: 1.
              12 A Reclaim looks up who can map the page: V_A.
              13 A Reclaim reads the pte: P, young.
              14 A Reclaim takes ptl.
              15 A Reclaim reads the pte: P, young.
              16 A Reclaim reads VM_LOCKED: 1.
              17 A Reclaim drops ptl.
              18 A Reclaim drops the anon_vma lock.
              19 A Reclaim finds PG_referenced already clear.
              20 A Reclaim takes swap_lock.
              21 A Reclaim looks up who uses swap slot 1: unused.
              22 A Reclaim takes swap slot 1.
              23 A Reclaim drops swap_lock.
              24 A Reclaim takes a reference for the swap cache: refs is 3.
              25 A Reclaim sets PG_swapcache.
              26 A Reclaim takes the swap cache's tree_lock.
              27 A Reclaim enters the page into the swap cache.
              28 A Reclaim drops the swap cache's tree_lock.
              29 A Reclaim sets PG_dirty, already set.
              30 A Reclaim reads mapcount: 1.
              31 A Reclaim looks up what the page belongs to: anonymous memory.
              32 A Reclaim reads mapcount: 1.
              33 A Reclaim tries to take the anon_vma lock for reading and gets it.
              34 A Reclaim reads mapcount: 1.
              35 A Reclaim looks up who can map the page: V_A.
              36 A Reclaim reads the pte: P, young.
              37 A Reclaim takes ptl.
              38 A Reclaim reads the pte: P, young.
            * 39 A Reclaim reads VM_LOCKED: 1. Left alone, it goes on to mark the page.
                   == The mapping is locked
            * 40 A Reclaim drops ptl. Nothing now keeps Truncate from this page.
                   == The gap opens
              41 B Truncate cuts file f to 0 pages.
              42 B Truncate takes i_mmap_rwsem for writing.
              43 B Truncate looks up who maps file f: V_A.
              44 B Truncate takes ptl.
              45 B Truncate reads the pte: P, young.
            * 46 B Truncate clears the pte. Left alone, Reclaim still goes on to mark the page.
                   == The mapping goes
              47 B Truncate lowers mapcount to 0. Nothing maps the page any more.
              48 B Truncate reads PG_mlocked: 0. There is no mark to take off.
              49 B Truncate drops ptl.
              50 B Truncate reads PG_swapcache: 1.
              51 B Truncate reads mapcount: 0.
              52 B Truncate tries to take the page lock and fails. Reclaim holds it.
              53 B Truncate drops the mmu_gather's reference: refs is 2.
              54 B Truncate drops i_mmap_rwsem.
              55 B Truncate reads nrpages: 0.
              56 B Truncate takes i_mmap_rwsem for writing.
              57 B Truncate looks up who maps file f: V_A.
              58 B Truncate takes ptl.
              59 B Truncate reads the pte: none.
              60 B Truncate drops ptl.
              61 B Truncate drops i_mmap_rwsem.
              62 A Reclaim tries to take mmap_sem for reading and gets it.
              63 A Reclaim reads VM_LOCKED: 1. Left alone, it goes on to mark the page.
            * 64 A Reclaim sets PG_mlocked. The page is no longer mapped.
                   == The mark lands late
              65 A Reclaim raises NR_MLOCK to 1.
              66 A Reclaim reads PG_lru: 0.
              67 A Reclaim drops mmap_sem.
              68 A Reclaim drops the anon_vma lock.
              69 A Reclaim reads PG_swapcache: 1, PG_writeback: 0.
              70 A Reclaim takes swap_lock.
              71 A Reclaim looks up who uses swap slot 1: swap cache.
              72 A Reclaim drops swap_lock.
              73 A Reclaim takes the swap cache's tree_lock.
              74 A Reclaim takes the page out of the swap cache.
              75 A Reclaim clears PG_swapcache.
              76 A Reclaim drops the swap cache's tree_lock.
              77 A Reclaim takes swap_lock.
              78 A Reclaim gives swap slot 1 back.
              79 A Reclaim drops swap_lock.
              80 A Reclaim drops the swap cache's reference: refs is 1.
              81 A Reclaim sets PG_dirty, already set.
              82 A Reclaim drops the page lock.
              83 A Reclaim takes lru_lock.
              84 A Reclaim reads PG_mlocked: 1.
              85 A Reclaim drops lru_lock.
              86 A Reclaim reads PG_unevictable: 0.
              87 A Reclaim clears PG_unevictable, already clear.
              88 A Reclaim reads PG_mlocked: 1.
              89 A Reclaim takes lru_lock.
              90 A Reclaim clears PG_active, already clear.
            * 91 A Reclaim puts the page on the unevictable list. No locked mapping has it any more.
                   == Kept for nobody
              92 A Reclaim drops lru_lock.
              93 A Reclaim reads PG_mlocked: 1.
              94 A Reclaim counts the event PGCULLED.
              95 A Reclaim drops the isolation's reference: refs is 0. It was the last.
              96 A Reclaim reads PG_lru: 1.
              97 A Reclaim takes lru_lock.
              98 A Reclaim takes the page off its list.
              99 A Reclaim drops lru_lock.
             100 A Reclaim cuts the page loose from what it belonged to.
            *101 A The page goes back to the allocator with PG_mlocked set. The kernel reports a bad page.
                   == Freed with the mark
             102 A Reclaim keeps the bad frame out of use for good.
             103 A Reclaim takes lru_lock.
            *104 A Reclaim drops lru_lock.
        "#]],
    );
}

#[test]
fn the_moment_of_the_late_mark() {
    let run = run("truncate-cow-vs-reclaim", "before", "reclaim-named");
    let late = run
        .score()
        .beats
        .iter()
        .find(|beat| beat.id == "mark-lands-late")
        .expect("the beat")
        .step;
    check(
        &facts(&run.scene(late)),
        &expect![[r#"
            Mapping (V_A: process a, private mapping of file f)
              VM_LOCKED 1: by mlock2(a, 0, 1, MLOCK_ONFAULT), before step 1
            Page table entry (process a, page 0)
              pte none: by Truncate at 46
            Page P (anonymous, a private copy)
              PG_mlocked 1: by Reclaim at 64, was 0
              PG_lru 0: by Reclaim at 3
              PG_unevictable 0: since before step 1
              PG_swapcache 1: by Reclaim at 25
              PG_dirty 1: by read a byte at (a, 0), before step 1
              mapcount 0: by Truncate at 47
              refs 2: by Truncate at 53
            Zone (counters of the kernel)
              NR_MLOCK 0: since before step 1
            off the lists: P (in the hands of Reclaim)
            mmap sem, held by Reclaim since step 62.
            page lock, held by Reclaim since step 5.
            anon vma lock, held by Reclaim since step 33.
        "#]],
    );
}

#[test]
fn seven_key_moments_lead_to_the_bad_page() {
    let run = run("truncate-cow-vs-reclaim", "before", "reclaim-named");
    let score = run.score();
    let verdict = score.verdict.as_ref().expect("it breaks");
    let stops: Vec<u32> = score
        .columns
        .iter()
        .filter(|column| column.is_key)
        .map(|column| column.step.0)
        .collect();
    assert_eq!(
        stops.iter().position(|step| *step == verdict.step.0),
        Some(6),
        "{stops:?}"
    );
    check(
        &format!("{}\n{}\n", score.summary, run.log().join("\n")),
        &expect![[r#"
        Truncation against reclaim, before the patch: 104 steps, 2 switches. Broken at step 101: page freed while mlocked.
        BUG: Bad page state in process kswapd0  pfn:12a40
        page:ffffea00004a9000 count:0 mapcount:0 mapping:          (null) index:0x0
        flags: 0x280018(uptodate|dirty|swapbacked|mlocked)
        page dumped because: PAGE_FLAGS_CHECK_AT_FREE flag(s) set
        bad because of flags:
        flags: 0x200000(mlocked)
    "#]],
    );
}

#[test]
fn the_other_culprit() {
    let run = run("truncate-cow-vs-reclaim", "before", "truncate-named");
    check(
        &format!("{}\n{}\n", run.score().summary, run.log()[0]),
        &expect![[r#"
        Truncation against reclaim, before the patch: 102 steps, 3 switches. Broken at step 93: page freed while mlocked.
        BUG: Bad page state in process truncate  pfn:12a40
    "#]],
    );
}

#[test]
fn after_the_patch_truncation_waits_for_ptl() {
    let run = run("truncate-cow-vs-reclaim", "after", "reclaim-named");
    let score = run.score();
    let mut told = String::new();
    writeln!(
        told,
        "{}\n{}",
        score.summary,
        score.parting.as_ref().expect("the order changes").text
    )
    .expect("a string takes it");
    for wait in &score.waits {
        writeln!(
            told,
            "{} waits for {} from {} to {}",
            wait.thread.letter(),
            wait.label,
            wait.from.0,
            wait.to.0
        )
        .expect("a string takes it");
        for step in [wait.from.0 - 1, wait.to.0] {
            let scene = run.scene(StepNo(step));
            writeln!(told, "{step}: {}", scene.explain.sentence).expect("a string takes it");
            let card = &scene.threads[usize::from(wait.thread.0)];
            match &card.state {
                ThreadState::Blocked(wait) => {
                    writeln!(told, "    {} {}", wait.text, card.run_spoken)
                }
                state => writeln!(told, "    {state:?} {}", card.run_spoken),
            }
            .expect("a string takes it");
        }
    }
    check(
        &told,
        &expect![[r#"
        Truncation against reclaim, after the patch: 93 steps, 4 switches. Ended well: page freed clean.
        Truncate cannot run at step 44: Reclaim holds ptl.
        B waits for ptl from 44 to 46
        43: Truncate looks up who maps file f: V_A. Now it waits for ptl, which Reclaim holds.
            Truncate waits for ptl. Reclaim holds it. Run Truncate, not possible. Waits for ptl, held by Reclaim since step 37.
        46: Reclaim drops ptl. Truncate can go on.
            Runnable Run Truncate. Next: take ptl.
    "#]],
    );
}

#[test]
fn the_gap_is_named_where_it_is_one() {
    let gap = "Nothing now keeps Truncate from this page.";
    let says_so = |scenario, kernel, script| {
        let run = run(scenario, kernel, script);
        run.transcript()
            .iter()
            .filter(|row| row.what.contains(gap))
            .map(|row| row.place.function.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        says_so("truncate-cow-vs-reclaim", "before", "reclaim-named"),
        ["try_to_unmap_one"]
    );
    assert_eq!(
        says_so("truncate-cow-vs-reclaim", "after", "reclaim-named"),
        [""; 0]
    );
    // Over a page of the file itself the walk holds i_mmap_rwsem, which keeps truncation out unless both may read.
    assert_eq!(
        says_so("truncate-file-vs-reclaim", "before", "reclaim-named"),
        [""; 0]
    );
    assert_eq!(
        says_so(
            "truncate-file-vs-reclaim",
            "before,i-mmap=shared",
            "reclaim-named"
        ),
        ["try_to_unmap_one"]
    );
}

#[test]
fn properties_stand_where_they_should() {
    let run = run("truncate-cow-vs-reclaim", "before", "reclaim-named");
    let states = |step| -> Vec<PropertyState> {
        run.scene(StepNo(step))
            .properties
            .iter()
            .map(|property| property.state)
            .collect()
    };
    use PropertyState::{Broken, Holds, Undecided};
    assert_eq!(states(0), [Holds, Undecided, Undecided, Holds]);
    let verdict = run.score().verdict.as_ref().expect("it breaks").step;
    assert_eq!(states(verdict.0)[0], Broken(verdict));
    assert_eq!(states(verdict.0 - 1)[0], Holds);
}

#[test]
fn the_failing_order_on_the_patched_kernel() {
    let failing = run("truncate-cow-vs-reclaim", "before", "reclaim-named");
    let patched = session("truncate-cow-vs-reclaim", "after");
    let strict = patched.run(failing.executed(), Mode::Strict);
    let flipped = patched.run(failing.executed(), Mode::Deferring);
    let mut told = String::new();
    // With the final dot the rest is run as well.
    let whole = patched.run(&failing.order(), Mode::Deferring);
    for run in [&strict, &flipped, &whole] {
        let score = run.score();
        let parting = score.parting.as_ref().expect("the order changes");
        writeln!(
            told,
            "{}\n  {}\n  {:?} {}",
            score.summary,
            parting.text,
            run.notes(),
            score.executed
        )
        .expect("a string takes it");
    }
    check(
        &told,
        &expect![[r#"
            Truncation against reclaim, after the patch: 43 steps, 1 switch. Still open.
              Truncate cannot run at step 44: Reclaim holds ptl.
              ["Truncate cannot run at step 44: Reclaim holds ptl."] A40B3
            Truncation against reclaim, after the patch: 89 steps, 4 switches. Still open.
              Truncate cannot run at step 44: Reclaim holds ptl.
              ["at step 44 Truncate waits for ptl, which Reclaim holds since step 37; 18 steps of it are put off until step 47", "at step 90 Reclaim has ended already; 15 steps of it are left out"] A40B3A3B18A25
            Truncation against reclaim, after the patch: 93 steps, 5 switches. Ended well: page freed clean.
              Truncate cannot run at step 44: Reclaim holds ptl.
              ["at step 44 Truncate waits for ptl, which Reclaim holds since step 37; 18 steps of it are put off until step 47", "at step 90 Reclaim has ended already; 15 steps of it are left out"] A40B3A3B18A25B4
        "#]],
    );
}

#[test]
fn an_order_of_nonsense_is_run_as_far_as_it_goes() {
    let session = session("truncate-cow-vs-reclaim", "before");
    let longest: Schedule = (0..Schedule::LIMIT)
        .filter_map(|index| ThreadId::new(index % 3))
        .collect();
    let run = session.run(&longest, Mode::Deferring);
    assert!(run.score().is_finished);
    assert_eq!(run.score().columns.len(), run.transcript().len());
    assert!(run.notes().len() < 200);
    let refused = session.run(&longest, Mode::Strict);
    assert_eq!(refused.steps(), 2);
    check(
        &refused.notes().join("\n"),
        &expect!["There is no thread C."],
    );
}
