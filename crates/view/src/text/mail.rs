//! The text kernel people draw by hand in commit messages: one column for each thread, time running down.
//!
//! 72 columns, ASCII only, no line with trailing spaces, so that it survives a mail client and a commit message.

mod brief;
mod columns;
mod told;

use super::ascii::ascii;
use super::wrap::{wrap, wrap_hanging};
use super::{Account, HONESTY, counted};
use columns::Columns;
use lockstep_machine::Gather;

/// No line is wider than this.
pub const WIDTH: usize = 72;

/// How much of a run is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// The steps that change memory or locks, those that look at what the story is about, and those it stops at.
    #[default]
    Concise,
    /// Every step.
    Full,
}

/// A run as a mail: headline, one column for each thread, how it ended, what the kernel printed, and how to run it again.
pub fn mail(account: &Account<'_>, detail: Detail) -> String {
    let headline = account.headline;
    let mut out = Lines::default();
    out.paragraph("", &format!("{}, {}", headline.title, headline.kernel));
    out.gap();
    out.paragraph("", &headline.stakes);
    if !headline.setup.is_empty() {
        out.gap();
        out.push("Set up by:".into());
        out.paragraph("  ", &unbroken(&headline.setup));
    }
    out.gap();
    for line in Columns::of(account, detail).lines() {
        out.push(line);
    }
    out.gap();
    out.paragraph("", &account.verdict_line());
    for (text, step) in account.broken_properties() {
        out.paragraph("  broken: ", &format!("{text} (step {step})"));
    }
    if let Some(parting) = &account.score.parting {
        out.paragraph("  order changed: ", &parting.text);
    }
    if !account.end.log.is_empty() {
        out.gap();
        out.push("The kernel prints:".into());
        for line in &account.end.log {
            out.verbatim("  ", line);
        }
    }
    out.gap();
    out.paragraph("", HONESTY);
    out.paragraph("  scenario  ", &headline.scenario);
    out.paragraph("  kernel    ", &headline.kernel);
    out.paragraph("  schedule  ", &account.score.executed);
    let steps = counted(account.score.columns.len(), "step", "steps");
    let switches = counted(
        account.score.switches as usize,
        "context switch",
        "context switches",
    );
    out.paragraph("  length    ", &format!("{steps}, {switches}"));
    out.text
}

/// Stands for a space at which a line is not broken. It is no white space, and never in a text that has been made ASCII.
const GLUE: char = '\u{1}';

/// Texts in a row, each kept on one line where that is possible.
fn unbroken(texts: &[String]) -> String {
    texts
        .iter()
        .map(|text| ascii(text).replace(' ', &GLUE.to_string()))
        .joined("; ")
}

/// Lines as they are written: never too wide, never ending in a space.
#[derive(Default)]
struct Lines {
    text: String,
}

impl Lines {
    fn push(&mut self, line: String) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Text after a lead, its further lines aligned with the first. Text of nothing is left out.
    fn paragraph(&mut self, lead: &str, text: &str) {
        let text = text.split(GLUE).map(ascii).joined(&GLUE.to_string());
        if text.trim().is_empty() {
            return;
        }
        for (idx, line) in wrap(&text, WIDTH - lead.len()).into_iter().enumerate() {
            let lead = if idx == 0 {
                lead.to_owned()
            } else {
                " ".repeat(lead.len())
            };
            self.push(lead + &line.replace(GLUE, " "));
        }
    }

    /// A line as it is, spaces and all, broken only if it is too wide.
    fn verbatim(&mut self, lead: &str, line: &str) {
        let line = ascii(line);
        if lead.len() + line.len() <= WIDTH {
            return self.push(format!("{lead}{line}"));
        }
        for line in wrap_hanging(&line, WIDTH - lead.len(), 2) {
            self.push(format!("{lead}{line}"));
        }
    }
}

#[cfg(test)]
mod tests;
