//! The sentences of the race report, whatever form it has.

use super::{RacePair, RaceReport, RaceSide, RaceVerdict};

/// What stands over the outcomes that both orders have after one and the same past.
pub(in crate::reports) const AFTER_PAST: &str =
    "What can come of their two orders, with nothing else changed before:";

/// How many pairs there are, and whether they have to do with what breaks.
pub(in crate::reports) fn summary(report: &RaceReport) -> String {
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

/// Words in a row.
pub(in crate::reports) fn joined(words: &[String]) -> String {
    match words {
        [] => "none".to_owned(),
        _ => words.join(", "),
    }
}

/// The function a side is in.
pub(in crate::reports) fn function(side: &RaceSide) -> &str {
    let innermost = side.stack.first();
    innermost.map_or("no function", |call| &call.function)
}

/// "after 2 different pasts".
fn pasts(count: u64) -> String {
    match count {
        1 => "one past".to_owned(),
        many => format!("{many} different pasts"),
    }
}

/// "the read by B", or "the write in f" if both are by the same kind of access.
pub(in crate::reports) fn who(pair: &RacePair, side: &RaceSide) -> String {
    let [one, other] = &pair.sides;
    if one.access == other.access {
        format!("the {} by {}", side.access, side.name)
    } else {
        format!("the {}", side.access)
    }
}

/// Where a harmful pair leads to.
pub(in crate::reports) fn leads_to(pair: &RacePair) -> Option<String> {
    let (step, what) = pair.run.broken.as_ref()?;
    Some(format!("Leads to a broken state at step {step}: {what}"))
}

/// How often the order of a pair decides, or why it never does.
pub(in crate::reports) fn decides(pair: &RacePair) -> String {
    let after = pasts(pair.pasts);
    match pair.verdict {
        RaceVerdict::Harmful => format!(
            "They can be made in either order after {after}; after {} of these the order decides.",
            pair.deciding
        ),
        RaceVerdict::Harmless if pair.pasts == 0 => {
            "Harmless here: something that is no synchronisation keeps them in one order."
                .to_owned()
        }
        RaceVerdict::Harmless => format!(
            "Harmless here: they can be made in either order after {after}, and after none does it \
             depend on the order what can break."
        ),
        RaceVerdict::Unknown => {
            "Not known to be harmless: the search was ended before it could tell.".to_owned()
        }
    }
}

/// What stands over the outcomes of all classes.
pub(in crate::reports) fn over_all_classes(report: &RaceReport, pair: &RacePair) -> &'static str {
    if pair.verdict == RaceVerdict::Harmless && report.breaks {
        "All classes of orders in which they race; what breaks there is decided elsewhere:"
    } else {
        "All classes of orders in which they race:"
    }
}
