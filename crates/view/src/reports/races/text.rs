//! The race report as text, in the layout that readers of KTSAN and KCSAN know.

use std::fmt::Write;

use super::told::{self, AFTER_PAST, function, joined, summary, who};
use super::{RaceOrder, RacePair, RaceReport, RaceVerdict};
use crate::reports::HONESTY;
use crate::search::grouped;
use crate::text::wrapped;

const RULE: &str = "==================================================================";
const WIDTH: usize = 80;
const LIST_INDENT: usize = 12;

pub(super) fn text(report: &RaceReport) -> String {
    let mut text = format!(
        "Data races of {} on {}\n{HONESTY}\n",
        report.scenario, report.kernel
    );
    // Writing to a string cannot fail.
    _ = writeln!(
        text,
        "Searched: {}. Outcomes: {}.\n{}\n",
        report.extent.told(),
        joined(&report.outcomes),
        summary(report)
    );
    for pair in &report.pairs {
        list(&mut text, pair);
    }
    for pair in &report.pairs {
        full(&mut text, report, pair);
    }
    text
}

fn verdict(pair: &RacePair) -> &'static str {
    match pair.verdict {
        RaceVerdict::Harmful => "HARMFUL",
        RaceVerdict::Harmless => "harmless",
        RaceVerdict::Unknown => "unknown",
    }
}

/// A pair in one line.
fn list(text: &mut String, pair: &RacePair) {
    let [one, other] = pair.sides.each_ref().map(|side| {
        let (access, line) = (&side.access, side.line);
        format!("{access} in {} ({}:{line})", function(side), side.file)
    });
    _ = writeln!(text, "  {:8}  {}", verdict(pair), pair.word);
    for line in wrapped(&format!("{one}, {other}"), WIDTH - LIST_INDENT, 0) {
        _ = writeln!(text, "{:LIST_INDENT$}{line}", "");
    }
}

fn full(text: &mut String, report: &RaceReport, pair: &RacePair) {
    let [one, other] = &pair.sides;
    _ = writeln!(
        text,
        "\n{RULE}\nLockstep: data race in {} / {}",
        function(one),
        function(other)
    );
    for (index, side) in pair.sides.iter().enumerate() {
        let when = ["", "then "][index];
        let head = capital(&format!(
            "{when}{} of {}, size {}, by thread {} ({}, comm {}) at step {}:",
            side.access, pair.word, pair.size, side.thread, side.name, side.comm, side.step
        ));
        _ = writeln!(text, "\n{head}");
        for (depth, call) in side.stack.iter().enumerate() {
            let model = match depth {
                0 => format!("  (model: {}:{})", side.file, side.line),
                _ => String::new(),
            };
            _ = writeln!(text, " {:28} {}{model}", call.function, call.kernel);
        }
        _ = writeln!(
            text,
            " locks held: {}\n value: {}",
            joined(&side.held),
            side.value
        );
    }
    _ = writeln!(text, "\nordered by: nothing");
    if !pair.also.is_empty() {
        _ = writeln!(
            text,
            "the same lines also race about: {}",
            pair.also.join(", ")
        );
    }
    conclusion(text, report, pair);
    _ = writeln!(text, "{RULE}");
}

/// What comes of the two orders.
fn conclusion(text: &mut String, report: &RaceReport, pair: &RacePair) {
    if let Some(leads) = told::leads_to(pair) {
        paragraph(text, &leads);
    }
    if let Some(sets) = &pair.after_past {
        _ = writeln!(text, "{AFTER_PAST}");
        for (side, outcomes) in pair.sides.iter().zip(sets) {
            _ = writeln!(text, "  {} first: {}", who(pair, side), joined(outcomes));
        }
    }
    paragraph(text, &told::decides(pair));
    _ = writeln!(text, "{}", told::over_all_classes(report, pair));
    for (side, RaceOrder { classes, outcomes }) in pair.sides.iter().zip(&pair.orders) {
        let (who, outcomes, classes) = (who(pair, side), joined(outcomes), grouped(*classes));
        _ = writeln!(text, "  {who} first: {outcomes} ({classes} classes)");
    }
    let mut run = |what: &str, schedule: &str| {
        let (scenario, kernel) = (&report.scenario, &report.kernel);
        _ = writeln!(
            text,
            "{what}:\n  lockstep run {scenario} --kernel {kernel} --schedule {schedule}"
        );
    };
    run("This run", &pair.run.schedule);
    if let Some(other) = &pair.other_run {
        run(
            &format!("The other order, which ends {}", other.outcome),
            &other.schedule,
        );
    }
}

fn paragraph(text: &mut String, words: &str) {
    for line in wrapped(words, WIDTH, 0) {
        _ = writeln!(text, "{line}");
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().map(|sign| sign.to_ascii_uppercase());
    first.into_iter().chain(signs).collect()
}
