//! Cuts the model's source into functions and colours them, so that the page can show the source that runs.

use std::path::Path;
use std::{fs, io};

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};
use serde::Serialize;

use crate::runs::Runs;

/// One function, as `src/source.rs` reads it.
#[derive(Serialize)]
pub(crate) struct Function {
    file: String,
    first: u32,
    /// The text, with a mark in front of every token of another class than the one before.
    text: String,
    /// The lines that only one kernel of the two came to, counted from the first, and whether it is the one with the patch.
    marks: Vec<(u16, bool)>,
}

/// The mark of the first class, a sign that no source has; those of the others follow it.
const FIRST_MARK: u8 = 0x0e;

const PLAIN: u8 = 0;
const KEYWORD: u8 = 1;
const COMMENT: u8 = 2;
const STRING: u8 = 3;
const NUMBER: u8 = 4;
const CALL: u8 = 5;
const TYPE: u8 = 6;
const CONSTANT: u8 = 7;
const AWAIT: u8 = 8;

const KEYWORDS: &[&str] = &[
    "as", "async", "break", "const", "continue", "else", "enum", "false", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "Self", "static", "struct", "super", "trait", "true", "type", "use", "where", "while", "crate",
    "dyn",
];

/// The functions of the model that have steps and that some run came to.
pub(crate) fn functions(folder: &Path, runs: &Runs) -> io::Result<Vec<Function>> {
    let mut functions = Vec::new();
    read(folder, &mut functions)?;
    for function in &mut functions {
        let (file, first) = (&function.file, function.first);
        let mark = |line: u16| Some((line, runs.only_one(file, first + u32::from(line))?));
        function.marks = (0..function.lines()).filter_map(mark).collect();
    }
    functions.retain(|function| function.is_reached(runs));
    Ok(functions)
}

impl Function {
    /// How many lines it has.
    fn lines(&self) -> u16 {
        u16::try_from(self.text.lines().count()).unwrap_or(u16::MAX)
    }

    /// Whether some of these runs came to it.
    pub(crate) fn is_reached(&self, runs: &Runs) -> bool {
        let end = self.first.saturating_add(self.lines().into());
        runs.reach(&self.file, self.first..end)
    }
}

/// Reads the files of a folder and of those in it. A place names a file without its folders, and no name is there twice.
fn read(folder: &Path, functions: &mut Vec<Function>) -> io::Result<()> {
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        if file.path().is_dir() {
            read(&file.path(), functions)?;
        } else if name.ends_with(".rs") {
            functions.extend(cut(&name, &fs::read_to_string(file.path())?));
        }
    }
    Ok(())
}

/// A token with its place.
struct Token<'a> {
    kind: TokenKind,
    start: usize,
    text: &'a str,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut start = 0;
    tokenize(text, FrontmatterAllowed::No)
        .map(|token| {
            let end = start + token.len as usize;
            let token = Token {
                kind: token.kind,
                start,
                text: &text[start..end],
            };
            start = end;
            token
        })
        .collect()
}

/// The functions of a file that have steps: the `async` ones, without what is only for tests.
fn cut(file: &str, text: &str) -> Vec<Function> {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let all = tokens(text);
    let mut functions = Vec::new();
    let mut index = 0;
    while index < all.len() {
        if all[index].text == "async" && next_word(&all, index) == Some("fn") {
            let line_start = text[..all[index].start].rfind('\n').map_or(0, |at| at + 1);
            if let Some(end) = body_end(&all, index) {
                let last = &all[end];
                functions.push(function(
                    file,
                    text,
                    line_start,
                    last.start + last.text.len(),
                ));
                index = end;
            }
        }
        index += 1;
    }
    functions
}

fn next_word<'a>(all: &[Token<'a>], index: usize) -> Option<&'a str> {
    all[index + 1..]
        .iter()
        .find(|token| token.kind != TokenKind::Whitespace)
        .map(|token| token.text)
}

/// The index of the brace that closes the body which opens after `index`; nothing for a function without a body.
fn body_end(all: &[Token<'_>], index: usize) -> Option<usize> {
    let (mut braces, mut brackets) = (0usize, 0usize);
    for (at, token) in all.iter().enumerate().skip(index) {
        match token.kind {
            // A semicolon inside brackets is part of an array's type.
            TokenKind::Semi if braces + brackets == 0 => return None,
            TokenKind::OpenParen | TokenKind::OpenBracket => brackets += 1,
            TokenKind::CloseParen | TokenKind::CloseBracket => {
                brackets = brackets.checked_sub(1)?
            }
            TokenKind::OpenBrace => braces += 1,
            TokenKind::CloseBrace => {
                braces = braces.checked_sub(1)?;
                if braces == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn function(file: &str, text: &str, from: usize, to: usize) -> Function {
    let first = u32::try_from(text[..from].matches('\n').count() + 1).unwrap_or(u32::MAX);
    let indent = text[from..].chars().take_while(|sign| *sign == ' ').count();
    let lines: Vec<&str> = text[from..to]
        .lines()
        .map(|line| line.get(indent..).unwrap_or_else(|| line.trim_start()))
        .collect();
    Function {
        file: file.to_owned(),
        first,
        text: marked(&lines.join("\n")),
        marks: Vec::new(),
    }
}

/// A text with the classes of its tokens in it.
fn marked(text: &str) -> String {
    let all = tokens(text);
    let (mut marked, mut last) = (String::new(), PLAIN);
    for (index, token) in all.iter().enumerate() {
        let class = class(&all, index);
        if class != last {
            marked.push(char::from(FIRST_MARK + class));
            last = class;
        }
        marked += token.text;
    }
    marked
}

fn class(all: &[Token<'_>], index: usize) -> u8 {
    let token = &all[index];
    match token.kind {
        TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => COMMENT,
        TokenKind::Literal {
            kind: LiteralKind::Int { .. } | LiteralKind::Float { .. },
            ..
        } => NUMBER,
        TokenKind::Literal { .. } => STRING,
        TokenKind::Ident if token.text == "await" => AWAIT,
        TokenKind::Ident if KEYWORDS.contains(&token.text) => KEYWORD,
        TokenKind::Ident
            if token.text.len() > 1
                && token.text.chars().all(|sign| {
                    sign.is_ascii_uppercase() || sign == '_' || sign.is_ascii_digit()
                }) =>
        {
            CONSTANT
        }
        TokenKind::Ident
            if token
                .text
                .starts_with(|sign: char| sign.is_ascii_uppercase()) =>
        {
            TYPE
        }
        TokenKind::Ident if next_word(all, index) == Some("(") => CALL,
        _ => PLAIN,
    }
}
