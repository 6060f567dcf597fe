//! Rules about manifests and lock files.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::project::Project;
use crate::run;

/// What each crate may depend on, bottom first; whatever is not listed here must be added on purpose.
///
/// Programs stand at the end: nothing depends on them, except that the book shows what the comparison with a real kernel excuses.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("lockstep-machine", &[]),
    ("lockstep-mm", &["lockstep-machine"]),
    ("lockstep-explore", &["lockstep-machine"]),
    ("lockstep-scenario", &["lockstep-machine", "lockstep-mm"]),
    (
        "lockstep-view",
        &[
            "lockstep-machine",
            "lockstep-mm",
            "lockstep-scenario",
            "lockstep-explore",
        ],
    ),
    ("lockstep-syscalls", &["lockstep-mm", "lockstep-scenario"]),
    (
        "lockstep-kernel-diff",
        &["lockstep-mm", "lockstep-syscalls"],
    ),
    ("lockstep-cli", LIBRARIES),
    ("lockstep-web", LIBRARIES),
    ("lockstep-speed", LIBRARIES),
    (
        "lockstep-book",
        &[
            "lockstep-mm",
            "lockstep-explore",
            "lockstep-scenario",
            "lockstep-view",
            "lockstep-syscalls",
            "lockstep-kernel-diff",
        ],
    ),
    ("xtask", &[]),
];

const LIBRARIES: &[&str] = &[
    "lockstep-machine",
    "lockstep-mm",
    "lockstep-explore",
    "lockstep-scenario",
    "lockstep-view",
    "lockstep-syscalls",
];

/// Checks the manifests and lock files of the whole project.
pub(super) fn check(project: &Project, problems: &mut Vec<String>) -> Result<()> {
    let mut cargo = project.cargo();
    let text =
        run::capture(cargo.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]))?;
    let metadata: Value =
        serde_json::from_str(&text).context("could not read the output of cargo metadata")?;
    for package in members(&metadata["packages"]) {
        directions(package, problems);
    }
    wasm_bindgen(project, problems);
    no_registry_address(project, problems)
}

/// Dependencies between our crates run one way; tests may look down further, but not up either.
fn directions(package: &Value, problems: &mut Vec<String>) {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(known, _)| *known == name) else {
        problems.push(format!(
            "{name}: not in the table of crates; say in tidy/manifests.rs what it may depend on"
        ));
        return;
    };
    let ours =
        members(&package["dependencies"]).filter(|dependency| dependency["path"].is_string());
    for dependency in ours.filter_map(|dependency| dependency["name"].as_str()) {
        if !allowed.contains(&dependency) {
            problems.push(format!(
                "{name}: depends on {dependency}, which is against the direction of the crates"
            ));
        }
    }
}

/// The crate and its command line tool must be of one version, so there can be only one.
fn wasm_bindgen(project: &Project, problems: &mut Vec<String>) {
    if let Err(error) = project.locked_version("wasm-bindgen") {
        problems.push(format!("Cargo.lock: {error:#}"));
    }
}

/// A lock file that names a registry's address ties the project to one mirror.
fn no_registry_address(project: &Project, problems: &mut Vec<String>) -> Result<()> {
    let name = "web/package-lock.json";
    let text =
        fs::read_to_string(project.path(name)).with_context(|| format!("could not read {name}"))?;
    if text.contains("\"resolved\"") {
        problems.push(format!(
            "{name}: names registry addresses; run npm in web/, where .npmrc leaves them out"
        ));
    }
    Ok(())
}

fn members(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_cycle() {
        for (index, (name, allowed)) in MAY_DEPEND_ON.iter().enumerate() {
            for other in *allowed {
                let position = MAY_DEPEND_ON.iter().position(|(known, _)| known == other);
                assert!(
                    position.is_some_and(|position| position != index),
                    "{name} -> {other}"
                );
                let back =
                    position.is_some_and(|position| MAY_DEPEND_ON[position].1.contains(name));
                assert!(!back, "{name} and {other} depend on each other");
            }
        }
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let package = serde_json::json!({
            "name": "lockstep-mm",
            "dependencies": [{ "name": "lockstep-view", "path": "x" }, { "name": "serde" }],
        });
        let mut problems = Vec::new();
        directions(&package, &mut problems);
        assert_eq!(
            problems,
            ["lockstep-mm: depends on lockstep-view, which is against the direction of the crates"]
        );
    }
}
