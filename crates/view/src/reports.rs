//! Reports over all orders of a scenario: the data races that a race detector would find in them, the order of the locks, and
//! the list of its classes of orders.
//!
//! Each is plain data that a page, a terminal or a program draws from, and each has a text form
//! and one for a page. Each comes from one search by
//! classes; see `race` and `lockdep` of the crate that searches for what is argued there.

pub mod classes;
pub mod html;
pub mod locks;
pub mod races;

mod kinds;
mod searched;
mod words;

pub use searched::Searching;

use lockstep_machine::Function;

use crate::search::grouped;

/// What every report says about where it comes from.
const HONESTY: &str = "From a model of the code in which one thread steps at a time and memory is not reordered; not from a kernel.";

/// A call around a step.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Call {
    /// The function: `try_to_unmap_one`.
    pub function: String,
    /// Where the kernel has it: the file, and the line its definition starts at, if known.
    pub kernel: String,
}

impl Call {
    fn of(function: &Function) -> Self {
        Self {
            function: function.name.to_owned(),
            kernel: crate::places::kernel(function),
        }
    }
}

/// How far a report's search has come.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Extent {
    /// How many classes of equivalent orders were run, one order of each.
    pub classes: u64,
    /// How many steps that took.
    pub steps: u64,
    /// Whether these are all there are.
    pub complete: bool,
}

impl Extent {
    /// "all 287 classes of orders, 7,568 steps".
    fn told(&self) -> String {
        let all = if self.complete { "all" } else { "the first" };
        let classes = match self.classes {
            1 => "class of orders",
            _ => "classes of orders",
        };
        let [count, steps] = [self.classes, self.steps].map(grouped);
        format!("{all} {count} {classes}, {steps} steps")
    }
}
