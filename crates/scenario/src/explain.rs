//! In words: why an order could not be kept, or could not be had at all.

mod refused;

use lockstep_machine::run::Deferral;
use lockstep_machine::script::OrderChange;
use lockstep_machine::{Blocked, Effect, Gather, Machine, ThreadId, Trace};

use crate::{Names, ScriptLines, sort_few};

pub use refused::{refused_letter, unmet};

/// Where a script's order had to change, and why:
/// "line 3 of the script: at step 15 Truncate waits for ptl, which Reclaim holds since step 14; Reclaim runs 9 steps first".
pub fn order_change(
    names: &Names,
    script: &ScriptLines,
    machine: &Machine,
    change: &OrderChange,
) -> String {
    let line = script
        .sources
        .get(change.line)
        .map_or(change.line + 1, |source| source.number);
    let waits = waiting(names, machine, change.thread, &change.blocked, change.step);
    let runs = who_runs(names, machine, change);
    format!(
        "line {line} of the script: at step {} {waits}; {runs} first",
        change.step
    )
}

/// A letter of a schedule that had to wait, or was not needed, when its turn came.
pub fn deferral(names: &Names, machine: &Machine, deferral: &Deferral) -> String {
    let step = deferral.step + 1;
    match &deferral.blocked {
        None => format!(
            "at step {step} {} has ended already; its step is left out",
            names.thread(deferral.thread)
        ),
        Some(blocked) => {
            let waits = waiting(names, machine, deferral.thread, blocked, step);
            match deferral.taken {
                Some(taken) => format!("at step {step} {waits}; its step is taken as step {taken}"),
                None => format!("at step {step} {waits}; its step is never taken"),
            }
        }
    }
}

/// "Truncate waits for ptl, which Reclaim holds since step 14".
pub fn waiting(
    names: &Names,
    machine: &Machine,
    thread: ThreadId,
    blocked: &Blocked,
    step: u32,
) -> String {
    let lock = names.lock(blocked.lock);
    let waits = format!("{} waits for {lock}", names.thread(thread));
    let Some(holder) = blocked.holder() else {
        return waits;
    };
    let who = names.thread(holder);
    if blocked.behind_writer {
        return format!("{waits}, which {who} already waits for as a writer");
    }
    match machine.with_trace(|trace| taken(trace, holder, blocked, step)) {
        Some(since) => format!("{waits}, which {who} holds since step {since}"),
        None => format!("{waits}, which {who} holds"),
    }
}

/// The step at which `holder` took the lock it still had just before `step`.
fn taken(trace: &Trace, holder: ThreadId, blocked: &Blocked, step: u32) -> Option<u32> {
    (1u32..)
        .zip(trace.events())
        .take_while(|(number, _)| *number < step)
        .filter(|(_, event)| {
            event.thread == holder
                && event.effect == Effect::Done
                && event.operation.acquires()
                && event.operation.lock() == blocked.lock
        })
        .last()
        .map(|(number, _)| number)
}

/// "Reclaim runs 9 steps".
fn who_runs(names: &Names, machine: &Machine, change: &OrderChange) -> String {
    let from = change.step.saturating_sub(1) as usize;
    let mut who: Vec<ThreadId> = machine.with_trace(|trace| {
        let between = trace.events().iter().skip(from).take(change.steps as usize);
        between.map(|event| event.thread).gather()
    });
    sort_few(&mut who, |thread| thread.index() as u64);
    who.dedup();
    let who: Vec<_> = who.into_iter().map(|thread| names.thread(thread)).gather();
    let steps = if change.steps == 1 { "step" } else { "steps" };
    match who.as_slice() {
        [only] => format!("{only} runs {} {steps}", change.steps),
        _ => format!("{} run {} {steps}", who.join(" and "), change.steps),
    }
}
