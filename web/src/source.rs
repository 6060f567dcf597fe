//! The model's own source, cut into functions and coloured when the page was built.
//!
//! The build script (`build/source.rs`) reads `crates/mm/src`, so what is shown is what was compiled. Each function is kept as its text and
//! a list of runs, a length and a class of token, which is small on the wire and needs no highlighter in the page.

use std::cell::OnceCell;

use serde::Deserialize;

/// The compiled table; see `build/source.rs` for the writing side.
static TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.postcard"));

/// One function of the model.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Function<'a> {
    /// The file inside `crates/mm/src`.
    file: &'a str,
    /// The line its text begins at.
    first: u32,
    /// Its lines, from the signature to the closing brace, moved to the left edge.
    text: &'a str,
    /// Lengths in bytes and classes of its tokens, one after the other.
    runs: Vec<(u16, u8)>,
}

/// The classes of tokens, in the order the build script numbers them.
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

/// A few lines of a function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excerpt {
    lines: Vec<Line<'static>>,
}

/// One line of source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    /// Its number in the file.
    pub number: u32,
    /// How deep it stands, in levels, counted from the leftmost line of the excerpt.
    pub indent: usize,
    /// Its tokens.
    pub pieces: Vec<Piece<'a>>,
}

/// A stretch of one class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece<'a> {
    /// The style sheet's class; empty for plain text.
    pub class: &'static str,
    /// The text.
    pub text: &'a str,
}

impl Excerpt {
    /// The lines, from the first shown to the last.
    pub fn lines(&self) -> impl Iterator<Item = Line<'static>> {
        self.lines.iter().cloned()
    }
}

thread_local! {
    static FUNCTIONS: OnceCell<Vec<Function<'static>>> = const { OnceCell::new() };
}

/// At most `count` lines around a line of a file, all of one function; `None` if the table does not have it.
pub fn around(file: &str, line: u32, count: u32) -> Option<Excerpt> {
    FUNCTIONS.with(|cell| {
        // A table that cannot be read would be a fault of the build; the page then shows places without text.
        let functions = cell.get_or_init(|| postcard::from_bytes(TABLE).unwrap_or_default());
        functions
            .iter()
            .filter(|function| function.file == file)
            .find_map(|function| excerpt(function, line, count))
    })
}

fn excerpt(function: &Function<'static>, line: u32, count: u32) -> Option<Excerpt> {
    let total = u32::try_from(function.text.lines().count()).ok()?;
    let at = line.checked_sub(function.first).filter(|at| *at < total)?;
    // Two lines stand above it, as long lines wrap and the card cuts from below; the window never leaves the function.
    let from = at.saturating_sub(2).min(total.saturating_sub(count));
    let to = (from + count).min(total);
    let mut lines: Vec<Line<'static>> = split(function)
        .into_iter()
        .zip(function.first..)
        .skip(from as usize)
        .take((to - from) as usize)
        .map(|(pieces, number)| Line {
            number,
            indent: 0,
            pieces,
        })
        .collect();
    pull_left(&mut lines);
    Some(Excerpt { lines })
}

/// Takes the indentation out of the text and keeps its depth, counted from the leftmost line: cards are narrow.
fn pull_left(lines: &mut [Line<'static>]) {
    for line in &mut *lines {
        if let Some(first) = line.pieces.first_mut() {
            let bare = first.text.trim_start_matches(' ');
            line.indent = first.text.len() - bare.len();
            first.text = bare;
        }
        line.pieces.retain(|piece| !piece.text.is_empty());
    }
    let full = |line: &&Line<'_>| !line.pieces.is_empty();
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

/// The function's tokens, line by line.
fn split(function: &Function<'static>) -> Vec<Vec<Piece<'static>>> {
    let mut lines = vec![Vec::new()];
    let mut rest = function.text;
    for (length, class) in &function.runs {
        let Some((token, after)) = rest.split_at_checked(usize::from(*length)) else {
            break;
        };
        rest = after;
        let class = CLASSES
            .get(usize::from(*class))
            .copied()
            .unwrap_or_default();
        for (index, text) in token.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            if let Some(line) = lines.last_mut().filter(|_| !text.is_empty()) {
                line.push(Piece { class, text });
            }
        }
    }
    lines
}
