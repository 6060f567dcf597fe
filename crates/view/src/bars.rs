//! Stretches of a run: where locks were held, where threads waited, how facts went up and down.

use lockstep_machine::Readiness;
use lockstep_scenario::sort_few;

use crate::locks::{self, Lock};
use crate::scene::{Lane, LaneSpan, LockBar, LockLane, StepNo, ThreadId, WaitBar};
use crate::session::Inner;
use crate::tape::Tape;
use crate::value;
use crate::vocabulary::Field;

/// The lane of a lock.
pub(crate) fn lock_lane(tape: &Tape, lock: &Lock) -> LockLane {
    let mut bars: Vec<LockBar> = Vec::new();
    for thread in tape.threads() {
        let mut open: Option<LockBar> = None;
        for step in 0..=tape.steps() {
            let held = tape
                .standing(step, thread)
                .and_then(|standing| standing.held.find(lock.address).copied());
            match (&open, held) {
                (None, Some(held)) => {
                    open = Some(LockBar {
                        thread: thread.into(),
                        mode: locks::mode(held.mode),
                        from: StepNo(held.since),
                        to: None,
                    });
                }
                (Some(_), None) => {
                    bars.extend(open.take().map(|bar| LockBar {
                        to: Some(StepNo(step)),
                        ..bar
                    }));
                }
                _ => {}
            }
        }
        bars.extend(open);
    }
    sort_few(&mut bars, |bar| by_step(bar.from, bar.thread));
    LockLane {
        lock: lock.id.clone(),
        label: lock.label.clone(),
        pattern: lock.pattern,
        bars,
    }
}

/// The stretches in which threads could not run.
///
/// A thread that has not made its first step is not waiting: it is not there yet.
/// A wait that begins with the last step has no length, and no bar.
pub(crate) fn waits(session: &Inner, tape: &Tape) -> Vec<WaitBar> {
    let mut waits: Vec<WaitBar> = Vec::new();
    for thread in tape.threads() {
        let mut open: Option<(lockstep_machine::Blocked, u32)> = None;
        let begun = tape
            .events()
            .find(|(_, event)| event.thread == thread)
            .map(|(step, _)| step);
        for step in begun.unwrap_or(u32::MAX)..=tape.steps() {
            let blocked = match tape
                .standing(step, thread)
                .map(|standing| standing.readiness)
            {
                Some(Readiness::Blocked(blocked)) => Some(blocked),
                _ => None,
            };
            match (open, blocked) {
                (None, Some(blocked)) => open = Some((blocked, step)),
                (Some((first, since)), now) if now.is_none_or(|now| now.lock != first.lock) => {
                    waits.push(wait(session, thread, &first, since + 1, step));
                    open = now.map(|now| (now, step));
                }
                _ => {}
            }
        }
        if let Some((first, since)) = open.filter(|(_, since)| *since < tape.steps()) {
            waits.push(wait(session, thread, &first, since + 1, tape.steps()));
        }
    }
    sort_few(&mut waits, |wait| by_step(wait.from, wait.thread));
    waits
}

/// A key that sorts by the step, and what is at one step by the thread.
fn by_step(step: StepNo, thread: ThreadId) -> u64 {
    u64::from(step.0) << 8 | u64::from(thread.0)
}

fn wait(
    session: &Inner,
    thread: lockstep_machine::ThreadId,
    blocked: &lockstep_machine::Blocked,
    from: u32,
    to: u32,
) -> WaitBar {
    let lock = locks::lock(&session.words, blocked.lock);
    WaitBar {
        thread: thread.into(),
        lock: lock.id,
        label: lock.label,
        holder: blocked.holder().map(Into::into),
        from: StepNo(from),
        to: StepNo(to),
    }
}

/// The waveform of a fact.
pub(crate) fn lane(session: &Inner, tape: &Tape, field: &Field) -> Lane {
    let show = field.part.show;
    let level = |step: u32| field.part.of(tape.word(field.address, step));
    let span = |from: u32, by, now: u64| LaneSpan {
        from: StepNo(from),
        to: StepNo(tape.steps()),
        is_high: value::is_high(show, now),
        text: value::level(&session.words, show, now),
        by,
    };
    let mut spans = vec![span(0, None, level(0))];
    for (step, event) in tape.events() {
        if tape
            .trace()
            .changes(event)
            .iter()
            .all(|change| change.address != field.address)
        {
            continue;
        }
        let next = span(step, Some(event.thread.into()), level(step));
        if let Some(last) = spans.last_mut()
            && (last.is_high, &last.text) != (next.is_high, &next.text)
        {
            last.to = StepNo(step - 1);
            spans.push(next);
        }
    }
    Lane {
        fact: field.id.clone(),
        label: field.label.clone(),
        spans,
    }
}
