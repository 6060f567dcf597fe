//! The programs the project needs beside cargo, each at exactly one version.
//!
//! They live in a folder of the project's own under the user's cache directory, so that `cargo clean` or a second clone does not
//! build them again, and nothing is installed globally.  A program of the right version on PATH is used instead.
//! They are built quickly rather than well: each of them runs for seconds and is built for minutes.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::project::{Project, WASM};
use crate::run;

/// A program to be had from the Rust registry.
pub(crate) struct Tool {
    /// The package it comes in.
    package: &'static str,
    /// The only version that will do.
    version: String,
    /// The programs in the package; the first one is asked for its version.
    programs: &'static [&'static str],
    /// What to add to `cargo install`.
    flags: &'static [&'static str],
    /// About how many crates it is made of, to tell how far the build is.
    crates: u32,
}

/// Builds and serves the page.
pub(crate) fn trunk() -> Tool {
    Tool {
        package: "trunk",
        version: "0.21.14".to_owned(),
        programs: &["trunk"],
        // Without the default features it does not look for a newer version of itself.
        flags: &["--no-default-features", "--features", "rustls"],
        crates: 380,
    }
}

/// Makes the JavaScript side of the compiled page; must be of the version the page is compiled with.
pub(crate) fn wasm_bindgen(project: &Project) -> Result<Tool> {
    Ok(Tool {
        package: "wasm-bindgen-cli",
        version: project.locked_version("wasm-bindgen")?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        flags: &[],
        crates: 160,
    })
}

/// Builds the book.
pub(crate) fn mdbook() -> Tool {
    Tool {
        package: "mdbook",
        version: "0.5.4".to_owned(),
        programs: &["mdbook"],
        flags: &["--no-default-features", "--features", "search"],
        crates: 110,
    }
}

/// Folders of programs, to be searched before those of PATH.
#[derive(Default)]
pub(crate) struct Toolbox {
    folders: Vec<PathBuf>,
}

impl Toolbox {
    /// Adds a folder of programs.
    pub(crate) fn add(&mut self, folder: PathBuf) {
        self.folders.push(folder);
    }

    /// The value of PATH with which these programs are found first.
    pub(crate) fn path(&self) -> Result<OsString> {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = self
            .folders
            .iter()
            .cloned()
            .chain(env::split_paths(&inherited));
        env::join_paths(folders).context("could not put together PATH")
    }

    /// The full path of a program, or its name if it is to be found on PATH.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let mut candidates = self.folders.iter().map(|folder| folder.join(name));
        candidates
            .find(|file| file.is_file())
            .unwrap_or_else(|| name.into())
    }
}

/// Brings the given tools: takes them from PATH or the cache, and builds what is missing.
pub(crate) fn bring(project: &Project, tools: &[Tool]) -> Result<Toolbox> {
    let mut toolbox = Toolbox::default();
    let mut missing = Vec::new();
    for tool in tools {
        let folder = tool.folder()?;
        if tool.is_in(&folder) {
            toolbox.add(folder.join("bin"));
        } else if !tool.is_on_path() {
            missing.push(tool);
        }
    }
    if missing.is_empty() {
        return Ok(toolbox);
    }

    // Two terminals may ask at once; the second waits here and then finds the work done.
    let cache = cache()?;
    fs::create_dir_all(&cache).with_context(|| format!("could not create {}", cache.display()))?;
    let lock = File::create(cache.join("lock")).context("could not create a file in the cache")?;
    lock.lock().context("could not lock the cache")?;

    println!("Tools are kept in {}.", tools_folder()?.display());
    for (index, tool) in missing.iter().enumerate() {
        let folder = tool.folder()?;
        if !tool.is_in(&folder) {
            println!(
                "{} of {}: building {} {}",
                index + 1,
                missing.len(),
                tool.package,
                tool.version
            );
            tool.build(project, &folder, &cache.join("build"))?;
        }
        toolbox.add(folder.join("bin"));
    }
    // The tools share many crates, so they share a build folder; once they stand it is of no more use.
    fs::remove_dir_all(cache.join("build")).ok();
    Ok(toolbox)
}

