//! In words: why an order could not be kept, or could not be had at all.

use std::ops::Range;

use lockstep_machine::run::{Deferral, Refusal};
use lockstep_machine::script::{OrderChange, Unmet, Why};
use lockstep_machine::{Blocked, Effect, Machine, Readiness, ThreadId, Trace};

use crate::suggest::{closest, list};
use crate::{Diagnostic, Names, ScriptLines};

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

/// Why a schedule's letter was refused, pointing at it in the schedule's text; who could have stepped is the help.
///
/// "step 15 is refused: Truncate waits for ptl, which Reclaim holds since step 14".
pub fn refused_letter(
    names: &Names,
    machine: &Machine,
    refusal: &Refusal,
    schedule: &str,
) -> Diagnostic {
    let step = refusal.step + 1;
    let name = names.thread(refusal.thread);
    let why = match refusal.why {
        _ if refusal.thread.index() >= names.threads().len() => {
            format!(
                "there is no thread {}; threads are {}",
                refusal.thread,
                names.thread_list()
            )
        }
        Readiness::Blocked(blocked) => waiting(names, machine, refusal.thread, &blocked, step),
        Readiness::Finished | Readiness::Ready => format!("{name} has ended"),
    };
    let enabled: Vec<_> = machine.enabled().collect();
    let (span, first) = letter_of(schedule, refusal.step);
    let message = format!("step {step} is refused: {why}");
    let problem = Diagnostic::new("refused-step", span, message).help(can_step(names, &enabled));
    match refusal.step - first {
        0 => problem.label("not possible"),
        1 => problem.label("possible once"),
        possible => problem.label(format!("possible {possible} times")),
    }
}

/// The letter, with its count, that a schedule's text says step `step` in (counted from 0), and the first step it says.
fn letter_of(schedule: &str, step: u32) -> (Range<usize>, u32) {
    let mut first = 0u32;
    let mut start = 0;
    while start < schedule.len() {
        let digits = schedule
            .as_bytes()
            .iter()
            .skip(start + 1)
            .take_while(|digit| digit.is_ascii_digit())
            .count();
        let end = start + 1 + digits;
        let count = schedule
            .get(start + 1..end)
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        if step < first.saturating_add(count) {
            return (start..end, first);
        }
        first = first.saturating_add(count);
        start = end;
    }
    (schedule.len()..schedule.len(), step)
}

/// A line of a script that cannot be met, pointing at the line.
pub fn unmet(names: &Names, script: &ScriptLines, machine: &Machine, unmet: &Unmet) -> Diagnostic {
    let span = script
        .sources
        .get(unmet.line)
        .map_or(0..0, |source| source.span.clone());
    let Some(line) = script.lines.get(unmet.line) else {
        return Diagnostic::new("unmet", span, "this line cannot be met");
    };
    let name = names.thread(line.thread);
    let step = unmet.step;
    let help = can_step(names, &unmet.enabled);
    match unmet.why {
        Why::NoSuchThread => Diagnostic::new("unmet", span, "there is no such thread").help(help),
        Why::Waits(blocked) => {
            let waits = waiting(names, machine, line.thread, &blocked, step + 1);
            Diagnostic::new("unmet-waits", span, format!("after step {step} {waits}"))
                .label("this order does not exist on this kernel")
                .help(help)
        }
        Why::NoProgress => Diagnostic::new(
            "unmet",
            span,
            format!("{name} runs and runs and never gets there"),
        ),
        Why::Ended => ended(names, machine, line.thread, &line.goal, span, step),
    }
}

fn ended(
    names: &Names,
    machine: &Machine,
    thread: ThreadId,
    goal: &lockstep_machine::script::Goal,
    span: Range<usize>,
    step: u32,
) -> Diagnostic {
    use lockstep_machine::script::Goal;
    let name = names.thread(thread);
    let problem = Diagnostic::new(
        "unmet-ended",
        span,
        format!("{name} ends at step {step} without getting there"),
    );
    let (Goal::Enter(wanted) | Goal::Leave(wanted)) = goal else {
        return problem.label("never on this kernel, in this order").help(
            "what a thread does can depend on the kernel and on what the others did before; `lockstep run` without this line shows it",
        );
    };
    let mut seen: Vec<&str> = machine.with_trace(|trace| {
        let frames = trace.frames().iter().filter(|frame| frame.thread == thread);
        frames.map(|frame| frame.function.name).collect()
    });
    seen.sort_unstable();
    seen.dedup();
    let problem = match closest(wanted, seen.iter().copied()).filter(|close| close != wanted) {
        Some(close) => problem.label(format!("did you mean `{close}`?")),
        None => problem.label("never entered on this kernel, in this order"),
    };
    problem.help(format!("{name} entered {}", list(&seen)))
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
        between.map(|event| event.thread).collect()
    });
    who.sort_unstable();
    who.dedup();
    let who: Vec<_> = who.into_iter().map(|thread| names.thread(thread)).collect();
    let steps = if change.steps == 1 { "step" } else { "steps" };
    match who.as_slice() {
        [only] => format!("{only} runs {} {steps}", change.steps),
        _ => format!("{} run {} {steps}", who.join(" and "), change.steps),
    }
}

fn can_step(names: &Names, enabled: &[ThreadId]) -> String {
    let all: Vec<_> = enabled
        .iter()
        .map(|thread| format!("{thread} ({})", names.thread(*thread)))
        .collect();
    match all.as_slice() {
        [] => "nobody can step".to_owned(),
        _ => format!("{} can step", all.join(" and ")),
    }
}
