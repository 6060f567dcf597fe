//! `cargo xtask kernel-diff`: the model held against the Linux that is running, by the program that does it.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use crate::project::Project;

#[derive(Args)]
pub(crate) struct Options {
    /// What the program is told: `--programs N`, `--seed S` or `--file FILE`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs it, built for release because it runs some thousand models; ends as it ends.
pub(crate) fn kernel_diff(project: &Project, options: &Options) -> Result<ExitCode> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--release", "--package"]);
    cargo.args(["lockstep-kernel-diff", "--"]);
    cargo.args(&options.arguments);
    let status = cargo.status().context("could not start cargo")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(2)))
}
