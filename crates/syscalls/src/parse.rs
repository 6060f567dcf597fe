//! Reading a program: one JSON object a line. Everything wrong with it is found at once, and points into its text.

mod order;

use std::ops::Range;

use lockstep_scenario::{Diagnostic, closest_name};
use serde_json::{Map, Value};

use crate::call::Call;
use crate::key::{CALLS, Key, Takes};
use order::Order;

/// How many problems are told at most: a file that is no program at all has one on every line.
const MANY: usize = 10;

/// Reads a program. Empty lines and lines that start with `#` say nothing.
///
/// # Errors
/// What is wrong with it, in the order of the lines: the first ten problems, if there are more.
pub fn parse(text: &str) -> Result<Vec<Call>, Vec<Diagnostic>> {
    let mut calls = Vec::new();
    let mut problems = Vec::new();
    let mut order = Order::default();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = Line {
            text: whole.trim_end(),
            start,
        };
        start += whole.len();
        if problems.len() >= MANY {
            break;
        }
        if line.text.trim_start().is_empty() || line.text.trim_start().starts_with('#') {
            continue;
        }
        let before = problems.len();
        if let Some(call) = read(&line, &mut problems)
            && problems.len() == before
        {
            order.check(&call, &line, &mut problems);
            calls.push(call);
        }
    }
    problems.truncate(MANY);
    if problems.is_empty() {
        Ok(calls)
    } else {
        Err(problems)
    }
}

/// A line of a program, and where in it things are.
struct Line<'t> {
    text: &'t str,
    start: usize,
}

impl Line<'_> {
    fn whole(&self) -> Range<usize> {
        let indent = self.text.len() - self.text.trim_start().len();
        self.start + indent..self.start + self.text.len()
    }

    fn span(&self, from: usize, to: usize) -> Range<usize> {
        self.start + from..self.start + to
    }

    /// A key with its quotes; the whole line if it is written in a way that hides it.
    fn key(&self, name: &str) -> Range<usize> {
        let quoted = format!("\"{name}\"");
        match self.text.find(&quoted) {
            Some(at) => self.span(at, at + quoted.len()),
            None => self.whole(),
        }
    }

    /// What is written for a key.
    fn value(&self, name: &str) -> Range<usize> {
        let key = self.key(name);
        let after = key.end - self.start;
        let rest = &self.text[after..];
        let Some(colon) = rest.find(':') else {
            return key;
        };
        let written = rest[colon + 1..].trim_start();
        let from = self.text.len() - written.len();
        let length = match written.as_bytes().first() {
            Some(b'"') => written[1..].find('"').map(|end| end + 2),
            Some(b'[') => written.find(']').map(|end| end + 1),
            _ => written.find([',', '}', ' ']),
        };
        self.span(from, from + length.unwrap_or(written.len()))
    }
}

fn read(line: &Line<'_>, problems: &mut Vec<Diagnostic>) -> Option<Call> {
    let object: Map<String, Value> = match serde_json::from_str(line.text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            let found = Diagnostic::new("not-a-call", line.whole(), "a line is one JSON object");
            problems.push(found.help("write `{\"call\":\"mlock\",\"at\":0,\"pages\":1}`"));
            return None;
        }
        Err(error) => {
            problems.push(not_json(line, &error));
            return None;
        }
    };
    let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    let help = || format!("calls are {}", list(&names));
    let Some(Value::String(name)) = object.get("call") else {
        let found = Diagnostic::new("no-call", line.whole(), "the line does not say which call");
        problems.push(found.help(help()));
        return None;
    };
    let Some((_, keys)) = CALLS.iter().find(|(known, _)| known == name) else {
        problems.push(unknown("call", name, line.value("call"), &names).help(help()));
        return None;
    };
    let before = problems.len();
    for (written, value) in &object {
        match keys.iter().find(|key| key.name == written) {
            Some(key) => check(line, key, value, problems),
            None if written == "call" => {}
            None => {
                let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
                let found = unknown("key", written, line.key(written), &known);
                problems.push(found.help(match known.as_slice() {
                    [] => format!("`{name}` has no keys"),
                    known => format!("`{name}` has {}", list(known)),
                }));
            }
        }
    }
    for key in keys.iter().filter(|key| key.is_needed) {
        if !object.contains_key(key.name) {
            let message = format!("`{name}` has no `{}`", key.name);
            let found = Diagnostic::new("missing-key", line.value("call"), message);
            problems.push(found.help(format!("add {}", example(key))));
        }
    }
    if problems.len() > before {
        return None;
    }
    match serde_json::from_value(Value::Object(object)) {
        Ok(call) => Some(call),
        Err(error) => {
            problems.push(Diagnostic::new(
                "not-a-call",
                line.whole(),
                error.to_string(),
            ));
            None
        }
    }
}

