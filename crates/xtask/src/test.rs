//! `cargo xtask test` and `cargo xtask check`: stages that run one after the other until one of them fails.
//!
//! The last line is the sum of what all test runners counted, for people and for machines that read only that.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::counts::Counts;
use crate::dist;
use crate::node;
use crate::project::{Project, WASM};
use crate::run;
use crate::tidy;
use crate::tools;

/// What to check.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only this stage (can be given several times)
    #[arg(long, value_name = "STAGE")]
    only: Vec<Stage>,
}

/// One thing that can fail, in the order of running: what is quick to tell comes first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// The code is formatted
    Fmt,
    /// The house rules hold
    Tidy,
    /// Clippy has nothing to say about the native code
    Clippy,
    /// All native tests pass
    Native,
    /// Clippy has nothing to say about the page
    ClippyWasm,
    /// The documentation builds without a warning
    Rustdoc,
    /// The tests that run as WebAssembly pass
    Wasm,
    /// The site builds for release and keeps its size budget
    Dist,
    /// The browser tests pass on the built site
    Browser,
}

/// Runs all stages, or those asked for.
pub(crate) fn test(project: &Project, options: &Options) -> Result<ExitCode> {
    let all = Stage::value_variants();
    let stages = all
        .iter()
        .copied()
        .filter(|stage| options.only.is_empty() || options.only.contains(stage));
    Ok(run_stages(project, stages.collect()))
}

/// Runs the quick stages.
pub(crate) fn check(project: &Project) -> Result<ExitCode> {
    Ok(run_stages(
        project,
        vec![Stage::Fmt, Stage::Tidy, Stage::Clippy, Stage::Native],
    ))
}

fn run_stages(project: &Project, stages: Vec<Stage>) -> ExitCode {
    let start = Instant::now();
    let mut counts = Counts::default();
    let mut code = ExitCode::SUCCESS;
    for (index, stage) in stages.iter().enumerate() {
        let name = stage.name();
        println!("\n== {} of {}: {name}", index + 1, stages.len());
        let start = Instant::now();
        if let Err(error) = stage.run(project, &mut counts) {
            eprintln!("error: {error:#}");
            println!("== {name} FAILED after {}", run::spoken(start.elapsed()));
            println!("== To run only this again: cargo xtask test --only {name}");
            code = ExitCode::FAILURE;
            break;
        }
        println!("== {name}: {}", run::spoken(start.elapsed()));
    }
    println!("\n== {} in all", run::spoken(start.elapsed()));
    println!("{counts}");
    code
}

impl Stage {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    fn run(self, project: &Project, counts: &mut Counts) -> Result<()> {
        let mut cargo = project.cargo();
        match self {
            Self::Fmt => run::run(cargo.args(["fmt", "--all", "--check"])),
            Self::Tidy => tidy::tidy(project),
            Self::Clippy => {
                cargo.args(["clippy", "--workspace", "--all-targets", "--all-features"]);
                run::run(cargo.args(["--", "-D", "warnings"]))
            }
            Self::Native => {
                cargo.args(["test", "--workspace", "--all-features", "--no-fail-fast"]);
                run::tee(&mut cargo, |line| counts.read(line))
            }
            Self::ClippyWasm => {
                tools::bring_wasm_target(project)?;
                cargo.args([
                    "clippy",
                    "--package",
                    "lockstep-web",
                    "--target",
                    WASM,
                    "--lib",
                    "--bins",
                    "--tests",
                ]);
                run::run(cargo.args(["--", "-D", "warnings"]))
            }
            Self::Rustdoc => {
                cargo.args(["doc", "--workspace", "--all-features", "--no-deps"]);
                run::run(cargo.env("RUSTDOCFLAGS", "-D warnings"))
            }
            Self::Wasm => wasm_tests(project, counts),
            Self::Dist => dist::dist(project, &dist::Options::default()),
            Self::Browser => browser_tests(project, counts),
        }
    }
}

/// The tests of the page's own crate, run by node.
fn wasm_tests(project: &Project, counts: &mut Counts) -> Result<()> {
    tools::bring_wasm_target(project)?;
    let toolbox = tools::bring(project, &[tools::wasm_bindgen(project)?])?;
    let runner = toolbox.program("wasm-bindgen-test-runner");
    let mut cargo = project.cargo();
    cargo.args([
        "test",
        "--package",
        "lockstep-web",
        "--target",
        WASM,
        "--lib",
        "--tests",
        "--no-fail-fast",
    ]);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    run::tee(&mut cargo, |line| counts.read(line))
}

/// The tests in `web/tests`, on the site that `cargo xtask dist` has built.
fn browser_tests(project: &Project, counts: &mut Counts) -> Result<()> {
    if !project.dist().join("index.html").is_file() {
        bail!("there is no built site yet: run `cargo xtask dist` first");
    }
    node::packages(project)?;
    let chromium = node::chromium()?;
    let mut npm = node::npm(project);
    npm.args(["test", "--silent"]).env("CHROMIUM", chromium);
    run::tee(&mut npm, |line| counts.read(line)).context("the browser tests did not pass")
}
