//! `cargo xtask docs`: the book, in the site under `docs/`.
//!
//! The runs it shows on paper are made by the `lockstep` program at every build, so they cannot differ from what the page shows.

use std::fs;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::run;
use crate::tools;

/// A run that the book shows: the file it goes into, the kernel, and what the picture says to somebody who cannot see it.
const RUNS: &[(&str, &str, &str)] = &[
    (
        "before",
        "before",
        "The run before the patch, thread by thread: truncation unmaps the page while reclaim has let go of the pte lock.",
    ),
    (
        "after",
        "after",
        "The run after the patch, thread by thread: truncation waits for the pte lock until reclaim has set the flag.",
    ),
];

const SCENARIO: &str = "truncate-cow-vs-reclaim";

/// Builds the book into `dist/docs/`.
pub(crate) fn docs(project: &Project) -> Result<()> {
    let toolbox = tools::bring(project, &[tools::mdbook()])?;
    write_runs(project)?;
    let mut mdbook = project.command(toolbox.program("mdbook"));
    mdbook
        .args(["build", "docs", "--dest-dir"])
        .arg(project.dist().join("docs"));
    run::run(&mut mdbook)
}

/// Writes each run as a picture and as a fragment of Markdown that shows it, for `{{#include}}`.
fn write_runs(project: &Project) -> Result<()> {
    let folder = project.path("docs/src/live");
    fs::create_dir_all(&folder).context("could not create docs/src/live")?;
    for (name, kernel, description) in RUNS {
        let picture = lockstep(project, kernel, "svg")?;
        let text = lockstep(project, kernel, "mail")?;
        let fragment = fragment(name, description, &text);
        fs::write(folder.join(format!("{name}.svg")), picture)
            .context("could not write a picture for the book")?;
        fs::write(folder.join(format!("{name}.md")), fragment)
            .context("could not write a run for the book")?;
    }
    Ok(())
}

/// What `lockstep run` prints.
fn lockstep(project: &Project, kernel: &str, format: &str) -> Result<String> {
    let mut cargo = project.cargo();
    cargo.args(["run", "--quiet", "--package", "lockstep-cli", "--"]);
    cargo.args(["run", SCENARIO, "--kernel", kernel, "--format", format]);
    run::capture_of(&mut cargo, &[0, ENDED_BADLY])
}

/// The exit code of `lockstep run` when the run itself came to a bad end, which here is the point of it.
const ENDED_BADLY: i32 = 1;

/// Markdown takes HTML as it is only up to an empty line, except in a `<pre>` that starts after one.
fn fragment(name: &str, description: &str, text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<div class=\"run\">\n\
         <img src=\"live/{name}.svg\" alt=\"{description}\">\n\
         <details>\n\
         <summary>The same run as text</summary>\n\
         \n\
         <pre>{}</pre>\n\
         </details>\n\
         </div>\n",
        text.trim_end()
    )
}

#[cfg(test)]
mod tests {
    use super::fragment;

    #[test]
    fn text_is_not_taken_for_markup() {
        assert!(
            fragment("x", "a picture", "page->flags & 1\n")
                .contains("<pre>page-&gt;flags &amp; 1</pre>")
        );
    }
}