/// Brings the standard library of the target the page is compiled to.
pub(crate) fn bring_wasm_target(project: &Project) -> Result<()> {
    let mut rustc = project.command("rustc");
    let library = run::capture(rustc.args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(library.trim()).is_dir() {
        return Ok(());
    }
    println!("The target {WASM} is missing; adding it.");
    run::run(project.command("rustup").args(["target", "add", WASM])).with_context(|| {
        format!("install the standard library of {WASM} for this toolchain, then try again")
    })
}

impl Tool {
    /// Where this tool is kept.
    fn folder(&self) -> Result<PathBuf> {
        let name = format!("{}-{}", self.package, self.version);
        Ok(tools_folder()?.join(name))
    }

    fn is_in(&self, folder: &Path) -> bool {
        self.programs
            .iter()
            .all(|name| folder.join("bin").join(name).is_file())
    }

    fn is_on_path(&self) -> bool {
        self.programs.iter().all(|name| {
            version_on_path(name).is_some_and(|words| has_version(&words, &self.version))
        })
    }

    fn build(&self, project: &Project, folder: &Path, build: &Path) -> Result<()> {
        const BETWEEN_REPORTS: Duration = Duration::from_secs(15);

        let mut cargo = project.cargo();
        cargo
            .args([
                "install",
                self.package,
                "--version",
                &self.version,
                "--locked",
            ])
            .args(self.flags)
            .arg("--root")
            .arg(folder)
            .env("CARGO_TARGET_DIR", build)
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
            .env("CARGO_TERM_COLOR", "never")
            // A flag meant for the project, such as denied warnings, is not meant for the tools.
            .env_remove("RUSTFLAGS");

        let start = Instant::now();
        let mut last_report = start;
        let mut compiled = 0;
        run::watch_log(&mut cargo, |line| {
            compiled += u32::from(line.trim_start().starts_with("Compiling "));
            if last_report.elapsed() >= BETWEEN_REPORTS {
                last_report = Instant::now();
                println!(
                    "  {compiled} of about {} crates, {}",
                    self.crates,
                    run::spoken(start.elapsed())
                );
            }
        })?;
        if !self.is_in(folder) {
            bail!(
                "{} {} was installed without {}",
                self.package,
                self.version,
                self.programs.join(" and ")
            );
        }
        println!(
            "  {} {} is ready, {compiled} crates in {}",
            self.package,
            self.version,
            run::spoken(start.elapsed())
        );
        Ok(())
    }
}

/// What `name --version` prints, if there is such a program on PATH.
pub(crate) fn version_on_path(name: &str) -> Option<String> {
    let output = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a version line such as "trunk 0.21.14" names exactly `version`.
pub(crate) fn has_version(line: &str, version: &str) -> bool {
    line.split_whitespace()
        .any(|word| word.trim_start_matches('v') == version)
}

/// The folder with a folder for each tool; `LOCKSTEP_TOOLS` puts it elsewhere.
fn tools_folder() -> Result<PathBuf> {
    match env::var_os("LOCKSTEP_TOOLS").filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(folder.into()),
        None => Ok(cache()?.join("tools")),
    }
}

/// The project's folder under the user's cache directory.
fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir()
            .context("could not tell the home directory; set XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(base.join("lockstep"))
}

#[cfg(test)]
mod tests {
    use super::has_version;

    #[test]
    fn versions_are_compared_whole() {
        assert!(has_version("trunk 0.21.14", "0.21.14"));
        assert!(has_version("mdbook v0.5.4", "0.5.4"));
        assert!(has_version("wasm-opt version 132 (version_132)", "132"));
        assert!(!has_version("trunk 0.21.140", "0.21.14"));
        assert!(!has_version("wasm-bindgen 0.2.12", "0.2.129"));
    }
}
