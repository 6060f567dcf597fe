//! `cargo xtask docs`: the book, in the site under `docs/`.

use anyhow::Result;

use crate::project::Project;
use crate::run;
use crate::tools;

/// Builds the book into `dist/docs/`.
pub(crate) fn docs(project: &Project) -> Result<()> {
    let toolbox = tools::bring(project, &[tools::mdbook()])?;
    let mut mdbook = project.command(toolbox.program("mdbook"));
    mdbook
        .args(["build", "docs", "--dest-dir"])
        .arg(project.dist().join("docs"));
    run::run(&mut mdbook)
}
