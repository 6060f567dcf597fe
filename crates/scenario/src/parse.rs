//! A scenario file, read: everything that is wrong with it is found in one go.
//!
//! Reading goes in three passes, so that one mistake is told once. The TOML is taken apart; the sections are read
//! into the compiled form, each table on its own; and if all of that went well the world is built on both kernels
//! and everything that needs one (labels, scripts, beats, lanes) is looked up in it.

mod check;
mod invocation;
mod reader;
mod sections;

use std::ops::Range;

use toml::de::DeTable;

use crate::compiled::Scenario;
use crate::{Diagnostic, forms};

use reader::{Problems, Table};

/// The longest file that is read.
const LONGEST: usize = 256 * 1024;

/// Reads a scenario file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn parse(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    if text.len() > LONGEST {
        let message = format!("a scenario has at most {LONGEST} bytes");
        return Err(vec![Diagnostic::new(
            "file-too-long",
            LONGEST..text.len(),
            message,
        )]);
    }
    let problems = Problems::default();
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        problems.add(Diagnostic::new(
            "toml",
            span,
            error.message().trim_end_matches('.'),
        ));
    }
    // A file that is not even TOML would only give errors that follow from that.
    if !problems.any() {
        let whole = Table::new(root.get_ref(), 0..0, "the file", &problems);
        let read = sections::read(&whole, text);
        if let (Some((scenario, places)), false) = (read, problems.any()) {
            check::check(&scenario, &places, &problems);
            if !problems.any() {
                return Ok(scenario);
            }
        }
    }
    let mut found = problems.take();
    found.sort_by_key(|problem| (problem.span.start, problem.span.end));
    found.dedup();
    Err(found)
}

/// Where the parts of a scenario stand in its file, for problems that are found once the world is built.
#[derive(Default)]
pub(crate) struct Places {
    pub setup: Vec<Range<usize>>,
    pub labels: Vec<Range<usize>>,
    pub threads: Vec<Range<usize>>,
    pub beats: Vec<Vec<Said>>,
    pub scripts: Vec<Said>,
    pub lanes: Vec<Said>,
    pub facts: Vec<Said>,
}

/// A string of the file, and where what it says stands.
pub(crate) struct Said {
    pub text: String,
    pub span: Range<usize>,
    /// Where the text between the quotes begins, if it stands there as it is, without escapes.
    pub start: Option<usize>,
}

impl Said {
    /// A part of what it says, as a place in the file: the whole string if escapes make the two differ.
    pub(crate) fn place(&self, part: Range<usize>) -> Range<usize> {
        match self.start {
            Some(start) => start + part.start..start + part.end,
            None => self.span.clone(),
        }
    }
}

/// Form tables under the names the reading modules use.
pub(crate) use forms::{CALLS, PATHS};
