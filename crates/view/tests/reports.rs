//! The reports over all orders, as a person reads them, and what has to be true of them on every scenario.

use std::collections::BTreeSet;
use std::rc::Rc;

use expect_test::{expect, expect_file};
use lockstep_machine::Schedule;
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::reports::Searching;
use lockstep_view::reports::classes::ClassReport;
use lockstep_view::reports::html::Moment;
use lockstep_view::reports::locks::{LockOrder, LockReport};
use lockstep_view::reports::races::{RacePair, RaceReport, RaceVerdict};
use lockstep_view::{Mode, Session};

const PRESETS: [(&str, Kernel); 2] = [("before", Kernel::BEFORE), ("after", Kernel::AFTER)];

fn scenarios(ids: &[&str]) -> Vec<Scenario> {
    let all = library().into_iter();
    all.filter(|scenario| ids.contains(&scenario.id.as_str()))
        .collect()
}

fn session(scenario: &Scenario, kernel: Kernel) -> Session {
    Session::new(Rc::new(scenario.clone()), kernel).expect("it is built in")
}

fn races(scenario: &Scenario, kernel: Kernel, classes: u64) -> RaceReport {
    let mut searching = Searching {
        classes,
        go_on: &mut |_| true,
    };
    RaceReport::search(&session(scenario, kernel), &mut searching)
}

fn locks(scenarios: &[Scenario], kernel: Kernel) -> LockReport {
    let sessions: Vec<Session> = scenarios
        .iter()
        .map(|scenario| session(scenario, kernel))
        .collect();
    let mut searching = Searching {
        classes: u64::MAX,
        go_on: &mut |_| true,
    };
    LockReport::search(&sessions, &mut searching).expect("they are built in")
}

/// The three scenarios whose reports are kept as text.
const KEPT: &[&str] = &[
    "exit-vs-exit",
    "exit-vs-exit-third-mapping",
    "truncate-cow-vs-reclaim",
];

#[test]
fn lock_order_as_text() {
    for scenario in scenarios(KEPT) {
        for (name, kernel) in PRESETS {
            let report = locks(std::slice::from_ref(&scenario), kernel);
            expect_file![format!("reports/{}.{name}.locks.txt", scenario.id)]
                .assert_eq(&report.text());
            assert!(!report.is_broken());
        }
    }
}

/// A link as short as it can be, so that a person can read the HTML around it.
fn short_link(moment: &Moment<'_>) -> String {
    format!("#{}.{}", moment.schedule, moment.step)
}

/// HTML with a line for each element that begins, so that a change of it can be read.
fn in_lines(html: &str) -> String {
    let mut lines = html.replace("><", ">\n<");
    lines.push('\n');
    lines
}

/// Each order of the list is a run of its own that ends as the list says, and the list is as long as the search is wide.
#[test]
fn every_class_is_a_run_that_ends_as_it_says() {
    for (id, kernel) in [
        ("truncate-cow-vs-reclaim", Kernel::BEFORE),
        ("truncate-cow-vs-reclaim", Kernel::AFTER),
        ("mlock-vs-reclaim", Kernel::BEFORE),
        ("munlock-double-mapping", Kernel::AFTER),
    ] {
        let scenario = &scenarios(&[id])[0];
        let session = session(scenario, kernel);
        let mut searching = Searching {
            classes: u64::MAX,
            go_on: &mut |_| true,
        };
        let report = ClassReport::search(&session, &mut searching);
        assert!(report.extent.complete);
        let all: Vec<&String> = report.ends.iter().flat_map(|end| &end.orders).collect();
        assert_eq!(all.len() as u64, report.extent.classes);
        let different: BTreeSet<&String> = all.iter().copied().collect();
        assert_eq!(different.len(), all.len());
        for end in &report.ends {
            for order in &end.orders {
                let schedule: Schedule = order.parse().expect("an order");
                let run = session.run(&schedule, Mode::Strict);
                assert!(run.report().refusal.is_none(), "{id}: {order}");
                let came = run.outcome().word();
                assert!(end.outcome.starts_with(came), "{id}: {order}: {came}");
            }
        }
        nests(&report.html(&short_link));
        if id == "mlock-vs-reclaim" {
            expect_file![format!("reports/{id}.before.classes.txt")].assert_eq(&report.text());
        }
    }
}

