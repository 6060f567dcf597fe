//! The whole run as a table: the same steps as the stage, for reading, printing and listening.

use lockstep_view::scene::Row;
use yew::{Callback, Html};

use super::swatch::letter_chip;
use crate::element::{El, el, words};
use crate::kept::kept;
use crate::model::{Act, Model};
use crate::shared::Shared;

/// The columns.
const HEADS: [&str; 6] = ["Step", "Thread", "Line", "What", "Changed", "Locks held"];

/// The table. It is drawn once for a run; the mark of the current row is moved by [`Shown`](crate::edge::document::Shown).
pub fn transcript(model: &Model, act: &Callback<Act>) -> Html {
    let (stage, act) = (model.stage.clone(), act.clone());
    let needed = model.needed().cloned();
    let version = stage.address() ^ needed.as_ref().map_or(0, Shared::address);
    kept(version, move || {
        let told = &stage.headline;
        let caption = format!(
            "{}, {}: {} steps",
            told.title,
            told.kernel,
            stage.rows.len()
        );
        let heads = HEADS.iter().map(|head| words("th|scope=col", head));
        let table = el("table.transcript")
            .child(words("caption", &caption))
            .child(el("thead").child(el("tr").children(heads)))
            .child(el("tbody").children(stage.rows.iter().map(|row| {
                let is_aside = |steps: &Shared<Vec<u32>>| !steps.contains(&row.step.0);
                let is_aside = needed.as_ref().is_some_and(is_aside);
                table_row(row, &act).class_if(is_aside, "row-aside")
            })));
        el("div.transcript-scroll|tabindex=0|role=region|aria-label=Transcript")
            .child(table)
            .html()
    })
}

fn table_row(row: &Row, act: &Callback<Act>) -> El {
    let step = row.step.0;
    let goto = words("button.goto|type=button", &step.to_string())
        .press(Act::Jump(step), act)
        .attr("aria-label", &format!("Go to step {step}"));
    let beat = row.beat.as_ref().map(|beat| words("b.row-beat", beat));
    let line = format!("{}:{}", row.place.file, row.place.line);
    el("tr")
        .attr("id", &format!("row-{step}"))
        .class_if(row.is_switch, "is-switch")
        .child(el("td").child(goto))
        .child(
            el("td")
                .child(letter_chip(row.thread))
                .text(" ")
                .text(&row.name),
        )
        .child(el("td").child(words("code", &line)))
        .child(words("td", &row.what).child(beat))
        .child(words("td", &row.changed))
        .child(words("td", &row.locks))
}
