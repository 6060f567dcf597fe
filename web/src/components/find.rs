//! Steps found by what they say: a field, and the steps that have every word of it.

use lockstep_machine::Gather;
use lockstep_view::scene::Row;
use yew::Callback;

use super::controls::chosen;
use super::dialog::dialog;
use super::swatch::letter_chip;
use crate::element::{El, Event, el, words};
use crate::model::{Act, Model};

/// How many steps are listed.
const SHOWN: usize = 40;

/// The dialog. Enter goes to the first step of the list, as forms do.
pub fn find(model: &Model, act: &Callback<Act>) -> El {
    let wanted = model.query.to_ascii_lowercase();
    let rows = &model.stage.rows;
    let found: Vec<&Row> = rows.iter().filter(|row| has(row, &wanted)).gather();
    let told = match found.len() {
        0 => "No step of this run says that.".to_owned(),
        count => format!("{count} of {} steps", rows.len()),
    };
    let on_input = chosen(act, |query| Some(Act::Query(query)));
    let field = el("input.find-field|type=text|role=searchbox|autofocus=|autocomplete=off|spellcheck=false|aria-label=Words of the step|placeholder=ptl, mapcount, Truncate takes, rmap.rs")
        .value(&model.query)
        .on(Event::Input, on_input);
    let steps = found
        .into_iter()
        .take(SHOWN)
        .map(|row| found_step(row, act));
    let form = el("form.find-form|method=dialog")
        .child(field)
        .child(words("p.find-count|role=status", &told))
        .child(el("div.found-list").children(steps));
    dialog("Find a step", form, act)
}

/// Whether a step has every one of these words, in what is said of it or in where it is.
fn has(row: &Row, wanted: &str) -> bool {
    let beat = row.beat.as_deref().unwrap_or_default();
    let (name, place) = (&row.name, &row.place);
    let text = format!(
        "{name} {} {} {beat} {} {}:{} {}",
        row.what, row.changed, place.function, place.file, place.line, row.step.0
    );
    let text = text.to_ascii_lowercase();
    wanted.split_whitespace().all(|word| text.contains(word))
}

fn found_step(row: &Row, act: &Callback<Act>) -> El {
    el("button.found|type=submit")
        .press(Act::Jump(row.step.0), act)
        .child(words("b", &row.step.0.to_string()))
        .child(letter_chip(row.thread))
        .child(words("span", &row.what))
}
