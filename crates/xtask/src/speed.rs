//! `cargo xtask speed`: how long a run of each scenario and a search of some programs takes, natively and as WebAssembly, side by side.

use anyhow::{Context, Result};

use crate::project::{Project, WASM};
use crate::run;
use crate::tools;

/// One timed run.
struct Timed {
    scenario: String,
    steps: u64,
    /// Nanoseconds for one run.
    each: u64,
}

impl Timed {
    /// Reads a line of what the timers print.
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split('\t');
        Some(Self {
            scenario: parts.next()?.to_owned(),
            steps: parts.next()?.parse().ok()?,
            each: parts.next()?.parse().ok()?,
        })
    }

    /// Million steps a second.
    fn rate(&self) -> f64 {
        self.steps as f64 * 1e3 / self.each as f64
    }
}

/// Measures both, and prints a table.
pub(crate) fn speed(project: &Project) -> Result<()> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "lockstep-speed"]);
    let native = read(&run::capture(&mut cargo)?);
    let wasm = read(&as_wasm(project)?);
    println!(
        "{:32} {:>6} {:>12} {:>12} {:>7} {:>10} {:>10}",
        "run of", "steps", "native us", "wasm us", "ratio", "native M/s", "wasm M/s"
    );
    for (native, wasm) in native.iter().zip(&wasm) {
        println!(
            "{:32} {:>6} {:>12.2} {:>12.2} {:>7.2} {:>10.2} {:>10.2}",
            native.scenario,
            native.steps,
            native.each as f64 / 1e3,
            wasm.each as f64 / 1e3,
            wasm.each as f64 / native.each as f64,
            native.rate(),
            wasm.rate(),
        );
    }
    Ok(())
}

/// Builds the same code as the page is built, and has node time it.
fn as_wasm(project: &Project) -> Result<String> {
    const PROFILE: &str = "wasm-release";

    tools::bring_wasm_target(project)?;
    let toolbox = tools::bring(project, &[tools::wasm_bindgen(project)?])?;
    let mut cargo = project.cargo();
    cargo.args(["build", "--quiet", "--lib", "--package", "lockstep-speed"]);
    run::run(cargo.args(["--target", WASM, "--profile", PROFILE]))?;
    let target = project.target()?;
    let built = target.join(WASM).join(PROFILE).join("lockstep_speed.wasm");
    let out = target.join("speed");
    let mut bindgen = project.command(toolbox.program("wasm-bindgen"));
    bindgen.args(["--target", "nodejs", "--out-dir"]).arg(&out);
    run::run(bindgen.arg(&built))?;
    let mut node = project.command("node");
    node.arg(project.path("crates/speed/time.mjs"));
    run::capture(node.arg(out.join("lockstep_speed.js"))).context("node could not time it")
}

fn read(told: &str) -> Vec<Timed> {
    told.lines().filter_map(Timed::parse).collect()
}
