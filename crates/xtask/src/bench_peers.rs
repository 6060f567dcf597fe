//! `cargo xtask bench-peers`: the searches of this project beside those of others, by the program that times them.

use anyhow::Result;
use clap::Args;

use crate::project::Project;
use crate::run;

/// The program, outside the workspace: only who compares searches has to build those of others.
const MANIFEST: &str = "crates/explore/peers/Cargo.toml";

#[derive(Args)]
pub(crate) struct Options {
    /// How many seconds each search may take
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// Builds and runs it; the table is what it prints.
pub(crate) fn bench_peers(project: &Project, options: &Options) -> Result<()> {
    let target = project.target()?.join("peers");
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--release", "--locked"]);
    cargo.arg("--manifest-path").arg(project.path(MANIFEST));
    cargo.arg("--target-dir").arg(target);
    run::run(cargo.args(["--", &options.seconds.to_string()]))
}
