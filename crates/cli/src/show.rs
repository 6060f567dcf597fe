//! `lockstep show`: everything a scenario says about itself.

use std::fmt::Write;

use lockstep_machine::ThreadId;
use lockstep_mm::kernel::{Kernel, Switch};
use lockstep_scenario::Scenario;

/// The scenario as text.
pub(crate) fn show(scenario: &Scenario) -> String {
    let mut text = format!(
        "{}\n{}\n\n{}\nIt shows: {}.\n",
        scenario.id,
        scenario.title,
        scenario.stakes,
        scenario.statement.title()
    );
    section(
        &mut text,
        "Notice",
        scenario
            .notice
            .iter()
            .map(|sentence| format!("- {sentence}")),
    );
    section(
        &mut text,
        "The world is made by",
        scenario.setup.iter().map(|step| match step.why.as_str() {
            "" => scenario.call_text(&step.call),
            why => format!("{:40}  {why}", scenario.call_text(&step.call)),
        }),
    );
    section(
        &mut text,
        "Threads",
        scenario.threads.iter().enumerate().map(|(place, thread)| {
            let letter = ThreadId::new(place).map_or('?', ThreadId::letter);
            let path = scenario.path_text(&thread.path);
            format!(
                "{letter}  {}: {}; runs {path}, printed as {}",
                thread.name, thread.role, thread.comm
            )
        }),
    );
    for script in &scenario.scripts {
        let opens = if script.id == scenario.opening {
            ", which opens"
        } else {
            ""
        };
        let head = format!("Script {}{opens}: {}", script.id, script.title);
        let lines = script
            .text
            .lines()
            .map(str::to_owned)
            .filter(|line| !line.trim().is_empty());
        section(&mut text, &head, lines);
    }
    outcomes(&mut text, scenario);
    section(
        &mut text,
        "Beats",
        scenario
            .beats
            .iter()
            .map(|beat| format!("{:20}  {}. {}", beat.id, beat.title, beat.note)),
    );
    let presets = Kernel::PRESETS.iter().map(|(name, _)| (*name).to_owned());
    let switches = Switch::ALL.iter().map(|switch| {
        format!(
            "{}={}: {}",
            switch.name,
            switch.values.join("|"),
            switch.meaning
        )
    });
    section(
        &mut text,
        &format!("Kernels (it opens with {})", scenario.kernel),
        presets.chain(switches),
    );
    text
}

/// How each script is expected to end: a column for every preset, and a line for every other kernel it says something about.
fn outcomes(text: &mut String, scenario: &Scenario) {
    let presets: Vec<&str> = Kernel::PRESETS.iter().map(|(name, _)| *name).collect();
    let names = scenario.scripts.iter().map(|script| script.id.len());
    let width = names.max().unwrap_or(0) + 2;
    text.push('\n');
    let mut row = |name: &str, cells: &[&str]| {
        let cells: String = cells.iter().map(|cell| format!("{cell:10}")).collect();
        // Writing to a string cannot fail.
        _ = writeln!(text, "{}", format!("{name:width$}  {cells}").trim_end());
    };
    row("Outcomes", &presets);
    for script in &scenario.scripts {
        let on = |kernel: &&str| {
            let expect = script.expect.iter().find(|expect| expect.kernel == *kernel);
            expect.map_or("-", |expect| expect.outcome.name())
        };
        let cells: Vec<&str> = presets.iter().map(on).collect();
        row(&format!("  {}", script.id), &cells);
        for expect in &script.expect {
            if !presets.contains(&expect.kernel.as_str()) {
                let name = format!("    on {}:", expect.kernel);
                row(&format!("{name} {}", expect.outcome.name()), &[]);
            }
        }
    }
}

fn section(text: &mut String, head: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    text.push_str(&format!("\n{head}\n"));
    for line in lines {
        text.push_str(&format!("  {}\n", line.trim_end()));
    }
}
