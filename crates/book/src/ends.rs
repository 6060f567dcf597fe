//! How the scripts of a scenario end on each kernel, found out by running them.

use std::rc::Rc;

use anyhow::{Context, Result};
use lockstep_explore::{Limits, Plan};
use lockstep_mm::kernel::Kernel;
use lockstep_scenario::compiled::Script;
use lockstep_scenario::{Scenario, Statement};
use lockstep_view::search::Row;

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
    rows += &every_order(scenario)?;
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

/// How many steps a search of the orders of three threads may take: there are more than a book can wait for. Two threads have few enough.
const STEPS_OF_THREE: u64 = 200_000;

/// What can come of every order there is, on each preset, as far as a search came.
fn every_order(scenario: &Rc<Scenario>) -> Result<String> {
    let limits = Limits::default();
    let steps = match scenario.threads.len() {
        0..=2 => limits.steps,
        _ => STEPS_OF_THREE,
    };
    let plan = Plan {
        simplest: false,
        limits: Limits { steps, ..limits },
        ..Plan::default()
    };
    let mut row = Row::new(Rc::clone(scenario));
    let mut cells = String::new();
    let mut is_every = true;
    for (_, kernel) in Kernel::PRESETS {
        let cell = row.cell(*kernel, plan, |answer, _| answer);
        let answer = cell.context("the world cannot be made")?.answer;
        is_every &= answer.complete;
        let ends: Vec<String> = answer.outcomes.iter().map(|end| said(end)).collect();
        let ends = ends.join(", ");
        cells += &match (answer.complete, answer.classes, answer.states) {
            (true, Some(1), _) => format!(" {ends} (1 class) |"),
            (true, Some(classes), _) => format!(" {ends} ({classes} classes) |"),
            (true, None, Some(states)) => format!(" {ends} ({states} states) |"),
            _ => format!(" {ends} |"),
        };
    }
    let which = match is_every {
        true => "every order there is",
        false => "some of the many orders there are",
    };
    Ok(format!("| *{which}* |{cells}\n"))
}

/// An end as a search tells it, with its bad ones in bold.
pub(crate) fn said(end: &str) -> String {
    let is_bad = ["bad-page", "stranded", "deadlock"]
        .iter()
        .any(|bad| end.starts_with(bad));
    let words = end.replace(['-', ' '], "&nbsp;");
    match is_bad {
        true => format!("**{words}**"),
        false => words,
    }
}

/// The kernels beside the presets that the scenario has something to say about.
fn other_kernels<'s>(script: &'s Script, presets: &[&str]) -> Vec<&'s str> {
    let kernels = script.expect.iter().map(|expect| &*expect.kernel);
    kernels.filter(|kernel| !presets.contains(kernel)).collect()
}

/// How one run ended, in a word that leads to the run.
fn end(order: &Order) -> String {
    let outcome = order.run.outcome();
    // The two words of "bad page" stay together.
    let word = outcome.word().replace('-', "&nbsp;");
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
