//! `cargo xtask serve` and `cargo xtask tools`: from a fresh clone to a page in the browser.

use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::node;
use crate::project::Project;
use crate::run;
use crate::tools::{self, Toolbox};

/// How to serve.
#[derive(Args)]
pub(crate) struct Options {
    /// The port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Serve the page as it will be published: slower to build, faster to run
    #[arg(long)]
    release: bool,
}

/// Brings what is missing and serves the page, rebuilt at every save, until interrupted.
pub(crate) fn serve(project: &Project, options: &Options) -> Result<()> {
    let start = Instant::now();
    let mut toolbox = tools_of_the_page(project)?;
    match node::wasm_opt(project) {
        Ok(folder) => folder.into_iter().for_each(|folder| toolbox.add(folder)),
        Err(error) if options.release => return Err(error),
        Err(error) => {
            println!("Going on without wasm-opt, which only a release build needs: {error:#}.")
        }
    }
    println!("Tools ready in {}.", run::spoken(start.elapsed()));
    println!(
        "The page will be at http://127.0.0.1:{}/ once the first build is done; Ctrl-C ends it.",
        options.port
    );
    let mut trunk = trunk(project, &toolbox)?;
    trunk.args(["serve", "--port", &options.port.to_string()]);
    if options.release {
        trunk.args(["--release", "--cargo-profile", "wasm-release"]);
    }
    run::hand_over(&mut trunk)
}

/// Brings the tools and prints the PATH that leads to them.
pub(crate) fn tools(project: &Project) -> Result<()> {
    let toolbox = toolbox(project)?;
    println!("With this PATH, plain `trunk serve` and `trunk build` work:");
    println!("export PATH='{}'", toolbox.path()?.to_string_lossy());
    Ok(())
}

/// Everything Trunk needs to build the page for release.
pub(crate) fn toolbox(project: &Project) -> Result<Toolbox> {
    let mut toolbox = tools_of_the_page(project)?;
    if let Some(folder) = node::wasm_opt(project)? {
        toolbox.add(folder);
    }
    Ok(toolbox)
}

fn tools_of_the_page(project: &Project) -> Result<Toolbox> {
    tools::bring_wasm_target(project)?;
    tools::bring(project, &[tools::trunk(), tools::wasm_bindgen(project)?])
}

/// Trunk, with its tools in reach.
pub(crate) fn trunk(project: &Project, toolbox: &Toolbox) -> Result<Command> {
    let mut trunk = project.command(toolbox.program("trunk"));
    trunk.env("PATH", toolbox.path()?);
    // Trunk 0.21 takes NO_COLOR for a switch of its own and does not start if it is "1".
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env("NO_COLOR", "true");
    }
    Ok(trunk)
}
