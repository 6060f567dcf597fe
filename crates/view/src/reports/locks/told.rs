//! The sentences of the report on lock order, whatever form it has.

use crate::search::grouped;

use super::{LockCycle, LockEdge, LockOrder, LockReport, LockRow, LockWay};

/// How a lock of a kind is waited for.
pub(in crate::reports) fn waiting(row: &LockRow) -> &'static str {
    match (row.sleeps, row.disables_interrupts) {
        (true, _) => "sleeps",
        (false, true) => "spins, interrupts off",
        (false, false) => "spins",
    }
}

/// How an edge was made, how it stands to the order, and in how many classes it was made.
pub(in crate::reports) fn how(edge: &LockEdge) -> String {
    let order = match (edge.order, edge.waits) {
        (_, true) if edge.is_same_lock => "THE SAME LOCK TWICE",
        (LockOrder::Along, _) => "along the order",
        (LockOrder::Against, true) => "AGAINST THE ORDER",
        (LockOrder::Against, false) => "against the order, legal because it never waits",
        (LockOrder::Unordered, _) => "the order says nothing of the two",
        (LockOrder::SameKind, _) => "two of one kind",
    };
    let mut how = if edge.waits { "waits" } else { "tries" }.to_owned();
    if !edge.modes.is_empty() {
        how = format!("{how} {}", edge.modes.join(" and "));
    }
    let classes = match edge.classes {
        1 => "1 class".to_owned(),
        many => format!("{} classes", grouped(many)),
    };
    format!("{how}; {order}; in {classes}")
}

/// That the other kernel does not make an edge in this way, if so.
pub(in crate::reports) fn only_here(report: &LockReport, way: &LockWay) -> Option<String> {
    (!way.on_the_other).then(|| format!("not on {}", report.compared_with))
}

/// Since when the first lock was held, and by which function, if that is none of the path.
pub(in crate::reports) fn since(way: &LockWay) -> String {
    let held_in = if way.path.contains(&way.held_in) {
        String::new()
    } else {
        format!(" in {}", way.held_in)
    };
    let waits = if way.step.is_none() {
        ", and waits for good"
    } else {
        ""
    };
    format!("held since {}{held_in}{waits}", way.since)
}

/// What is to be said of all edges together.
pub(in crate::reports) fn conclusions(report: &LockReport) -> Vec<String> {
    let mut lines = Vec::new();
    let against = report.edges.iter().filter(|edge| edge.breaks_the_order());
    let against = against.count();
    let tried = |edge: &&LockEdge| !edge.waits && edge.order == LockOrder::Against;
    let tries = report.edges.iter().filter(tried).count();
    lines.push(match (against, tries) {
        (0, 0) => "Order: every edge that the order speaks of goes along with it.".to_owned(),
        (0, 1) => {
            "Order: nobody waits against it; one edge that only tries goes against it.".to_owned()
        }
        (0, _) => {
            format!("Order: nobody waits against it; {tries} edges that only try go against it.")
        }
        _ => format!("Order: BROKEN by {against} of the edges that wait."),
    });
    lines.extend(report.cycles.iter().map(cycle));
    if report.cycles.is_empty() {
        lines.push("Circles: none among the edges that wait.".to_owned());
    }
    if report.problems.is_empty() {
        lines.push("Sleeping and interrupts: nobody sleeps with a spinlock, or takes a lock that others take with interrupts on while they are off.".to_owned());
    }
    let problems = report.problems.iter();
    lines.extend(problems.map(|problem| format!("WRONG: {problem}.")));
    if !report.extent.complete {
        lines.push("The search was ended: there may be more.".to_owned());
    }
    lines
}

/// A circle, and whether an order closes it.
pub(in crate::reports) fn cycle(cycle: &LockCycle) -> String {
    let locks = cycle.locks.join(", ");
    match &cycle.run {
        None => format!("Circle among {locks}: no order of what was searched closes it."),
        Some(run) => {
            let waits = |(thread, lock): &(char, String)| format!("{thread} waits for {lock}");
            let waiting: Vec<String> = run.waiting.iter().map(waits).collect();
            format!(
                "DEADLOCK among {locks}: lockstep run {} --schedule {}, where {}.",
                run.scenario,
                run.schedule,
                waiting.join(" and ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Extent;
    use crate::reports::locks::{LockStandstill, SCHEMA};
    use expect_test::expect;

    fn edge(held: &str, wanted: &str, order: LockOrder) -> LockEdge {
        LockEdge {
            held: held.to_owned(),
            wanted: wanted.to_owned(),
            modes: Vec::new(),
            waits: true,
            is_same_lock: false,
            order,
            classes: 3,
            ways: Vec::new(),
        }
    }

    #[test]
    fn what_is_wrong_is_said_at_the_end() {
        let report = LockReport {
            schema: SCHEMA,
            scenarios: vec!["crossed".to_owned()],
            kernel: "after".to_owned(),
            compared_with: "before".to_owned(),
            extent: Extent {
                classes: 3,
                steps: 12,
                complete: false,
            },
            locks: Vec::new(),
            edges: vec![
                edge("page lock", "ptl", LockOrder::Along),
                edge("ptl", "page lock", LockOrder::Against),
            ],
            cycles: vec![LockCycle {
                locks: vec!["page lock".to_owned(), "ptl".to_owned()],
                run: Some(LockStandstill {
                    scenario: "crossed".to_owned(),
                    schedule: "AB".to_owned(),
                    waiting: vec![('A', "ptl".to_owned()), ('B', "page lock".to_owned())],
                }),
            }],
            problems: vec!["page lock may sleep and is asked for with ptl held".to_owned()],
        };
        assert!(report.is_broken());
        expect![[r#"
            Order: BROKEN by 1 of the edges that wait.
            DEADLOCK among page lock, ptl: lockstep run crossed --schedule AB, where A waits for ptl and B waits for page lock.
            WRONG: page lock may sleep and is asked for with ptl held.
            The search was ended: there may be more."#]].assert_eq(&conclusions(&report).join("\n"));
        let open = LockCycle {
            run: None,
            ..report.cycles[0].clone()
        };
        expect!["Circle among page lock, ptl: no order of what was searched closes it."]
            .assert_eq(&cycle(&open));
    }
}
