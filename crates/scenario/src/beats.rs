//! Beats: the named moments of a scenario, found in a run.
//!
//! A beat is written in the words of a script and looked for in what a run did, whoever chose its order:
//! each of its lines is looked for after the one before. `*` stands for any thread, and `next` in place of `until` says
//! that it has to be the very next step of the thread: `A next unlock ptl`. A run in which it never happens does not have the beat.

use lockstep_machine::script::{Goal, step_meets};
use lockstep_machine::{Address, Machine, Readiness, ThreadId, Trace};

use crate::script::{Moment, parse_moment};
use crate::{Diagnostic, Names, Scenario};

/// A beat that a run has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FoundBeat {
    /// Which, by its place in [`Scenario::beats`].
    pub beat: usize,
    /// The step it is at, counted from 1; 0 is the start.
    pub step: u32,
}

/// The beats of `scenario` that the run on `machine` has so far, in the order of their steps.
///
/// `image` is the memory the run started with.
pub fn find(
    scenario: &Scenario,
    names: &Names,
    machine: &Machine,
    image: &[u64],
) -> Vec<FoundBeat> {
    let mut found: Vec<_> = scenario
        .beats
        .iter()
        .enumerate()
        .filter_map(|(beat, said)| {
            let moments = said.at.iter().map(|line| moment(line, 0, names).ok());
            let moments: Vec<_> = moments.collect::<Option<_>>()?;
            let step = moments
                .iter()
                .try_fold(0, |from, moment| reached(machine, image, moment, from))?;
            Some(FoundBeat { beat, step })
        })
        .collect();
    found.sort_by_key(|found| found.step);
    found
}

/// Reads a line of a beat, which stands at `start` in its text.
pub(crate) fn moment(line: &str, start: usize, names: &Names) -> Result<Moment, Diagnostic> {
    let indent = line.len() - line.trim_start().len();
    let moment = parse_moment(line.trim(), start + indent, names)?;
    let is_step = matches!(
        moment.goal,
        Goal::Lock(_) | Goal::Unlock(_) | Goal::Read(_) | Goal::Write(_)
    );
    match moment.goal {
        _ if moment.is_next && !is_step => Err(Diagnostic::new(
            "next-step",
            start..start + line.len(),
            "`next` is about one step, and this is none",
        )
        .help("after `next` comes `lock`, `unlock`, `read` or `write`")),
        Goal::Blocked => Err(Diagnostic::new(
            "beat-waits",
            start..start + line.len(),
            "a beat is a step that was taken, and `blocked` is a step that was not",
        )
        .help("name what the thread did last, such as `A until lock ptl`")),
        _ => Ok(moment),
    }
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
