//! What becomes of the programs of the page once they are built to be published: each is optimised, and the page's own is cut in two.
//!
//! Trunk could call `wasm-opt` itself, but not remove the linker's notes before, which `wasm-opt` cannot keep right.

mod cut;
mod linked;
mod renumber;
#[cfg(test)]
mod tests;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};

use self::cut::cut;
use self::linked::Linked;
use crate::project::{Project, WASM};
use crate::run;

/// The second part of the page's program, which is fetched when it is first wanted, and the function that leads to it.
pub(crate) const LATER_FILE: &str = "later.wasm";
const LATER: &str = "later";

/// The page's own program.
const PAGE: &str = "app";

/// For what is downloaded before anything can be seen.
const SMALL: &[&str] = &[
    "-Oz",
    "--low-memory-unused",
    "--gufa-optimizing",
    "-Oz",
    "-ocimfs",
    "50",
    "--reorder-functions-by-name",
];
/// For what computes for long.
const FAST: &[&str] = &[
    "-O3",
    "--low-memory-unused",
    "--gufa-optimizing",
    "-O3",
    "--reorder-functions-by-name",
];

/// The programs and how each is optimised.
const PROGRAMS: [(&str, &[&str]); 3] = [(PAGE, SMALL), ("worker", FAST), ("reports", SMALL)];

/// Optimises the programs in a site that is being built, and cuts the page's.
pub(crate) fn finish(project: &Project, site: &Path) -> Result<()> {
    for (name, how) in PROGRAMS {
        let file = built(site, name)?;
        let bytes = without_notes(&read(&file)?)?;
        write(&file, &bytes)?;
        if name == PAGE {
            finish_page(project, site, &file, how)
                .with_context(|| format!("could not finish {}", file.display()))?;
        } else {
            optimise(&file, how)?;
        }
    }
    Ok(())
}

/// Optimises the page's program, and cuts it in two.
fn finish_page(project: &Project, site: &Path, file: &Path, how: &[&str]) -> Result<()> {
    let linked = read(&linked_file(project)?)?;
    let linked = Linked::read(&linked).context("could not read the program as it was linked")?;
    optimise(file, how)?;
    let (first, later) = cut(&read(file)?, LATER, &linked.part(LATER)?)?;
    write(file, &first)?;
    write(&site.join(LATER_FILE), &later)
}

/// The file of a program; Trunk puts a hash into the name of the page's.
fn built(site: &Path, name: &str) -> Result<PathBuf> {
    let is_it = |file: &str| {
        let inside = file
            .strip_prefix(name)
            .and_then(|rest| rest.strip_suffix("_bg.wasm"));
        inside.is_some_and(|hash| hash.is_empty() || hash.starts_with('-'))
    };
    let entries =
        fs::read_dir(site).with_context(|| format!("could not read {}", site.display()))?;
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_it) {
            return Ok(entry.path());
        }
    }
    bail!("there is no program {name} in {}", site.display())
}

/// The page's program as it was linked: the newest, whatever profile it was built with.
fn linked_file(project: &Project) -> Result<PathBuf> {
    let folder = project.target()?.join(WASM);
    let entries =
        fs::read_dir(&folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry?.path().join(format!("{PAGE}.wasm"));
        if let Ok(about) = fs::metadata(&file) {
            files.push((about.modified()?, file));
        }
    }
    let newest = files.into_iter().max();
    newest
        .map(|(_, file)| file)
        .with_context(|| format!("there is no {PAGE}.wasm below {}", folder.display()))
}

fn optimise(file: &Path, how: &[&str]) -> Result<()> {
    let mut command = Command::new("wasm-opt");
    command.arg(file).args(how).arg("--output").arg(file);
    run::run(&mut command)
        .context("`cargo xtask tools` brings wasm-opt and prints the PATH that leads to it")
}

/// A program without what the linker noted about it, which does not hold any more.
fn without_notes(program: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload?;
        if let Payload::CustomSection(custom) = &payload
            && (custom.name() == "linking" || custom.name().starts_with("reloc."))
        {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let data = &program[range.start as usize..range.end as usize];
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("could not read {}", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}

/// Whether Trunk builds what is to be published.
pub(crate) fn are_final() -> bool {
    env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "release")
}
