//! Which steps of a run come before which, and which of them could have come the other way round.
//!
//! A step *happens before* a later one if both are of one thread, if they [depend](crate::dependence) on each other, or if a
//! chain of such pairs leads from one to the other. Orders with the same relation are equivalent, and a class of them is what
//! a search has to run once. The relation is kept as vector clocks (Fidge, Mattern 1988).

use lockstep_machine::{Action, Address, Effect, Operation, ThreadId, bare};

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
pub(crate) fn join(clock: &mut Clock, other: &Clock) {
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
    pub(crate) fn own(&self, thread: usize) -> Clock {
        self.own_before(thread, self.steps.len())
    }

    /// The clock of the last step of a thread among the first `steps`.
    pub(crate) fn own_before(&self, thread: usize, steps: usize) -> Clock {
        let past = &self.steps[..steps.min(self.steps.len())];
        let mut own = past.iter().rev();
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

    /// Which of the steps from `earlier` on cannot come before the next step of `thread` if that comes before the step `earlier`, `thread`
    /// having taken its last step with the clock `own`: those that depend on `earlier`, and whoever would keep `thread` waiting.
    /// Gives `None` if it would be kept waiting all the same.
    pub(crate) fn left_out<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        earlier: usize,
        waiting: Option<(&Operation, &Clock)>,
        out: &mut Vec<bool>,
    ) -> Option<()> {
        let first = self.steps[earlier];
        out.clear();
        out.extend(
            self.steps[earlier..]
                .iter()
                .map(|step| first.is_before(&step.clock)),
        );
        let Some((operation, own)) = waiting.filter(|(operation, _)| operation.waits_unasked())
        else {
            // Anything else that waits depends on every step that could keep it waiting.
            return Some(());
        };
        loop {
            // How often each thread has the lock, and since which step: it may have it for reading more than once.
            let mut holders = [(0u32, 0); ThreadId::LIMIT];
            for (at, step) in self.steps.iter().enumerate() {
                if at >= earlier && out[at - earlier] {
                    continue;
                }
                if let Some((other, Effect::Done)) = walk.done(at)
                    && other.lock_mode().is_some()
                    && other.address == operation.address
                {
                    let (times, since) = &mut holders[usize::from(step.thread)];
                    if !other.acquires() {
                        *times = times.saturating_sub(1);
                        continue;
                    }
                    if *times == 0 {
                        *since = at;
                    }
                    *times += 1;
                }
            }
            let Some((_, holder)) = holders.into_iter().find(|(times, _)| *times > 0) else {
                return Some(());
            };
            let step = self.steps[holder];
            if holder < earlier || step.is_before(own) {
                return None;
            }
            for (later, out) in self.steps[holder..]
                .iter()
                .zip(&mut out[holder - earlier..])
            {
                *out |= step.is_before(&later.clock);
            }
        }
    }

    /// The same for a step that may have to wait: it races with each step that it could come before in some equivalent order,
    /// unless that comes before another such step. A release never is one: before it, the lock is taken.
    fn look_at_waiting<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        thread: usize,
        mut race: impl FnMut(usize),
    ) -> Clock {
        let own = self.own(thread);
        let (mut clock, mut covered) = (own, own);
        let Some(operation) = walk.place(thread).operation else {
            return clock;
        };
        let print = walk.print(thread);
        let mut gate = Gate::new(walk, &operation);
        for (at, step) in self.steps.iter().enumerate().rev() {
            if !walk.code.prints.depend(step.print, print) {
                continue;
            }
            gate.back(walk, at);
            if !step.is_before(&covered) && self.could_wait_for(walk, at, &operation, &own, &gate) {
                race(at);
                join(&mut covered, &step.clock);
            }
            if !step.is_before(&clock) {
                join(&mut clock, &step.clock);
            }
        }
        clock
    }

    /// Whether a step that may have to wait is possible before the step `earlier`, after all that does not depend on that step.
    /// `gate` is as it was before the step `earlier`.
    fn could_wait_for<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        earlier: usize,
        operation: &Operation,
        own: &Clock,
        gate: &Gate,
    ) -> bool {
        if let Some((done, _)) = walk.done(earlier)
            && done.lock() == operation.lock()
        {
            if done.releases() {
                return false;
            }
            if matches!(done.action, Action::SpinLock) {
                // It was free, and whoever had it later had it after that step.
                return true;
            }
        }
        if operation.waits_unasked() {
            let waiting = Some((operation, own));
            return self
                .left_out(walk, earlier, waiting, &mut Vec::new())
                .is_some();
        }
        let first = self.steps[earlier];
        let mut gate = gate.clone();
        for (at, step) in self.steps.iter().enumerate().skip(earlier + 1) {
            if !first.is_before(&step.clock) {
                gate.forth(walk, at);
            }
        }
        gate.is_open()
    }
}

/// The words that decide whether a step is possible, as they were at some earlier time.
#[derive(Clone)]
struct Gate {
    operation: Operation,
    first: u32,
    words: [u64; 3],
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
        moved.address = Address(0);
        // A bit lock's holder does not decide; somebody has it if its bit is set, so its own word can stand for him.
        moved.owner = Address(0);
        Self {
            operation: moved,
            first: address.0,
            words,
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

    /// Executes step `at` of the walk on the words as they are.
    fn forth<P: Model>(&mut self, walk: &Walk<'_, P>, at: usize) {
        let Some(((mut operation, _), thread)) = walk.done(at).zip(walk.stepped(at)) else {
            return;
        };
        let first = self.first;
        let here = |address: Address| {
            let index = address.0.wrapping_sub(first);
            Address(if index < 3 { index } else { u32::MAX / 2 })
        };
        operation.address = here(operation.address);
        operation.owner = Address(u32::MAX / 2);
        for rider in operation.riders.iter_mut().flatten() {
            rider.address = here(rider.address);
        }
        bare::apply(&mut self.words, &mut Vec::new(), thread, &operation);
    }

    fn is_open(&self) -> bool {
        match self.operation.action {
            Action::BitLock(mask) => self.words[0] & mask == 0,
            _ => bare::is_ready(&self.words, &self.operation, true),
        }
    }
}
