//! The report on lock order: what is taken under what in any order of some scenarios, held against the documented order.
//!
//! Edges are the union over all classes of orders of all the scenarios asked for, as the kernel's lockdep gathers them over an uptime.

mod gather;
mod text;
pub(super) mod told;

use lockstep_mm::kernel::Kernel;
use lockstep_scenario::BuildError;

use super::{Extent, Searching};
use crate::session::Session;
use gather::Gathered;

pub use super::kinds::LockOrder;

/// The version of the schema, in the first field of every object.
pub const SCHEMA: &str = "lockstep-locks/1";

/// The order of locks in some scenarios on a kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The ids of the scenarios.
    pub scenarios: Vec<String>,
    /// The kernel as people write it.
    pub kernel: String,
    /// The kernel that the ways are compared with: the other side of the patch.
    pub compared_with: String,
    /// How much was searched on the kernel.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub extent: Extent,
    /// The kinds of locks that were taken under another or over one, outermost first.
    pub locks: Vec<LockRow>,
    /// What was taken under what, outermost first.
    pub edges: Vec<LockEdge>,
    /// The circles among the edges that wait.
    pub cycles: Vec<LockCycle>,
    /// What is wrong about sleeping and about interrupts, a sentence each.
    pub problems: Vec<String>,
}

/// A kind of locks.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockRow {
    /// Its name.
    pub lock: String,
    /// Whether whoever waits for it sleeps.
    pub sleeps: bool,
    /// Whether interrupts are off while it is held.
    pub disables_interrupts: bool,
}

/// A lock of one kind was held, and one of another was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockEdge {
    /// What was held.
    pub held: String,
    /// What was asked for.
    pub wanted: String,
    /// How it was asked for: `for reading` and the like; empty for a lock that there is one way to take.
    pub modes: Vec<String>,
    /// Whether whoever asked would have waited; otherwise it only tried.
    pub waits: bool,
    /// Whether both were one and the same lock.
    pub is_same_lock: bool,
    /// How that stands to the documented order.
    pub order: LockOrder,
    /// In how many classes it was made.
    pub classes: u64,
    /// The ways in which it was made.
    pub ways: Vec<LockWay>,
}

/// One way in which an edge was made, with the first run that was found to make it.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockWay {
    /// The functions from the one that both locks were taken inside of to the one that asked for the second, outermost first.
    pub path: Vec<String>,
    /// The function that took the lock that was held.
    pub held_in: String,
    /// The scenario.
    pub scenario: String,
    /// The order up to the step that asks.
    pub schedule: String,
    /// The letter of the thread.
    pub thread: char,
    /// The step that took the lock that was held.
    pub since: u32,
    /// The step that asks; null if it had to wait for good.
    pub step: Option<u32>,
    /// Whether the other kernel makes the edge in this way too.
    pub on_the_other: bool,
}

/// Kinds of locks that can be waited for in a circle.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockCycle {
    /// The kinds.
    pub locks: Vec<String>,
    /// A run in which threads wait for each other for good; null if no order of these scenarios leads to one.
    pub run: Option<LockStandstill>,
}

/// A run that ends with threads waiting for each other.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct LockStandstill {
    /// The scenario.
    pub scenario: String,
    /// The order.
    pub schedule: String,
    /// Who waits for what.
    pub waiting: Vec<(char, String)>,
}

impl LockReport {
    /// Searches all orders of some scenarios, all on the kernel of the first.
    ///
    /// # Errors
    /// If one of the others cannot be built on that kernel, or one of them on the kernel it is compared with.
    pub fn search(sessions: &[Session], searching: &mut Searching<'_>) -> Result<Self, BuildError> {
        let kernel = sessions.first().map_or(Kernel::AFTER, Session::kernel);
        let other = if kernel == Kernel::BEFORE {
            Kernel::AFTER
        } else {
            Kernel::BEFORE
        };
        let (mut here, mut there) = (Gathered::default(), Gathered::default());
        for session in sessions {
            let scenario = session.scenario();
            here.add(&Session::new(scenario.clone(), kernel)?, searching);
            there.add(&Session::new(scenario.clone(), other)?, searching);
        }
        Ok(here.report(&there, [kernel, other]))
    }

    /// Whether a rule is broken: somebody waits against the order, sleeps with a spinlock, confuses interrupts, or a circle closes.
    pub fn is_broken(&self) -> bool {
        let closes = |cycle: &LockCycle| cycle.run.is_some();
        !self.problems.is_empty()
            || self.edges.iter().any(LockEdge::breaks_the_order)
            || self.cycles.iter().any(closes)
    }

    /// The report as text.
    pub fn text(&self) -> String {
        text::text(self)
    }
}

impl LockEdge {
    /// Whether somebody would wait for a lock that has to be taken before one it has.
    pub fn breaks_the_order(&self) -> bool {
        self.waits && (self.order == LockOrder::Against || self.is_same_lock)
    }
}
