//! What must be true of the memory manager, and what came of a run.
//!
//! The properties are pure functions of a memory ([`memory`](self) properties) or of one executed step and what led to it.
//! [`Watch`] asks each at the moments it is meant for, and [`Watch::outcome`] says in one word how the run ended.

mod event;
mod marking;
mod state;
mod table;
mod watch;

pub use event::rung;
pub use marking::{Marking, marking};
pub use watch::Watch;

use lockstep_machine::run::End;
use lockstep_machine::{Address, Fault, ThreadId};

use crate::world::{Memory, World};

/// How bad it is when a property does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The kernel would print, leak or misbehave.
    Harmful,
    /// It is legal, and repaired later.
    Soft,
    /// The model itself is wrong, or a rule of locking was broken.
    Model,
}

/// When a property must hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// After every step.
    Step,
    /// When a page is freed.
    AtFree,
    /// When no thread is inside the memory manager.
    Quiet,
}

/// A property, by its short name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(
    missing_docs,
    reason = "each is described by its row of the table below"
)]
pub enum Invariant {
    I1,
    I2,
    I3,
    I4,
    I5,
    I6,
    I7,
    I8,
    I9,
    I10,
    I11,
    I12,
    I13,
    I14,
    I15,
    I16,
    I17,
    I18,
    I19,
    I20,
    Bug,
}

/// What there is to say about a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Description {
    /// Which.
    pub invariant: Invariant,
    /// Its short name, as in results.
    pub id: &'static str,
    /// When it must hold.
    pub when: When,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// The property.
    pub statement: &'static str,
    /// Why it matters.
    pub reason: &'static str,
}

/// What does not hold in a world that nobody is in, such as one that set-up calls have made.
pub fn broken_at_rest(world: &World, memory: Memory<'_>) -> Vec<(Invariant, Address)> {
    let mut broken = broken_on_the_way(world, memory);
    broken.extend(broken_at_the_end(world, memory, &|_| None));
    broken
}

/// What of that which must hold after every step does not.
pub fn broken_on_the_way(world: &World, memory: Memory<'_>) -> Vec<(Invariant, Address)> {
    let mut broken = Vec::new();
    state::every_step(world, memory, &mut broken);
    broken
}

/// What of that which must hold once every thread has ended does not; `last_change` says after how many steps of the run a word
/// was last changed, if it was.
pub fn broken_at_the_end(
    world: &World,
    memory: Memory<'_>,
    last_change: &dyn Fn(Address) -> Option<usize>,
) -> Vec<(Invariant, Address)> {
    let mut broken = Vec::new();
    state::when_quiet(world, memory, last_change, &mut broken);
    broken
}

/// The property that a fault of the machine breaks. A deadlock is an outcome, not a property.
pub fn broken_by(fault: Fault) -> Option<Invariant> {
    watch::broken_by(fault).map(|(invariant, _)| invariant)
}

/// A property that did not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// The object it is about.
    pub object: Address,
    /// The step after which it did not hold, counted from 1.
    pub step: u32,
    /// Who made that step.
    pub thread: ThreadId,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// A page was freed in a bad state, by whoever dropped the last reference.
    BadPage {
        /// Who that was.
        by: ThreadId,
    },
    /// A mlocked page is left that no locked mapping has.
    Stranded,
    /// A page of a locked mapping is left without the mark.
    Missed,
    /// Everything is as it should be.
    Ok,
    /// Every thread that has not ended waits for another.
    Deadlock,
    /// Somebody has not ended.
    Unfinished,
}

impl Outcome {
    /// How a run ended that `bad_page` freed a page in a bad state in, if anybody did, and that left these properties `broken`.
    pub fn of(bad_page: Option<ThreadId>, end: End, broken: impl Fn(Invariant) -> bool) -> Self {
        match (bad_page, end) {
            (Some(by), _) => Self::BadPage { by },
            (None, End::Deadlock) => Self::Deadlock,
            (None, End::Unfinished | End::StepLimit) => Self::Unfinished,
            (None, End::Finished) if broken(Invariant::I2) => Self::Stranded,
            (None, End::Finished) if broken(Invariant::I3) => Self::Missed,
            (None, End::Finished) => Self::Ok,
        }
    }

    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadPage { .. } => "bad-page",
            Self::Stranded => "stranded",
            Self::Missed => "missed",
            Self::Ok => "ok",
            Self::Deadlock => "deadlock",
            Self::Unfinished => "unfinished",
        }
    }

    /// Whether the kernel is worse off for it. A missed mark is not: reclaim repairs it.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::BadPage { .. } | Self::Stranded | Self::Deadlock)
    }
}
