//! Scripted interleavings: "A until it has the lock, then B to its end", compiled to a [`Schedule`].
//!
//! A script says where threads change in the words of the program, not in counts of steps,
//! so the same script fits several versions of a program.
//! The text form (`A until lock ptl`) and the names in it belong to whoever writes for people; here a script is data.

use crate::gather::Gather;
use crate::{
    Action, Address, Blocked, Effect, Event, Machine, Readiness, Schedule, ThreadId, Trace,
    run::STEP_LIMIT,
};

/// How far a line of a script lets its thread run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Goal {
    /// This many steps.
    Steps(u32),
    /// To its end.
    End,
    /// Until it cannot take its next step, or has ended.
    Blocked,
    /// Until it has taken one of these locks, in whatever mode, in a step of this line.
    Lock(Vec<Address>),
    /// Until it has released one of these locks, in a step of this line.
    Unlock(Vec<Address>),
    /// Until its next step is the first one inside the function of this name.
    Enter(String),
    /// Until it has returned from the function of this name, in a step of this line.
    Leave(String),
    /// Until it has read, tested or tried one of these fields, in a step of this line.
    Read(Vec<Field>),
    /// Until it has changed one of these fields, in a step of this line.
    Write(Vec<Field>),
    /// Until a field has this value; no step at all if it has already.
    Equals(Field, u64),
}

/// Some bits of a word, under one name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// The word.
    pub address: Address,
    /// The bits, as a mask.
    pub mask: u64,
}

impl Field {
    /// The field's value in a word's value, with its lowest bit moved to bit 0.
    pub fn of(self, word: u64) -> u64 {
        (word & self.mask) >> self.mask.trailing_zeros().min(63)
    }
}

/// One line: a thread, and how far it runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Who runs.
    pub thread: ThreadId,
    /// How far.
    pub goal: Goal,
}

/// What to do when a line's thread has to wait for a lock that another thread has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// Give up: the order the script asks for does not exist.
    Refuse,
    /// Let whoever has the lock run until the thread can go on, and note the change of order.
    LetHolderRun,
}

/// A script made into a schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compiled {
    /// The steps.
    pub schedule: Schedule,
    /// How many steps had been executed at the end of each line.
    pub line_ends: Vec<u32>,
    /// Where the order had to differ from what the script asks for.
    pub changes: Vec<OrderChange>,
}

/// A line whose thread had to wait, and who went first instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderChange {
    /// The line, counted from 0.
    pub line: usize,
    /// The step that the line's thread could not take, counted from 1.
    pub step: u32,
    /// The line's thread.
    pub thread: ThreadId,
    /// What it waited for, and for whom.
    pub blocked: Blocked,
    /// How many steps of others went first.
    pub steps: u32,
}

/// A line that cannot be met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unmet {
    /// The line, counted from 0.
    pub line: usize,
    /// How many steps had been executed.
    pub step: u32,
    /// Why it cannot be met.
    pub why: Why,
    /// The threads that could have stepped instead.
    pub enabled: Vec<ThreadId>,
}

/// Why a line cannot be met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The program has no such thread.
    NoSuchThread,
    /// The thread ended before.
    Ended,
    /// The thread waits for a lock.
    Waits(Blocked),
    /// The run got too long; [`STEP_LIMIT`].
    NoProgress,
}

/// Runs `lines` on `machine`, which is at its start, and gives the schedule they come to.
///
/// # Errors
/// The first line that cannot be met.
pub fn compile(machine: &mut Machine, lines: &[Line], waiting: Waiting) -> Result<Compiled, Unmet> {
    let mut compiled = Compiled {
        schedule: Schedule::new(),
        line_ends: Vec::new(),
        changes: Vec::new(),
    };
    for (index, line) in lines.iter().enumerate() {
        run_line(machine, index, line, waiting, &mut compiled)?;
        compiled.line_ends.push(machine.steps());
    }
    Ok(compiled)
}

