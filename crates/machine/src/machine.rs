//! The emulated machine: it holds the threads' next steps and executes the one it is told to.

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::emulated::EmulatedCpu;
use crate::execute::{self, Words};
use crate::state::{Slot, State};
use crate::trace::{Effect, Trace};
use crate::{Address, Fault, Held, LockMode, Operation, ThreadId};

/// What one thread does, from its start to its end.
pub type ThreadBody = Pin<Box<dyn Future<Output = ()>>>;

/// Something to run: the memory to begin with, and the threads.
pub trait Program {
    /// The memory at the start.
    fn image(&self) -> &[u64];
    /// How many threads there are; those beyond [`ThreadId::LIMIT`] are not started.
    fn threads(&self) -> usize;
    /// The body of a thread, to run on `cpu`.
    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody;
}

/// A step that a thread has posted and that has not been executed yet.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// What it will do.
    pub operation: Operation,
    /// The line that awaits it.
    pub location: &'static Location<'static>,
    /// The call it will happen in.
    pub frame: Option<u32>,
    /// How many steps had been executed when it was posted.
    pub since: u32,
    /// For a lock wanted for writing: asking has been executed, taking is what is left.
    pub asked: bool,
}

/// Why a thread cannot take its next step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Blocked {
    /// The lock it wants.
    pub lock: Address,
    /// How it wants it.
    pub wanted: LockMode,
    /// Who is in the way, one bit a thread.
    pub holders: u16,
    /// Those in the way wait themselves, as writers, and have precedence.
    pub behind_writer: bool,
    /// The step since which this has been so, counted from 1; 0 is the start.
    pub since: u32,
}

impl Blocked {
    /// The first of those in the way.
    pub fn holder(&self) -> Option<ThreadId> {
        ThreadId::new(self.holders.trailing_zeros() as usize)
    }
}

/// Whether a thread can take a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readiness {
    /// It can.
    Ready,
    /// It waits for a lock.
    Blocked(Blocked),
    /// It has ended, or was stopped, or never was.
    Finished,
}

/// Runs the threads of a [`Program`], one step at a time, in whatever order it is told.
pub struct Machine {
    pub(crate) state: Rc<RefCell<State>>,
    bodies: Vec<Option<ThreadBody>>,
    deadlock_named: bool,
}

impl Machine {
    /// A machine with `program` loaded and every thread at its first step.
    pub fn new(program: &impl Program) -> Self {
        let mut machine = Self::empty();
        machine.load(program);
        machine
    }

    /// A machine with nothing loaded.
    pub(crate) fn empty() -> Self {
        Self {
            state: Rc::new(RefCell::new(State::empty())),
            bodies: Vec::new(),
            deadlock_named: false,
        }
    }

    /// Starts over with `program`. Room once allocated is kept, so that running the same program again allocates nothing but its threads' bodies.
    pub fn load(&mut self, program: &impl Program) {
        self.reset(program.image());
        for thread in (0..program.threads()).filter_map(ThreadId::new) {
            let cpu = EmulatedCpu::new(&self.state, thread);
            self.bodies.push(Some(program.body(thread, cpu)));
        }
        for thread in self.threads() {
            self.advance(thread);
        }
    }

    /// Starts over with one thread of `program` and this memory; the others never step.
    pub(crate) fn load_alone(&mut self, program: &impl Program, thread: ThreadId, memory: &[u64]) {
        self.reset(memory);
        self.bodies.resize_with(thread.index(), || None);
        let cpu = EmulatedCpu::new(&self.state, thread);
        self.bodies.push(Some(program.body(thread, cpu)));
        self.advance(thread);
    }

    fn reset(&mut self, memory: &[u64]) {
        self.bodies.clear();
        self.deadlock_named = false;
        let mut state = self.state.borrow_mut();
        state.memory.clear();
        state.memory.extend_from_slice(memory);
        state.trace.clear();
        state.slots = [Slot::EMPTY; ThreadId::LIMIT];
        state.settled = None;
        if let Some(peeks) = &mut state.peeks {
            peeks.clear();
        }
    }

    /// The threads, in order.
    pub fn threads(&self) -> impl Iterator<Item = ThreadId> + use<> {
        (0..self.bodies.len()).filter_map(ThreadId::new)
    }

    /// The word at `address`; 0 outside the memory.
    pub fn word(&self, address: Address) -> u64 {
        self.state
            .borrow()
            .memory
            .get(address.index())
            .copied()
            .unwrap_or(0)
    }

    /// Looks at the whole memory.
    pub fn with_memory<R>(&self, look: impl FnOnce(&[u64]) -> R) -> R {
        look(&self.state.borrow().memory)
    }

    /// Looks at what has happened so far.
    pub fn with_trace<R>(&self, look: impl FnOnce(&Trace) -> R) -> R {
        look(&self.state.borrow().trace)
    }

