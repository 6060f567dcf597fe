//! What can only be known with a world: whether it can be built, and whether the names in scripts, beats and lanes exist.

use lockstep_mm::kernel::Kernel;

use super::reader::Problems;
use super::{Places, Said};
use crate::build::Part;
use crate::compiled::Scenario;
use crate::script::parse_beat_line;
use crate::{Diagnostic, Names, parse_script};

/// Notes what is wrong with a scenario whose sections were all understood.
pub(super) fn check(scenario: &Scenario, places: &Places, problems: &Problems) {
    let mut built = None;
    for (name, kernel) in Kernel::PRESETS {
        match scenario.build(*kernel) {
            Ok(ready) => built = Some(ready),
            Err(error) => {
                let place = |places: &[std::ops::Range<usize>], at: usize| {
                    places.get(at).cloned().unwrap_or(0..0)
                };
                let span = match error.part {
                    Part::Setup(at) => place(&places.setup, at),
                    Part::Label(at) => place(&places.labels, at),
                    Part::Thread(at) => place(&places.threads, at),
                    Part::Whole => 0..0,
                };
                problems.add(
                    Diagnostic::new("cannot-build", span, error.message)
                        .label(format!("on the kernel `{name}`")),
                );
                // The other kernel would most likely say the same again.
                return;
            }
        }
    }
    let Some(built) = built else { return };
    let names = &built.names;
    for said in &places.scripts {
        for problem in parse_script(&said.text, names).err().unwrap_or_default() {
            problems.add(problem.map(|part| said.place(part)));
        }
    }
    for said in places.beats.iter().flatten() {
        if let Err(problem) = parse_beat_line(&said.text, 0, names) {
            problems.add(problem.map(|part| said.place(part)));
        }
    }
    for said in places.lanes.iter().chain(&places.facts) {
        if let Err(problem) = shown(said, names) {
            problems.add(problem.map(|part| said.place(part)));
        }
    }
}

/// A lane or a fact is a field, or else a lock.
fn shown(said: &Said, names: &Names) -> Result<(), Diagnostic> {
    let span = 0..said.text.len();
    let field = names.find_fields(&said.text, span.clone());
    match field {
        Err(problem) if names.find_locks(&said.text, span).is_err() => Err(problem),
        _ => Ok(()),
    }
}
