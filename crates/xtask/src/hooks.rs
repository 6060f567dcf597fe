//! What Trunk calls while it builds the page: one step before it reads `index.html`, one after it has written it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::programs;
use crate::project::Project;
use crate::run;

/// The files that stand beside the page, as the prerenderer wrote them.
const BESIDE: &str = "web/generated/beside";

/// The styles that the page only has in somebody else's frame.
pub(crate) const EMBED_STYLES: &str = "web/css/embed.css";

/// Writes `web/generated/first-paint.html`, the story that stands in the page before (and without) WebAssembly, and the
/// files that stand beside the page.
///
/// It is rendered by the same components natively, so it cannot differ from what the page shows a moment later.
pub(crate) fn web_assets(project: &Project) -> Result<()> {
    const TARGET: &str = "web/generated/first-paint.html";

    if !project.path("web/src/bin/prerender.rs").is_file() {
        bail!(
            "web/src/bin/prerender.rs is missing: it prints the first paint of the page, which goes into {TARGET}"
        );
    }
    let beside = project.path(BESIDE);
    if beside.exists() {
        // Their names change with their content, so those of the build before would stay for ever.
        fs::remove_dir_all(&beside).with_context(|| format!("could not clear {BESIDE}"))?;
    }
    let mut cargo = project.cargo();
    cargo.args([
        "run",
        "--quiet",
        "--package",
        "lockstep-web",
        "--bin",
        "prerender",
        "--features",
        "prerender",
        "--",
    ]);
    cargo.arg(beside);
    // Trunk sets this for the wasm build; the prerenderer is a native program.
    cargo.env_remove("CARGO_BUILD_TARGET");
    let html = run::capture(&mut cargo).context("could not render the first paint")?;
    write_if_changed(&project.path(TARGET), &html)
}

/// Puts the files beside the page, finishes the programs of one that is to be published, tells the page how large its program is,
/// and writes `embed.html`: the same page told to be one stage in somebody else's frame.
pub(crate) fn web_embed(project: &Project) -> Result<()> {
    let staging = env::var_os("TRUNK_STAGING_DIR")
        .context("TRUNK_STAGING_DIR is not set: this is for Trunk to call")?;
    let staging = PathBuf::from(staging);
    copy_files(&project.path(BESIDE), &staging)?;
    if programs::are_final() {
        programs::finish(project, &staging)?;
    }
    let page = fs::read_to_string(staging.join("index.html"))
        .context("could not read the built index.html")?;
    let page = with_size(&page, &staging)?;
    let styles = fs::read_to_string(project.path(EMBED_STYLES))
        .with_context(|| format!("could not read {EMBED_STYLES}"))?;
    fs::write(staging.join("embed.html"), embedded(&page, &styles)?)
        .context("could not write embed.html")?;
    fs::write(staging.join("index.html"), page).context("could not write index.html")
}

/// The page with the size of its program as it lies in the site, of which it says how much has come: Trunk writes down the size
/// that it had before `wasm-opt`.
pub(crate) fn with_size(page: &str, site: &Path) -> Result<String> {
    with_size_of(page, |name| {
        let size = fs::metadata(site.join(name)).map(|file| file.len());
        size.with_context(|| format!("could not find {name}, which the page starts"))
    })
}

fn with_size_of(page: &str, size: impl FnOnce(&str) -> Result<u64>) -> Result<String> {
    let called = page.split_once("await __trunkInitializer(init, './");
    let named = called.and_then(|(_, after)| after.split_once("', "));
    let Some((name, (old, _))) =
        named.and_then(|(name, after)| Some((name, after.split_once(',')?)))
    else {
        bail!("the built index.html does not start its program by the initializer of web/start.js");
    };
    let (old, new) = (
        format!("{name}', {old},"),
        format!("{name}', {},", size(name)?),
    );
    Ok(page.replacen(&old, &new, 1))
}

/// Copies every file of a folder.
fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("could not read {}", from.display()))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))
            .with_context(|| format!("could not copy {}", entry.path().display()))?;
    }
    Ok(())
}

/// The page with `data-embed` on its root element, by which styles and script tell the two apart from the first paint on, and
/// with the styles for that.
pub(crate) fn embedded(page: &str, styles: &str) -> Result<String> {
    let pieces = page.split_once("<html").and_then(|(before, after)| {
        let (head, body) = after.split_once("</head>")?;
        Some((before, head, body))
    });
    let Some((before, head, body)) = pieces else {
        bail!("the built index.html has no <html> element with a </head> in it");
    };
    Ok(format!(
        "{before}<html data-embed{head}<style>{styles}</style></head>{body}"
    ))
}

/// Trunk watches what it reads, so a file that is written without need would make it build for ever.
fn write_if_changed(file: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(file).is_ok_and(|old| old == text) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("could not create {}", folder.display()))?;
    }
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::{embedded, with_size_of};

    #[test]
    fn the_embed_differs_by_an_attribute_and_styles() {
        let page = "<!doctype html>\n<html lang=\"en\"><head></head>x</html>";
        let embed = embedded(page, "p{}").expect("there is an <html> with a head");
        assert_eq!(
            embed,
            "<!doctype html>\n<html data-embed lang=\"en\"><head><style>p{}</style></head>x</html>"
        );
        assert!(embedded("nothing", "").is_err());
    }

    #[test]
    fn the_page_knows_the_size_of_its_program() {
        let page = "'./a_bg.wasm' await __trunkInitializer(init, './a_bg.wasm', 824, initializer(), true);";
        let sized = with_size_of(page, |name| Ok(name.len() as u64)).expect("there is a program");
        assert_eq!(sized, page.replace("824", "9"));
        assert!(with_size_of("nothing", |_| Ok(1)).is_err());
    }
}
