//! What the page and its workers have in common, as one number: if it differs, one of them is of another build.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The sources that they are made of. A change of anything else cannot make one misunderstand the other.
pub(crate) const SOURCES: [&str; 7] = [
    "../crates/explore/src",
    "../crates/machine/src",
    "../crates/mm/src",
    "../crates/scenario",
    "../crates/view/src",
    "src/reports",
    "src/worker",
];

/// A digest of all of them.
pub(crate) fn digest() -> io::Result<u64> {
    let mut files = Vec::new();
    for folder in SOURCES {
        collect(Path::new(folder), &mut files)?;
    }
    files.sort();
    let mut all = Vec::new();
    for file in files {
        all.extend(fs::read(file)?);
    }
    Ok(lockstep_scenario::Fnv::of(&all))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