fn run_line(
    machine: &mut Machine,
    index: usize,
    line: &Line,
    waiting: Waiting,
    compiled: &mut Compiled,
) -> Result<(), Unmet> {
    let unmet = |machine: &Machine, why| Unmet {
        line: index,
        step: machine.steps(),
        why,
        enabled: machine.enabled().gather(),
    };
    if line.thread.index() >= machine.threads().count() {
        return Err(unmet(machine, Why::NoSuchThread));
    }
    let mut taken = 0;
    while !met(machine, line, taken) {
        if machine.steps() >= STEP_LIMIT {
            return Err(unmet(machine, Why::NoProgress));
        }
        match machine.readiness(line.thread) {
            Readiness::Ready => {
                if machine.step(line.thread).is_ok() {
                    compiled.schedule.push(line.thread);
                    taken += 1;
                }
            }
            Readiness::Finished => return Err(unmet(machine, Why::Ended)),
            Readiness::Blocked(blocked) if waiting == Waiting::Refuse => {
                return Err(unmet(machine, Why::Waits(blocked)));
            }
            Readiness::Blocked(blocked) => {
                let step = machine.steps() + 1;
                let steps = let_holder_run(machine, line.thread, &mut compiled.schedule)
                    .ok_or_else(|| unmet(machine, Why::Waits(blocked)))?;
                compiled.changes.push(OrderChange {
                    line: index,
                    step,
                    thread: line.thread,
                    blocked,
                    steps,
                });
            }
        }
    }
    Ok(())
}

/// Runs whoever is in the way of `thread`, directly or through others, until it can go on; `None` if that never happens.
fn let_holder_run(machine: &mut Machine, thread: ThreadId, schedule: &mut Schedule) -> Option<u32> {
    let start = machine.steps();
    while machine.readiness(thread) != Readiness::Ready {
        let mut next = thread;
        for _ in 0..ThreadId::LIMIT {
            match machine.readiness(next) {
                Readiness::Blocked(blocked) => next = blocked.holder()?,
                Readiness::Ready | Readiness::Finished => break,
            }
        }
        if machine.steps() >= STEP_LIMIT || machine.step(next).is_err() {
            return None;
        }
        schedule.push(next);
    }
    Some(machine.steps() - start)
}

/// Whether `line` is done, `taken` steps of its thread into it.
fn met(machine: &Machine, line: &Line, taken: u32) -> bool {
    let readiness = machine.readiness(line.thread);
    match &line.goal {
        Goal::Steps(count) => taken >= *count,
        Goal::End => readiness == Readiness::Finished,
        Goal::Blocked => readiness != Readiness::Ready,
        Goal::Equals(field, value) => field.of(machine.word(field.address)) == *value,
        Goal::Enter(name) => machine.with_trace(|trace| enters(machine, trace, line.thread, name)),
        _ if taken == 0 => false,
        goal => machine.with_trace(|trace| {
            trace
                .events()
                .last()
                .is_some_and(|event| step_meets(trace, event, goal))
        }),
    }
}

/// Whether `event` is a step that `goal` waits for; for goals that one step can tell.
///
/// [`Goal::Leave`] looks at what the last step of the trace left, so `event` is to be that step.
pub fn step_meets(trace: &Trace, event: &Event, goal: &Goal) -> bool {
    let operation = &event.operation;
    match goal {
        Goal::Lock(locks) => {
            event.effect == Effect::Done
                && operation.acquires()
                && locks.contains(&operation.lock())
        }
        Goal::Unlock(locks) => operation.releases() && locks.contains(&operation.lock()),
        Goal::Leave(name) => trace.frames().iter().any(|frame| {
            frame.thread == event.thread
                && frame.left == Some(trace.steps())
                && frame.function.name == name
        }),
        Goal::Read(fields) => fields.iter().any(|field| {
            operation.address == field.address
                && looks(operation.action)
                && operation.bits & field.mask != 0
        }),
        Goal::Write(fields) => fields.iter().any(|field| {
            trace.changes(event).iter().any(|change| {
                change.address == field.address && (change.from ^ change.to) & field.mask != 0
            })
        }),
        _ => false,
    }
}

/// Whether an action gives the program something of the word it is about.
fn looks(action: Action) -> bool {
    !matches!(
        action,
        Action::Write(_) | Action::SetBits(_) | Action::ClearBits(_)
    )
}

/// Whether the next step of `thread` is the first one inside a function called `name`.
fn enters(machine: &Machine, trace: &Trace, thread: ThreadId, name: &str) -> bool {
    let Some(pending) = machine.pending(thread) else {
        return false;
    };
    trace
        .stack(pending.frame)
        .any(|frame| frame.function.name == name && frame.entered == pending.since)
}
