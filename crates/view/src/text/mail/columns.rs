//! One column for each thread: which steps share a line, and where the lines break.

use lockstep_machine::Gather;

use super::super::ascii::ascii;
use super::super::wrap::{padded, wrap_hanging};
use super::brief::brief;
use super::told::{Choice, is_key};
use super::{Account, Detail, GLUE, WIDTH};
use crate::scene::{Column, Glyph, Score, ThreadId, WaitBar};

/// The space between two columns.
const GAP: usize = 2;

/// A column narrower than this has no room for indents.
const NARROW: usize = 24;

/// What stands in the column of one thread, under the number of a step.
struct Entry {
    /// The number in the margin; none for what is no step.
    step: Option<u32>,
    thread: ThreadId,
    kind: Kind,
}

enum Kind {
    /// A function the thread is in now.
    Function(String),
    /// The title of a beat.
    Beat(String),
    /// Steps that were made one after another.
    Steps {
        steps: Vec<String>,
        /// Whether more steps may join.
        is_open: bool,
    },
    /// A wait begins.
    Wait(String),
}

/// The body of a mail.
pub(super) struct Columns<'a> {
    account: &'a Account<'a>,
    detail: Detail,
    entries: Vec<Entry>,
}

impl<'a> Columns<'a> {
    /// The columns of a run.
    pub(super) fn of(account: &'a Account<'a>, detail: Detail) -> Self {
        let mut columns = Self {
            account,
            detail,
            entries: Vec::new(),
        };
        columns.collect();
        columns
    }

    fn collect(&mut self) {
        let score = self.account.score;
        let mut choice = Choice::new(score, self.detail);
        let mut functions: Vec<&str> = vec![""; usize::from(u8::MAX) + 1];
        let mut waiting: Vec<(ThreadId, &str)> = Vec::new();
        for column in &score.columns {
            for wait in score.waits.iter().filter(|wait| wait.from == column.step) {
                if !waiting.contains(&(wait.thread, wait.label.as_str()))
                    && !has_just_asked(score, wait)
                {
                    waiting.push((wait.thread, wait.label.as_str()));
                    self.wait(wait);
                }
            }
            waiting.retain(|(thread, _)| *thread != column.thread);
            if !choice.tells(column) {
                continue;
            }
            let function = &mut functions[usize::from(column.thread.0)];
            if self.detail == Detail::Full && *function != column.place.function {
                *function = &column.place.function;
                self.push(
                    None,
                    column.thread,
                    Kind::Function(format!("{function}():")),
                );
            }
            for beat in score.beats.iter().filter(|beat| beat.step == column.step) {
                self.push(None, column.thread, Kind::Beat(beat.title.clone()));
            }
            self.step(column);
        }
    }

    fn step(&mut self, column: &Column) {
        let mut text = self.words(column);
        let stands_alone = is_key(self.account.score, column);
        if stands_alone && self.detail == Detail::Concise && !column.place.function.is_empty() {
            text.push_str(&format!(" ({})", column.place.function));
        }
        if let Some(Entry {
            thread,
            kind: Kind::Steps {
                steps,
                is_open: true,
            },
            ..
        }) = self.entries.last_mut()
            && *thread == column.thread
            && !stands_alone
        {
            steps.push(text);
            return;
        }
        self.push(
            Some(column.step.0),
            column.thread,
            Kind::Steps {
                steps: vec![text],
                is_open: !stands_alone,
            },
        );
    }

    /// The words of a step; in full, with what it changed where the words do not say it.
    fn words(&self, column: &Column) -> String {
        let text = brief(column);
        let rows = self.account.rows.iter();
        let changed = rows
            .filter(|row| row.step == column.step)
            .map(|row| row.changed.as_str())
            .next();
        match changed.unwrap_or_default() {
            changed
                if self.detail == Detail::Concise
                    || changed.is_empty()
                    || says_it(&text, changed) =>
            {
                text
            }
            changed => format!("{text} [{changed}]"),
        }
    }

