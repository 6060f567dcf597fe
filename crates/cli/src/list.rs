//! `lockstep list`: what there is to run.

use lockstep_scenario::library;

/// One line a scenario, its id first.
pub(crate) fn list() -> String {
    let library = library();
    let width = library
        .iter()
        .map(|scenario| scenario.id.len())
        .max()
        .unwrap_or(0);
    library
        .iter()
        .map(|scenario| format!("{:width$}  {}\n", scenario.id, scenario.title))
        .collect()
}
