//! The order of steps a run is made in: from a schedule, or from a script.

use lockstep_machine::Schedule;
use lockstep_machine::script::Waiting;
use lockstep_scenario::{Diagnostic, explain};
use lockstep_view::{Mode, Run, ScriptError, Session};

use crate::args;
use crate::draw::Failure;
use crate::outside;

/// Makes the run asked for on the command line.
pub(crate) fn run(asked: &args::Run, session: &Session) -> Result<Run, Failure> {
    if let Some(text) = &asked.schedule {
        return from_schedule(text, session);
    }
    let scenario = session.scenario();
    let script = match &asked.script {
        Some(name) => outside::script(scenario, name)?,
        None => {
            let opening = scenario.opening_script().ok_or_else(|| {
                let help = "say in which order to run it: `--schedule .` or `--script FILE`";
                Failure::refused("the scenario has no script of its own", help)
            })?;
            outside::script(scenario, &opening.id)?
        }
    };
    let waiting = if asked.strict {
        Waiting::Refuse
    } else {
        Waiting::LetHolderRun
    };
    match session.compile(&script.text, waiting) {
        Ok(scripted) => Ok(session.run_scripted(&scripted)),
        Err(ScriptError::Script { text, problems }) => {
            Err(Failure::wrong(script.name, text, problems))
        }
        Err(error @ ScriptError::NoSuchScript(_)) => Err(Failure::refused(error.to_string(), "")),
    }
}

/// Runs exactly the steps of a schedule, or none.
fn from_schedule(text: &str, session: &Session) -> Result<Run, Failure> {
    let wrong = |problem| Failure::wrong("--schedule", text, vec![problem]);
    let schedule: Schedule = text
        .parse()
        .map_err(|error: lockstep_machine::ScheduleError| {
            wrong(Diagnostic::new(
                "schedule",
                error.at.clone(),
                error.to_string(),
            ))
        })?;
    let run = session.run(&schedule, Mode::Strict);
    let Some(refusal) = run.report().refusal else {
        return Ok(run);
    };
    // The report says where it stopped; who could have stepped instead has to be asked of a machine that stands there.
    let mut machine = session.machine();
    lockstep_machine::run::strict(&mut machine, run.executed());
    let names = &session.built().names;
    Err(wrong(explain::refused_letter(
        names, &machine, &refusal, text,
    )))
}
