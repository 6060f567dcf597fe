//! Where the order that was executed had to leave the one that was asked for, and why.

use lockstep_machine::run::{Deferral, Refusal, Report};
use lockstep_machine::script::OrderChange;
use lockstep_machine::{Blocked, Machine, Readiness, ThreadId};
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
    let name = session.words.thread(thread);
    let why = match blocked {
        None => "it has finished".to_owned(),
        Some(blocked) => {
            let who = everybody(session, blocked.holders);
            let lock = locks::lock(&session.words, blocked.lock).said;
            match (blocked.behind_writer, blocked.holders.count_ones()) {
                (true, _) => format!("{who} waits for {lock} to write, and goes first"),
                (false, 0 | 1) => format!("{who} holds {lock}"),
                (false, _) => format!("{who} hold {lock}"),
            }
        }
    };
    Parting {
        step: StepNo(step),
        thread: thread.into(),
        text: format!("{name} cannot run at step {step}: {why}."),
    }
}

/// All that happened to letters of a schedule that could not be taken in their turn, a line for each stretch of them.
pub(crate) fn notes(session: &Inner, machine: &Machine, report: &Report) -> Vec<String> {
    let names = &session.built.names;
    let lock = |deferral: &Deferral| deferral.blocked.map(|blocked| blocked.lock);
    let together = |one: &Deferral, next: &Deferral| {
        (one.thread, one.step, lock(one)) == (next.thread, next.step, lock(next))
    };
    let mut notes: Vec<String> = report
        .deferrals
        .chunk_by(together)
        .filter_map(|stretch| {
            let (first, count) = (stretch.first()?, stretch.len());
            Some(match (&first.blocked, first.taken) {
                _ if count == 1 => explain::deferral(names, machine, first),
                (None, _) => format!(
                    "at step {} {} has ended already; {count} steps of it are left out",
                    first.step + 1,
                    names.thread(first.thread),
                ),
                (Some(blocked), taken) => {
                    let waits =
                        explain::waiting(names, machine, first.thread, blocked, first.step + 1);
                    let until = match taken {
                        Some(taken) => format!("until step {taken}"),
                        None => "and never taken".to_owned(),
                    };
                    format!(
                        "at step {} {waits}; {count} steps of it are put off {until}",
                        first.step + 1
                    )
                }
            })
        })
        .collect();
    notes.extend(
        report
            .refusal
            .iter()
            .map(|refusal| of_refusal(session, refusal).text),
    );
    notes
}
