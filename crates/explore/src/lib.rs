//! Searches all orders of a program: finds the one that fails, or shows that there is none.
//!
//! Three engines go through the same states, and must agree: [`Pct`] finds failures first, [`Dpor`] runs one order of each class of
//! equivalent ones, [`Stateful`] visits each state once; [`Search`] puts them to work together. [`FewSwitches`] goes
//! where none of them gets through. [`brute`] enumerates everything, for the tests of the others.
//! On the way, [`race`] and [`lockdep`] note what a race detector and a lock checker would find in any of the orders.
//!
//! This crate knows programs of steps on objects, and refuses to know what they are about: no pages, no text, no screen.
//! A search is a value that goes on for a given number of steps at a time, so whoever drives it can show progress and stop.

mod bounded;
pub mod brute;
mod clock;
mod code;
mod dependence;
mod dpor;
mod few_switches;
mod hash;
mod limits;
pub mod lockdep;
mod minimize;
mod observer;
mod pct;
mod property;
pub mod race;
mod search;
mod site;
pub mod slice;
mod stateful;
mod swaps;
pub mod toys;
mod wakeup;
mod walk;

pub use dpor::Dpor;
pub use few_switches::FewSwitches;
pub use limits::{Counts, Limit, Limits, Progress};
pub use minimize::Minimize;
pub use observer::{Event, Observer};
pub use pct::Pct;
pub use property::{Ending, Ends, Outcomes, Property, Reached};
pub use search::{Engine, Findings, Plan, Search, Witness};
pub use site::Site;
pub use stateful::Stateful;
pub use swaps::swaps;
pub use walk::{Model, Passed, Roles, Walk, Wrong};
