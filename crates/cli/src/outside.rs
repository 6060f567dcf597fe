//! What comes from outside: scenarios, scripts and kernels, by name or from files.

use std::fs;
use std::io::ErrorKind;

use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, closest_name, library, parse, parse_kernel};

use crate::draw::Failure;

/// A text, and what to call it.
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// The scenario of an id or in a file.
pub(crate) fn scenario(asked: &str) -> Result<Scenario, Failure> {
    let library = library();
    if let Some(found) = library.iter().find(|scenario| scenario.id == asked) {
        return Ok(found.clone());
    }
    let ids: Vec<&str> = library
        .iter()
        .map(|scenario| scenario.id.as_str())
        .collect();
    let listed = "`lockstep list` lists what is built in".to_owned();
    let text = file(asked, "scenario", &ids, listed)?;
    parse(&text).map_err(|problems| Failure::wrong(asked, text, problems))
}

/// The script of an id in the scenario, or in a file.
pub(crate) fn script(scenario: &Scenario, asked: &str) -> Result<Text, Failure> {
    if let Some(found) = scenario.script(asked) {
        return Ok(Text {
            name: format!("script {asked}"),
            text: found.text.clone(),
        });
    }
    let ids: Vec<&str> = scenario
        .scripts
        .iter()
        .map(|script| script.id.as_str())
        .collect();
    let listed = match ids.as_slice() {
        [] => format!("{} has no script of its own", scenario.id),
        _ => format!("{} has {}", scenario.id, ids.join(", ")),
    };
    Ok(Text {
        name: asked.to_owned(),
        text: file(asked, "script", &ids, listed)?,
    })
}

/// The kernel asked for, or the one the scenario is about.
pub(crate) fn kernel(scenario: &Scenario, asked: Option<&str>) -> Result<Kernel, Failure> {
    let text = asked.unwrap_or(&scenario.kernel);
    parse_kernel(text).map_err(|problems| Failure::wrong("--kernel", text, problems))
}

/// A file, which may not exist because the name of something built in was meant; `listed` says where those are.
fn file(asked: &str, what: &str, names: &[&str], listed: String) -> Result<String, Failure> {
    fs::read_to_string(asked).map_err(|error| {
        let help = match closest_name(asked, names.iter().copied()) {
            Some(close) => format!("did you mean `{close}`?"),
            None if error.kind() == ErrorKind::NotFound => listed,
            None => {
                return Failure::refused(format!("cannot read `{asked}`: {error}"), String::new());
            }
        };
        let message = format!("there is no {what} and no file named `{asked}`");
        Failure::refused(message, help)
    })
}
