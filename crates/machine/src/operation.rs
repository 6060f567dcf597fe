//! What a step can do.

use crate::{Address, BitLock, LockMode, RwSem, SpinLock};

/// What is done to the word or lock a step is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Reads the word.
    Read,
    /// Stores a value, whatever was there.
    Write(u64),
    /// Stores a value and gives the old one.
    Exchange(u64),
    /// Stores the second value if the first is there; gives whether it was.
    CompareExchange(u64, u64),
    /// Adds, and gives the sum. The word counts in two's complement.
    Add(i64),
    /// Adds unless the word is 0; gives whether it did.
    AddUnlessZero(i64),
    /// Sets the bits of a mask.
    SetBits(u64),
    /// Clears the bits of a mask.
    ClearBits(u64),
    /// Sets the bits of a mask and gives whether any was set before.
    TestAndSet(u64),
    /// Clears the bits of a mask and gives whether any was set before.
    TestAndClear(u64),
    /// Takes a spinlock.
    SpinLock,
    /// Releases a spinlock.
    SpinUnlock,
    /// Takes a reader-writer lock for reading.
    ReadLock,
    /// Takes a reader-writer lock for reading if no writer has it or waits for it; gives whether it did.
    TryReadLock,
    /// Releases a reader-writer lock held for reading.
    ReadUnlock,
    /// Takes a reader-writer lock for writing; if it has to wait, asking for it is a step of its own.
    WriteLock,
    /// Releases a reader-writer lock held for writing.
    WriteUnlock,
    /// Takes a bit lock.
    BitLock(u64),
    /// Takes a bit lock if it is free; gives whether it did.
    TryBitLock(u64),
    /// Releases a bit lock.
    BitUnlock(u64),
}

impl Action {
    /// The bits of its word it is about; all of them, unless it has a mask.
    fn bits(self) -> u64 {
        match self {
            Self::SetBits(mask)
            | Self::ClearBits(mask)
            | Self::TestAndSet(mask)
            | Self::TestAndClear(mask)
            | Self::BitLock(mask)
            | Self::TryBitLock(mask)
            | Self::BitUnlock(mask) => mask,
            _ => u64::MAX,
        }
    }
}

/// A change of one more word that happens in the same step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Update {
    /// Adds, in two's complement.
    Add(i64),
    /// Stores.
    Store(u64),
    /// Sets the bits of a mask.
    SetBits(u64),
    /// Clears the bits of a mask.
    ClearBits(u64),
}

/// A word that changes together with the one the step is about, when the step takes effect:
/// always, or, for a test or a trylock, only if it succeeds (the bit was set before [`Action::TestAndClear`], clear before [`Action::TestAndSet`]).
///
/// It models what the real code does under the same lock or as part of the same hand-over,
/// such as the list a page is on changing along with the bit that says it is on one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rider {
    /// The word that changes.
    pub address: Address,
    /// How it changes.
    pub update: Update,
}

/// One step: an action on an address, and what changes along.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// What is done.
    pub action: Action,
    /// The word; for a lock its first word, for a bit lock the word the bit is in.
    pub address: Address,
    /// For a bit lock the word that names the holder; otherwise the same as `address`.
    pub owner: Address,
    /// The bits of the word the step is about: those it reads, tests or changes.
    pub bits: u64,
    /// What changes in the same step.
    pub riders: [Option<Rider>; Operation::RIDERS],
}

impl Operation {
    /// How many more words one step can change.
    pub const RIDERS: usize = 4;

    /// An action on a word.
    pub fn on(address: Address, action: Action) -> Self {
        Self {
            action,
            address,
            owner: address,
            bits: action.bits(),
            riders: [None; Self::RIDERS],
        }
    }

    /// Reads a word to look at some of its bits; the others come out as 0.
    pub fn read_bits(address: Address, mask: u64) -> Self {
        Self {
            bits: mask,
            ..Self::on(address, Action::Read)
        }
    }

    /// An action on a spinlock.
    pub fn spin(lock: SpinLock, action: Action) -> Self {
        Self::on(lock.0, action)
    }

    /// An action on a reader-writer lock.
    pub fn rwsem(lock: RwSem, action: Action) -> Self {
        Self::on(lock.0, action)
    }

    /// Takes a reader-writer lock for writing once nobody has it, without asking first:
    /// while this waits, readers and trylocks are served as if it were not there.
    pub fn write_lock_unasked(lock: RwSem) -> Self {
        Self {
            bits: 0,
            ..Self::on(lock.0, Action::WriteLock)
        }
    }

    /// Whether it is one that [`Operation::write_lock_unasked`] made.
    pub fn waits_unasked(&self) -> bool {
        matches!(self.action, Action::WriteLock) && self.bits == 0
    }

    /// An action on a bit lock.
    pub fn bit(lock: BitLock, action: Action) -> Self {
        Self {
            owner: lock.owner,
            ..Self::on(lock.word, action)
        }
    }

    /// The same with riders; those beyond [`Operation::RIDERS`] would be lost, so the compiler counts them.
    pub fn with<const N: usize>(mut self, riders: [Rider; N]) -> Self {
        const {
            assert!(
                N <= Self::RIDERS,
                "a step changes at most four words besides its own"
            )
        };
        for (slot, rider) in self.riders.iter_mut().zip(riders) {
            *slot = Some(rider);
        }
        self
    }

    /// How the step is about a lock: the mode it takes, tries, asks or releases. `None` for a plain word.
    pub fn lock_mode(&self) -> Option<LockMode> {
        match self.action {
            Action::SpinLock | Action::SpinUnlock => Some(LockMode::Spin),
            Action::ReadLock | Action::TryReadLock | Action::ReadUnlock => Some(LockMode::Read),
            Action::WriteLock | Action::WriteUnlock => Some(LockMode::Write),
            Action::BitLock(_) | Action::TryBitLock(_) | Action::BitUnlock(_) => {
                Some(LockMode::Bit)
            }
            _ => None,
        }
    }

    /// The address the lock of this step goes by in [`Held`](crate::Held): `owner` for a bit lock, whose word holds other things too.
    pub fn lock(&self) -> Address {
        self.owner
    }

    /// Whether the step takes or tries to take a lock.
    pub fn acquires(&self) -> bool {
        matches!(
            self.action,
            Action::SpinLock
                | Action::ReadLock
                | Action::TryReadLock
                | Action::WriteLock
                | Action::BitLock(_)
                | Action::TryBitLock(_)
        )
    }

    /// Whether the step releases a lock.
    pub fn releases(&self) -> bool {
        matches!(
            self.action,
            Action::SpinUnlock | Action::ReadUnlock | Action::WriteUnlock | Action::BitUnlock(_)
        )
    }

    /// Whether the step may put its thread to sleep, and so must not be reached with a spinlock held.
    pub fn may_sleep(&self) -> bool {
        matches!(
            self.action,
            Action::ReadLock | Action::WriteLock | Action::BitLock(_)
        )
    }
}
