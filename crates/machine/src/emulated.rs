//! The processor that modelled code runs on inside a [`Machine`](crate::Machine).

use std::cell::RefCell;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::machine::Pending;
use crate::state::State;
use crate::trace::{Frame, Mark};
use crate::{Address, Argument, Cpu, Fault, Function, Operation, ThreadId, Value, Word};

/// The processor of one thread of a [`Machine`](crate::Machine).
pub struct EmulatedCpu {
    state: Rc<RefCell<State>>,
    thread: ThreadId,
}

impl EmulatedCpu {
    pub(crate) fn new(state: &Rc<RefCell<State>>, thread: ThreadId) -> Self {
        Self {
            state: Rc::clone(state),
            thread,
        }
    }

    /// Says what this thread is about to do. It is done when whoever drives the machine wants it.
    #[inline(never)]
    fn post(&self, operation: &Operation, location: &'static Location<'static>) {
        let mut state = self.state.borrow_mut();
        let since = state.trace.steps();
        let slot = &mut state.slots[self.thread.index()];
        slot.pending = Some(Pending {
            operation: *operation,
            location,
            frame: slot.frame,
            since,
            asked: operation.waits_unasked(),
        });
    }

    fn now(state: &State) -> u32 {
        state.trace.steps()
    }
}

impl Cpu for EmulatedCpu {
    #[track_caller]
    fn step(&self, operation: Operation) -> impl Future<Output = u64> + Unpin {
        self.post(&operation, Location::caller());
        Answer { cpu: self }
    }

    fn thread(&self) -> ThreadId {
        self.thread
    }

    fn peek<T: Value>(&self, word: Word<T>) -> T {
        let mut state = self.state.borrow_mut();
        let address = word.address();
        let value = state.memory.get(address.index()).copied().unwrap_or(0);
        if let Some(peeks) = &mut state.peeks {
            peeks.push((address, value));
        }
        T::from_word(value)
    }

    #[track_caller]
    fn settle(&self, live: &[u64]) {
        let digest = live.iter().fold(live.len() as u64, |digest, value| {
            (digest.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        self.state.borrow_mut().settled = Some((Location::caller(), digest));
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

/// The answer to the step a thread has posted, which comes once the step was executed. The step itself is not in here: it
/// would be copied into the future of every function on the way, and a function has one of these for each of its steps.
struct Answer<'cpu> {
    cpu: &'cpu EmulatedCpu,
}

impl Future for Answer<'_> {
    type Output = u64;

    #[inline(never)]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u64> {
        let mut state = self.cpu.state.borrow_mut();
        let slot = &mut state.slots[self.cpu.thread.index()];
        slot.answer.take().map_or(Poll::Pending, Poll::Ready)
    }
}