    /// How many steps have been executed.
    pub fn steps(&self) -> u32 {
        self.state.borrow().trace.steps()
    }

    /// Forgets the steps executed so far, and counts from 0 again: for long work of which only the memory matters at the end.
    pub fn forget_steps(&mut self) {
        self.state.borrow_mut().trace.forget_steps();
    }

    /// The step a thread would take next, whether or not it can; `None` once it has ended.
    pub fn pending(&self, thread: ThreadId) -> Option<Pending> {
        self.state.borrow().slots[thread.index()].pending
    }

    /// The locks a thread has.
    pub fn held(&self, thread: ThreadId) -> Held {
        self.state.borrow().slots[thread.index()].held
    }

    /// Whether a thread can take its next step, and if not who is in the way.
    pub fn readiness(&self, thread: ThreadId) -> Readiness {
        let state = self.state.borrow();
        let Some(pending) = state.slots[thread.index()].pending else {
            return Readiness::Finished;
        };
        let Some(holders) = execute::blocked(&state.memory, &pending.operation, pending.asked)
        else {
            return Readiness::Ready;
        };
        let lock = pending.operation.lock();
        let taken = (0..ThreadId::LIMIT)
            .filter(|index| holders.threads >> index & 1 == 1)
            .filter_map(|index| state.slots[index].held.find(lock))
            .map(|held| held.since)
            .min();
        Readiness::Blocked(Blocked {
            lock,
            wanted: pending.operation.lock_mode().unwrap_or(LockMode::Spin),
            holders: holders.threads,
            behind_writer: holders.waiting,
            since: taken.unwrap_or(0).max(pending.since),
        })
    }

    /// The threads that can take a step, in order.
    pub fn enabled(&self) -> impl Iterator<Item = ThreadId> {
        self.threads()
            .filter(|thread| self.readiness(*thread) == Readiness::Ready)
    }

    /// Whether every thread has ended.
    pub fn finished(&self) -> bool {
        self.threads().all(|thread| self.pending(thread).is_none())
    }

    /// Executes the next step of `thread`, or says why it cannot; then nothing has changed.
    ///
    /// # Errors
    /// The thread's [`Readiness`], which is not [`Readiness::Ready`].
    pub fn step(&mut self, thread: ThreadId) -> Result<(), Readiness> {
        match self.readiness(thread) {
            Readiness::Ready => {}
            other => return Err(other),
        }
        if self.execute(thread) {
            self.advance(thread);
        }
        self.name_deadlock();
        Ok(())
    }

    /// Executes the pending step; gives whether the thread goes on from there.
    fn execute(&mut self, thread: ThreadId) -> bool {
        let mut guard = self.state.borrow_mut();
        let state = &mut *guard;
        let Some(pending) = state.slots[thread.index()].pending else {
            return false;
        };
        let first_change = state.trace.changes.len() as u32;
        let checked = state.check(thread, &pending.operation);
        let mut words = Words {
            words: &mut state.memory,
            changed: &mut state.trace.changes,
        };
        let outcome = if checked.is_inert {
            (Effect::Done, 0)
        } else {
            execute::apply(&mut words, thread, &pending.operation)
        };
        state.conclude(thread, pending, &checked, outcome, first_change)
    }

    /// Lets a thread run its local code up to its next step.
    pub(crate) fn advance(&mut self, thread: ThreadId) {
        let Some(body) = self.bodies.get_mut(thread.index()) else {
            return;
        };
        let Some(future) = body else { return };
        let ended = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
            == Poll::Ready(());
        if ended {
            *body = None;
        }
        let mut state = self.state.borrow_mut();
        let slot = state.slots[thread.index()];
        if ended {
            for held in slot.held.iter() {
                state.fault(thread, Fault::EndedHolding { lock: held.lock });
            }
        } else if let Some(pending) = slot.pending {
            let lock = pending.operation.lock();
            let conflicting = slot.held.find(lock).is_some_and(|held| {
                held.mode != LockMode::Read || pending.operation.lock_mode() != Some(LockMode::Read)
            });
            if pending.operation.acquires()
                && conflicting
                && execute::blocked(&state.memory, &pending.operation, true).is_some()
            {
                state.fault(thread, Fault::RecursiveLock { lock });
            }
        }
    }

    /// Records, once, that nobody can go on.
    fn name_deadlock(&mut self) {
        let waiting = self
            .threads()
            .filter(|thread| matches!(self.readiness(*thread), Readiness::Blocked(_)))
            .fold(0u16, |threads, thread| threads | 1 << thread.index());
        let Some(first) = ThreadId::new(waiting.trailing_zeros() as usize) else {
            return;
        };
        if !self.deadlock_named && self.enabled().next().is_none() {
            self.deadlock_named = true;
            self.state
                .borrow_mut()
                .fault(first, Fault::Deadlock { threads: waiting });
        }
    }
}
