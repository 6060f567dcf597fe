//! `cargo xtask docs`: the book, in the site under `docs/`.
//!
//! What it shows of the model is made anew at every build, by the program `lockstep-book`, so that it cannot differ from what the
//! page shows.

use anyhow::Result;

use crate::project::Project;
use crate::run;
use crate::tools;

/// Builds the book into `dist/docs/`.
pub(crate) fn docs(project: &Project) -> Result<()> {
    let toolbox = tools::bring(project, &[tools::mdbook()])?;
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--package", "lockstep-book", "--"]);
    run::run(cargo.arg(project.path("")))?;
    let mut mdbook = project.command(toolbox.program("mdbook"));
    mdbook
        .args(["build", "docs", "--dest-dir"])
        .arg(project.dist().join("docs"));
    run::run(&mut mdbook)
}
