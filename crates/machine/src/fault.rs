//! What a machine can catch a program doing wrong.

use crate::{Address, ThreadId};

/// A mistake of the program that the machine names instead of panicking.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Fault {
    /// The thread did something that may sleep while it had a spinlock.
    SleepInAtomic {
        /// The lock it may sleep on.
        wanted: Address,
        /// The spinlock it had.
        spinlock: Address,
    },
    /// The thread released a lock it did not have. Nothing was changed.
    UnlockByNonHolder {
        /// The lock.
        lock: Address,
        /// Who has it, if anybody.
        holder: Option<ThreadId>,
    },
    /// The thread asked for a lock it already has, in a way that can never be granted.
    RecursiveLock {
        /// The lock.
        lock: Address,
    },
    /// The thread took more locks at once than [`Held::LIMIT`](crate::Held::LIMIT).
    TooManyLocks {
        /// The lock that had no room. It is taken, but its release will be reported as one by a non-holder.
        lock: Address,
    },
    /// The thread ended while it still had a lock.
    EndedHolding {
        /// The lock.
        lock: Address,
    },
    /// Nobody can go on: every thread that has not ended waits.
    Deadlock {
        /// The waiting threads, one bit each.
        threads: u16,
    },
    /// The program itself found something impossible and stopped the thread there.
    Bug {
        /// What it found.
        what: &'static str,
    },
    /// The thread used an address outside the memory and was stopped.
    OutOfMemory {
        /// The address.
        address: Address,
    },
}

/// A fault, and when and where it happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FaultRecord {
    /// What went wrong.
    pub fault: Fault,
    /// The number of steps that had been executed, this one included.
    pub step: u32,
    /// Who did it; for a deadlock the first of those that wait.
    pub thread: ThreadId,
}
