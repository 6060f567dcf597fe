//! The order that synchronisation makes: what a race detector takes to have happened before what.
//!
//! A step comes before the later ones of its thread, and a release comes before every later acquire of the same thing:
//!
//! * taking a spinlock, a bit lock, or a reader-writer lock acquires it, giving it back releases it; what a reader gave back, only
//!   a writer acquires, so readers order nothing among themselves;
//! * a trylock that fails, and asking for a lock without having it, order nothing;
//! * an [ordering](super::Access::Ordering) access of some bits acquires and releases these bits.

use lockstep_machine::{Action, Effect, Operation};

use super::Access;

/// What a step does to the order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sync {
    acquires: bool,
    releases: bool,
    /// As one of several readers.
    shared: bool,
}

impl Sync {
    pub(super) const NONE: Self = Self {
        acquires: false,
        releases: false,
        shared: false,
    };

    /// What a step does that ended so; `access` is that of a step on a word.
    pub(super) fn of(operation: &Operation, effect: Effect, access: Option<Access>) -> Self {
        if effect != Effect::Done {
            return Self::NONE;
        }
        let ordering = access == Some(Access::Ordering);
        Self {
            acquires: ordering || operation.acquires(),
            releases: ordering || operation.releases(),
            shared: matches!(
                operation.action,
                Action::ReadLock | Action::TryReadLock | Action::ReadUnlock
            ),
        }
    }

    /// Whether it waits for whatever came before an earlier step that does `earlier` to the same thing.
    pub(super) fn comes_after(self, earlier: Self) -> bool {
        self.acquires && earlier.releases && !(self.shared && earlier.shared)
    }

    pub(super) fn acquires(self) -> bool {
        self.acquires
    }
}

/// The bits of its word that a step is about. A reader-writer lock is one thing.
pub(super) fn bits(operation: &Operation) -> u64 {
    match operation.action {
        Action::WriteLock => u64::MAX,
        _ => operation.bits,
    }
}

/// Whether a step changes its word.
pub(super) fn writes(operation: &Operation, effect: Effect) -> bool {
    operation.action != Action::Read && effect == Effect::Done
}
