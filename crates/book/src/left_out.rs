//! What the model leaves out, function by function, as its source says it.
//!
//! Each modelled function names the function of Linux it stands for in a sentence that starts with `Linux:`, and what it leaves
//! out in one that starts with `Left out:`. Here they are read from the source, so that the list cannot be another one than the code's.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::doc::{Function, Source};
use crate::markup::prose;

/// Where the model is.
const MODEL: &str = "crates/mm/src";
/// What the list of things left out as a whole starts with, in the doc comment of the model.
const WHOLE: &str = "Left out as a whole:";

/// A modelled function.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    /// The file of Linux it is in.
    file: String,
    /// The functions of Linux it stands for, and where they are if that is another file.
    linux: String,
    /// Its file in the model.
    here: String,
    /// Its name there.
    name: String,
    /// What it leaves out; empty if nothing beside what is left out everywhere.
    left_out: String,
    /// What else the source says about how it stands for the kernel's.
    remarks: String,
}

/// All of them, in a table for each file of Linux.
pub(crate) fn functions(project: &Path) -> Result<String> {
    let mut files: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries(project)? {
        files.entry(entry.file.clone()).or_default().push(entry);
    }
    let mut text = String::new();
    for (file, entries) in files {
        text += &format!("## {file}\n\n| Function | Left out, and done otherwise |\n|---|---|\n");
        for entry in entries {
            let left_out = match entry.left_out.as_str() {
                "" => "Left out: nothing.".to_owned(),
                left_out => format!("Left out: {}.", prose(left_out)),
            };
            text += &format!(
                "| {}<br>here `{}` in `{}` | {left_out} {} |\n",
                prose(&entry.linux),
                entry.name,
                entry.here,
                prose(&entry.remarks)
            );
        }
        text.push('\n');
    }
    Ok(text)
}

/// The list of what is left out everywhere.
pub(crate) fn whole(project: &Path) -> Result<String> {
    let doc = Source::read(&project.join(MODEL).join("lib.rs"))?.doc();
    let after = doc.iter().skip_while(|line| *line != WHOLE).skip(1);
    let list: Vec<String> = after
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .map(|line| prose(line) + "\n")
        .collect();
    if list.is_empty() {
        bail!("the doc comment of {MODEL}/lib.rs has no list below `{WHOLE}`");
    }
    Ok(list.concat())
}

fn entries(project: &Path) -> Result<Vec<Entry>> {
    let mut names = Vec::new();
    rust_files(&project.join(MODEL), "", &mut names)?;
    let mut entries = Vec::new();
    for name in names {
        let source = Source::read(&project.join(MODEL).join(&name))?;
        let modelled = source.functions().into_iter();
        entries.extend(modelled.filter_map(|function| entry(&name, &function)));
    }
    Ok(entries)
}

/// The Rust files below a folder of the model, named from its top, in the order of their names.
fn rust_files(model: &Path, folder: &str, names: &mut Vec<String>) -> Result<()> {
    let shown = || format!("could not read {MODEL}/{folder}");
    let mut found = Vec::new();
    for entry in fs::read_dir(model.join(folder)).with_context(shown)? {
        found.push(entry.with_context(shown)?.file_name());
    }
    found.sort();
    for name in found {
        let name = format!("{folder}{}", name.to_string_lossy());
        if model.join(&name).is_dir() {
            rust_files(model, &format!("{name}/"), names)?;
        } else if name.ends_with(".rs") {
            names.push(name);
        }
    }
    Ok(())
}

/// What a function says of what it models; nothing if it models none.
fn entry(file: &str, function: &Function) -> Option<Entry> {
    let said = function
        .doc
        .iter()
        .take_while(|line| !line.starts_with('#'));
    let said: Vec<&str> = said.map(String::as_str).collect();
    let said = said.join(" ");
    let (_, about) = said.split_once("Linux: ")?;
    let mut sentences = sentences(about).into_iter();
    let named = sentences.next()?;
    let (linux_file, linux) = named.split_once(", ").unwrap_or((named, ""));
    let (left_out, remarks): (Vec<&str>, Vec<&str>) =
        sentences.partition(|sentence| sentence.starts_with("Left out: "));
    Some(Entry {
        file: linux_file.to_owned(),
        linux: linux.trim_end_matches('.').to_owned(),
        here: file.to_owned(),
        name: function.name.clone(),
        left_out: left_out
            .iter()
            .map(|sentence| {
                sentence
                    .trim_start_matches("Left out: ")
                    .trim_end_matches('.')
            })
            .collect::<Vec<_>>()
            .join("; "),
        remarks: remarks.join(" "),
    })
}

/// Sentences with their full stops. One ends where the next begins with a capital, or with code.
fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(". ") {
        let next = text[at + 2..].trim_start();
        if next.starts_with(|sign: char| sign.is_uppercase() || sign == '`') {
            sentences.push(text[start..=at].trim());
            start = at + 1;
        }
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Entry, entries, entry, whole};
    use crate::doc::Function;

    fn project() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn a_doc_comment_is_taken_apart() {
        let function = Function {
            name: "f".to_owned(),
            doc: [
                "Walks.",
                "",
                "Linux: mm/rmap.c, `f()` 12; mm/a.c, `g()`. Left out: x, y. It",
                "waits.",
                "",
                "# Errors",
                "Left out: none of this.",
            ]
            .map(str::to_owned)
            .to_vec(),
        };
        let expected = Entry {
            file: "mm/rmap.c".to_owned(),
            linux: "`f()` 12; mm/a.c, `g()`".to_owned(),
            here: "rmap.rs".to_owned(),
            name: "f".to_owned(),
            left_out: "x, y".to_owned(),
            remarks: "It waits.".to_owned(),
        };
        assert_eq!(entry("rmap.rs", &function), Some(expected));
        let other = Function {
            name: "helper".to_owned(),
            doc: vec!["Helps.".to_owned()],
        };
        assert_eq!(entry("rmap.rs", &other), None);
    }

    #[test]
    fn every_entry_names_a_file_of_linux_and_a_function() {
        let entries = entries(project()).expect("the model");
        assert!(entries.len() > 100, "{} functions", entries.len());
        for entry in entries {
            let is_file = entry.file.ends_with(".c") || entry.file.ends_with(".h");
            assert!(is_file, "{}: {}", entry.name, entry.file);
            assert!(!entry.linux.is_empty(), "{}", entry.name);
            assert!(
                !entry.remarks.contains("eft out"),
                "{}: {}",
                entry.here,
                entry.remarks
            );
        }
    }

    #[test]
    fn what_is_left_out_everywhere_is_a_list() {
        let list = whole(project()).expect("a list");
        assert!(list.lines().all(|line| line.starts_with("- ")), "{list}");
    }
}