    fn wait(&mut self, wait: &WaitBar) {
        let holder = wait.holder.map_or_else(String::new, |holder| {
            format!(", held by {}", holder.letter())
        });
        self.push(
            None,
            wait.thread,
            Kind::Wait(format!("(waits for {}{holder})", wait.label)),
        );
    }

    fn push(&mut self, step: Option<u32>, thread: ThreadId, kind: Kind) {
        self.entries.push(Entry { step, thread, kind });
    }

    /// The columns, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        let score = self.account.score;
        let count = score.threads.len().max(1);
        let margin = score.columns.len().to_string().len() + GAP;
        let width = (WIDTH - margin).saturating_sub(GAP * (count - 1)) / count;
        let indent = if self.detail == Detail::Full { 2 } else { 0 };
        let place = |idx: usize| margin + idx * (width + GAP);
        let mut lines = vec![String::new(), String::new()];
        for (idx, row) in score.threads.iter().enumerate() {
            let name = ascii(&format!("{} {}", row.thread.letter(), row.name));
            let name: String = name.chars().take(width).collect();
            lines[0] = padded(&lines[0], place(idx)) + &name;
            lines[1] = padded(&lines[1], place(idx)) + &"-".repeat(width);
        }
        for entry in &self.entries {
            let idx = score
                .threads
                .iter()
                .position(|row| row.thread == entry.thread)
                .unwrap_or(0);
            for (line_idx, text) in entry.lines(width, indent).into_iter().enumerate() {
                let number = match entry.step {
                    Some(step) if line_idx == 0 => format!("{step:>0$}", margin - GAP),
                    _ => String::new(),
                };
                lines.push(padded(&number, place(idx)) + &text);
            }
        }
        if self.entries.is_empty() {
            lines.push(padded("", margin) + "(nothing has run)");
        }
        lines
    }
}

impl Entry {
    /// The lines of an entry in a column of `width`, steps indented under their function, further lines hanging under the first.
    fn lines(&self, width: usize, indent: usize) -> Vec<String> {
        let is_narrow = width < NARROW;
        let indent = if is_narrow || matches!(self.kind, Kind::Function(_)) {
            0
        } else {
            indent
        };
        let (hang, text) = match &self.kind {
            Kind::Function(name) => (2, ascii(name)),
            Kind::Beat(title) => (2, ascii(&format!("# {title}"))),
            Kind::Wait(text) => (1, ascii(text)),
            Kind::Steps { steps, .. } => (
                if width < NARROW { 1 } else { 2 },
                joined(steps, width.saturating_sub(indent)),
            ),
        };
        let text = wrap_hanging(&text, width.saturating_sub(indent), hang);
        text.into_iter()
            .map(|line| " ".repeat(indent) + &line.replace(GLUE, " "))
            .gather()
    }
}

/// Steps in one line, broken between two of them where that is possible.
fn joined(steps: &[String], width: usize) -> String {
    let whole = |step: &String| {
        let step = ascii(step);
        // Two columns of hanging indent and the semicolon.
        if step.len() + 3 <= width {
            step.replace(' ', &GLUE.to_string())
        } else {
            step
        }
    };
    steps.iter().map(whole).joined("; ")
}

/// Whether the thread of a wait asked for the lock in its last step, so that the wait is already told.
fn has_just_asked(score: &Score, wait: &WaitBar) -> bool {
    let before = score
        .columns
        .iter()
        .take_while(|column| column.step < wait.from);
    before
        .filter(|column| column.thread == wait.thread)
        .last()
        .is_some_and(|column| column.glyph == Glyph::Ask)
}

/// Whether the words of a step already name what it changed and, but for a flag, the new value.
fn says_it(text: &str, changed: &str) -> bool {
    changed.split("; ").all(|change| {
        let (what, values) = change.split_once(": ").unwrap_or((change, ""));
        let to = values.split(" -> ").last().unwrap_or_default();
        let is_told_by_the_verb = matches!(to, "0" | "1" | "none")
            && ["set ", "clear ", "trylock ", "lock ", "unlock "]
                .iter()
                .any(|verb| text.starts_with(verb));
        text.contains(what) && (is_told_by_the_verb || text.ends_with(to))
    })
}
