//! The order of steps a run is made in: from a schedule, or from a script.

use lockstep_machine::script::{self, Waiting};
use lockstep_machine::{Schedule, run};
use lockstep_scenario::{Built, Diagnostic, Scenario, explain, parse_script};

use crate::args::Run;
use crate::draw::Failure;
use crate::outside;

/// An order that exists.
pub(crate) struct Order {
    /// The steps.
    pub(crate) schedule: Schedule,
    /// Where it is not what was asked for, and why; a sentence each.
    pub(crate) notes: Vec<String>,
}

/// Finds the order asked for on the command line.
pub(crate) fn find(asked: &Run, scenario: &Scenario, built: &Built) -> Result<Order, Failure> {
    if let Some(text) = &asked.schedule {
        return from_schedule(text, built);
    }
    let script = match &asked.script {
        Some(name) => outside::script(scenario, name)?,
        None => {
            let opening = scenario.opening_script().ok_or_else(|| {
                Failure::refused(
                    "the scenario has no script of its own",
                    "say in which order to run it: `--schedule .` or `--script FILE`",
                )
            })?;
            outside::script(scenario, &opening.id)?
        }
    };
    from_script(&script, asked.strict, built)
}

fn from_schedule(text: &str, built: &Built) -> Result<Order, Failure> {
    let schedule: Schedule = text
        .parse()
        .map_err(|error: lockstep_machine::ScheduleError| {
            let problem = Diagnostic::new("schedule", error.at.clone(), error.to_string());
            Failure::wrong("--schedule", text, vec![problem])
        })?;
    let mut machine = built.machine();
    let report = run::strict(&mut machine, &schedule);
    match report.refusal {
        None => Ok(Order {
            schedule: report.executed,
            notes: Vec::new(),
        }),
        Some(refusal) => {
            let problem = explain::refused_letter(&built.names, &machine, &refusal, text);
            Err(Failure::wrong("--schedule", text, vec![problem]))
        }
    }
}

fn from_script(script: &outside::Text, strict: bool, built: &Built) -> Result<Order, Failure> {
    let wrong = |problems| Failure::wrong(&script.name, &script.text, problems);
    let lines = parse_script(&script.text, &built.names).map_err(wrong)?;
    let waiting = if strict {
        Waiting::Refuse
    } else {
        Waiting::LetHolderRun
    };
    let mut machine = built.machine();
    match script::compile(&mut machine, &lines.lines, waiting) {
        Ok(compiled) => {
            let note = |change| explain::order_change(&built.names, &lines, &machine, change);
            Ok(Order {
                notes: compiled.changes.iter().map(note).collect(),
                schedule: compiled.schedule,
            })
        }
        Err(unmet) => Err(wrong(vec![explain::unmet(
            &built.names,
            &lines,
            &machine,
            &unmet,
        )])),
    }
}
