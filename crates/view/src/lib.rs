//! What a person is told about a run.
//!
//! A [`Session`] is a scenario on a kernel, a [`Run`] is one order of its steps. Everything told of a run is computed from
//! its execution and handed out as the plain data of [`scene`]; nothing is written beside it, and nothing here knows a story.
//!
//! This crate refuses to know of screens, of terminals and of time.

pub mod reports;
pub mod scene;
pub mod search;
pub mod text;

mod run;
mod session;

mod tape;

mod fields;
mod value;
mod vocabulary;

mod locks;
mod places;

mod phrase;
mod sentence;

mod consequence;
mod lookahead;
mod markings;

mod cards;
mod facts;
mod lists;

mod bars;
mod columns;
mod partings;
mod verdicts;

mod fingerprint;

pub use places::function_span;
pub use run::Run;
pub use session::{Mode, ScriptError, Scripted, Session};
