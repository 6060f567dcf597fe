//! Driving a machine by a schedule.
//!
//! [`strict`] refuses a schedule at the first letter that cannot step, for whoever must know that exactly this order is possible.
//! [`deferring`] takes the letters as wishes: one that cannot step waits until it can, and the change of order is noted.
//! That is how an order made for one program is shown on another, such as the same kernel after a patch.

use crate::{Blocked, Machine, Readiness, Schedule, ThreadId};

/// The most steps a run is driven for. A program that takes more is taken to make no progress.
pub const STEP_LIMIT: u32 = 100_000;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Every thread ended.
    Finished,
    /// The schedule ended first; some thread could go on.
    Unfinished,
    /// Nobody can go on, and somebody has not ended.
    Deadlock,
    /// [`STEP_LIMIT`] was reached, or the limit of the caller.
    StepLimit,
}

/// What came of a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// The steps that were executed, in this order.
    pub executed: Schedule,
    /// How it ended.
    pub end: End,
    /// [`strict`] only: where the schedule asked for a step that was not possible.
    pub refusal: Option<Refusal>,
    /// [`deferring`] only: the letters that had to wait, or were not needed.
    pub deferrals: Vec<Deferral>,
}

/// The place where a schedule asks for the impossible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// How many steps had been executed.
    pub step: u32,
    /// Who should have stepped.
    pub thread: ThreadId,
    /// Why it could not.
    pub why: Readiness,
}

/// A letter that could not be taken when its turn came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Deferral {
    /// How many steps had been executed when its turn came.
    pub step: u32,
    /// Who should have stepped.
    pub thread: ThreadId,
    /// The lock it waited for; `None` if the thread had ended, and the letter was dropped.
    pub blocked: Option<Blocked>,
    /// The step that it then was, counted from 1; `None` if it never came to that.
    pub taken: Option<u32>,
}

/// How things stand, with nothing more to do.
pub fn end(machine: &Machine) -> End {
    if machine.finished() {
        End::Finished
    } else if machine.enabled().next().is_some() {
        End::Unfinished
    } else {
        End::Deadlock
    }
}

/// Executes `schedule` as it is written, up to the first step that is not possible.
pub fn strict(machine: &mut Machine, schedule: &Schedule) -> Report {
    let mut executed = Schedule::new();
    let mut refusal = None;
    for thread in schedule.steps() {
        match machine.step(thread) {
            Ok(()) => executed.push(thread),
            Err(why) => {
                refusal = Some(Refusal {
                    step: machine.steps(),
                    thread,
                    why,
                });
                break;
            }
        }
    }
    let mut ended = end(machine);
    if schedule.finish && refusal.is_none() {
        ended = finish(machine, &mut executed);
    }
    Report {
        executed,
        end: ended,
        refusal,
        deferrals: Vec::new(),
    }
}

/// Executes the letters of `schedule` in order, each as soon as its thread can step.
///
/// A letter whose thread waits for a lock is put off, and tried again before every later letter;
/// one whose thread has ended is dropped. Neither is an error; both are in the report.
pub fn deferring(machine: &mut Machine, schedule: &Schedule) -> Report {
    let mut executed = Schedule::new();
    let mut deferrals: Vec<Deferral> = Vec::new();
    let mut waiting: Vec<usize> = Vec::new();
    let mut letters = schedule.steps();
    loop {
        if let Some(at) = waiting
            .iter()
            .position(|index| ready(machine, deferrals[*index].thread))
        {
            let index = waiting.remove(at);
            let thread = deferrals[index].thread;
            if machine.step(thread).is_ok() {
                executed.push(thread);
                deferrals[index].taken = Some(machine.steps());
            }
            continue;
        }
        let Some(thread) = letters.next() else { break };
        let put_off = |blocked| Deferral {
            step: machine.steps(),
            thread,
            blocked,
            taken: None,
        };
        match machine.readiness(thread) {
            // A letter never overtakes an earlier one of its own thread: those that wait are tried first.
            Readiness::Ready => {
                if machine.step(thread).is_ok() {
                    executed.push(thread);
                }
            }
            Readiness::Blocked(blocked) => {
                waiting.push(deferrals.len());
                deferrals.push(put_off(Some(blocked)));
            }
            Readiness::Finished => deferrals.push(put_off(None)),
        }
    }
    let ended = if schedule.finish {
        finish(machine, &mut executed)
    } else {
        end(machine)
    };
    Report {
        executed,
        end: ended,
        refusal: None,
        deferrals,
    }
}

/// The default policy, to the end: whoever stepped last goes on while it can, then the first thread that can.
pub fn finish(machine: &mut Machine, executed: &mut Schedule) -> End {
    finish_within(machine, executed, STEP_LIMIT)
}

/// The same with a limit of the caller's: work on a large memory takes more steps than any race.
pub fn finish_within(machine: &mut Machine, executed: &mut Schedule, limit: u32) -> End {
    let mut last = executed.runs().last().map(|(thread, _)| *thread);
    while machine.steps() < limit {
        let next = last
            .filter(|thread| ready(machine, *thread))
            .or_else(|| machine.enabled().next());
        let Some(thread) = next else {
            return end(machine);
        };
        if machine.step(thread).is_err() {
            return end(machine);
        }
        executed.push(thread);
        last = Some(thread);
    }
    End::StepLimit
}

fn ready(machine: &Machine, thread: ThreadId) -> bool {
    machine.readiness(thread) == Readiness::Ready
}
