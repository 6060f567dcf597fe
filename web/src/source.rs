//! The model's own source, cut into functions and coloured when the page was built.
//!
//! The build script (`build/source.rs`) reads `crates/mm/src`, so what is shown is what was compiled. Each function is kept
//! as its text with marks in it that say of what class the tokens are, which needs no highlighter in the page. The table is
//! a file of its own beside the page: nothing but the code panes needs it, and it comes while the page is on its way. What
//! the scenario the page opens with comes to is one table; all there is, another, for whoever opens any other scenario.

use std::rc::Rc;

use serde::Deserialize;

/// The source as far as the page has it.
#[derive(Clone, Debug, Default)]
pub enum Source {
    /// Not yet.
    #[default]
    OnItsWay,
    /// It could not be fetched, or not be read.
    Missing,
    /// As much as was asked for.
    Here(Rc<Table>),
}

/// Functions of the model.
#[derive(Debug, Deserialize)]
pub struct Table {
    /// Whether these are all that can be shown.
    is_whole: bool,
    functions: Vec<Function>,
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(one), Self::Here(other)) => Rc::ptr_eq(one, other),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// One function of the model.
#[derive(Debug, Deserialize)]
pub struct Function {
    /// The file inside `crates/mm/src`.
    file: String,
    /// The line its text begins at.
    first: u32,
    /// Its lines, from the signature to the closing brace, moved to the left edge; a mark stands where another class begins.
    text: String,
    /// The lines that only one kernel of the two comes to, counted from the first, and whether it is the one with the patch.
    marks: Vec<(u16, bool)>,
}

/// The mark of the first class; those of the others follow it.
const FIRST_MARK: u32 = 0x0e;

/// The classes of tokens, in the order of their marks.
const CLASSES: [&str; 9] = [
    "",
    "tok-keyword",
    "tok-comment",
    "tok-string",
    "tok-number",
    "tok-call",
    "tok-type",
    "tok-constant",
    "tok-await",
];

/// One line of source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number in the file.
    pub number: u32,
    /// How deep it stands, in levels, counted from the leftmost line of the excerpt.
    pub indent: usize,
    /// Whether the patch brought it, or took it away; none if it is in both.
    pub is_added: Option<bool>,
    /// Its tokens.
    pub pieces: Vec<Piece>,
}

/// A stretch of one class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// The style sheet's class; empty for plain text.
    pub class: &'static str,
    /// The text.
    pub text: String,
}

impl Source {
    /// Reads the table of the build script.
    pub fn read(table: &[u8]) -> Self {
        postcard::from_bytes(table).map_or(Self::Missing, |table| Self::Here(Rc::new(table)))
    }

    /// Whether there is no more to fetch.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Here(table) if table.is_whole)
    }

    /// At most `count` lines around a line of a file, all of one function; or why there are none.
    pub fn around(&self, file: &str, line: u32, count: u32) -> Result<Vec<Line>, &'static str> {
        match self {
            Self::OnItsWay => Err("The source is on its way."),
            Self::Missing => Err("The source could not be fetched. Reload the page to try again."),
            Self::Here(table) => table
                .functions
                .iter()
                .filter(|function| function.file == file)
                .find_map(|function| excerpt(function, line, count))
                .ok_or(""),
        }
    }
}

fn excerpt(function: &Function, line: u32, count: u32) -> Option<Vec<Line>> {
    let total = u32::try_from(function.text.lines().count()).ok()?;
    let at = line.checked_sub(function.first).filter(|at| *at < total)?;
    // Two lines stand above it, as long lines wrap and the card cuts from below; the window never leaves the function.
    let from = at.saturating_sub(2).min(total.saturating_sub(count));
    let to = (from + count).min(total);
    let mut lines = split(function);
    lines.truncate(to as usize);
    lines.drain(..from as usize);
    pull_left(&mut lines);
    Some(lines)
}

/// Takes the indentation out of the text and keeps its depth, counted from the leftmost line: cards are narrow.
fn pull_left(lines: &mut [Line]) {
    for line in &mut *lines {
        if let Some(first) = line.pieces.first_mut() {
            let bare = first.text.trim_start_matches(' ');
            line.indent = first.text.len() - bare.len();
            first.text = bare.to_owned();
        }
        line.pieces.retain(|piece| !piece.text.is_empty());
    }
    let full = |line: &&Line| !line.pieces.is_empty();
    let least = lines
        .iter()
        .filter(full)
        .map(|line| line.indent)
        .min()
        .unwrap_or(0);
    for line in lines {
        line.indent = line.indent.saturating_sub(least) / 4;
    }
}

/// The function's lines, with their tokens.
fn split(function: &Function) -> Vec<Line> {
    let line = |number| Line {
        number,
        indent: 0,
        is_added: function
            .marks
            .iter()
            .find(|(line, _)| function.first + u32::from(*line) == number)
            .map(|(_, is_added)| *is_added),
        pieces: Vec::new(),
    };
    let mut lines = vec![line(function.first)];
    let mut class = CLASSES[0];
    for sign in function.text.chars() {
        if let Some(marked) = class_of(sign) {
            class = marked;
        } else if sign == '\n' {
            lines.push(line(function.first + lines.len() as u32));
        } else if let Some(line) = lines.last_mut() {
            line.push(class, sign);
        }
    }
    lines
}

/// The class that a mark stands for; none if it is a sign of the source itself.
fn class_of(sign: char) -> Option<&'static str> {
    let place = u32::from(sign).checked_sub(FIRST_MARK)?;
    CLASSES.get(place as usize).copied()
}

impl Line {
    /// One more sign at its end.
    fn push(&mut self, class: &'static str, sign: char) {
        match self.pieces.last_mut().filter(|piece| piece.class == class) {
            Some(piece) => piece.text.push(sign),
            None => self.pieces.push(Piece {
                class,
                text: sign.into(),
            }),
        }
    }
}
