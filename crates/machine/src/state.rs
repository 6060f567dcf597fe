//! What a machine remembers while it runs: the memory, what has happened, and where each thread stands.

use std::panic::Location;

use crate::machine::Pending;
use crate::trace::{Event, Trace};
use crate::{Action, Address, Effect, Fault, FaultRecord, Held, Operation, ThreadId, execute};

/// Where a thread stands.
#[derive(Clone, Copy)]
pub(crate) struct Slot {
    pub(crate) pending: Option<Pending>,
    pub(crate) answer: Option<u64>,
    pub(crate) frame: Option<u32>,
    pub(crate) held: Held,
    pub(crate) stopped: bool,
}

impl Slot {
    pub(crate) const EMPTY: Self = Self {
        pending: None,
        answer: None,
        frame: None,
        held: Held::NONE,
        stopped: false,
    };
}

/// Everything the machine and its processors share.
pub(crate) struct State {
    pub(crate) memory: Vec<u64>,
    pub(crate) trace: Trace,
    pub(crate) slots: [Slot; ThreadId::LIMIT],
    /// The words peeked at in local code since the last step; `None` if nobody wants to know.
    pub(crate) peeks: Option<Vec<(Address, u64)>>,
    /// What was declared since the last step to be all that is left of the past: where, and a digest of it.
    pub(crate) settled: Option<(&'static Location<'static>, u64)>,
}

impl State {
    pub(crate) fn fault(&mut self, thread: ThreadId, fault: Fault) {
        let step = self.trace.steps();
        self.trace.faults.push(FaultRecord {
            fault,
            step,
            thread,
        });
    }
}

/// What is wrong with a step, found before it is executed.
pub(crate) struct Checked {
    fault: Option<Fault>,
    release_fault: Option<Fault>,
    /// It is a release by a thread that does not have the lock: nothing happens.
    pub(crate) is_inert: bool,
}

impl State {
    /// The state of a machine before anything is loaded.
    pub(crate) fn empty() -> Self {
        Self {
            memory: Vec::new(),
            trace: Trace::default(),
            slots: [Slot::EMPTY; ThreadId::LIMIT],
            peeks: None,
            settled: None,
        }
    }

    /// Looks at a step of `thread` before it is executed; one that leaves the memory stops its thread.
    pub(crate) fn check(&mut self, thread: ThreadId, operation: &Operation) -> Checked {
        let lock = operation.lock();
        let slot = &mut self.slots[thread.index()];
        let fault = if operation.address.index() >= self.memory.len() {
            slot.stopped = true;
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
        let is_inert = !slot.may_execute(operation);
        let release_fault = is_inert.then(|| {
            let taking = Operation {
                action: taking(operation),
                ..*operation
            };
            let holders = execute::blocked(&self.memory, &taking, true);
            Fault::UnlockByNonHolder {
                lock,
                holder: holders
                    .and_then(|holders| ThreadId::new(holders.threads.trailing_zeros() as usize)),
            }
        });
        Checked {
            fault,
            release_fault,
            is_inert,
        }
    }

    /// Notes what came of the pending step of `thread`; gives whether the thread goes on from there.
    pub(crate) fn conclude(
        &mut self,
        thread: ThreadId,
        pending: Pending,
        checked: &Checked,
        outcome: (Effect, u64),
        first_change: u32,
    ) -> bool {
        let operation = pending.operation;
        let lock = operation.lock();
        let step = self.trace.steps() + 1;
        let event = Event::new(
            thread,
            operation,
            outcome,
            pending.location,
            pending.frame,
            self.slots[thread.index()].held,
        );
        self.trace.push(event, first_change);

        let slot = &mut self.slots[thread.index()];
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
        let overflow = (!room).then_some(Fault::TooManyLocks { lock });
        for fault in [checked.fault, checked.release_fault, overflow]
            .into_iter()
            .flatten()
        {
            self.fault(thread, fault);
        }
        goes_on
    }
}

impl Slot {
    /// Whether `operation` is no release, or one of a lock the thread has.
    pub(crate) fn may_execute(&self, operation: &Operation) -> bool {
        let held = self.held.find(operation.lock());
        !operation.releases() || held.is_some_and(|held| Some(held.mode) == operation.lock_mode())
    }
}

/// The operation that would take the lock `operation` releases.
fn taking(operation: &Operation) -> Action {
    match operation.action {
        Action::SpinUnlock => Action::SpinLock,
        Action::BitUnlock(mask) => Action::BitLock(mask),
        _ => Action::WriteLock,
    }
}