#[test]
fn reports_as_html() {
    for scenario in scenarios(&["exit-vs-exit-third-mapping"]) {
        let order = locks(std::slice::from_ref(&scenario), Kernel::BEFORE);
        let pairs = races(&scenario, Kernel::BEFORE, u64::MAX);
        for (name, html) in [
            ("locks", order.html(&short_link)),
            ("races", pairs.html(&short_link)),
        ] {
            expect_file![format!("reports/{}.before.{name}.html", scenario.id)]
                .assert_eq(&in_lines(&html));
            nests(&html);
        }
    }
}

/// Every element that is opened is closed, the last one first.
fn nests(html: &str) {
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("a tag ends");
        match tag.strip_prefix('/') {
            Some(tag) => assert_eq!(open.pop(), Some(tag)),
            None => open.push(tag.split(' ').next().unwrap_or(tag)),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

/// Every pair of a scenario with two threads: what races, where, and how it is judged.
fn pairs(scenario: &Scenario, name: &str, report: &RaceReport) -> String {
    let line = |pair: &RacePair| {
        let side = |side: usize| {
            let side = &pair.sides[side];
            let function = side.stack.first().map_or("", |call| &call.function);
            format!("{} in {function}", side.access)
        };
        let verdict = match pair.verdict {
            RaceVerdict::Harmful => "HARMFUL",
            RaceVerdict::Harmless => "harmless",
            RaceVerdict::Unknown => "unknown",
        };
        format!("  {verdict}: {}: {}, {}\n", pair.word, side(0), side(1))
    };
    let pairs: String = report.pairs.iter().map(line).collect();
    format!(
        "{} {name}: {}\n{pairs}",
        scenario.id,
        report.outcomes.join(", ")
    )
}

#[test]
fn every_pair_of_every_scenario_with_two_threads() {
    let mut told = String::new();
    for scenario in library() {
        if scenario.threads.len() > 2 {
            continue;
        }
        for (name, kernel) in PRESETS {
            let report = races(&scenario, kernel, u64::MAX);
            assert!(report.extent.complete);
            for pair in &report.pairs {
                holds(&session(&scenario, kernel), pair);
            }
            // The patch leaves the races as they are, and takes the harm away.
            assert!(kernel == Kernel::BEFORE || !report.is_harmful());
            if scenario.id.starts_with("exit-vs-exit") {
                let has_third = scenario.id.ends_with("third-mapping");
                let harm = has_third && kernel == Kernel::BEFORE;
                is_the_reported_pair(&report, harm);
            }
            told += &pairs(&scenario, name, &report);
            if KEPT.contains(&scenario.id.as_str()) {
                expect_file![format!("reports/{}.{name}.races.txt", scenario.id)]
                    .assert_eq(&report.text());
            }
        }
    }
    expect_file!["reports/all-pairs.txt"].assert_eq(&told);
}

/// The pair that the race detector reported is among them, and does harm or not.
fn is_the_reported_pair(report: &RaceReport, harm: bool) {
    let function = |pair: &RacePair, access: &str| {
        let side = pair.sides.iter().find(|side| side.access == access);
        side.and_then(|side| side.stack.first())
            .map(|call| call.function.clone())
    };
    let is_it = |pair: &&RacePair| {
        pair.word.starts_with("vm_flags of ")
            && function(pair, "write").as_deref() == Some("munlock_vma_pages_range")
            && function(pair, "read").as_deref() == Some("try_to_unmap_one")
    };
    let found: Vec<&RacePair> = report.pairs.iter().filter(is_it).collect();
    let harmful = |pair: &&RacePair| pair.verdict == RaceVerdict::Harmful;
    assert!(!found.is_empty());
    assert_eq!(found.into_iter().any(|pair| harmful(&pair)), harm);
    assert_eq!(report.is_harmful(), harm);
}

/// What a report says of a pair is what its runs do.
fn holds(session: &Session, pair: &RacePair) {
    let outcome = |schedule: &str| {
        let schedule: Schedule = schedule.parse().expect("it is a schedule");
        let run = session.run(&schedule, Mode::Strict);
        assert!(run.report().refusal.is_none());
        run.outcome()
    };
    let [first, second] = &pair.sides;
    assert!(first.step < second.step && first.thread != second.thread);
    let shown = outcome(&pair.run.schedule);
    if pair.verdict == RaceVerdict::Harmful {
        let [here, there] = pair.after_past.as_ref().expect("it decides");
        assert!(shown.is_broken() && pair.run.broken.is_some());
        assert!(here.contains(&pair.run.outcome) && !there.contains(&pair.run.outcome));
        let other = pair.other_run.as_ref().expect("there is one");
        assert!(there.contains(&other.outcome));
        assert!(other.outcome.starts_with(outcome(&other.schedule).word()));
    }
}

#[test]
fn the_look_that_decides_is_the_last_before_the_mark() {
    // The locks that the harmful read is made under say which of several looks at the flag it is.
    let cases = [
        (
            "before",
            Some("page lock, i_mmap_rwsem for reading, mmap_sem for reading"),
        ),
        ("after", None),
        (
            "after,recheck=off",
            Some("page lock, i_mmap_rwsem for reading"),
        ),
        (
            "after,mlock=page-lock",
            Some("page lock, i_mmap_rwsem for reading, ptl"),
        ),
        ("after,mlock=pte-lock+mmap-sem", None),
        ("after,early-exit=off", None),
    ];
    for scenario in scenarios(&["exit-vs-reclaim-shared"]) {
        for (kernel, held) in cases {
            let report = races(&scenario, parse_kernel(kernel).expect("a kernel"), u64::MAX);
            let pairs = report.pairs.iter();
            let harmful: Vec<String> = pairs
                .filter(|pair| pair.verdict == RaceVerdict::Harmful)
                .map(|pair| pair.sides[0].held.join(", "))
                .collect();
            assert_eq!(harmful, held.into_iter().collect::<Vec<_>>(), "{kernel}");
        }
    }
}

#[test]
fn what_a_limit_has_ended_is_not_judged() {
    for scenario in scenarios(&["exit-vs-exit-third-mapping"]) {
        let report = races(&scenario, Kernel::BEFORE, 100);
        assert!(!report.extent.complete && !report.pairs.is_empty());
        let unknown = |pair: &RacePair| pair.verdict == RaceVerdict::Unknown;
        assert!(report.pairs.iter().all(unknown));
        assert!(report.text().contains("Not known to be harmless"));
    }
}

#[test]
fn the_trylock_goes_and_the_call_has_precedents() {
    // A walk over the mappings, a fault that locks memory, and the last unmap: all that takes lru_lock under the page-table lock.
    let ids = [
        "truncate-cow-vs-reclaim",
        "mlock-vs-reclaim",
        "exit-vs-reclaim-shared",
    ];
    let of = |kernel| locks(&scenarios(&ids), kernel);
    let tries = |report: &LockReport| {
        let edges = report.edges.iter();
        let to_mmap_sem = edges.filter(|edge| edge.wanted == "mmap_sem");
        to_mmap_sem
            .map(|edge| (edge.held.clone(), edge.waits, edge.order))
            .collect::<Vec<_>>()
    };
    let (before, after) = (of(Kernel::BEFORE), of(Kernel::AFTER));
    let held = ["page lock", "i_mmap_rwsem", "anon_vma lock"];
    let against = held.map(|held| (held.to_owned(), false, LockOrder::Against));
    assert_eq!(tries(&before), against);
    assert_eq!(tries(&after), []);
    let under_ptl = |report: &LockReport| {
        let edges = report.edges.iter();
        let mut edges = edges.filter(|edge| edge.held == "ptl" && edge.wanted == "lru_lock");
        let edge = edges.next().expect("it is taken");
        assert!(edge.waits && edge.order == LockOrder::Along);
        let way = |way: &lockstep_view::reports::locks::LockWay| way.path.join(" > ") + "\n";
        edge.ways.iter().map(way).collect::<String>()
    };
    let expected = expect![[r#"
        zap_pte_range > page_remove_rmap > clear_page_mlock > isolate_lru_page
        follow_page_pte > lru_add_drain
        follow_page_pte > mlock_vma_page > isolate_lru_page
        follow_page_pte > mlock_vma_page > putback_lru_page > add_page_to_unevictable_list
    "#]];
    expected.assert_eq(&under_ptl(&after));
    assert_eq!(under_ptl(&before), under_ptl(&after));
    assert!(!before.is_broken() && !after.is_broken());
}
