//! `cargo xtask dist`: the whole site in `dist/`, ready to be copied to any static host.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::docs;
use crate::hooks;
use crate::node;
use crate::project::Project;
use crate::run;
use crate::serve;
use crate::shorten::shorten;
use crate::sizes;

/// What to build.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Leave out the book
    #[arg(long)]
    no_docs: bool,
}

/// Builds the page, the embed and the book, and checks what they weigh.
pub(crate) fn dist(project: &Project, options: &Options) -> Result<()> {
    let toolbox = serve::toolbox(project)?;
    let mut trunk = serve::trunk(project, &toolbox)?;
    if let Some(flags) = flags_without_home() {
        trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
    }
    run::run(trunk.args(["build", "--release", "--cargo-profile", "wasm-release"]))?;
    minify(project)?;
    if !options.no_docs {
        docs::docs(project)?;
    }
    sizes::report(&project.dist())
}

/// Compiler flags that shorten the paths of dependencies, which panic messages carry into the page.
///
/// Without them the page would hold the home directory of whoever built it, and differ from one machine to the next.
fn flags_without_home() -> Option<String> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir()?.join(".cargo"),
    };
    let registries = fs::read_dir(home.join("registry/src")).ok()?.flatten();
    let flags = registries
        .map(|registry| format!("--remap-path-prefix={}=crates", registry.path().display()));
    // Cargo separates these flags at spaces, so a home with a space in its name keeps its paths.
    Some(
        flags
            .filter(|flag| !flag.contains(' '))
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// Shortens scripts and styles in place; Trunk's own minifier cannot read what wasm-bindgen writes.
fn minify(project: &Project) -> Result<()> {
    let page = fs::read_to_string(project.dist().join("index.html"))
        .context("could not read the built index.html")?;
    if page.contains("integrity=") {
        bail!(
            "index.html has an integrity attribute, which the minified files would not match: use data-integrity=\"none\""
        );
    }
    let (page, styles) = without_styles(&page);
    let styles_file = project.dist().join("styles.css");
    let embed_file = project.dist().join("embed.css");
    fs::write(&styles_file, styles).context("could not write the styles")?;
    fs::copy(project.path(hooks::EMBED_STYLES), &embed_file)
        .context("could not copy the styles of the embed")?;
    let esbuild = node::packages(project)?.join("esbuild");
    let mut command = project.command(esbuild);
    command.args([
        "--minify",
        "--target=es2022",
        "--legal-comments=none",
        "--log-level=warning",
        "--allow-overwrite",
    ]);
    command.arg(format!("--outdir={}", project.dist().display()));
    run::run(command.args(scripts_and_styles(project)?))?;
    shorten(&project.dist())?;
    let page = with_styles(&page, &taken_in(&styles_file)?);
    let page = hooks::with_size(&page, &project.dist())?;
    let embed = hooks::embedded(&page, &taken_in(&embed_file)?)?;
    fs::write(project.dist().join("embed.html"), embed).context("could not write embed.html")?;
    fs::write(project.dist().join("index.html"), page).context("could not write index.html")
}

/// The styles in a file, which is no more once they are part of a page.
fn taken_in(file: &Path) -> Result<String> {
    let styles = fs::read_to_string(file).context("could not read the styles")?;
    fs::remove_file(file).context("could not remove the styles")?;
    Ok(styles.trim_end().to_owned())
}

/// Where the styles of a page were, once they are taken out.
const STYLES: &str = "<!--styles-->";

/// A page without the styles in it, and the styles: all of them together are shortened better than each for itself.
fn without_styles(page: &str) -> (String, String) {
    let (mut left, mut styles) = (String::new(), String::new());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<style>")
        && let Some((inside, after)) = after.split_once("</style>")
    {
        left.push_str(before);
        if styles.is_empty() {
            left.push_str(STYLES);
        }
        styles.push_str(inside);
        styles.push('\n');
        rest = after.trim_start();
    }
    left.push_str(rest);
    (left, styles)
}

/// The page with its styles in it again.
fn with_styles(page: &str, styles: &str) -> String {
    page.replacen(STYLES, &format!("<style>{styles}</style>"), 1)
}

fn scripts_and_styles(project: &Project) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project.dist()).context("could not read dist")? {
        let path = entry.context("could not read dist")?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "js" || extension == "css")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_taken_out_as_one_and_put_back() {
        let page = "<a>\n<style>p { x: 1 }</style>\n  <style>q {}</style>\n<b>";
        let (left, styles) = without_styles(page);
        assert_eq!(left, "<a>\n<!--styles--><b>");
        assert_eq!(styles, "p { x: 1 }\nq {}\n");
        assert_eq!(with_styles(&left, "p{}"), "<a>\n<style>p{}</style><b>");
        assert_eq!(without_styles("none").0, "none");
    }
}
