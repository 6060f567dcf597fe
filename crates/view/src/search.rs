//! All orders of a scenario: what can come of it on a kernel, and an order that shows it.
//!
//! The [engines](lockstep_explore) know programs of steps. Here they are asked about the memory manager: how a run [ends](Came),
//! in the words of a run, and what of the [properties](lockstep_mm::invariants) does not hold then.

mod answer;
mod came;
mod kernels;
mod matrix;
mod orders;
mod question;

pub use answer::{Answer, SCHEMA, Verdict, WitnessOrder, answer};
pub use came::Came;
pub(crate) use came::words;
pub use kernels::{KernelColumn, one_switch_apart, presets};
pub use matrix::{Cell, Row};
pub use orders::{grouped, orders, orders_words};
pub use question::{Question, Searched};
