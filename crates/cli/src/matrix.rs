//! `lockstep matrix`: what can come of every scenario on every kernel.
//!
//! Scenarios are searched side by side, one a processor; the cells of one wait for each other, since one may answer another.
//! Each cell is found as it would be alone, so the table does not depend on how many processors there are.

use std::rc::Rc;

use lockstep_explore::Plan;
use lockstep_explore::Search;
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::search::{self, Answer, Cell, KernelColumn, Question, Row, answer};
use rayon::prelude::*;

use crate::args::Matrix;
use crate::check;
use crate::draw::Failure;
use crate::progress::{Watch, is_interrupted};
use crate::{Done, News, outside};

/// Searches them all, and tells what was found.
pub(crate) fn run(asked: &Matrix) -> Result<Done, Failure> {
    let kernels = kernels(&asked.kernels)?;
    let ids: Vec<String> = match asked.scenarios.as_slice() {
        [] => library().into_iter().map(|scenario| scenario.id).collect(),
        some => some.to_vec(),
    };
    for id in &ids {
        // What is wrong with one is said before any is searched.
        outside::scenario(id)?;
    }
    let rows: Vec<Vec<Cell>> = ids
        .par_iter()
        .map(|id| outside::scenario(id).and_then(|scenario| row(asked, scenario, &kernels)))
        .collect::<Result<_, _>>()?;
    let mut news = News::Good;
    for found in rows.iter().flatten().map(|cell| &cell.answer) {
        news = match (news, check::news(found)) {
            (News::Broken, _) | (_, News::Broken) => News::Broken,
            (News::Limited, _) | (_, News::Limited) => News::Limited,
            _ => News::Good,
        };
    }
    let text = if asked.json {
        let lines = rows.iter().flatten().map(|cell| check::json(&cell.answer));
        lines.collect::<Result<String, _>>()?
    } else {
        table(&kernels, &rows)
    };
    Ok(Done { text, news })
}

fn kernels(asked: &[String]) -> Result<Vec<KernelColumn>, Failure> {
    if asked.is_empty() {
        return Ok(search::one_switch_apart());
    }
    let column = |text: &String| {
        let kernel =
            parse_kernel(text).map_err(|problems| Failure::wrong("--kernels", text, problems))?;
        Ok(KernelColumn {
            kernel,
            text: text.clone(),
        })
    };
    asked.iter().map(column).collect()
}

fn row(asked: &Matrix, scenario: Scenario, kernels: &[KernelColumn]) -> Result<Vec<Cell>, Failure> {
    let plan = Plan {
        limits: check::limits(&asked.limit, false),
        ..Plan::default()
    };
    let id = scenario.id.clone();
    let mut row = Row::new(Rc::new(scenario));
    let mut cells = Vec::new();
    for column in kernels {
        let KernelColumn { kernel, text } = column;
        let refused = |error| {
            Failure::refused(
                format!("cannot make the world of {id} on {text}: {error}"),
                "",
            )
        };
        let program = match row.ask(*kernel).map_err(refused)? {
            Ok(cell) => {
                cells.push(named(cell, text));
                continue;
            }
            Err(program) => program,
        };
        let question = Question::new(program.setting().setup.world);
        let mut search = Search::new(&program, &question, plan);
        let watch = Watch::new(&format!("{id} on {text}"), asked.limit.limit_time);
        let cut = if is_interrupted() {
            Some(crate::progress::Cut::Stopped)
        } else {
            watch.drive(&mut search, &mut ())
        };
        let mut found = answer(&id, text, &search.findings());
        found.milliseconds = watch.milliseconds();
        if let (Some(cut), false) = (cut, search.is_decided()) {
            found.limit = Some(cut.word());
        }
        let go_on = &mut |counts| watch.goes_on(&counts);
        let found = check::with_races(found, &program, go_on);
        row.learn(&program, found.clone());
        cells.push(Cell {
            answer: found,
            same_as: None,
        });
    }
    Ok(cells)
}

/// The cell under the name the kernel was asked for by.
fn named(cell: Cell, text: &str) -> Cell {
    Cell {
        answer: Answer {
            kernel: text.to_owned(),
            ..cell.answer
        },
        ..cell
    }
}

/// One line a scenario and kernel, scenarios apart.
fn table(kernels: &[KernelColumn], rows: &[Vec<Cell>]) -> String {
    let width = kernels.iter().map(|column| column.text.len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for cells in rows {
        let Some(first) = cells.first() else {
            continue;
        };
        text += &format!("{}\n", first.answer.scenario);
        for (cell, column) in cells.iter().zip(kernels) {
            text += &line(cell, &column.text, width);
        }
        text += "\n";
    }
    let searched = rows.iter().flatten().filter(|cell| cell.same_as.is_none());
    let (mut count, mut steps) = (0, 0);
    for cell in searched {
        count += 1;
        steps += cell.answer.steps;
    }
    let all: usize = rows.iter().map(Vec::len).sum();
    text += &format!(
        "{all} cells, {count} of them searched and the others the same as one of those; {steps} steps\n"
    );
    text
}

fn line(cell: &Cell, kernel: &str, width: usize) -> String {
    let Answer {
        verdict,
        outcomes,
        classes,
        states,
        milliseconds,
        limit,
        witness,
        ..
    } = &cell.answer;
    let how = match (cell.same_as, classes, states) {
        (Some(other), ..) => format!("as {other}"),
        (None, Some(1), _) => format!("1 class, {milliseconds} ms"),
        (None, Some(classes), _) => format!("{classes} classes, {milliseconds} ms"),
        (None, _, Some(states)) => format!("{states} states, {milliseconds} ms"),
        (None, ..) => format!("{milliseconds} ms"),
    };
    let limit = match limit {
        Some(limit) => format!("; limit of {limit}, not a proof"),
        None if cell.answer.is_race_open() => "; no time to look for races".to_owned(),
        None => String::new(),
    };
    let shown = match (witness, cell.same_as) {
        (Some(witness), None) => format!("; {}", witness.schedule),
        _ => String::new(),
    };
    format!(
        "  {kernel:<width$}  {:<8}  {}  ({how}{limit}{shown})\n",
        verdict.word(),
        outcomes.join(", ")
    )
}
