//! The whole run as a table: the same steps as the stage, for reading, printing and listening.

use lockstep_view::scene::Row;
use web_sys::Element;
use yew::prelude::*;

use super::controls::press;
use super::swatch::letter_chip;
use crate::model::Act;
use crate::shared::Shared;

/// Properties of [`Transcript`].
#[derive(Clone, PartialEq, Properties)]
pub struct TranscriptProps {
    /// The rows.
    pub rows: Shared<Vec<Row>>,
    /// What the table shows, for its caption.
    pub caption: AttrValue,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The table. It is drawn once for a run; the mark of the current row is moved by [`use_current_row`].
#[component]
pub fn Transcript(props: &TranscriptProps) -> Html {
    html! {
        <div class="transcript-scroll" tabindex="0" role="region" aria-label="Transcript">
            <table class="transcript">
                <caption>{ &props.caption }</caption>
                <thead><tr>
                    <th scope="col">{ "Step" }</th><th scope="col">{ "Thread" }</th><th scope="col">{ "Line" }</th>
                    <th scope="col">{ "What" }</th><th scope="col">{ "Changed" }</th><th scope="col">{ "Locks held" }</th>
                </tr></thead>
                <tbody>{ for props.rows.iter().map(|row| table_row(row, &props.act)) }</tbody>
            </table>
        </div>
    }
}

fn table_row(row: &Row, act: &Callback<Act>) -> Html {
    let step = row.step.0;
    let onclick = press(Act::Jump(step), act);
    html! {
        <tr key={step} id={format!("row-{step}")} class={classes!(row.is_switch.then_some("is-switch"), row.beat.is_some().then_some("is-beat"))}>
            <td><button type="button" class="goto" {onclick} aria-label={format!("Go to step {step}")}>{ step }</button></td>
            <td>{ letter_chip(row.thread) }{ " " }{ &row.name }</td>
            <td><code>{ format!("{}:{}", row.place.file, row.place.line) }</code></td>
            <td>{ &row.what }if let Some(beat) = &row.beat { <b class="row-beat">{ beat }</b> }</td>
            <td>{ &row.changed }</td>
            <td>{ &row.locks }</td>
        </tr>
    }
}

/// Marks the row of the current step. A hundred rows are not drawn anew for one attribute.
#[hook]
pub fn use_current_row(rows: Shared<Vec<Row>>, cursor: u32) {
    use_effect_with((rows, cursor), |(_, cursor)| {
        let row = web_sys::window().and_then(|window| {
            window
                .document()?
                .get_element_by_id(&format!("row-{cursor}"))
        });
        // The name and the value are constants, so neither call can fail.
        if let Some(row) = &row {
            let _ = row.set_attribute("aria-current", "step");
        }
        move || {
            if let Some(row) = row {
                let _ = Element::remove_attribute(&row, "aria-current");
            }
        }
    });
}
