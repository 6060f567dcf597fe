//! Where the order that was executed had to leave the one that was asked for, and why.

use lockstep_machine::run::{Deferral, Refusal, Report};
use lockstep_machine::script::OrderChange;
use lockstep_machine::{Blocked, Gather, Machine, Readiness, ThreadId};
use lockstep_scenario::explain;

use crate::locks;
use crate::scene::{Parting, StepNo};
use crate::sentence::everybody;
use crate::session::Inner;

/// Where a schedule's order could not be kept, if it could not.
///
/// Letters of a thread that has ended are no matter at the end of a run: the order they asked for is there.
pub(crate) fn of_report(session: &Inner, report: &Report) -> Option<Parting> {
    if let Some(refusal) = &report.refusal {
        return Some(of_refusal(session, refusal));
    }
    let steps = report.executed.len() as u32;
    let matters = |deferral: &&Deferral| deferral.blocked.is_some() || deferral.step < steps;
    let first = report.deferrals.iter().find(matters)?;
    Some(parting(
        session,
        first.step + 1,
        first.thread,
        first.blocked.as_ref(),
    ))
}

/// Where a script's order had to change.
pub(crate) fn of_change(session: &Inner, change: &OrderChange) -> Parting {
    parting(session, change.step, change.thread, Some(&change.blocked))
}

fn of_refusal(session: &Inner, refusal: &Refusal) -> Parting {
    let blocked = match &refusal.why {
        Readiness::Blocked(blocked) => Some(blocked),
        Readiness::Ready | Readiness::Finished => None,
    };
    parting(session, refusal.step + 1, refusal.thread, blocked)
}

/// "Truncate cannot run at step 12: Reclaim holds ptl."
fn parting(session: &Inner, step: u32, thread: ThreadId, blocked: Option<&Blocked>) -> Parting {
    let text = match blocked {
        _ if !session.words.has_thread(thread) => format!("There is no thread {thread}."),
        None => {
            let name = session.words.thread(thread);
            format!("{name} cannot run at step {step}: it has finished.")
        }
        Some(blocked) => {
            let name = session.words.thread(thread);
            let who = everybody(session, blocked.holders);
            let lock = locks::lock(&session.words, blocked.lock).said;
            let why = match (blocked.behind_writer, blocked.holders.count_ones()) {
                (true, _) => format!("{who} waits for {lock} to write, and goes first"),
                (false, 0 | 1) => format!("{who} holds {lock}"),
                (false, _) => format!("{who} hold {lock}"),
            };
            format!("{name} cannot run at step {step}: {why}.")
        }
    };
    Parting {
        step: StepNo(step),
        thread: thread.into(),
        text,
    }
}

/// All that happened to letters of a schedule that could not be taken in their turn:
/// one line for those that met with the same fate at the same moment, however many they are.
pub(crate) fn notes(session: &Inner, machine: &Machine, report: &Report) -> Vec<String> {
    let fate = |deferral: &Deferral| {
        let lock = deferral.blocked.map(|blocked| blocked.lock);
        (deferral.thread, deferral.step, lock)
    };
    let mut stretches: Vec<(&Deferral, usize)> = Vec::new();
    for deferral in &report.deferrals {
        let known = stretches
            .iter_mut()
            .rev()
            .find(|(first, _)| fate(first) == fate(deferral));
        match known {
            Some((_, count)) => *count += 1,
            None => stretches.push((deferral, 1)),
        }
    }
    let deferred = stretches
        .into_iter()
        .map(|(first, count)| note(session, machine, first, count));
    let refused = report.refusal.iter();
    deferred
        .chain(refused.map(|refusal| of_refusal(session, refusal).text))
        .gather()
}

fn note(session: &Inner, machine: &Machine, first: &Deferral, count: usize) -> String {
    let names = &session.built.names;
    let step = first.step + 1;
    match (&first.blocked, first.taken) {
        _ if !session.words.has_thread(first.thread) => {
            let steps = if count == 1 { "step" } else { "steps" };
            format!(
                "there is no thread {}; {count} {steps} of it left out",
                first.thread
            )
        }
        _ if count == 1 => explain::deferral(names, machine, first),
        (None, _) => {
            let name = names.thread(first.thread);
            format!("at step {step} {name} has ended already; {count} steps of it are left out")
        }
        (Some(blocked), taken) => {
            let waits = explain::waiting(names, machine, first.thread, blocked, step);
            let until = match taken {
                Some(taken) => format!("until step {taken}"),
                None => "and never taken".to_owned(),
            };
            format!("at step {step} {waits}; {count} steps of it are put off {until}")
        }
    }
}