/// Whether a key may have this value.
fn check(line: &Line<'_>, key: &Key, value: &Value, problems: &mut Vec<Diagnostic>) {
    let at = || line.value(key.name);
    let words = match (key.takes, value) {
        (Takes::Number, Value::Number(number)) if number.is_u64() => return,
        (Takes::YesNo, Value::Bool(_)) => return,
        (Takes::Name, Value::String(name)) if !name.is_empty() => return,
        (Takes::Word(words), Value::String(word)) => [(words, word)].to_vec(),
        (Takes::Words(words), Value::Array(list)) if list.iter().all(Value::is_string) => list
            .iter()
            .filter_map(|word| match word {
                Value::String(word) => Some((words, word)),
                _ => None,
            })
            .collect(),
        _ => {
            let message = format!("`{}` cannot be this", key.name);
            let found = Diagnostic::new("wrong-value", at(), message);
            problems.push(found.help(format!("write {}", example(key))));
            return;
        }
    };
    for (words, word) in words {
        if !words.contains(&word.as_str()) {
            let found = unknown("value", word, at(), words);
            problems.push(found.help(format!("`{}` is {}", key.name, choice(words))));
        }
    }
}

/// What could be written for a key.
fn example(key: &Key) -> String {
    let value = match key.takes {
        Takes::Number => "0, a whole number".to_owned(),
        Takes::Name => "\"f\", the name of a file".to_owned(),
        Takes::YesNo => "true or false".to_owned(),
        Takes::Word(words) => choice(words),
        Takes::Words(words) => format!("a list of {}", list(words)),
    };
    format!("`\"{}\":` and {value}", key.name)
}

fn not_json(line: &Line<'_>, error: &serde_json::Error) -> Diagnostic {
    let mut at = error.column().saturating_sub(1).min(line.text.len());
    while !line.text.is_char_boundary(at) {
        at -= 1;
    }
    let next = line.text[at..].chars().next().map_or(0, char::len_utf8);
    let found = Diagnostic::new("not-json", line.span(at, at + next), "this is not JSON");
    // What the parser says ends with the line, which is always 1 here, and the column, which is pointed at.
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    found
        .label(said)
        .help("a line is one JSON object: `{\"call\":\"mlock\",\"at\":0,\"pages\":1}`")
}

fn unknown(kind: &str, name: &str, span: Range<usize>, known: &[&str]) -> Diagnostic {
    let code = match kind {
        "call" => "unknown-call",
        "key" => "unknown-key",
        _ => "unknown-value",
    };
    let name: String = name.escape_debug().take(40).collect();
    let found = Diagnostic::new(code, span, format!("there is no {kind} named `{name}`"));
    match closest_name(&name, known.iter().copied()) {
        Some(close) => found.label(format!("did you mean `{close}`?")),
        None => found.label(format!("no such {kind}")),
    }
}

fn list(names: &[&str]) -> String {
    joined(names, "and")
}

fn choice(names: &[&str]) -> String {
    joined(names, "or")
}

fn joined(names: &[&str], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [most @ .., end] if !most.is_empty() => format!("{} {last} {end}", most.join(", ")),
        all => all.concat(),
    }
}

#[cfg(test)]
mod tests;
