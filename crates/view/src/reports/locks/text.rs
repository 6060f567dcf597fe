//! The report on lock order as text.

use std::fmt::Write;

use super::{LockCycle, LockEdge, LockOrder, LockReport, LockRow, LockWay};
use crate::reports::HONESTY;
use crate::text::wrapped;

const WIDTH: usize = 80;

pub(super) fn text(report: &LockReport) -> String {
    let scenarios = match report.scenarios.as_slice() {
        [only] => only.clone(),
        many => format!("{} scenarios", many.len()),
    };
    // Writing to a string cannot fail.
    let mut text = format!(
        "Lock order of {scenarios} on {}\n{HONESTY}\n",
        report.kernel
    );
    _ = writeln!(
        text,
        "Searched: {}. What follows is the union over them.",
        report.extent.told()
    );
    let lines = "Under each pair of locks stand the calls that lead to it, from the one that both locks are \
        taken inside of to the one that takes the second; then the first order found that does so, up to \
        that step, and since which step the first lock was held.\n";
    for line in wrapped(lines, WIDTH, 0) {
        _ = writeln!(text, "{line}");
    }
    text.push('\n');
    let locks: Vec<String> = report.locks.iter().map(row).collect();
    let line = format!("Locks, outermost first: {}.", locks.join(", "));
    for line in wrapped(&line, WIDTH, 2) {
        _ = writeln!(text, "{line}");
    }
    for edge in &report.edges {
        one_edge(&mut text, report, edge);
    }
    text.push('\n');
    for line in conclusions(report) {
        for line in wrapped(&line, WIDTH, 2) {
            _ = writeln!(text, "{line}");
        }
    }
    text
}

fn row(row: &LockRow) -> String {
    let how = match (row.sleeps, row.disables_interrupts) {
        (true, _) => "sleeps",
        (false, true) => "spins, interrupts off",
        (false, false) => "spins",
    };
    format!("{} ({how})", row.lock)
}

fn one_edge(text: &mut String, report: &LockReport, edge: &LockEdge) {
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
        many => format!("{many} classes"),
    };
    let line = format!(
        "{} > {}: {how}; {order}; in {classes}",
        edge.held, edge.wanted
    );
    text.push('\n');
    for line in wrapped(&line, WIDTH, 2) {
        _ = writeln!(text, "{line}");
    }
    for way in &edge.ways {
        one_way(text, report, way);
    }
}

fn one_way(text: &mut String, report: &LockReport, way: &LockWay) {
    let path = way.path.join(" > ");
    let other = if way.on_the_other {
        String::new()
    } else {
        format!(" [not on {}]", report.compared_with)
    };
    let scenario = match report.scenarios.len() {
        1 => String::new(),
        _ => format!("{} ", way.scenario),
    };
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
    let line = format!(
        "  {path}{other}: {scenario}{}, held since {}{held_in}{waits}",
        way.schedule, way.since
    );
    for line in wrapped(&line, WIDTH, 6) {
        _ = writeln!(text, "{line}");
    }
}

fn conclusions(report: &LockReport) -> Vec<String> {
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

fn cycle(cycle: &LockCycle) -> String {
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
