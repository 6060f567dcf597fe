//! Calls and paths: a form's name, and a value for each of its parameters.

use toml::Spanned;
use toml::de::DeValue;

use super::reader::Table;
use crate::Diagnostic;
use crate::compiled::{Argument, Invocation, Label, Labelled, PagePlace};
use crate::forms::{Form, LIMIT, Parameter, Takes};
use crate::shown::shown;
use crate::suggest::{list, unknown};

/// The processes and files named so far; their numbers are their places.
#[derive(Default)]
pub(super) struct Named {
    pub processes: Vec<String>,
    pub files: Vec<String>,
}

/// Reads the form that the key `key` names, and its arguments.
pub(super) fn read(
    table: &Table<'_>,
    key: &'static str,
    forms: &[Form],
    named: &mut Named,
    labels: &[Label],
    source: &str,
) -> Option<Invocation> {
    let name = table.text(key, source)?;
    let Some(form) = forms.iter().find(|form| form.name == name.text) else {
        let names: Vec<_> = forms.iter().map(|form| form.name).collect();
        let code = if key == "call" {
            "unknown-call"
        } else {
            "unknown-path"
        };
        table
            .problems
            .add(unknown(code, key, &name.text, name.span, &names));
        note_arguments(table, forms, named);
        return None;
    };
    let arguments: Vec<_> = form
        .parameters
        .iter()
        .map(|parameter| {
            let value = if parameter.optional {
                table.get(parameter.key)
            } else {
                Some(table.need(parameter.key)?)
            };
            match value {
                None => Some(Argument::None),
                Some(value) => argument(table, parameter, value, named, labels, source),
            }
        })
        .collect();
    let invocation = Invocation {
        form: form.name.to_owned(),
        arguments: arguments.into_iter().collect::<Option<_>>()?,
    };
    check_mapping(table, &invocation)?;
    Some(invocation)
}

/// Passes over the arguments of a form that does not exist. What they should be is not known, so none of them is wrong;
/// and what they name may have been meant to come to be here, so later uses of it are not wrong either.
fn note_arguments(table: &Table<'_>, forms: &[Form], named: &mut Named) {
    for parameter in forms.iter().flat_map(|form| form.parameters) {
        let Some(name) = table
            .get_if_any(parameter.key)
            .and_then(|value| value.get_ref().as_str())
        else {
            continue;
        };
        let names = match parameter.takes {
            Takes::NewProcess | Takes::Child => &mut named.processes,
            Takes::NewFile => &mut named.files,
            _ => continue,
        };
        if number_of(names, name).is_none() {
            names.push(name.to_owned());
        }
    }
}

fn argument(
    table: &Table<'_>,
    parameter: &Parameter,
    value: &Spanned<DeValue<'_>>,
    named: &mut Named,
    labels: &[Label],
    source: &str,
) -> Option<Argument> {
    let key = parameter.key;
    Some(match parameter.takes {
        Takes::Number(from, to) => Argument::Number(table.number(key, value, from, to)?),
        Takes::Process => Argument::Process(process(table, key, value, named, source)?),
        Takes::NewProcess => {
            let name = table.said(key, value, source)?;
            match number_of(&named.processes, &name.text) {
                Some(number) => Argument::Process(number),
                None => {
                    check_name(table, key, value, &name.text)?;
                    Argument::Process(add(
                        table,
                        value,
                        &mut named.processes,
                        &name.text,
                        "processes",
                    )?)
                }
            }
        }
        Takes::File => Argument::File(file(table, key, value, named, source)?),
        Takes::NewFile => {
            let name = table.said(key, value, source)?;
            check_name(table, key, value, &name.text)?;
            is_first(table, value, &named.files, &name.text, "file")?;
            Argument::File(add(table, value, &mut named.files, &name.text, "files")?)
        }
        Takes::Child => {
            let name = table.said(key, value, source)?;
            check_name(table, key, value, &name.text)?;
            is_first(table, value, &named.processes, &name.text, "process")?;
            let processes = &mut named.processes;
            Argument::Process(add(table, value, processes, &name.text, "processes")?)
        }
        Takes::Page => Argument::Page(page(table, key, value, named, labels, source)?),
        Takes::Word(words) => {
            let word = table.said(key, value, source)?;
            if !words.iter().any(|(known, _)| *known == word.text) {
                let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
                table
                    .problems
                    .add(unknown("unknown-word", key, &word.text, word.span, &names));
                return None;
            }
            Argument::Word(word.text)
        }
        Takes::Words(words) => Argument::Number(words_of(table, key, value, words, source)?),
        Takes::Flag(_) => match table.flag(key, value)? {
            true => Argument::Number(1),
            false => Argument::None,
        },
    })
}

