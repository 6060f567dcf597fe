//! Which locks a thread has.

use crate::Address;

/// How a lock is held or wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LockMode {
    /// A spinlock; its holder must not sleep.
    Spin,
    /// A reader-writer lock, for reading.
    Read,
    /// A reader-writer lock, for writing.
    Write,
    /// A bit lock.
    Bit,
}

/// One lock a thread has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldLock {
    /// The lock's first word; for a bit lock the word that names its owner.
    pub lock: Address,
    /// How it is held.
    pub mode: LockMode,
    /// The step that took it, counted from 1.
    pub since: u32,
}

/// The locks a thread has, in the order it took them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    locks: [HeldLock; Held::LIMIT],
    count: u8,
}

impl Held {
    /// How many locks one thread can have at once.
    pub const LIMIT: usize = 8;

    /// No locks.
    pub const NONE: Self = Self {
        locks: [HeldLock {
            lock: Address(0),
            mode: LockMode::Spin,
            since: 0,
        }; Self::LIMIT],
        count: 0,
    };

    /// The locks, oldest first.
    pub fn as_slice(&self) -> &[HeldLock] {
        &self.locks[..usize::from(self.count)]
    }

    /// The locks, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &HeldLock> {
        self.as_slice().iter()
    }

    /// The entry of `lock`, if held.
    pub fn find(&self, lock: Address) -> Option<&HeldLock> {
        self.iter().find(|held| held.lock == lock)
    }

    /// The newest spinlock held, if any: while there is one, its holder must not sleep.
    pub fn spinlock(&self) -> Option<&HeldLock> {
        self.as_slice()
            .iter()
            .rev()
            .find(|held| held.mode == LockMode::Spin)
    }

    /// Adds a lock; `false` if there is no room.
    pub(crate) fn take(&mut self, lock: Address, mode: LockMode, since: u32) -> bool {
        let Some(slot) = self.locks.get_mut(usize::from(self.count)) else {
            return false;
        };
        *slot = HeldLock { lock, mode, since };
        self.count += 1;
        true
    }

    /// Removes the newest entry of `lock` in `mode`; `false` if it is not held.
    pub(crate) fn drop_lock(&mut self, lock: Address, mode: LockMode) -> bool {
        let Some(at) = self
            .as_slice()
            .iter()
            .rposition(|held| held.lock == lock && held.mode == mode)
        else {
            return false;
        };
        self.locks.copy_within(at + 1..usize::from(self.count), at);
        self.count -= 1;
        true
    }
}
