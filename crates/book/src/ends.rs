//! How the scripts of a scenario end on each kernel, found out by running them.

use std::rc::Rc;

use anyhow::Result;
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::compiled::Script;
use lockstep_scenario::{Scenario, Statement};

use crate::markup::{markdown, prose};
use crate::pieces::Piece;
use crate::runs::{self, Order};
use crate::scenarios::Scenarios;

/// A scenario as a section of its own: what is at stake, what to look at, how it ends, and its stage.
pub(crate) fn whole(scenarios: &Scenarios, id: &str) -> Result<Vec<Piece>> {
    let scenario = scenarios.get(id)?;
    let order = Order::new(scenarios, id, &scenario.opening, &scenario.kernel)?;
    let (picture, folded) = runs::folded(&order);
    let text = format!(
        "## {}\n\n{}\n\nWhat to look at:\n\n{}\n{}\n{}\n{folded}",
        markdown(&scenario.title),
        prose(&scenario.stakes),
        notice(scenario),
        table(scenarios, id)?,
        runs::stage(&order),
    );
    Ok(vec![
        picture,
        Piece {
            path: format!("scenario/{id}.md"),
            text,
        },
    ])
}

/// What a scenario asks to be looked at.
pub(crate) fn notice(scenario: &Scenario) -> String {
    let lines = scenario.notice.iter();
    lines
        .map(|sentence| format!("- {}\n", prose(sentence)))
        .collect()
}

/// Every script on every preset, and on the other kernels the scenario has something to say about.
pub(crate) fn table(scenarios: &Scenarios, id: &str) -> Result<String> {
    let scenario = scenarios.get(id)?;
    let presets: Vec<&str> = Kernel::PRESETS.iter().map(|(name, _)| *name).collect();
    let mut rows = String::new();
    let mut others = String::new();
    for script in &scenario.scripts {
        rows += &format!("| {} |", markdown(&script.title));
        for preset in &presets {
            let order = Order::new(scenarios, id, &script.id, preset)?;
            rows += &format!(" {} |", end(&order));
        }
        rows.push('\n');
        for kernel in other_kernels(script, &presets) {
            let order = Order::new(scenarios, id, &script.id, kernel)?;
            others += &format!(
                "- {}, on `{kernel}`: {}\n",
                markdown(&script.title),
                end(&order)
            );
        }
    }
    let head: Vec<String> = presets.iter().map(|name| format!("`{name}`")).collect();
    let text = format!(
        "| Order | {} |\n|---|{}\n{rows}",
        head.join(" | "),
        "---|".repeat(head.len())
    );
    Ok(if others.is_empty() {
        text
    } else {
        format!("{text}\nOn other kernels:\n\n{others}")
    })
}

/// The kernels beside the presets that the scenario has something to say about.
fn other_kernels<'s>(script: &'s Script, presets: &[&str]) -> Vec<&'s str> {
    let kernels = script.expect.iter().map(|expect| &*expect.kernel);
    kernels.filter(|kernel| !presets.contains(kernel)).collect()
}

/// How one run ended, in a word that leads to the run.
fn end(order: &Order) -> String {
    let outcome = order.run.outcome();
    let word = outcome.word().replace('-', " ");
    let word = if outcome.is_broken() {
        format!("**{word}**")
    } else {
        word
    };
    format!(
        "[{word}](<{}> \"{}\")",
        order.link(),
        order.verdict().replace('"', "'")
    )
}

/// All scenarios under the statements they show: how each opens, before the patch and after it.
pub(crate) fn overview(scenarios: &Scenarios) -> Result<String> {
    let mut text =
        "| Scenario | What it shows | `before` | `after` |\n|---|---|---|---|\n".to_owned();
    for scenario in scenarios.all() {
        let run = |preset| -> Result<String> {
            let kernel = opening_on(scenario, preset);
            Ok(end(&Order::new(
                scenarios,
                &scenario.id,
                &scenario.opening,
                &kernel,
            )?))
        };
        text += &format!(
            "| {} | [{}]({}.md) | {} | {} |\n",
            markdown(&scenario.title),
            markdown(scenario.statement.title()),
            chapter(scenario.statement),
            run("before")?,
            run("after")?
        );
    }
    Ok(text)
}

/// The preset, with what the scenario changes of it where it opens.
fn opening_on(scenario: &Rc<Scenario>, preset: &str) -> String {
    match scenario.kernel.split_once(',') {
        Some((_, switches)) => format!("{preset},{switches}"),
        None => preset.to_owned(),
    }
}

/// The chapter about a statement has its name.
fn chapter(statement: Statement) -> &'static str {
    statement.name()
}
