//! The search in the page: a worker with a program of its own, so that the page stays free while orders are tried by the thousand.
//!
//! The page and the worker talk in [`Ask`] and [`Tell`], as bytes. The worker takes the files of scenarios from where the
//! page has them, and holds nothing of Yew. What it does between two looks at its letterbox is a slice of a few milliseconds,
//! so that a stop is heard at once.

mod bytes;
mod found;
mod life;
mod protocol;
mod searching;

pub use found::{End, Found, Sample, Verdict, Witness};
pub use life::take_over;
pub use protocol::{Ask, Counts, Tell};
pub use searching::{Clock, bench_plan, prove_plan};

/// What the page and the worker have to have in common: it changes when either of them would understand the other wrongly,
/// or the model differs.
pub const BUILD: &str = env!("LOCKSTEP_BUILD");