/// A list of words, as a number with a bit for each; nothing at all is a mistake.
fn words_of(
    table: &Table<'_>,
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
    words: &[(&str, &str)],
    source: &str,
) -> Option<u64> {
    let names: Vec<_> = words.iter().map(|(name, _)| *name).collect();
    let said = table.list(key, value, source)?;
    if said.is_empty() {
        let message = format!("`{key}` is a list of words");
        table.problems.add(
            Diagnostic::new("empty", value.span(), message)
                .label("empty")
                .help(format!("it has one or more of {}", list(&names))),
        );
        return None;
    }
    let mut bits = 0;
    for word in said {
        let Some(bit) = names.iter().position(|name| *name == word.text) else {
            table.problems.add(unknown(
                "unknown-word",
                "flag",
                &word.text,
                word.span,
                &names,
            ));
            return None;
        };
        bits |= 1 << bit;
    }
    Some(bits)
}

/// Whether a name that comes to be here is not taken.
fn is_first(
    table: &Table<'_>,
    value: &Spanned<DeValue<'_>>,
    taken: &[String],
    name: &str,
    what: &str,
) -> Option<()> {
    if number_of(taken, name).is_none() {
        return Some(());
    }
    let message = format!("there is a {what} `{}` already", shown(name));
    table.problems.add(
        Diagnostic::new("created-twice", value.span(), message)
            .help(format!("give each {what} a name of its own")),
    );
    None
}

/// A page, by place (`{ process = "a", at = 0 }`, `{ file = "f", index = 0 }`) or by label (`"P"`).
pub(super) fn page(
    table: &Table<'_>,
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
    named: &Named,
    labels: &[Label],
    source: &str,
) -> Option<PagePlace> {
    if value.get_ref().is_str() && !labels.is_empty() {
        let name = table.said(key, value, source)?;
        let pages = || {
            labels.iter().filter_map(|label| match label.object {
                Labelled::Page(place) => Some((label.name.as_str(), place)),
                Labelled::Vma { .. } => None,
            })
        };
        let found = pages().find(|(known, _)| *known == name.text);
        if found.is_none() {
            let names: Vec<_> = pages().map(|(name, _)| name).collect();
            table.problems.add(unknown(
                "unknown-label",
                "label of a page",
                &name.text,
                name.span,
                &names,
            ));
        }
        return found.map(|(_, place)| place);
    }
    if !value.get_ref().is_table() {
        table.wrong(
            key,
            value,
            "a page, such as `{ process = \"a\", at = 0 }` or `{ file = \"f\", index = 0 }`",
        );
        return None;
    }
    let entries = value.get_ref().as_table()?;
    let place = Table::new(entries, value.span(), "a page", table.problems);
    let found = if entries.contains_key("file") {
        let file = place
            .need("file")
            .and_then(|value| file(&place, "file", value, named, source));
        let index = place
            .need("index")
            .and_then(|value| place.number("index", value, 0, LIMIT - 1));
        file.zip(index)
            .map(|(file, index)| PagePlace::Cached { file, index })
    } else {
        address(&place, named, source).map(|(process, at)| PagePlace::Mapped { process, at })
    };
    place.finish();
    found
}

