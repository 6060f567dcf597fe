//! One thread of a program alone, told what each of its steps gives.
//!
//! A thread is a function from what its steps gave, and what it peeked at, to the step it takes next.
//! A puppet asks for single values of that function: no other thread runs, and no step touches the memory.
//! That is how a search learns a thread's code once, and from then on follows it without running it.

use std::panic::Location;

use crate::gather::Gather;
use crate::state::State;
use crate::{Address, Effect, FaultRecord, Function, Machine, Mark, Pending, Program, ThreadId};

/// A thread of a program that is told what its steps give.
pub struct Puppet {
    machine: Machine,
    thread: Option<ThreadId>,
}

impl Default for Puppet {
    fn default() -> Self {
        Self::new()
    }
}

impl Puppet {
    /// A puppet of no thread yet.
    pub fn new() -> Self {
        let machine = Machine::empty();
        machine.state.borrow_mut().peeks = Some(Vec::new());
        Self {
            machine,
            thread: None,
        }
    }

    /// Becomes `thread` of `program`, at its first step. What it peeks at on the way there, it finds in `memory`.
    pub fn start(&mut self, program: &impl Program, thread: ThreadId, memory: &[u64]) {
        self.thread = Some(thread);
        self.machine.load_alone(program, thread, memory);
    }

    /// The step it would take next; `None` once it has ended or was stopped.
    pub fn pending(&self) -> Option<Pending> {
        let thread = self.thread?;
        let state = self.machine.state.borrow();
        let slot = &state.slots[thread.index()];
        slot.pending.filter(|_| !slot.stopped)
    }

    /// Whether its next step is the release of a lock it does not have, which does nothing.
    pub fn is_inert(&self) -> bool {
        let Some((thread, pending)) = self.thread.zip(self.pending()) else {
            return false;
        };
        !self.machine.state.borrow().slots[thread.index()].may_execute(&pending.operation)
    }

    /// Goes on to the next step, as if this one had ended with `effect` and given `value`.
    pub fn give(&mut self, effect: Effect, value: u64) {
        let Some((thread, pending)) = self.thread.zip(self.pending()) else {
            return;
        };
        let goes_on = {
            let mut state = self.machine.state.borrow_mut();
            if let Some(peeks) = &mut state.peeks {
                peeks.clear();
            }
            state.settled = None;
            let checked = state.check(thread, &pending.operation);
            let changes = state.trace.changes.len() as u32;
            state.conclude(thread, pending, &checked, (effect, value), changes)
        };
        if goes_on {
            self.machine.advance(thread);
        }
    }

    /// Replaces the memory it peeks into.
    pub fn set_memory(&mut self, memory: &[u64]) {
        let mut state = self.machine.state.borrow_mut();
        state.memory.clear();
        state.memory.extend_from_slice(memory);
    }

    /// Replaces one word of the memory it peeks into.
    pub fn set_word(&mut self, address: Address, value: u64) {
        let mut state = self.machine.state.borrow_mut();
        if let Some(word) = state.memory.get_mut(address.index()) {
            *word = value;
        }
    }

    /// What it peeked at since its last step.
    pub fn with_peeks<R>(&self, look: impl FnOnce(&[(Address, u64)]) -> R) -> R {
        self.with_state(|state| look(state.peeks.as_deref().unwrap_or(&[])))
    }

    /// What it has [declared](crate::Cpu::settle) since its last step to be all that is left of its past: where, and a digest of it.
    pub fn settled(&self) -> Option<(&'static Location<'static>, u64)> {
        self.with_state(|state| state.settled)
    }

    /// The points it has passed so far.
    pub fn with_marks<R>(&self, look: impl FnOnce(&[Mark]) -> R) -> R {
        self.with_state(|state| look(state.trace.marks()))
    }

    /// The functions its next step is made in, innermost first.
    pub fn stack(&self) -> Vec<&'static Function> {
        let frame = self.pending().and_then(|pending| pending.frame);
        self.with_state(|state| {
            state
                .trace
                .stack(frame)
                .map(|frame| frame.function)
                .gather()
        })
    }

    /// What it has done wrong so far. A deadlock is not among it: that is nobody's own.
    pub fn with_faults<R>(&self, look: impl FnOnce(&[FaultRecord]) -> R) -> R {
        self.with_state(|state| look(state.trace.faults()))
    }

    fn with_state<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.machine.state.borrow())
    }
}
