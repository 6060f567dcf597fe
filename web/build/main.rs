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
    let functions = source::functions(folder, &runs::Runs::of_the_library())?;
    let opening = runs::Runs::of_the_opening();
    let first = functions.iter().filter(|one| one.is_reached(&opening));
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    write_source(out, "opening", (false, first.collect()))?;
    write_source(out, "source", (true, functions.iter().collect()))?;
    for folder in both::SOURCES {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rustc-env=LOCKSTEP_BUILD={:016x}", both::digest()?);
    keep_notes();
    scenarios::write(out)
}

/// Lets the linker keep its notes of what refers to what, by which `cargo xtask` cuts the page's program in two.
fn keep_notes() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    if is("CARGO_CFG_TARGET_FAMILY", "wasm") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bin=app=--emit-relocs");
    }
}

/// Writes a table of source, which begins with whether it is all there is, and tells the page its name.
fn write_source(out: &Path, name: &str, table: (bool, Vec<&source::Function>)) -> io::Result<()> {
    let bytes = postcard::to_allocvec(&table).map_err(io::Error::other)?;
    let (variable, file) = (name.to_uppercase(), hashed("source", &bytes));
    println!("cargo::rustc-env=LOCKSTEP_{variable}={file}");
    fs::write(out.join(name).with_extension("postcard"), bytes)
}

/// The name of a file beside the page: it changes when the content does, so that it can be kept for good.
fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash = lockstep_scenario::Fnv::of(bytes);
    format!("{name}-{hash:016x}.bin")
}
