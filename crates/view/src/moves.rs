//! One step taken to another place in the order: which order that is, and why it may not go there.
//!
//! A thread's own steps never change places among themselves, so a step moves past the steps of others: one place for each
//! of them. What it meets of its own thread on the way it pushes ahead of itself. So every place is at most one order, a whole
//! block follows the last of its steps, and nothing has to be picked up twice.

use lockstep_machine::{Gather, Schedule, run as drive};

use crate::partings;
use crate::scene::StepNo;
use crate::session::Inner;

/// A place a step can be carried to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The number the step would have there.
    pub to: StepNo,
    /// Why it cannot be put there: "Truncate cannot run at step 12: Reclaim holds ptl." None if it can.
    pub refusal: Option<String>,
}

/// The order in which step `step` of `executed` is step `to` instead; none if it does not get that far.
pub(crate) fn order(executed: &Schedule, step: u32, to: u32) -> Option<Schedule> {
    let mut letters: Vec<_> = executed.steps().gather();
    let at = (step as usize).checked_sub(1)?;
    let thread = *letters.get(at)?;
    let Some(passed) = (step.abs_diff(to) as usize).checked_sub(1) else {
        return Some(executed.clone());
    };
    let is_other = |index: &usize| letters[*index] != thread;
    let (first, last) = if to < step {
        ((0..at).rev().filter(is_other).nth(passed)?, at)
    } else {
        (at, (at..letters.len()).filter(is_other).nth(passed)?)
    };
    let part = letters.get(first..=last)?.iter();
    let (own, others): (Vec<_>, Vec<_>) = part.partition(|letter| **letter == thread);
    let part = if to < step {
        [own, others].concat()
    } else {
        [others, own].concat()
    };
    letters.splice(first..=last, part);
    Some(letters.into_iter().collect())
}

/// Every place step `step` of `executed` can be carried to, its own among them, in order.
pub(crate) fn targets(session: &Inner, executed: &Schedule, step: u32) -> Vec<Target> {
    let steps = executed.len() as u32;
    let places = (1..=steps).filter_map(|to| Some((to, order(executed, step, to)?)));
    places
        .map(|(to, order)| {
            // What comes after both places is asked for, not demanded: it may well have to change.
            let fixed = order.prefix(step.max(to) as usize);
            let mut machine = lockstep_machine::Machine::new(&session.built.setting);
            let report = drive::strict(&mut machine, &fixed);
            Target {
                to: StepNo(to),
                refusal: partings::of_report(session, &report).map(|parting| parting.text),
            }
        })
        .gather()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_passes_others_and_pushes_its_own() {
        for (executed, step, to, moved) in [
            ("A3B3", 4, 4, Some("A3B3")),
            ("A3B3", 4, 3, Some("A2BAB2")),
            ("A3B3", 6, 5, Some("A2B3A")),
            ("A3B3", 6, 3, Some("B3A3")),
            ("A3B3", 6, 2, None),
            ("A3B3", 3, 6, Some("A2B3A")),
            ("A3B3", 1, 2, Some("BA3B2")),
            ("A3B3", 1, 5, None),
            ("ABABA", 5, 4, Some("ABA2B")),
            ("ABABA", 5, 3, Some("A3B2")),
            ("A3B3", 0, 1, None),
            ("A3B3", 7, 1, None),
        ] {
            let schedule: Schedule = executed.parse().expect("an order");
            let found = order(&schedule, step, to).map(|order| order.to_string());
            assert_eq!(found.as_deref(), moved, "{executed}, {step} to {to}");
        }
    }
}
