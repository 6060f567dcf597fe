//! A run as text and pictures: the forms people paste into mails, read in a terminal, feed to programs and print.
//!
//! Every renderer here is a pure function of the plain data of [`crate::scene`]: it knows no screen and no terminal,
//! and the same run gives the same bytes on every machine.

mod ascii;
pub mod json;
pub mod mail;
pub mod markdown;
mod markup;
pub mod svg;
pub mod table;
mod wrap;

#[cfg(test)]
mod fixture;

pub(crate) use markup::escaped;

use crate::scene::{Headline, PropertyState, Row, Scene, Score, VerdictKind};

/// A whole run as it is told: what the text forms are made from.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The scenario and the kernel in words.
    pub headline: &'a Headline,
    /// The run seen at once.
    pub score: &'a Score,
    /// The transcript, one row for each step.
    pub rows: &'a [Row],
    /// The moment after the last step.
    pub end: &'a Scene,
}

impl Account<'_> {
    /// The verdict in one line, "Broken at step 41: page freed while mlocked".
    fn verdict_line(&self) -> String {
        let verdict = &self.end.verdict;
        let mut line = verdict.word.clone();
        if let (Some(step), VerdictKind::Broken | VerdictKind::Deadlock) =
            (verdict.step, verdict.kind)
        {
            line.push_str(&format!(" at step {}", step.0));
        }
        if !verdict.reason.is_empty() {
            line.push_str(": ");
            line.push_str(&verdict.reason);
        }
        line
    }

    /// The watched properties that broke, in words, each with its step.
    fn broken_properties(&self) -> impl Iterator<Item = (&str, u32)> {
        self.end
            .properties
            .iter()
            .filter_map(|property| match property.state {
                PropertyState::Broken(step) => Some((property.text.as_str(), step.0)),
                PropertyState::Holds | PropertyState::Undecided => None,
            })
    }
}

/// How often something happened, in words: "1 step", "3 context switches".
fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `text` in lines of at most `columns` characters, the further ones indented by `hang`. Spaces at its start stay.
pub(crate) fn wrapped(text: &str, columns: usize, hang: usize) -> Vec<String> {
    let indent = text.len() - text.trim_start().len();
    let rest = columns.saturating_sub(indent);
    let mut lines = wrap::wrap_hanging(text.trim_start(), rest, hang.saturating_sub(indent));
    for line in &mut lines {
        line.insert_str(0, &" ".repeat(indent));
    }
    lines
}

/// What is left out and what is not, said wherever a run leaves the project.
const HONESTY: &str = "A run of a model of the code, one atomic step at a time; not of a kernel. \
                       Memory reordering is not modelled.";
