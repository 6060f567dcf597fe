//! Which steps of a run come before which, and which of them could have come the other way round.
//!
//! A step *happens before* a later one if both are of one thread, if they [depend](crate::dependence) on each other, or if a
//! chain of such pairs leads from one to the other. Orders with the same relation are equivalent, and a class of them is what
//! a search has to run once. The relation is kept as vector clocks (Fidge, Mattern 1988).

use lockstep_machine::{Action, Address, Effect, Operation, ThreadId, bare};

use crate::dependence::{Footprints, Print, deciding_words};
use crate::walk::{Model, Walk};

/// How many steps of each thread happen before a step, the step itself included.
pub(crate) type Clock = [u16; ThreadId::LIMIT];

/// One step of the past.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) thread: u8,
    pub(crate) print: Print,
    /// Behind which step, counted from 1, its thread took it; 0 if it is the first of its thread.
    after: u32,
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
    /// The last step of each thread, counted from 1.
    last: [u32; ThreadId::LIMIT],
    /// For each footprint, the steps that depend on it: whoever looks for those need not look at all.
    touching: Vec<Vec<u32>>,
}

#[inline]
pub(crate) fn join(clock: &mut Clock, other: &Clock) {
    for (mine, theirs) in clock.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

impl Past {
    /// Forgets all steps beyond the first `steps`.
    pub(crate) fn back_to(&mut self, steps: usize, prints: &Footprints) {
        while self.steps.len() > steps {
            let Some(step) = self.steps.pop() else {
                return;
            };
            self.last[usize::from(step.thread)] = step.after;
            for print in prints.neighbours(step.print) {
                // A footprint may have been met only after the step.
                if let Some(touching) = self.touching.get_mut(usize::from(*print)) {
                    touching.pop();
                }
            }
        }
    }

    /// The clock of the last step of a thread.
    #[inline]
    pub(crate) fn own(&self, thread: usize) -> Clock {
        self.clock_of(self.last[thread])
    }

    /// The clock of the last step of a thread before the step `at`, which is its own, or in the end if there is no such step.
    pub(crate) fn own_before(&self, thread: usize, at: usize) -> Clock {
        match self.steps.get(at) {
            Some(step) => self.clock_of(step.after),
            None => self.own(thread),
        }
    }

    /// The clock of a step counted from 1; 0 has nothing before it.
    #[inline]
    fn clock_of(&self, number: u32) -> Clock {
        match (number as usize).checked_sub(1) {
            Some(at) => self.steps[at].clock,
            None => [0; ThreadId::LIMIT],
        }
    }

    /// Adds the step that `thread` is about to take, and gives to `race` each earlier step that it races with:
    /// one that it depends on, with nothing between them in the order, and that it could have come before.
    #[inline]
    pub(crate) fn push<P: Model>(
        &mut self,
        walk: &Walk<'_, P>,
        thread: usize,
        race: impl FnMut(usize),
    ) {
        let mut clock = self.look(walk, thread, race);
        clock[thread] += 1;
        let print = walk.print(thread);
        let at = self.steps.len() as u32;
        for neighbour in walk.code.prints.neighbours(print) {
            self.touching[usize::from(*neighbour)].push(at);
        }
        let after = std::mem::replace(&mut self.last[thread], at + 1);
        self.steps.push(Step {
            thread: thread as u8,
            print,
            after,
            clock,
        });
    }

    /// Finds the steps that depend on footprints which are new since it was last asked.
    #[cold]
    fn meet(&mut self, prints: &Footprints) {
        for print in self.touching.len()..prints.count() {
            let steps = self.steps.iter().enumerate();
            let depends = |step: &Step| prints.depend(step.print, print as Print);
            let touching = steps.filter(|(_, step)| depends(step));
            self.touching
                .push(touching.map(|(at, _)| at as u32).collect());
        }
    }

    /// The clock of all that comes before the next step of `thread`, whether or not it is possible now, and its races as in [`Past::push`].
    #[inline]
    pub(crate) fn look<P: Model>(
        &mut self,
        walk: &Walk<'_, P>,
        thread: usize,
        mut race: impl FnMut(usize),
    ) -> Clock {
        let prints = &walk.code.prints;
        if self.touching.len() < prints.count() {
            self.meet(prints);
        }
        if walk.may_wait(thread) {
            return self.look_at_waiting(walk, thread, race);
        }
        let print = walk.print(thread);
        let mut clock = self.own(thread);
        for at in self.touching[usize::from(print)].iter().rev() {
            let step = &self.steps[*at as usize];
            if !step.is_before(&clock) {
                race(*at as usize);
                join(&mut clock, &step.clock);
            }
            if prints.is_covered(print, step.print) {
                break;
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
                if let Some((other, Effect::Done)) = walk.did(at)
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
        let Some(operation) = &walk.place(thread).operation else {
            return clock;
        };
        let prints = &walk.code.prints;
        let print = walk.print(thread);
        let mut gate = None;
        for at in self.touching[usize::from(print)].iter().rev() {
            let at = *at as usize;
            let step = &self.steps[at];
            if !step.is_before(&covered)
                && self.could_wait_for(walk, at, operation, &own, &mut gate)
            {
                race(at);
                join(&mut covered, &step.clock);
            }
            if !step.is_before(&clock) {
                join(&mut clock, &step.clock);
            }
            if prints.is_covered(print, step.print) && step.is_before(&covered) {
                break;
            }
        }
        clock
    }

    /// Whether a step that may have to wait is possible before the step `earlier`, after all that does not depend on that step.
    /// `gate` is kept from one such question to the next, which is about an earlier step.
    fn could_wait_for<P: Model>(
        &self,
        walk: &Walk<'_, P>,
        earlier: usize,
        operation: &Operation,
        own: &Clock,
        gate: &mut Option<Gate>,
    ) -> bool {
        if let Some((done, _)) = walk.did(earlier)
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
        let gate = gate.get_or_insert_with(|| Gate::new(walk, operation));
        gate.back(walk, earlier);
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
    /// How many changes of the walk are not taken back.
    changes: usize,
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
            changes: walk.changes.len(),
        }
    }

    /// Takes back what the steps of the walk from `at` on changed.
    fn back<P: Model>(&mut self, walk: &Walk<'_, P>, at: usize) {
        let from = walk.taken[at].changes as usize;
        for change in walk.changes[from..self.changes].iter().rev() {
            let index = change.address.0.wrapping_sub(self.first) as usize;
            if let Some(word) = self.words.get_mut(index) {
                *word = change.from;
            }
        }
        self.changes = from;
    }

    /// Executes step `at` of the walk on the words as they are.
    fn forth<P: Model>(&mut self, walk: &Walk<'_, P>, at: usize) {
        let Some(((operation, _), thread)) = walk.did(at).zip(walk.stepped(at)) else {
            return;
        };
        let first = self.first;
        let is_here = |address: Address| address.0.wrapping_sub(first) < 3;
        let mut riders = operation.riders.iter().flatten();
        if !is_here(operation.address) && !riders.any(|rider| is_here(rider.address)) {
            return;
        }
        let here = |address: Address| {
            let index = address.0.wrapping_sub(first);
            Address(if index < 3 { index } else { u32::MAX / 2 })
        };
        let mut operation = *operation;
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
