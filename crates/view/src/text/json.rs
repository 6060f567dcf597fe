//! A run as one JSON object, for programs. The schema stands in the book, on the page "Runs as JSON".
//!
//! [`Export`] is the boundary: the types of the scene may change, this one changes only together with its version.
//! With the feature `json` it can be turned into text; without, nothing here links a serialiser.

/// The version of the schema, in the first field of every object.
pub const SCHEMA: &str = "lockstep-run/1";

/// A run for programs.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Export {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The id of the scenario.
    pub scenario: String,
    /// The kernel as people write it: `before`, `after,i-mmap=shared`.
    pub kernel: String,
    /// The executed order: `A12B7A5`.
    pub schedule: String,
    /// The threads, in letter order.
    pub threads: Vec<ExportThread>,
    /// The steps, in order.
    pub steps: Vec<ExportStep>,
    /// How the run ended.
    pub outcome: Outcome,
    /// The letter of whoever dropped the last reference of a bad page.
    pub by: Option<char>,
    /// What puts a wrong mark right that the run leaves behind.
    pub repair: Option<Repair>,
    /// The invariants that broke, in order of step.
    pub violations: Vec<ExportViolation>,
    /// What the kernel would print, line by line.
    pub log: Vec<String>,
}

/// A thread of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ExportThread {
    /// Its letter: `A`.
    pub thread: char,
    /// Its name: "Reclaim".
    pub name: String,
}

/// One step.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ExportStep {
    /// Its number, from 1.
    pub n: u32,
    /// The letter of its thread.
    pub thread: char,
    /// What it did: `lock`, `unlock`, `trylock`, `read`, `write`, `add`, `test-and-set`, `test-and-clear`, ...
    pub op: String,
    /// What it did it to, as people say it: `ptl`, `PG_mlocked`.
    pub object: String,
    /// Where in the model.
    pub source: ExportSource,
    /// What it changed.
    pub changes: Vec<ExportChange>,
    /// The step in a sentence.
    pub sentence: String,
}

/// A line of the model.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ExportSource {
    /// The file inside `crates/mm/src`.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The function.
    pub function: String,
}

/// One value that is different after a step.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ExportChange {
    /// The object: `page`, `vma`, `pte`.
    pub object: String,
    /// Its field: `PG_mlocked`, `mapcount`.
    pub field: String,
    /// The value before, in words.
    pub from: String,
    /// The value after, in words.
    pub to: String,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "json",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Outcome {
    /// A page was freed with a flag that must not be set.
    BadPage,
    /// A page is left where nothing will find it: marked unevictable, locked by nobody.
    Stranded,
    /// A page of a locked range is left where reclaim will take it.
    Missed,
    /// Every thread has finished and every invariant held.
    Ok,
    /// No thread can run, and not all have finished.
    Deadlock,
    /// The schedule ends before the threads do.
    Unfinished,
}

/// What puts a wrong mark right that a run leaves behind, found by letting the kernel go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "json",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum Repair {
    /// Reclaim, when it next looks at the page.
    Reclaim,
    /// Whoever unmaps the page last.
    LastUnmap,
    /// Nothing, and the page is freed as a bad page one day.
    BadPage,
    /// Nothing.
    Never,
}

/// One invariant that broke.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct ExportViolation {
    /// Its stable id: `freed-never-mlocked`.
    pub invariant: String,
    /// The step that broke it.
    pub step: u32,
    /// The letter of the thread that made the step.
    pub thread: char,
}

/// The object as text, indented, ending in a new line.
///
/// # Errors
/// None that is known of: every value of an [`Export`] has a form in JSON.
#[cfg(feature = "json")]
pub fn json(export: &Export) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(export).map(|text| text + "\n")
}

#[cfg(all(test, feature = "json"))]
mod tests;
