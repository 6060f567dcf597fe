//! What the book shows of the model: pictures, outcomes, tables and quotes, made anew at every build.
//!
//! A chapter asks for a piece by including a file under `live/`; the path of the file says what it holds, as in
//! `live/run/SCENARIO/SCRIPT/KERNEL.md`. This program reads the chapters, makes what they ask for and nothing else, and names the
//! chapter and the line if there is no such thing. So nothing the book says of a run was ever written by hand.

mod asked;
mod doc;
mod ends;
mod left_out;
mod lists;
mod markup;
mod matrix;
mod pieces;
mod programs;
mod quote;
mod reports;
mod runs;
mod scenarios;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;

use pieces::{Piece, Pieces};

/// Make what the chapters of the book ask for.
#[derive(Parser)]
#[command(bin_name = "lockstep-book")]
struct Arguments {
    /// The top of the project
    project: PathBuf,
}

fn main() -> Result<()> {
    make(&Arguments::parse().project)
}

/// Makes every piece that a chapter includes, and removes those of the last time.
fn make(project: &Path) -> Result<()> {
    let chapters = project.join("docs/src");
    let live = chapters.join("live");
    if live.is_dir() {
        fs::remove_dir_all(&live).context("could not remove what was made the last time")?;
    }
    let pieces = Pieces::new(project);
    for asked in asked::in_folder(&chapters)? {
        let made = pieces.make(&asked.path).with_context(|| {
            format!(
                "docs/src/{}:{}: cannot make live/{}",
                asked.chapter, asked.line, asked.path
            )
        })?;
        for Piece { path, text } in made {
            write(&live.join(path), &text)?;
        }
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    let shown = || format!("could not write {}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(shown)?;
    }
    fs::write(file, text).with_context(shown)
}
