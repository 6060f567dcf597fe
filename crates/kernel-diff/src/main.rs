//! `cargo xtask kernel-diff`: random programs, or one from a file, on the model and on the Linux that is running.
//!
//! It ends with 0 if both agree or there is nothing to ask, 1 if they do not, and 2 if the programs could not be run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a terminal"
)]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Parser;
use lockstep_kernel_diff::campaign::{self, Campaign};
use lockstep_kernel_diff::compare::Compared;
use lockstep_kernel_diff::real::Worker;
use lockstep_kernel_diff::sight::{self, Sight};
use lockstep_syscalls::{Call, parse};

/// Hold the model against the Linux that is running.
#[derive(Parser)]
#[command(bin_name = "cargo xtask kernel-diff")]
struct Arguments {
    /// How many random programs to run
    #[arg(long, default_value_t = 2000, conflicts_with = "file")]
    programs: u64,
    /// Where the random programs start: the same seed gives the same programs
    #[arg(long, default_value_t = 1, conflicts_with = "file")]
    seed: u64,
    /// Run this program instead, one call a line as for `lockstep syscalls`
    #[arg(long)]
    file: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (sight, worker) = match sight::sight() {
        Ok(sight) => (sight, Worker::compile()?),
        Err(why) => {
            println!("kernel-diff: skipped: {why}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    if sight == Sight::Mappings {
        println!(
            "kernel-diff: without root the flags of pages cannot be seen: only answers, VmLck, mappings and presence are compared"
        );
    }
    let start = Instant::now();
    let campaign = match &arguments.file {
        Some(file) => one(&worker, sight, &program(file)?)?,
        None => campaign::run(&worker, sight, arguments.seed, arguments.programs)?,
    };
    print!("{}", campaign.told());
    println!("{:.1} s", start.elapsed().as_secs_f64());
    Ok(ExitCode::from(u8::from(!campaign.failures.is_empty())))
}

fn program(file: &PathBuf) -> Result<Vec<Call>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("could not read {}", file.display()))?;
    parse(&text).map_err(|problems| {
        let first = problems.first().map_or("", |problem| &problem.message);
        anyhow::anyhow!(
            "{} is no program: {first}; `lockstep syscalls {}` shows where",
            file.display(),
            file.display()
        )
    })
}

fn one(worker: &Worker, sight: Sight, calls: &[Call]) -> Result<Campaign> {
    let mut campaign = Campaign::default();
    let compared: Compared = campaign::compare(worker, sight, calls)?;
    campaign.add(None, calls, compared);
    Ok(campaign)
}
