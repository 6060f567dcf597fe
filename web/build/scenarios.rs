//! The scenarios as the page gets them: each prepared, in a file of its own, and a table of what there is.

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use lockstep_scenario::{CompiledFile, compiled_files};

/// The folder below the build's output that holds the files.
const FOLDER: &str = "scenarios";

/// Writes into the build's output:
///
/// - `scenarios/*.scenario`, a file a scenario, named with a hash of what is in it;
/// - `scenarios.rs`, an expression to include: for each an array of its id, its title, the title of its statement, and the file's name;
/// - `scenario_files.rs`, the same for programs that are not the page: each name with the bytes of the file.
pub(crate) fn write(out: &Path) -> io::Result<()> {
    let folder = out.join(FOLDER);
    // Files of earlier builds have other names, and would be taken along.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let files = compiled_files();
    for file in &files {
        fs::write(folder.join(&file.name), &file.bytes)?;
    }
    fs::write(out.join("scenarios.rs"), table(&files))?;
    fs::write(out.join("scenario_files.rs"), with_bytes(&files))
}

fn table(files: &[CompiledFile]) -> String {
    let mut text = String::from("&[\n");
    for CompiledFile {
        id,
        title,
        statement,
        name,
        ..
    } in files
    {
        let statement = statement.title();
        _ = writeln!(text, "    [{id:?}, {title:?}, {statement:?}, {name:?}],");
    }
    text + "]\n"
}

fn with_bytes(files: &[CompiledFile]) -> String {
    let mut text = String::from("&[\n");
    for CompiledFile { name, .. } in files {
        _ = writeln!(
            text,
            "    ({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{FOLDER}/{name}\")).as_slice()),"
        );
    }
    text + "]\n"
}
