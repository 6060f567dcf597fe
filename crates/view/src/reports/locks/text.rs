//! The report on lock order as text.

use std::fmt::Write;

use super::told;
use super::{LockEdge, LockReport, LockRow, LockWay};
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
    for line in told::conclusions(report) {
        for line in wrapped(&line, WIDTH, 2) {
            _ = writeln!(text, "{line}");
        }
    }
    text
}

fn row(row: &LockRow) -> String {
    format!("{} ({})", row.lock, told::waiting(row))
}

fn one_edge(text: &mut String, report: &LockReport, edge: &LockEdge) {
    let line = format!("{} > {}: {}", edge.held, edge.wanted, told::how(edge));
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
    let other = match told::only_here(report, way) {
        Some(words) => format!(" [{words}]"),
        None => String::new(),
    };
    let scenario = match report.scenarios.len() {
        1 => String::new(),
        _ => format!("{} ", way.scenario),
    };
    let line = format!(
        "  {path}{other}: {scenario}{}, {}",
        way.schedule,
        told::since(way)
    );
    for line in wrapped(&line, WIDTH, 6) {
        _ = writeln!(text, "{line}");
    }
}
