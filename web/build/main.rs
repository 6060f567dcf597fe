//! What the page needs and should not have to work out: parsed scenarios, coloured source.
#![expect(
    clippy::print_stdout,
    reason = "Cargo reads what a build script prints"
)]

mod both;
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
    let functions = source::functions(folder, &runs)?;
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let source = postcard::to_allocvec(&functions).map_err(io::Error::other)?;
    println!(
        "cargo::rustc-env=LOCKSTEP_SOURCE={}",
        hashed("source", &source)
    );
    fs::write(out.join("source.postcard"), source)?;
    for folder in both::SOURCES {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rustc-env=LOCKSTEP_BUILD={:016x}", both::digest()?);
    scenarios::write(out)
}

/// The name of a file beside the page: it changes when the content does, so that it can be kept for good.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = lockstep_scenario::Fnv::of(bytes);
    format!("{name}-{hash:016x}.bin")
}
