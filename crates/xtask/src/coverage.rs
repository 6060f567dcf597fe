//! `cargo xtask coverage`: which lines and branches of the core its tests execute.
//!
//! It builds the native tests of the core crates once more, instrumented, in a target folder of their own.
//! Branches are counted with an option that the compiler still calls unstable; it changes what is measured, not what is built elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::project::Project;
use crate::run;

/// What to show.
#[derive(Args)]
pub(crate) struct Options {
    /// Also print every line that no test executes
    #[arg(long)]
    lines: bool,
}

/// The crates that are measured: what a run is made of.
const CORE: &[&str] = &[
    "lockstep-machine",
    "lockstep-mm",
    "lockstep-explore",
    "lockstep-scenario",
    "lockstep-view",
];

/// Measures, and prints a table by file.
pub(crate) fn coverage(project: &Project, options: &Options) -> Result<()> {
    let host = host(project)?;
    let tools = Tools::find(project, &host)?;
    let folder = project.path("target/coverage");
    let profiles = folder.join("profiles");
    if profiles.is_dir() {
        fs::remove_dir_all(&profiles).context("could not remove the profiles of the last time")?;
    }

    let instrumented = |arguments: &[&str]| {
        let mut cargo = project.cargo();
        cargo.args(["test", "--all-features", "--target", &host]);
        let manifest = |name: &str| {
            let folder = name.trim_start_matches("lockstep-");
            project
                .path(&format!("crates/{folder}/Cargo.toml"))
                .is_file()
        };
        for name in CORE.iter().filter(|name| manifest(name)) {
            cargo.args(["--package", name]);
        }
        cargo
            .args(arguments)
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "RUSTFLAGS",
                "-Cinstrument-coverage -Zcoverage-options=branch",
            )
            .env("LLVM_PROFILE_FILE", profiles.join("%p-%m.profraw"));
        cargo
    };
    run::run(&mut instrumented(&["--quiet"]))?;
    let built = run::capture(&mut instrumented(&[
        "--quiet",
        "--no-run",
        "--message-format=json",
    ]))?;
    let programs = programs(&built)?;

    let merged = folder.join("merged.profdata");
    let mut merge = project.command(tools.profdata);
    merge.args(["merge", "--sparse", "--output"]).arg(&merged);
    merge.args(raw_profiles(&profiles)?);
    run::capture(&mut merge)?;

    let report = |arguments: &[&str]| {
        let mut cov = project.command(&tools.cov);
        cov.args(arguments)
            .arg(format!("--instr-profile={}", merged.display()))
            // Only the sources of the core: neither its tests nor what it is built on.
            .arg("--ignore-filename-regex=(/tests/|/benches/|/tests\\.rs|/fixture|registry|rustc|/xtask/|/cli/)");
        for program in &programs {
            cov.arg("--object").arg(program);
        }
        cov
    };
    run::run(&mut report(&[
        "report",
        "--show-functions=false",
        "--show-branch-summary",
        "--show-region-summary=false",
    ]))?;
    if options.lines {
        let shown = run::capture(&mut report(&[
            "show",
            "--show-line-counts",
            "--use-color=0",
        ]))?;
        print!("{}", never_run(&shown));
    }
    Ok(())
}

/// The programs of LLVM that come with the toolchain.
struct Tools {
    profdata: PathBuf,
    cov: PathBuf,
}

impl Tools {
    fn find(project: &Project, host: &str) -> Result<Self> {
        let sysroot = run::capture(project.command("rustc").args(["--print", "sysroot"]))?;
        let folder = Path::new(sysroot.trim())
            .join("lib/rustlib")
            .join(host)
            .join("bin");
        let tools = Self {
            profdata: folder.join("llvm-profdata"),
            cov: folder.join("llvm-cov"),
        };
        if !tools.cov.is_file() {
            bail!("the toolchain has no llvm-cov: bring it with `rustup component add llvm-tools`");
        }
        Ok(tools)
    }
}

/// The target this machine compiles to.
fn host(project: &Project) -> Result<String> {
    let told = run::capture(project.command("rustc").arg("-vV"))?;
    told.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .context("rustc does not say what its host is")
}

/// The test programs that cargo says it has built.
fn programs(messages: &str) -> Result<Vec<String>> {
    let mut programs = Vec::new();
    for line in messages.lines().filter(|line| line.starts_with('{')) {
        let message: serde_json::Value =
            serde_json::from_str(line).context("could not read what cargo has built")?;
        programs.extend(message["executable"].as_str().map(str::to_owned));
    }
    if programs.is_empty() {
        bail!("cargo built no test program");
    }
    Ok(programs)
}

fn raw_profiles(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).context("the tests left no profile")?;
    entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()
        .context("could not list the profiles")
}

/// The lines with a count of zero, under the names of their files.
fn never_run(shown: &str) -> String {
    let mut text = String::new();
    let mut file = "";
    for line in shown.lines() {
        if let Some(name) = line.strip_suffix(':').filter(|name| name.ends_with(".rs")) {
            file = name;
            continue;
        }
        let mut parts = line.splitn(3, '|');
        let (Some(number), Some(count), Some(source)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if count.trim() == "0" {
            let name = file.rsplit("/crates/").next().unwrap_or(file);
            text.push_str(&format!("{name}:{} {}\n", number.trim(), source.trim_end()));
        }
    }
    text
}
