//! A world with several of everything: every name must still tell one from the other.

use std::collections::BTreeSet;
use std::rc::Rc;

use lockstep_scenario::parse_kernel;
use lockstep_view::scene::{Scene, StepNo};
use lockstep_view::{Mode, Run, Session};

const TWO_OF_EACH: &str = r#"
id = "two-of-each"
title = "Two of each"
stakes = "Which is which?"
opening = "one-then-the-other"
lanes = ["VM_LOCKED", "pte", "PG_mlocked", "ptl"]

[[setup]]
call = "create"
file = "f"
pages = 2
why = "A file of two pages."

[[setup]]
call = "mmap"
process = "a"
at = 0
pages = 2
kind = "file-shared"
file = "f"
why = "One process maps it."

[[setup]]
call = "mmap"
process = "b"
at = 1
pages = 1
kind = "file-shared"
file = "f"
why = "And another."

[[setup]]
call = "read"
process = "a"
at = 0
why = "Both read."

[[setup]]
call = "write"
process = "b"
at = 1
why = "Or write."

[[setup]]
call = "read"
process = "a"
at = 1
why = "The other page too."

[[setup]]
call = "drain"
why = "So the pages are on their lists."

[[label]]
name = "P"
page = { process = "a", at = 0 }

[[thread]]
letter = "A"
name = "Reclaim"
role = "kswapd looks at one page"
comm = "kswapd0"
path = "reclaim"
page = "P"

[[thread]]
letter = "B"
name = "Truncate"
role = "a process cuts the file to nothing"
comm = "truncate"
path = "truncate"
file = "f"
pages = 0

[[thread]]
letter = "C"
name = "Again"
role = "another process does the same"
comm = "truncate"
path = "truncate"
file = "f"
pages = 0

[[script]]
id = "one-then-the-other"
title = "One, then the other"
text = """
A 5
B until end
A until end
"""
expect = { before = "ok", after = "ok" }
"#;

fn session() -> Session {
    let scenario = lockstep_scenario::parse(TWO_OF_EACH).expect("it can be read");
    let kernel = parse_kernel("before").expect("a kernel");
    Session::new(Rc::new(scenario), kernel).expect("it can be built")
}

fn told_apart<'n>(names: impl Iterator<Item = &'n str>) {
    let all: Vec<&str> = names.collect();
    let different: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(all.len(), different.len(), "{all:?}");
}

fn check(scene: &Scene) {
    told_apart(scene.groups.iter().map(|group| group.key.as_str()));
    told_apart(
        scene
            .groups
            .iter()
            .flat_map(|group| &group.facts)
            .map(|fact| fact.id.0.as_str()),
    );
    told_apart(scene.locks.iter().map(|lock| lock.id.0.as_str()));
    told_apart(scene.locks.iter().map(|lock| lock.label.as_str()));
    told_apart(scene.lists.iter().map(|tray| tray.key.as_str()));
    told_apart(
        scene
            .lists
            .iter()
            .flat_map(|tray| &tray.pages)
            .map(String::as_str),
    );
    told_apart(
        scene
            .explain
            .changes
            .iter()
            .map(|change| change.label.as_str()),
    );
}

fn walk(run: &Run) {
    for step in 0..=run.steps() {
        check(&run.scene(StepNo(step)));
    }
    told_apart(run.score().lanes.iter().map(|lane| lane.fact.0.as_str()));
    told_apart(
        run.score()
            .lock_lanes
            .iter()
            .map(|lane| lane.label.as_str()),
    );
}

#[test]
fn names_tell_objects_apart_in_any_order() {
    let session = session();
    walk(&session.default_run());
    for order in ["ABC", "A9B9C9", "C30A20B30", "B14A3C40A5B9"] {
        let order = format!("{}.", order.repeat(12));
        let schedule = order.parse().expect("a schedule");
        walk(&session.run(&schedule, Mode::Deferring));
    }
}
