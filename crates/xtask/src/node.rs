//! What comes from the JavaScript world: packages pinned by `web/package-lock.json`, and a browser.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::run;
use crate::tools;

/// The version of binaryen that `web/package.json` pins; older ones cannot read what this rustc writes.
const WASM_OPT: &str = "132";

/// Installs the locked packages unless they are there, and returns the folder with their programs.
pub(crate) fn packages(project: &Project) -> Result<PathBuf> {
    let web = project.path("web");
    let modules = web.join("node_modules");
    let stamp = modules.join(".lockstep-lock");
    let lock =
        fs::read(web.join("package-lock.json")).context("could not read web/package-lock.json")?;
    if fs::read(&stamp).ok().as_ref() != Some(&lock) {
        if tools::version_on_path("npm").is_none() {
            bail!("node (20 or newer) and npm are needed for this: install them and try again");
        }
        run::run(
            npm(project)
                .arg("ci")
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )?;
        fs::write(&stamp, &lock).context("could not write into web/node_modules")?;
    }
    Ok(modules.join(".bin"))
}

/// A folder with `wasm-opt`, or nothing if the one on PATH will do.
pub(crate) fn wasm_opt(project: &Project) -> Result<Option<PathBuf>> {
    match tools::version_on_path("wasm-opt") {
        Some(line) if tools::has_version(&line, WASM_OPT) => Ok(None),
        _ => packages(project).map(Some),
    }
}

/// The npm that works in `web/`.
pub(crate) fn npm(project: &Project) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(project.path("web")).arg("--loglevel=error");
    npm
}

/// Finds a Chromium for the browser tests; installs Debian's if there is none and that is possible.
pub(crate) fn chromium() -> Result<PathBuf> {
    const HINT: &str = "the browser tests need Chromium: install it (Debian: `apt-get install chromium`), \
                        or set CHROMIUM to the path of one";

    if let Some(given) = env::var_os("CHROMIUM") {
        let given = PathBuf::from(given);
        if !given.is_file() {
            bail!(
                "CHROMIUM is set to {}, and there is no such file",
                given.display()
            );
        }
        return Ok(given);
    }
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    if !(is_root() && Path::new("/usr/bin/apt-get").is_file()) {
        bail!(HINT);
    }
    println!("Chromium is missing; installing Debian's.");
    run::run(apt_get().arg("update")).context(HINT)?;
    let packages = [
        "install",
        "--yes",
        "--no-install-recommends",
        "chromium",
        "fonts-dejavu-core",
    ];
    run::run(apt_get().args(packages)).context(HINT)?;
    find_chromium().context(HINT)
}

fn find_chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|file| file.is_file())
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .arg("--quiet=2")
        .env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    let identity = Command::new("id").arg("-u").output();
    identity.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
