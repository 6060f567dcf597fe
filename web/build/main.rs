//! What the page needs and should not have to work out: parsed scenarios, coloured source.
#![expect(
    clippy::print_stdout,
    reason = "Cargo reads what a build script prints"
)]

mod runs;
mod scenarios;
mod source;

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = Path::new("../crates/mm/src");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build");
    let runs = runs::Runs::of_the_library();
    let functions = source::functions(folder, |file, first, end| runs.reach(file, first..end))?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let source = postcard::to_allocvec(&functions).map_err(io::Error::other)?;
    fs::write(out.join("source.postcard"), source)?;
    fs::write(
        out.join("scenarios.postcard"),
        lockstep_scenario::compiled_library(),
    )?;
    scenarios::write(out)
}
