//! What is wrong with a text that is no kernel, and what was probably meant.

use lockstep_mm::kernel::{Kernel, Switch, UnknownSwitch};

use crate::Diagnostic;
use crate::shown::shown;
use crate::suggest::{closest, list, unknown};

/// Everything that is wrong with a text that is no kernel.
pub(super) fn problems(text: &str) -> Vec<Diagnostic> {
    let presets: Vec<&str> = Kernel::PRESETS.iter().map(|(name, _)| *name).collect();
    let mut problems = Vec::new();
    let mut kernel = Kernel::BEFORE;
    let mut set: Vec<(&str, std::ops::Range<usize>)> = Vec::new();
    let mut start = 0;
    for (place, part) in text.split(',').enumerate() {
        let from = start + (part.len() - part.trim_start().len());
        let part_at = from..from + part.trim().len();
        start += part.len() + 1;
        let part = part.trim();
        if place == 0 {
            match Kernel::PRESETS.iter().find(|(name, _)| *name == part) {
                Some((_, preset)) => kernel = *preset,
                None if part.contains('=') => problems.push(
                    Diagnostic::new(
                        "no-preset",
                        part_at,
                        "a kernel starts with a preset, and switches come after it",
                    )
                    .label("a switch")
                    .help(format!("write `before,{}`", shown(part))),
                ),
                None => {
                    let problem = unknown("unknown-preset", "kernel", part, part_at, &presets);
                    let presets = problem.help.as_deref().unwrap_or("").to_owned();
                    problems.push(problem.help(format!(
                        "{presets}; switches follow after a comma, such as `before,i-mmap=shared`"
                    )));
                }
            }
            continue;
        }
        let Some((name, value)) = part.split_once('=') else {
            problems.push(
                Diagnostic::new(
                    "no-value",
                    part_at,
                    format!("the switch `{}` needs a value", shown(part)),
                )
                .label("no `=` here")
                .help(format!("switches are {}", switches())),
            );
            continue;
        };
        let (name, value) = (name.trim_end(), value.trim_start());
        let name_at = part_at.start..part_at.start + name.len();
        let value_at = part_at.end - value.len()..part_at.end;
        if let Some((_, first)) = set.iter().find(|(known, _)| *known == name) {
            problems.push(
                Diagnostic::new(
                    "switch-set-twice",
                    name_at.clone(),
                    format!("the switch `{}` is set twice", shown(name)),
                )
                .also(first.clone(), "first here")
                .help("leave out one of the two"),
            );
        }
        set.push((name, name_at.clone()));
        match kernel.set(name, value) {
            Ok(()) => {}
            Err(UnknownSwitch::Name) => {
                let names: Vec<&str> = Switch::ALL.iter().map(|switch| switch.name).collect();
                let problem = unknown("unknown-switch", "switch", name, name_at, &names);
                // One that is meant is named already; the whole list is for whoever has to choose.
                problems.push(match closest(name, names.iter().copied()) {
                    Some(_) => problem,
                    None => problem.help(format!("switches are {}", switches())),
                });
            }
            Err(UnknownSwitch::Value(switch)) => {
                let problem = unknown("unknown-value", "value", value, value_at, switch.values);
                problems.push(problem.help(format!(
                    "`{}` says {}, and is {}",
                    switch.name,
                    switch.meaning,
                    list(switch.values).replace(" and ", " or ")
                )));
            }
        }
    }
    problems
}

/// Every switch with its values: `` `i-mmap=exclusive|shared` ``.
fn switches() -> String {
    let all: Vec<String> = Switch::ALL
        .iter()
        .map(|switch| format!("{}={}", switch.name, switch.values.join("|")))
        .collect();
    list(&all.iter().map(String::as_str).collect::<Vec<_>>())
}
