//! `cargo xtask tidy`: the house rules that neither the compiler nor clippy knows.
//!
//! A rule is a function that looks at one thing and adds what is wrong to a list, so that one run shows everything at once.

mod manifests;
mod sources;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Checks all rules and prints every breach.
pub(crate) fn tidy(project: &Project) -> Result<()> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for folder in ["crates", "web"] {
        rust_files(project, folder, &mut files)?;
    }
    for file in &files {
        sources::check(file, &mut problems);
    }
    manifests::check(project, &mut problems)?;

    for problem in &problems {
        println!("{problem}");
    }
    match problems.len() {
        0 => {
            println!(
                "{} source files and all manifests keep the house rules.",
                files.len()
            );
            Ok(())
        }
        count => bail!("{count} house rules broken, listed above"),
    }
}

/// A source file, named as seen from the top of the project.
struct SourceFile {
    name: String,
    text: String,
}

/// Collects the Rust files under `folder` in the order of their names.
fn rust_files(project: &Project, folder: &str, files: &mut Vec<SourceFile>) -> Result<()> {
    let mut entries = Vec::new();
    for entry in
        fs::read_dir(project.path(folder)).with_context(|| format!("could not read {folder}"))?
    {
        entries.push(entry?.file_name().to_string_lossy().into_owned());
    }
    entries.sort();
    for entry in entries {
        let name = format!("{folder}/{entry}");
        if project.path(&name).is_dir() {
            if entry != "node_modules" && entry != "target" {
                rust_files(project, &name, files)?;
            }
        } else if Path::new(&entry)
            .extension()
            .is_some_and(|extension| extension == "rs")
        {
            let text = fs::read_to_string(project.path(&name))
                .with_context(|| format!("could not read {name}"))?;
            files.push(SourceFile { name, text });
        }
    }
    Ok(())
}
