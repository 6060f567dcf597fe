//! The emulated machine: it holds the threads' next steps and executes the one it is told to.

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::execute::{self, Words};
use crate::trace::{Effect, Event, Frame, Mark, Trace};
use crate::{
    Address, Argument, Cpu, Fault, FaultRecord, Function, Held, LockMode, Operation, ThreadId,
    Value, Word,
};

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

#[derive(Clone, Copy)]
struct Slot {
    pending: Option<Pending>,
    answer: Option<u64>,
    frame: Option<u32>,
    held: Held,
    stopped: bool,
}

impl Slot {
    const EMPTY: Self = Self {
        pending: None,
        answer: None,
        frame: None,
        held: Held::NONE,
        stopped: false,
    };
}

struct State {
    memory: Vec<u64>,
    trace: Trace,
    slots: [Slot; ThreadId::LIMIT],
}

impl State {
    fn fault(&mut self, thread: ThreadId, fault: Fault) {
        let step = self.trace.steps();
        self.trace.faults.push(FaultRecord {
            fault,
            step,
            thread,
        });
    }
}

/// Runs the threads of a [`Program`], one step at a time, in whatever order it is told.
pub struct Machine {
    state: Rc<RefCell<State>>,
    bodies: Vec<Option<ThreadBody>>,
    deadlock_named: bool,
}

impl Machine {
    /// A machine with `program` loaded and every thread at its first step.
    pub fn new(program: &impl Program) -> Self {
        let state = State {
            memory: Vec::new(),
            trace: Trace::default(),
            slots: [Slot::EMPTY; ThreadId::LIMIT],
        };
        let mut machine = Self {
            state: Rc::new(RefCell::new(state)),
            bodies: Vec::new(),
            deadlock_named: false,
        };
        machine.load(program);
        machine
    }

