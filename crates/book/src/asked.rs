//! What the chapters ask for: the files under `live/` that they include.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// A piece that a chapter includes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Asked {
    /// Its path below `live/`.
    pub(crate) path: String,
    /// The file of the chapter.
    pub(crate) chapter: String,
    /// The line there.
    pub(crate) line: usize,
}

/// Everything that the chapters in a folder ask for, each piece once.
pub(crate) fn in_folder(chapters: &Path) -> Result<Vec<Asked>> {
    let mut all = BTreeSet::new();
    for entry in fs::read_dir(chapters).context("could not read the chapters")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            let text = fs::read_to_string(chapters.join(&name))
                .with_context(|| format!("could not read {name}"))?;
            all.extend(in_chapter(&name, &text));
        }
    }
    let mut all: Vec<Asked> = all.into_iter().collect();
    all.dedup_by(|one, other| one.path == other.path);
    Ok(all)
}

fn in_chapter(chapter: &str, text: &str) -> Vec<Asked> {
    let lines = text.lines().enumerate();
    let asked = lines.filter_map(|(index, line)| {
        let path = line
            .trim()
            .strip_prefix("{{#include live/")?
            .strip_suffix("}}")?;
        Some(Asked {
            path: path.to_owned(),
            chapter: chapter.to_owned(),
            line: index + 1,
        })
    });
    asked.collect()
}

#[cfg(test)]
mod tests {
    use super::in_chapter;

    #[test]
    fn only_what_is_made_is_asked_for() {
        let text = "# A\n\n{{#include live/run/a/b/before.md}}\n{{#include other.md}}\ntext\n";
        let asked = in_chapter("a.md", text);
        let told: Vec<_> = asked.iter().map(|one| (&*one.path, one.line)).collect();
        assert_eq!(told, [("run/a/b/before.md", 3)]);
    }
}
