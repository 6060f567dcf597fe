//! The race report as text, in the layout that readers of KTSAN and KCSAN know.

use std::fmt::Write;

use super::{RaceOrder, RacePair, RaceReport, RaceSide, RaceVerdict};
use crate::reports::HONESTY;
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

/// How many pairs there are, and whether they have to do with what breaks.
fn summary(report: &RaceReport) -> String {
    let pairs = report.pairs.iter();
    let is_harmful = |pair: &&RacePair| pair.verdict == RaceVerdict::Harmful;
    let mut text = match report.pairs.len() {
        0 => "No two accesses race".to_owned(),
        1 => "1 pair races".to_owned(),
        many => format!("{many} pairs race"),
    };
    if !report.extent.complete {
        return text + ". The search was ended: whether that matters is not known.";
    }
    text += match (pairs.filter(is_harmful).count(), report.pairs.len()) {
        (_, 0) => ".".to_owned(),
        (0, _) => "; harmful: none.".to_owned(),
        (harmful, _) => format!("; harmful: {harmful}."),
    }
    .as_str();
    if report.breaks && !report.is_harmful() {
        text += "\nWhat breaks here is no data race: the order of no racing pair decides about it.";
    }
    text
}

fn joined(words: &[String]) -> String {
    match words {
        [] => "none".to_owned(),
        _ => words.join(", "),
    }
}

/// The function a side is in.
fn function(side: &RaceSide) -> &str {
    let innermost = side.stack.first();
    innermost.map_or("no function", |call| &call.function)
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
    let order = |text: &mut String, first: usize| {
        let side = &pair.sides[first];
        let RaceOrder { classes, outcomes } = &pair.orders[first];
        _ = writeln!(
            text,
            "  {} first: {} ({classes} classes)",
            who(pair, side),
            joined(outcomes)
        );
    };
    let said = match pair.verdict {
        RaceVerdict::Harmful => harmful(text, pair),
        RaceVerdict::Harmless if pair.pasts == 0 => {
            "Harmless here: something that is no synchronisation keeps them in one order."
                .to_owned()
        }
        RaceVerdict::Harmless => format!(
            "Harmless here: they can be made in either order after {}, and after none does it \
             depend on the order what can break.",
            pasts(pair.pasts)
        ),
        RaceVerdict::Unknown => {
            "Not known to be harmless: the search was ended before it could tell.".to_owned()
        }
    };
    for line in wrapped(&said, WIDTH, 0) {
        _ = writeln!(text, "{line}");
    }
    let elsewhere = pair.verdict == RaceVerdict::Harmless && report.breaks;
    let what = if elsewhere {
        "All classes of orders in which they race; what breaks there is decided elsewhere:"
    } else {
        "All classes of orders in which they race:"
    };
    _ = writeln!(text, "{what}");
    order(text, 0);
    order(text, 1);
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

/// What a harmful pair leads to; gives how often it does.
fn harmful(text: &mut String, pair: &RacePair) -> String {
    if let Some((step, what)) = &pair.run.broken {
        for line in wrapped(
            &format!("Leads to a broken state at step {step}: {what}"),
            WIDTH,
            0,
        ) {
            _ = writeln!(text, "{line}");
        }
    }
    if let Some(sets) = &pair.after_past {
        _ = writeln!(
            text,
            "What can come of their two orders, with nothing else changed before:"
        );
        for (side, outcomes) in pair.sides.iter().zip(sets) {
            _ = writeln!(text, "  {} first: {}", who(pair, side), joined(outcomes));
        }
    }
    format!(
        "They can be made in either order after {}; after {} of these the order decides.",
        pasts(pair.pasts),
        pair.deciding
    )
}

/// "after 2 different pasts".
fn pasts(count: u64) -> String {
    match count {
        1 => "one past".to_owned(),
        many => format!("{many} different pasts"),
    }
}

/// "the read by B", or "the write in f" if both are by the same kind of access.
fn who(pair: &RacePair, side: &RaceSide) -> String {
    let [one, other] = &pair.sides;
    if one.access == other.access {
        format!("the {} by {}", side.access, side.name)
    } else {
        format!("the {}", side.access)
    }
}

fn capital(text: &str) -> String {
    let mut signs = text.chars();
    let first = signs.next().map(|sign| sign.to_ascii_uppercase());
    first.into_iter().chain(signs).collect()
}
