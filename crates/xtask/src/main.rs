//! Everything a developer or CI does, as `cargo xtask COMMAND`.
//!
//! One program in the language of the project, so that a fresh clone needs nothing but cargo: no make, no shell, no global install.
//! Each command brings what it needs, says what it is doing and how long it took, and can be run again at any time.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this program talks to a terminal"
)]

mod bench_peers;
mod counts;
mod coverage;
mod dist;
mod docs;
mod hooks;
mod kernel_diff;
mod node;
mod programs;
mod project;
mod run;
mod serve;
mod shorten;
mod sizes;
mod speed;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::project::Project;

/// Everything a developer or CI does.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the page while working on it, rebuilt at every save
    Serve(serve::Options),
    /// Check everything: this is what CI runs
    Test(test::Options),
    /// Check what is quick to check: format, lints, house rules, native tests
    Check,
    /// Show which lines and branches of the core its tests execute
    Coverage(coverage::Options),
    /// Build the site into `dist/`, ready for any static host, and print its sizes
    Dist(dist::Options),
    /// Time a run of each scenario and some searches, natively and as WebAssembly
    Speed,
    /// Time the searches of all orders beside those of others, on the same programs
    BenchPeers(bench_peers::Options),
    /// Hold the model against the Linux that is running, by random programs of system calls
    KernelDiff(kernel_diff::Options),
    /// Build the book into `dist/docs/`
    Docs,
    /// Check the house rules that no compiler knows
    Tidy,
    /// Bring the pinned tools, and print the PATH with which plain `trunk serve` works
    Tools,
    /// Write what the page needs before it can be built (Trunk calls this)
    #[command(hide = true)]
    WebAssets,
    /// Write `embed.html` beside the built page (Trunk calls this)
    #[command(hide = true)]
    WebEmbed,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    let project = Project::find()?;
    match command {
        Command::Serve(options) => serve::serve(&project, &options)?,
        Command::Test(options) => return test::test(&project, &options),
        Command::Check => return test::check(&project),
        Command::Coverage(options) => coverage::coverage(&project, &options)?,
        Command::Dist(options) => dist::dist(&project, &options)?,
        Command::KernelDiff(options) => return kernel_diff::kernel_diff(&project, &options),
        Command::BenchPeers(options) => bench_peers::bench_peers(&project, &options)?,
        Command::Speed => speed::speed(&project)?,
        Command::Docs => docs::docs(&project)?,
        Command::Tidy => tidy::tidy(&project)?,
        Command::Tools => serve::tools(&project)?,
        Command::WebAssets => hooks::web_assets(&project)?,
        Command::WebEmbed => hooks::web_embed(&project)?,
    }
    Ok(ExitCode::SUCCESS)
}
