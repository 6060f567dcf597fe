//! In words that point into what a person wrote: why an order could not be had at all.

use std::ops::Range;

use lockstep_machine::run::Refusal;
use lockstep_machine::script::{Goal, Unmet, Why};
use lockstep_machine::{Gather, Machine, Readiness, ThreadId};

use super::waiting;
use crate::suggest::{closest, list};
use crate::{Diagnostic, Names, ScriptLines};

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
    let enabled: Vec<_> = machine.enabled().gather();
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
    goal: &Goal,
    span: Range<usize>,
    step: u32,
) -> Diagnostic {
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
        frames.map(|frame| frame.function.name).gather()
    });
    seen.sort_unstable();
    seen.dedup();
    let problem = match closest(wanted, seen.iter().copied()).filter(|close| close != wanted) {
        Some(close) => problem.label(format!("did you mean `{close}`?")),
        None => problem.label("never entered on this kernel, in this order"),
    };
    problem.help(format!("{name} entered {}", list(&seen)))
}

fn can_step(names: &Names, enabled: &[ThreadId]) -> String {
    let all: Vec<_> = enabled
        .iter()
        .map(|thread| format!("{thread} ({})", names.thread(*thread)))
        .gather();
    match all.as_slice() {
        [] => "nobody can step".to_owned(),
        _ => format!("{} can step", all.join(" and ")),
    }
}
