//! What has to come before what: a file before a hole in it, a child before its end; and that everything lies inside the arena.

use std::collections::BTreeMap;
use std::ops::Range;

use lockstep_scenario::{Diagnostic, closest_name};

use super::Line;
use crate::ARENA;
use crate::call::Call;

/// What a call does about the file it names.
#[derive(Clone, Copy)]
enum Makes {
    /// A new one.
    New,
    /// One, if there is none.
    IfMissing,
    /// None: it has to be there.
    Nothing,
}

/// What the lines so far have made.
#[derive(Default)]
pub(super) struct Order {
    files: BTreeMap<String, Range<usize>>,
    child: Option<Range<usize>>,
}

impl Order {
    /// Checks a call that is well written in itself, and takes note of it.
    pub(super) fn check(&mut self, call: &Call, line: &Line<'_>, problems: &mut Vec<Diagnostic>) {
        if call.range().is_some_and(|range| range.end > ARENA) {
            let message = format!("this is beyond the arena, which has {ARENA} pages");
            problems.push(Diagnostic::new("outside-arena", line.value("at"), message));
        }
        if let Some((name, end)) = call.file_end() {
            if end > ARENA {
                let message = format!("this is beyond what a file can have, {ARENA} pages");
                problems.push(Diagnostic::new("outside-file", line.whole(), message));
            }
            let makes = match call {
                Call::Create { .. } => Makes::New,
                _ if call.opens().is_some() => Makes::IfMissing,
                _ => Makes::Nothing,
            };
            self.file(name, makes, line, problems);
        }
        match call {
            Call::Mmap {
                kind, file, offset, ..
            } => {
                if kind.is_of_file() && file.is_none() {
                    let found = Diagnostic::new(
                        "missing-key",
                        line.value("kind"),
                        "a mapping of a file needs a `file`",
                    );
                    problems.push(found.help("add `\"file\":\"f\"`"));
                }
                if !kind.is_of_file() && (file.is_some() || *offset != 0) {
                    let key = if file.is_some() { "file" } else { "offset" };
                    let message = format!("anonymous memory has no `{key}`");
                    problems.push(
                        Diagnostic::new("unknown-key", line.key(key), message)
                            .also(line.value("kind"), "this is anonymous memory"),
                    );
                }
            }
            Call::Fork {} => {
                if let Some(before) = self.child.replace(line.whole()) {
                    let message = "there can be one child at a time";
                    problems.push(
                        Diagnostic::new("second-child", line.whole(), message)
                            .also(before, "this one has not exited")
                            .help("let it exit first: `{\"call\":\"exit-child\"}`"),
                    );
                }
            }
            Call::ExitChild {} if self.child.take().is_none() => {
                let message = "there is no child that could exit";
                problems.push(Diagnostic::new("no-child", line.whole(), message));
            }
            _ => {}
        }
    }

    fn file(&mut self, name: &str, makes: Makes, line: &Line<'_>, problems: &mut Vec<Diagnostic>) {
        let span = line.value("file");
        match (self.files.get(name), makes) {
            (None, Makes::New | Makes::IfMissing) => {
                self.files.insert(name.to_owned(), span);
            }
            (Some(before), Makes::New) => {
                let message = format!("there is a file named `{name}` already");
                problems.push(
                    Diagnostic::new("second-file", span, message)
                        .also(before.clone(), "this one")
                        .help("`truncate` changes the size of a file"),
                );
            }
            (Some(_), Makes::IfMissing | Makes::Nothing) => {}
            (None, Makes::Nothing) => {
                let message = format!("there is no file named `{name}` yet");
                let found = Diagnostic::new("unknown-file", span, message).help(format!(
                    "make it first: `{{\"call\":\"create\",\"file\":\"{name}\",\"pages\":1}}`"
                ));
                let known = self.files.keys().map(String::as_str);
                problems.push(match closest_name(name, known) {
                    Some(close) => found.label(format!("did you mean `{close}`?")),
                    None => found,
                });
            }
        }
    }
}
