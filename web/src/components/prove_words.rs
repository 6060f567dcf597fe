//! What is said of a search, in sentences.

use lockstep_view::search::{grouped, orders_words};

use crate::model::prove::{Prove, State};
use crate::worker::{End, Found, Verdict};

/// The sentence that tells what a search has come to; `steps` are those of each thread, if nobody is in its way.
pub fn headline(found: &Found, steps: &[u32]) -> String {
    let orders = grouped(found.orders);
    let after = format!("{orders} orders tried, {}.", seconds(found.milliseconds));
    match found.verdict {
        Verdict::Broken => {
            let witness = found.witnesses.first();
            let switches = witness.map_or(0, |witness| witness.switches);
            let plural = if switches == 1 { "" } else { "es" };
            let shortest = match witness {
                Some(witness) if witness.is_simplest => " (shortest)",
                _ => "",
            };
            format!("Broken with {switches} context switch{plural}{shortest}. {after}")
        }
        Verdict::Clean => format!("No order breaks it. {} {after}", covered(found, steps)),
        Verdict::Harmless => {
            let but = match found.outcomes.iter().any(|outcome| outcome == "missed") {
                true => "in some, a mark is missed until reclaim repairs it",
                false => "threads race for a word, and it does no harm",
            };
            format!(
                "No order breaks it; {but}. {} {after}",
                covered(found, steps)
            )
        }
        Verdict::Unproved if found.end == End::Stopped => {
            format!("Stopped after {orders} orders. None broke. This is not a proof.")
        }
        Verdict::Unproved => {
            format!("Ended at {orders} orders, a limit. None broke. This is not a proof.")
        }
    }
}

/// What it is that covers all orders.
fn covered(found: &Found, steps: &[u32]) -> String {
    let naive = orders_words(steps);
    let orders = if naive == "1" { "order" } else { "orders" };
    match (found.classes, found.states) {
        (Some(1), _) => format!("1 class stands for {naive} {orders}."),
        (Some(classes), _) => format!("{} classes stand for {naive} {orders}.", grouped(classes)),
        (None, Some(states)) => format!(
            "They lead to {} different states, and each was looked at.",
            grouped(states)
        ),
        (None, None) => String::new(),
    }
}

/// A time for people.
pub fn seconds(milliseconds: u32) -> String {
    let tenths = milliseconds.div_ceil(100);
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", tenths / 10, tenths % 10),
    }
}

/// How a run ends, in words.
pub fn outcome(word: &str) -> String {
    match word.split_once(" by ") {
        Some(("bad-page", who)) => format!("a bad page, freed by {who}"),
        _ => match word {
            "ok" => "as it should be".to_owned(),
            "stranded" => "stranded: a page is kept for a lock that nobody has".to_owned(),
            "missed" => "missed: a locked page is not kept until reclaim looks".to_owned(),
            "deadlock" => "a deadlock".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// The sentence over the table of the bench.
pub fn summary(prove: &Prove) -> String {
    let mut counts = [0; 4];
    let mut left = 0;
    for cell in &prove.cells {
        match cell {
            State::Done(found, _) => counts[found.verdict as usize] += 1,
            _ => left += 1,
        }
    }
    let [broken, harmless, clean, unproved] = counts;
    let mut text = match broken {
        0 if left == 0 => "No scenario is known to break.".to_owned(),
        0 => "None has broken so far.".to_owned(),
        1 => "1 scenario breaks.".to_owned(),
        more => format!("{more} scenarios break."),
    };
    for (count, words) in [
        (clean + harmless, "proved"),
        (unproved, "not proved"),
        (left, "open"),
    ] {
        if count > 0 {
            text += &format!(" {count} {words}.");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Shared;
    use crate::worker::Witness;

    fn found(verdict: Verdict, end: End) -> Found {
        Found {
            verdict,
            end,
            orders: 12_345,
            classes: None,
            states: None,
            depth: 100,
            outcomes: Vec::new(),
            properties: Vec::new(),
            witnesses: Vec::new(),
            sample: None,
            milliseconds: 1_234,
            same_as: None,
        }
    }

    #[test]
    fn a_proof_says_what_stands_for_what() {
        let clean = Found {
            classes: Some(267),
            ..found(Verdict::Clean, End::Complete)
        };
        assert_eq!(
            headline(&clean, &[60, 60]),
            "No order breaks it. 267 classes stand for about 9.6 × 10³⁴ orders. 12,345 orders tried, 1.3 s."
        );
        let one = Found {
            classes: Some(1),
            ..clean
        };
        assert!(headline(&one, &[7]).contains("1 class stands for 1 order."));
        let states = Found {
            states: Some(4_000),
            ..found(Verdict::Harmless, End::Complete)
        };
        let told = headline(&states, &[2, 2]);
        assert!(told.contains("4,000 different states"));
        assert!(told.contains("threads race"));
        let missed = Found {
            outcomes: vec!["missed".to_owned(), "ok".to_owned()],
            ..states
        };
        assert!(headline(&missed, &[2, 2]).contains("a mark is missed"));
    }

    #[test]
    fn what_is_no_proof_says_so() {
        for end in [End::Stopped, End::Limited] {
            let told = headline(&found(Verdict::Unproved, end), &[2, 2]);
            assert!(told.ends_with("This is not a proof."), "{told}");
            assert!(!told.contains("No order"), "{told}");
        }
    }

    #[test]
    fn a_failure_is_called_shortest_only_if_it_is() {
        for (is_simplest, words) in [
            (true, "Broken with 1 context switch (shortest)."),
            (false, "Broken with 1 context switch."),
        ] {
            let witness = Witness {
                order: "AB".to_owned(),
                switches: 1,
                outcome: "stranded".to_owned(),
                is_simplest,
            };
            let broken = Found {
                witnesses: vec![witness],
                ..found(Verdict::Broken, End::Complete)
            };
            assert!(headline(&broken, &[1, 1]).starts_with(words));
        }
    }

    #[test]
    fn the_summary_counts_every_cell_once() {
        let done = |verdict| {
            let found = Shared::new(found(verdict, End::Complete));
            State::Done(found, Shared::new(Vec::new()))
        };
        let prove = Prove {
            cells: vec![
                done(Verdict::Broken),
                done(Verdict::Clean),
                done(Verdict::Harmless),
                done(Verdict::Unproved),
                State::Asked,
            ],
            ..Prove::default()
        };
        assert_eq!(
            summary(&prove),
            "1 scenario breaks. 2 proved. 1 not proved. 1 open."
        );
    }
}
