//! The pieces there are, by their paths.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::runs::Order;
use crate::scenarios::Scenarios;
use crate::{ends, left_out, lists, matrix, programs, quote, reports, runs};

/// A file that a chapter includes, or that what it includes shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Piece {
    /// Where it goes, below `live/`.
    pub(crate) path: String,
    /// What it holds.
    pub(crate) text: String,
}

/// What every path is called, for whoever has got one wrong.
const KINDS: &str = "there are run/SCENARIO/SCRIPT/KERNEL.md, stage/SCENARIO/SCRIPT/KERNEL.md, scenario/SCENARIO.md, \
                     notice/SCENARIO.md, ends/SCENARIO.md, races/SCENARIO/KERNEL.md, locks/SCENARIO/KERNEL.md, overview.md, matrix.md, presets.md, switches.md, properties.md, left-out.md, \
                     left-out-whole.md, rules.md, kernel-diff.md, syscalls/PROGRAM.md and function/FILE/NAME.rs";

/// Makes pieces.
pub(crate) struct Pieces {
    project: PathBuf,
    scenarios: Scenarios,
}

impl Pieces {
    /// For the project at this place.
    pub(crate) fn new(project: &Path) -> Self {
        Self {
            project: project.to_owned(),
            scenarios: Scenarios::new(),
        }
    }

    /// The piece of this path, and what it needs beside it.
    pub(crate) fn make(&self, path: &str) -> Result<Vec<Piece>> {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let parts: Vec<&str> = stem.split('/').collect();
        let text = match *parts {
            ["run", scenario, script, kernel] => {
                let order = Order::new(&self.scenarios, scenario, script, kernel)?;
                return Ok(runs::run(&order));
            }
            ["stage", scenario, script, kernel] => {
                runs::stage(&Order::new(&self.scenarios, scenario, script, kernel)?)
            }
            ["scenario", scenario] => return ends::whole(&self.scenarios, scenario),
            ["notice", scenario] => ends::notice(self.scenarios.get(scenario)?),
            ["ends", scenario] => ends::table(&self.scenarios, scenario)?,
            ["races", scenario, kernel] => {
                reports::races(&self.project, &self.scenarios, scenario, kernel)?
            }
            ["locks", scenario, kernel] => {
                reports::locks(&self.project, &self.scenarios, scenario, kernel)?
            }
            ["matrix"] => matrix::table(&self.scenarios)?,
            ["overview"] => ends::overview(&self.scenarios)?,
            ["presets"] => lists::presets(),
            ["switches"] => lists::switches(),
            ["properties"] => lists::properties(),
            ["rules"] => lists::rules(),
            ["left-out"] => left_out::functions(&self.project)?,
            ["left-out-whole"] => left_out::whole(&self.project)?,
            ["kernel-diff"] => programs::campaign(),
            ["syscalls", program] => programs::told(program)?,
            ["function", file, name] => quote::function(&self.project, file, name)?,
            _ => bail!("no piece has this path; {KINDS}"),
        };
        Ok(vec![Piece {
            path: path.to_owned(),
            text,
        }])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use lockstep_scenario::library;

    use super::Pieces;
    use crate::asked;

    fn project() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    #[test]
    fn everything_that_the_chapters_ask_for_can_be_made() {
        let pieces = Pieces::new(project());
        let asked = asked::in_folder(&project().join("docs/src")).expect("chapters");
        assert!(asked.len() > library().len());
        // What the Linux of the tests says is asked for by the tests of kernel-diff.
        for one in asked.iter().filter(|one| one.path != "kernel-diff.md") {
            let made = pieces.make(&one.path);
            let made = made.unwrap_or_else(|error| panic!("{}: {error:#}", one.path));
            assert!(made.iter().any(|piece| piece.path == one.path));
            assert!(made.iter().all(|piece| !piece.text.trim().is_empty()));
        }
    }

    #[test]
    fn every_scenario_stands_in_a_chapter() {
        let asked = asked::in_folder(&project().join("docs/src")).expect("chapters");
        for scenario in library() {
            let ends = [
                format!("scenario/{}.md", scenario.id),
                format!("ends/{}.md", scenario.id),
            ];
            assert!(
                asked.iter().any(|one| ends.contains(&one.path)),
                "{} is in no chapter",
                scenario.id
            );
        }
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is() {
        let pieces = Pieces::new(project());
        for (path, part) in [
            ("runs/a.md", "there are run/SCENARIO"),
            ("ends/exit-vs-nobody.md", "exit-vs-exit"),
            ("run/exit-vs-exit/late/before.md", "late-mark"),
            ("run/exit-vs-exit/late-mark/between.md", "between"),
            ("function/mlock/no_such.rs", "no_such"),
            ("syscalls/none.md", "double-mapping"),
        ] {
            let error = pieces.make(path).expect_err(path);
            let told = format!("{error:#}");
            assert!(told.contains(part), "{path}: {told}");
        }
    }
}
