//! What the tests share: scenarios to start from, and diagnostics as a person would read them.

#![allow(dead_code, reason = "not every test uses all of it")]

use lockstep_machine::script::{self, Waiting};
use lockstep_machine::{Machine, Schedule};
use lockstep_mm::invariants::{Outcome, Watch};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::world::Memory;
use lockstep_scenario::compiled::Script;
use lockstep_scenario::{Built, Diagnostic, Scenario, library, parse_kernel, parse_script};

/// The scenario of this id, from the library.
pub(crate) fn shipped(id: &str) -> Scenario {
    library()
        .into_iter()
        .find(|scenario| scenario.id == id)
        .unwrap_or_else(|| panic!("{id} is in the library"))
}

/// A run that was watched at every step.
pub(crate) struct Ran {
    pub(crate) built: Built,
    pub(crate) machine: Machine,
    pub(crate) watch: Watch,
    pub(crate) schedule: Schedule,
    pub(crate) outcome: Outcome,
}

/// What comes of a script on a kernel, by name.
pub(crate) fn scripted(scenario: &Scenario, script: &Script, kernel: &str) -> Ran {
    let kernel = parse_kernel(kernel).expect("checked by the parser");
    let built = scenario.build(kernel).expect("builds");
    let lines = parse_script(&script.text, &built.names)
        .expect("checked by the parser")
        .lines;
    let schedule = script::compile(&mut built.machine(), &lines, Waiting::LetHolderRun)
        .unwrap_or_else(|unmet| panic!("{} {} on {kernel}: {unmet:?}", scenario.id, script.id))
        .schedule;
    watched(built, kernel, schedule)
}

/// Runs an order that exists, watching every step.
pub(crate) fn watched(built: Built, kernel: Kernel, schedule: Schedule) -> Ran {
    let mut machine = built.machine();
    let mut watch = Watch::new(built.setting.setup.world, kernel);
    for thread in schedule.steps() {
        machine.step(thread).expect("a step that can be taken");
        machine.with_memory(|memory| {
            machine.with_trace(|trace| watch.step(Memory(memory), trace, machine.finished()));
        });
    }
    let outcome = machine.with_trace(|trace| watch.outcome(trace, machine.finished()));
    Ran {
        built,
        machine,
        watch,
        schedule,
        outcome,
    }
}

/// Diagnostics as text: code, line and column, what is pointed at, and everything that is said.
pub(crate) fn told(text: &str, problems: &[Diagnostic]) -> String {
    let mut told = String::new();
    for problem in problems {
        let pointed = &text[problem.span.clone()];
        let pointed = pointed.replace('\n', "\u{2424}");
        let place = place(text, problem.span.start);
        told += &format!(
            "{} at {place} `{pointed}`\n  {}\n",
            problem.code, problem.message
        );
        if !problem.label.is_empty() {
            told += &format!("  here: {}\n", problem.label);
        }
        for label in &problem.labels {
            told += &format!(
                "  {}: {}\n",
                self::place(text, label.span.start),
                label.text
            );
        }
        if let Some(help) = &problem.help {
            told += &format!("  help: {help}\n");
        }
    }
    told
}

fn place(text: &str, at: usize) -> String {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
    format!("{line}:{column}")
}
