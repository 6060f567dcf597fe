//! `lockstep list`: what there is to run.

use lockstep_scenario::library;

/// The scenarios under what they show of the commit message; one line each, its id first.
pub(crate) fn list() -> String {
    let library = library();
    let width = library
        .iter()
        .map(|scenario| scenario.id.len())
        .max()
        .unwrap_or(0);
    let groups = library.chunk_by(|one, next| one.statement == next.statement);
    let groups: Vec<String> = groups
        .map(|group| {
            let head = group.first().map_or("", |first| first.statement.title());
            let lines: String = group
                .iter()
                .map(|scenario| format!("  {:width$}  {}\n", scenario.id, scenario.title))
                .collect();
            format!("{head}\n{lines}")
        })
        .collect();
    groups.join("\n")
}
