//! Which steps of a run come before which, and which of them could have come the other way round.
//!
//! A step *happens before* a later one if both are of one thread, if they [depend](crate::dependence) on each other, or if a
//! chain of such pairs leads from one to the other. Orders with the same relation are equivalent, and a class of them is what
//! a search has to run once. The relation is kept as vector clocks (Fidge, Mattern 1988).

use lockstep_machine::{Operation, ThreadId, bare};

use crate::dependence::{Print, deciding_words};
use crate::walk::{Model, Walk};

/// How many steps of each thread happen before a step, the step itself included.
pub(crate) type Clock = [u16; ThreadId::LIMIT];

/// One step of the past.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) thread: u8,
    pub(crate) print: Print,
    pub(crate) clock: Clock,
}

impl Step {
    /// Which step of its thread it is, counted from 1.
    #[inline]
    pub(crate) fn number(&self) -> u16 {
        self.clock[usize::from(self.thread)]
    }

    /// Whether it happens before a step with this clock.
    #[inline]
    pub(crate) fn is_before(&self, clock: &Clock) -> bool {
        clock[usize::from(self.thread)] >= self.number()
    }
}

/// The steps of a walk, and how they are ordered.
#[derive(Default)]
pub(crate) struct Past {
    pub(crate) steps: Vec<Step>,
}

#[inline]
fn join(clock: &mut Clock, other: &Clock) {
    for (mine, theirs) in clock.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

impl Past {
    /// Forgets all steps beyond the first `steps`.
    pub(crate) fn back_to(&mut self, steps: usize) {
        self.steps.truncate(steps);
    }

    /// The clock of the last step of a thread.
    fn own(&self, thread: usize) -> Clock {
        let mut own = self.steps.iter().rev();
        own.find(|step| usize::from(step.thread) == thread)
            .map_or([0; ThreadId::LIMIT], |step| step.clock)
    }

    /// Adds the step that `thread` is about to take, and gives to `race` each earlier step that it races with:
    /// one that it depends on, with nothing between them in the order, and that it could have come before.
    pub(crate) fn push<P: Model>(
        &mut self,
        walk: &Walk<'_, P>,
        thread: usize,
        race: impl FnMut(usize),
    ) {
        let mut clock = self.look(walk, thread, race);
        clock[thread] += 1;
        self.steps.push(Step {
            thread: thread as u8,
            print: walk.print(thread),
            clock,
        });
    }

    /// The clock of all that comes before the next step of `thread`, whether or not it is possible now, and its races as in [`Past::push`].
    pub(crate) fn look<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        thread: usize,
        mut race: impl FnMut(usize),
    ) -> Clock {
        if walk.may_wait(thread) {
            return self.look_at_waiting(walk, thread, race);
        }
        let print = walk.print(thread);
        let mut clock = self.own(thread);
        for (at, step) in self.steps.iter().enumerate().rev() {
            if !step.is_before(&clock) && walk.code.prints.depend(step.print, print) {
                race(at);
                join(&mut clock, &step.clock);
            }
        }
        clock
    }

    /// The same for a step that may have to wait: it races with steps that it could change places with,
    /// and with the last one that made it impossible.
    fn look_at_waiting<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        thread: usize,
        mut race: impl FnMut(usize),
    ) -> Clock {
        let own = self.own(thread);
        let mut clock = own;
        let Some(operation) = walk.place(thread).operation else {
            return clock;
        };
        let print = walk.print(thread);
        let mut gate = Gate::new(walk, &operation);
        let mut was_open = gate.is_open();
        let (mut neighbours, mut open_before) = (was_open, false);
        for (at, step) in self.steps.iter().enumerate().rev() {
            if !walk.code.prints.depend(step.print, print) {
                continue;
            }
            gate.back(walk, at);
            let is_open = gate.is_open();
            if neighbours {
                if is_open && !step.is_before(&clock) {
                    race(at);
                }
                neighbours = is_open;
            } else if !open_before && is_open && !was_open {
                open_before = true;
                if !step.is_before(&own) {
                    race(at);
                }
            }
            was_open = is_open;
            if !step.is_before(&clock) {
                join(&mut clock, &step.clock);
            }
        }
        clock
    }
}

/// The words that decide whether a step is possible, as they were at some earlier time.
struct Gate {
    operation: Operation,
    first: u32,
    words: [u64; 3],
    asked: bool,
}

impl Gate {
    fn new<P: Model>(walk: &Walk<'_, P>, operation: &Operation) -> Self {
        let (address, count) = deciding_words(operation);
        let mut words = [0; 3];
        for (index, word) in words.iter_mut().enumerate().take(count as usize) {
            *word = walk
                .words
                .get(address.index() + index)
                .copied()
                .unwrap_or(0);
        }
        let mut moved = *operation;
        moved.address = lockstep_machine::Address(0);
        // A bit lock's holder does not decide; somebody has it if its bit is set, so its own word can stand for him.
        moved.owner = lockstep_machine::Address(0);
        Self {
            operation: moved,
            first: address.0,
            words,
            asked: true,
        }
    }

    /// Takes back what step `at` of the walk changed.
    fn back<P: Model>(&mut self, walk: &Walk<'_, P>, at: usize) {
        let from = walk.taken[at].changes as usize;
        let to = walk
            .taken
            .get(at + 1)
            .map_or(walk.changes.len(), |next| next.changes as usize);
        for change in walk.changes[from..to].iter().rev() {
            let index = change.address.0.wrapping_sub(self.first) as usize;
            if let Some(word) = self.words.get_mut(index) {
                *word = change.from;
            }
        }
    }

    fn is_open(&self) -> bool {
        match self.operation.action {
            lockstep_machine::Action::BitLock(mask) => self.words[0] & mask == 0,
            _ => bare::is_ready(&self.words, &self.operation, self.asked),
        }
    }
}
