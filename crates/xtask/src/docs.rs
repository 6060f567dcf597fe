//! `cargo xtask docs`: the book, in the site under `docs/`.
//!
//! What it quotes is made anew at every build, from the model's source and by the `lockstep` program,
//! so that it cannot differ from what the page shows.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::run;
use crate::tools;

/// Functions of the model that the book quotes: the file each stands in, and its name.
const QUOTES: &[(&str, &str)] = &[("crates/mm/src/mlock.rs", "clear_page_mlock")];

/// The scenario of the runs that the book shows.
const SCENARIO: &str = "truncate-cow-vs-reclaim";

/// The kernels it shows them for, and what each picture says to somebody who cannot see it.
const RUNS: &[(&str, &str)] = &[
    (
        "before",
        "The run before the patch, thread by thread: truncation unmaps the page while reclaim has let go of the pte lock.",
    ),
    (
        "after",
        "The run after the patch, thread by thread: truncation waits for the pte lock until reclaim has set the flag.",
    ),
];

/// The exit code of `lockstep run` when the run itself came to a bad end, which here is the point of it.
const ENDED_BADLY: i32 = 1;

/// Builds the book into `dist/docs/`.
pub(crate) fn docs(project: &Project) -> Result<()> {
    let toolbox = tools::bring(project, &[tools::mdbook()])?;
    let live = project.path("docs/src/live");
    fs::create_dir_all(&live).context("could not create docs/src/live")?;
    quote_functions(project, &live)?;
    show_runs(project, &live)?;
    let mut mdbook = project.command(toolbox.program("mdbook"));
    mdbook
        .args(["build", "docs", "--dest-dir"])
        .arg(project.dist().join("docs"));
    run::run(&mut mdbook)
}

/// Writes each quoted function into a file of its own, for `{{#include}}`.
fn quote_functions(project: &Project, live: &Path) -> Result<()> {
    for (file, name) in QUOTES {
        let source = fs::read_to_string(project.path(file))
            .with_context(|| format!("could not read {file}"))?;
        let quote =
            function(&source, name).with_context(|| format!("{file} has no function {name}"))?;
        write(&live.join(format!("{name}.rs")), &quote)?;
    }
    Ok(())
}

/// Writes each run as a picture and as a piece of Markdown that shows it, for `{{#include}}`.
fn show_runs(project: &Project, live: &Path) -> Result<()> {
    for (kernel, description) in RUNS {
        let picture = lockstep(project, kernel, "svg")?;
        let text = lockstep(project, kernel, "mail")?;
        write(&live.join(format!("{kernel}.svg")), &picture)?;
        write(
            &live.join(format!("{kernel}.md")),
            &fragment(kernel, description, &text),
        )?;
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

/// The text of a function that stands at the left margin, with its doc comment.
fn function(source: &str, name: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().collect();
    let signature = format!("pub async fn {name}<");
    let start = lines.iter().position(|line| line.starts_with(&signature))?;
    let doc = lines[..start]
        .iter()
        .rev()
        .take_while(|line| line.starts_with("///"))
        .count();
    let length = lines[start..].iter().position(|line| *line == "}")?;
    Some(lines[start - doc..=start + length].join("\n"))
}

/// Markdown takes HTML as it is only up to an empty line, except in a `<pre>` that starts after one.
fn fragment(kernel: &str, description: &str, text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!(
        "<div class=\"run\">\n\
         <img src=\"live/{kernel}.svg\" alt=\"{description}\">\n\
         <details>\n\
         <summary>The same run as text</summary>\n\
         \n\
         <pre>{}</pre>\n\
         </details>\n\
         </div>\n",
        text.trim_end()
    )
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::{fragment, function};

    #[test]
    fn a_quote_is_the_whole_function() {
        let quote = "/// Why.\n/// Linux: y.\npub async fn f<C>(c: C) {\n    if c {\n    }\n}";
        let source = format!("use x;\n\n{quote}\n\nfn g() {{\n}}\n");
        assert_eq!(function(&source, "f").as_deref(), Some(quote));
        assert_eq!(function(&source, "g"), None);
    }

    #[test]
    fn text_is_not_taken_for_markup() {
        let fragment = fragment("before", "a picture", "page->flags & 1\n");
        assert!(fragment.contains("<pre>page-&gt;flags &amp; 1</pre>"));
    }
}