/// The address `{ process = "a", at = 0 }` says.
pub(super) fn address(place: &Table<'_>, named: &Named, source: &str) -> Option<(u32, u64)> {
    let process = place
        .need("process")
        .and_then(|value| process(place, "process", value, named, source));
    let at = place
        .need("at")
        .and_then(|value| place.number("at", value, 0, LIMIT - 1));
    process.zip(at)
}

fn process(
    table: &Table<'_>,
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
    named: &Named,
    source: &str,
) -> Option<u32> {
    let name = table.said(key, value, source)?;
    let found = number_of(&named.processes, &name.text);
    if found.is_none() {
        let problem = unknown(
            "unknown-process",
            "process",
            &name.text,
            name.span,
            &borrowed(&named.processes),
        );
        table
            .problems
            .add(problem.help("a process comes to be with the first `mmap` that names it, or as the child of a `fork`"));
    }
    found
}

fn file(
    table: &Table<'_>,
    key: &'static str,
    value: &Spanned<DeValue<'_>>,
    named: &Named,
    source: &str,
) -> Option<u32> {
    let name = table.said(key, value, source)?;
    let found = number_of(&named.files, &name.text);
    if found.is_none() {
        let problem = unknown(
            "unknown-file",
            "file",
            &name.text,
            name.span,
            &borrowed(&named.files),
        );
        table
            .problems
            .add(problem.help("a file comes to be with the `create` that names it"));
    }
    found
}

/// Names go into scripts and sentences, so they are words.
pub(super) fn check_name(
    table: &Table<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
    name: &str,
) -> Option<()> {
    let is_word = name.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && name.len() <= 20
        && name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
    if !is_word {
        table.problems.add(
            Diagnostic::new("not-a-name", value.span(), format!("`{key}` is a name"))
                .label("not a name")
                .help("a name is a letter followed by letters, digits and underscores, twenty at most"),
        );
    }
    is_word.then_some(())
}

fn add(
    table: &Table<'_>,
    value: &Spanned<DeValue<'_>>,
    names: &mut Vec<String>,
    name: &str,
    what: &str,
) -> Option<u32> {
    if names.len() as u64 >= LIMIT {
        let message = format!("a world has room for {LIMIT} {what}");
        table
            .problems
            .add(Diagnostic::new("too-many", value.span(), message));
        return None;
    }
    names.push(name.to_owned());
    number_of(names, name)
}

/// Whether a mapping has a file is said twice, by its kind and by its key; the two must agree.
fn check_mapping(table: &Table<'_>, call: &Invocation) -> Option<()> {
    let ("mmap", [_, _, _, Argument::Word(kind), file, offset, ..]) =
        (call.form.as_str(), call.arguments.as_slice())
    else {
        return Some(());
    };
    let problem = match (kind.as_str(), file, offset) {
        ("anon-private" | "anon-shared", Argument::File(_), _)
        | ("anon-private" | "anon-shared", _, Argument::Number(_)) => {
            let key = if *file == Argument::None {
                "offset"
            } else {
                "file"
            };
            let span = table.get(key).map_or(table.span(), Spanned::span);
            Diagnostic::new(
                "file-of-nothing",
                span,
                format!("an `{kind}` mapping has no `{key}`"),
            )
            .help(format!(
                "leave it out, or say `kind = \"{}\"`",
                kind.replace("anon", "file")
            ))
        }
        ("file-private" | "file-shared", Argument::None, _) => Diagnostic::new(
            "missing-key",
            table.span(),
            format!("a `{kind}` mapping needs `file`"),
        )
        .help("name a file that was created before"),
        _ => return Some(()),
    };
    table.problems.add(problem);
    None
}

fn number_of(names: &[String], name: &str) -> Option<u32> {
    names
        .iter()
        .position(|known| known == name)
        .and_then(|place| u32::try_from(place).ok())
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
