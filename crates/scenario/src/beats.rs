//! Beats: the named moments of a scenario, found in a run.
//!
//! A beat is written in the words of a script and looked for in what a run did, whoever chose its order:
//! each of its lines is looked for after the one before. `*` stands for any thread, and `next` in place of `until` says
//! that it has to be the very next step of the thread: `A next unlock ptl`. A run in which it never happens does not have the beat.

use lockstep_machine::script::{Goal, step_meets};
use lockstep_machine::{Address, Gather, Machine, Readiness, ThreadId, Trace};

use crate::{Built, Moment, sort_few};

/// A beat that a run has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoundBeat {
    /// Which, by its place in [`Scenario::beats`](crate::Scenario::beats).
    pub beat: usize,
    /// The step it is at, counted from 1; 0 is the start.
    pub step: u32,
}

/// The beats of a scenario that the run on `machine` has so far, in the order of their steps.
pub fn find(built: &Built, machine: &Machine) -> Vec<FoundBeat> {
    let image = &built.setting.setup.image;
    let beats = built.resolved.beats.iter().enumerate();
    let mut found: Vec<_> = beats
        .filter_map(|(beat, moments)| {
            let mut moments = moments.as_ref()?.iter();
            let step = moments.try_fold(0, |from, moment| reached(machine, image, moment, from))?;
            Some(FoundBeat { beat, step })
        })
        .gather();
    sort_few(&mut found, |found| u64::from(found.step));
    found
}

/// The first step from `from` on at which `moment` is reached.
fn reached(machine: &Machine, image: &[u64], moment: &Moment, from: u32) -> Option<u32> {
    let ours = |thread: ThreadId| moment.thread.is_none_or(|wanted| wanted == thread);
    machine.with_trace(|trace| {
        let steps = if moment.is_next { 1 } else { usize::MAX };
        let later = || (1u32..).zip(trace.events()).skip(from as usize);
        match &moment.goal {
            Goal::Steps(count) => later()
                .filter(|(_, event)| ours(event.thread))
                .nth(count.saturating_sub(1) as usize)
                .map(|(step, _)| step),
            Goal::End => later()
                .filter(|(_, event)| ours(event.thread))
                .last()
                .filter(|(_, event)| machine.readiness(event.thread) == Readiness::Finished)
                .map(|(step, _)| step),
            Goal::Blocked => None,
            Goal::Enter(name) => trace
                .frames()
                .iter()
                .filter(|frame| {
                    ours(frame.thread) && frame.function.name == name && frame.entered >= from
                })
                .map(|frame| frame.entered)
                .min(),
            Goal::Leave(name) => trace
                .frames()
                .iter()
                .filter(|frame| ours(frame.thread) && frame.function.name == name)
                .filter_map(|frame| frame.left.filter(|left| *left >= from))
                .min(),
            Goal::Equals(field, value) => values(trace, image, field.address)
                .skip_while(|(step, _)| *step < from)
                .find(|(_, word)| field.of(*word) == *value)
                .map(|(step, _)| step),
            goal => later()
                .filter(|(_, event)| ours(event.thread))
                .take(steps)
                .find(|(_, event)| step_meets(trace, event, goal))
                .map(|(step, _)| step),
        }
    })
}

/// What a word held after each step, from the start on.
fn values<'t>(
    trace: &'t Trace,
    image: &[u64],
    address: Address,
) -> impl Iterator<Item = (u32, u64)> + 't {
    let start = image.get(address.index()).copied().unwrap_or(0);
    let after = (1u32..)
        .zip(trace.events())
        .scan(start, move |word, (step, event)| {
            for change in trace.changes(event) {
                if change.address == address {
                    *word = change.to;
                }
            }
            Some((step, *word))
        });
    std::iter::once((0, start)).chain(after)
}