    /// Starts over with `program`. Room once allocated is kept, so that running the same program again allocates nothing but its threads' bodies.
    pub fn load(&mut self, program: &impl Program) {
        self.bodies.clear();
        self.deadlock_named = false;
        {
            let mut state = self.state.borrow_mut();
            state.memory.clear();
            state.memory.extend_from_slice(program.image());
            state.trace.clear();
            state.slots = [Slot::EMPTY; ThreadId::LIMIT];
        }
        for thread in (0..program.threads()).filter_map(ThreadId::new) {
            let cpu = EmulatedCpu {
                state: Rc::clone(&self.state),
                thread,
            };
            self.bodies.push(Some(program.body(thread, cpu)));
        }
        for thread in self.threads() {
            self.advance(thread);
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
        let slot = state.slots[thread.index()];
        let Some(pending) = slot.pending else {
            return false;
        };
        let operation = pending.operation;
        let step = state.trace.steps() + 1;
        let first_change = state.trace.changes.len() as u32;
        let lock = operation.lock();

        let fault = if operation.address.index() >= state.memory.len() {
            state.slots[thread.index()].stopped = true;
            Some(Fault::OutOfMemory {
                address: operation.address,
            })
        } else if let (true, Some(spin)) = (operation.may_sleep(), slot.held.spinlock()) {
            Some(Fault::SleepInAtomic {
                wanted: lock,
                spinlock: spin.lock,
            })
        } else {
            None
        };

        let mut words = Words {
            words: &mut state.memory,
            changed: &mut state.trace.changes,
        };
        let mut outcome = (Effect::Done, 0);
        let mut release_fault = None;
        if !operation.releases()
            || slot
                .held
                .find(lock)
                .is_some_and(|held| Some(held.mode) == operation.lock_mode())
        {
            outcome = execute::apply(&mut words, thread, &operation);
        } else {
            let holder = execute::blocked(
                words.words,
                &Operation {
                    action: taking(&operation),
                    ..operation
                },
                true,
            );
            release_fault = Some(Fault::UnlockByNonHolder {
                lock,
                holder: holder
                    .and_then(|holders| ThreadId::new(holders.threads.trailing_zeros() as usize)),
            });
        }
        let event = Event::new(
            thread,
            operation,
            outcome,
            pending.location,
            pending.frame,
            slot.held,
        );
        state.trace.push(event, first_change);

        let slot = &mut state.slots[thread.index()];
        let mut room = true;
        if let (Some(mode), true, Effect::Done) =
            (operation.lock_mode(), operation.acquires(), outcome.0)
        {
            room = slot.held.take(lock, mode, step);
        } else if let (Some(mode), true) = (operation.lock_mode(), operation.releases()) {
            slot.held.drop_lock(lock, mode);
        }
        let asked = outcome.0 == Effect::Asked;
        if asked {
            slot.pending = Some(Pending {
                asked: true,
                ..pending
            });
        } else {
            slot.pending = None;
            slot.answer = Some(outcome.1);
        }
        let goes_on = !asked && !slot.stopped;
        for fault in [
            fault,
            release_fault,
            (!room).then_some(Fault::TooManyLocks { lock }),
        ]
        .into_iter()
        .flatten()
        {
            state.fault(thread, fault);
        }
        goes_on
    }

    /// Lets a thread run its local code up to its next step.
    fn advance(&mut self, thread: ThreadId) {
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

/// The operation that would take the lock `operation` releases.
fn taking(operation: &Operation) -> crate::Action {
    use crate::Action;
    match operation.action {
        Action::SpinUnlock => Action::SpinLock,
        Action::BitUnlock(mask) => Action::BitLock(mask),
        _ => Action::WriteLock,
    }
}

/// The processor of one thread of a [`Machine`].
pub struct EmulatedCpu {
    state: Rc<RefCell<State>>,
    thread: ThreadId,
}

impl EmulatedCpu {
    fn now(state: &State) -> u32 {
        state.trace.steps()
    }
}

impl Cpu for EmulatedCpu {
    #[track_caller]
    fn step(&self, operation: Operation) -> impl Future<Output = u64> + Unpin {
        Step {
            cpu: self,
            operation,
            location: Location::caller(),
            posted: false,
        }
    }

    fn thread(&self) -> ThreadId {
        self.thread
    }

    fn peek<T: Value>(&self, word: Word<T>) -> T {
        T::from_word(
            self.state
                .borrow()
                .memory
                .get(word.address().index())
                .copied()
                .unwrap_or(0),
        )
    }

    fn mark(&self, name: &'static str, object: Address) {
        let mut state = self.state.borrow_mut();
        let mark = Mark {
            name,
            object,
            step: Self::now(&state),
            thread: self.thread,
            frame: state.slots[self.thread.index()].frame,
        };
        state.trace.marks.push(mark);
    }

    fn bug(&self, what: &'static str) -> impl Future<Output = ()> {
        let mut state = self.state.borrow_mut();
        state.fault(self.thread, Fault::Bug { what });
        state.slots[self.thread.index()].stopped = true;
        std::future::pending()
    }

    fn push_call(
        &self,
        function: &'static Function,
        arguments: [Option<Argument>; Argument::LIMIT],
        location: &'static Location<'static>,
    ) -> u32 {
        let mut state = self.state.borrow_mut();
        let index = state.trace.frames.len() as u32;
        let parent = state.slots[self.thread.index()].frame.replace(index);
        let entered = Self::now(&state);
        state.trace.frames.push(Frame {
            function,
            arguments,
            thread: self.thread,
            parent,
            location,
            entered,
            left: None,
            result: None,
        });
        index
    }

    fn name_result(&self, frame: u32, result: &'static str) {
        if let Some(frame) = self.state.borrow_mut().trace.frames.get_mut(frame as usize) {
            frame.result = Some(result);
        }
    }

    fn pop_call(&self, frame: u32) {
        // A machine that is dropped or loaded anew drops its threads' bodies, and with them calls of a run that is gone.
        let Ok(mut state) = self.state.try_borrow_mut() else {
            return;
        };
        let now = Self::now(&state);
        let Some(record) = state.trace.frames.get_mut(frame as usize) else {
            return;
        };
        record.left = Some(now);
        let parent = record.parent;
        state.slots[self.thread.index()].frame = parent;
    }
}

/// One step being awaited: posted on the first poll, answered on the one after it was executed.
struct Step<'cpu> {
    cpu: &'cpu EmulatedCpu,
    operation: Operation,
    location: &'static Location<'static>,
    posted: bool,
}

impl Future for Step<'_> {
    type Output = u64;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u64> {
        let mut state = self.cpu.state.borrow_mut();
        let since = state.trace.steps();
        let slot = &mut state.slots[self.cpu.thread.index()];
        if self.posted {
            return slot.answer.take().map_or(Poll::Pending, Poll::Ready);
        }
        slot.pending = Some(Pending {
            operation: self.operation,
            location: self.location,
            frame: slot.frame,
            since,
            asked: false,
        });
        drop(state);
        self.posted = true;
        Poll::Pending
    }
}
