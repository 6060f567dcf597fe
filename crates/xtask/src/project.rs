//! Where things are: the folders of the project, and the facts its manifests hold.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;

/// The target the page is compiled to.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The project this program works on.
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// Finds the project that the current directory belongs to.
    pub(crate) fn find() -> Result<Self> {
        let here = env::current_dir().context("could not tell the current directory")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("Trunk.toml").is_file())
            .context("run this inside the project: no folder from here upwards has a Trunk.toml")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// A path inside the project.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The built site.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> Result<PathBuf> {
        let mut cargo = self.cargo();
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: serde_json::Value = serde_json::from_str(&run::capture(&mut cargo)?)
            .context("could not read the output of cargo metadata")?;
        let folder = metadata["target_directory"].as_str();
        folder
            .map(PathBuf::from)
            .context("cargo does not say where it builds")
    }

    /// A command that runs at the top of the project.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The one version of `package` in `Cargo.lock`.
    pub(crate) fn locked_version(&self, package: &str) -> Result<String> {
        let text =
            fs::read_to_string(self.path("Cargo.lock")).context("could not read Cargo.lock")?;
        let lock: toml::Table = text.parse().context("could not parse Cargo.lock")?;
        let mut versions = lock
            .get("package")
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
            .filter_map(|entry| entry.get("version").and_then(toml::Value::as_str));
        match (versions.next(), versions.next()) {
            (Some(version), None) => Ok(version.to_owned()),
            (None, _) => bail!("{package} is not in Cargo.lock"),
            (Some(one), Some(other)) => {
                bail!("Cargo.lock has {package} twice, {one} and {other}: let one go")
            }
        }
    }
}
