//! Every scenario on every kernel that differs from `before` or `after` in one switch: which changes break it, and which mend it.

use std::rc::Rc;

use anyhow::{Context, Result};
use lockstep_explore::Plan;
use lockstep_view::search::{Answer, Row, Verdict, one_switch_apart};

use crate::ends::said;
use crate::markup::markdown;
use crate::scenarios::Scenarios;

/// The table. Scenarios of three threads have more orders than a book can wait for.
pub(crate) fn table(scenarios: &Scenarios) -> Result<String> {
    let plan = Plan {
        simplest: false,
        ..Plan::default()
    };
    let mut text = "| Scenario | `before` | `after` | Changes of `after` that break it | Changes of `before` that mend it |\n\
                    |---|---|---|---|---|\n"
        .to_owned();
    for scenario in scenarios.all().iter().filter(|one| one.threads.len() <= 2) {
        let mut row = Row::new(Rc::clone(scenario));
        let mut answers = Vec::new();
        for column in one_switch_apart() {
            let cell = row.cell(column.kernel, plan, |answer, _| answer);
            let answer = cell.context("the world cannot be made")?.answer;
            answers.push((column.text, answer));
        }
        let preset = |name: &str| {
            let found = answers.iter().find(|(text, _)| text == name);
            found.map(|(_, answer)| answer).context("no such preset")
        };
        let (before, after) = (preset("before")?, preset("after")?);
        let changes = |base: &str, is_told: &dyn Fn(&Answer) -> bool| {
            let all = answers.iter().filter(|(_, answer)| is_told(answer));
            let names: Vec<String> = all
                .filter_map(|(text, _)| text.strip_prefix(base)?.strip_prefix(','))
                .map(|switch| format!("`{switch}`"))
                .collect();
            match names.is_empty() {
                true => "none".to_owned(),
                false => names.join(", "),
            }
        };
        let is_broken = |answer: &Answer| answer.verdict == Verdict::Broken;
        let breaking = match is_broken(after) {
            true => "it is broken".to_owned(),
            false => changes("after", &is_broken),
        };
        let mending = match is_broken(before) {
            true => changes("before", &|answer| !is_broken(answer)),
            false => "it is not broken".to_owned(),
        };
        text += &format!(
            "| {} | {} | {} | {breaking} | {mending} |\n",
            markdown(&scenario.title),
            ends(before),
            ends(after)
        );
    }
    Ok(text)
}

fn ends(answer: &Answer) -> String {
    let all: Vec<String> = answer.outcomes.iter().map(|end| said(end)).collect();
    all.join(", ")
}
