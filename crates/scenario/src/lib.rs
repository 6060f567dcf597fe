//! What people write, parsed: scenario files, scripts, kernels. The only crate that parses text.
//!
//! A [`Scenario`] is an initial world, made by set-up calls, and the kernel paths that run in it at once.
//! People write it as TOML; [`parse()`] (feature `parse`) reads that and finds everything that is wrong with it at once.
//! The page, which has no room for a TOML parser, gets it [`compiled`]. It has no room for what runs set-ups and
//! reads names either (feature `build`), so what these come to is found out beforehand and comes along: it is [`prepared`].
//! Either way [`Scenario::build`] makes the program that a machine runs, and the [`Names`] of everything in it.
//!
//! Nothing a person writes makes this crate panic: what cannot be understood becomes a [`Diagnostic`], plain data that
//! points into the text and says what would be understood. Drawing it is left to whoever shows it.

pub mod beats;
pub mod build;
pub mod compiled;
mod diagnostic;
pub mod explain;
mod few;
mod fnv;
mod forms;
mod kernel;
mod library;
mod lines;
mod names;
#[cfg(feature = "parse")]
mod parse;
pub mod prepared;
mod reader;
mod resolved;
mod script;
mod shown;
mod statement;
mod suggest;

pub use build::{BuildError, Built};
pub use compiled::Scenario;
pub use diagnostic::{Diagnostic, Label};
pub use few::sort_few;
pub use fnv::Fnv;
pub use kernel::parse_kernel;
pub use lines::{Moment, ScriptLines, SourceLine};
pub use names::Names;
pub use resolved::{Meant, Resolved};
pub use statement::Statement;

pub use script::parse_script;
pub use suggest::closest as closest_name;

#[cfg(feature = "parse")]
pub use library::{CompiledFile, compiled_files, compiled_library, library};
#[cfg(feature = "parse")]
pub use parse::parse;
