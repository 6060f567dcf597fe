//! `lockstep show`: everything a scenario says about itself.

use lockstep_machine::ThreadId;
use lockstep_mm::kernel::{Kernel, Switch};
use lockstep_scenario::Scenario;

/// The scenario as text.
pub(crate) fn show(scenario: &Scenario) -> String {
    let mut text = format!(
        "{}\n{}\n\n{}\n",
        scenario.id, scenario.title, scenario.stakes
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
        let expect = script
            .expect
            .iter()
            .map(|expect| format!("-> {} on {}", expect.outcome.name(), expect.kernel));
        section(&mut text, &head, lines.chain(expect));
    }
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
