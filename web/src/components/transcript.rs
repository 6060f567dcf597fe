//! The whole run as a table: the same steps as the stage, for reading, printing and listening.

use std::rc::Rc;

use lockstep_view::scene::Row;
use yew::prelude::*;

use super::swatch::letter_chip;
use crate::model::Act;

/// Properties of [`Transcript`].
#[derive(Clone, PartialEq, Properties)]
pub struct TranscriptProps {
    /// The rows.
    pub rows: Rc<Vec<Row>>,
    /// The cursor.
    pub cursor: u32,
    /// What the table shows, for its caption.
    pub caption: AttrValue,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The table.
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
                <tbody>
                    { for props.rows.iter().map(|row| html! {
                        <TranscriptRow key={row.step.0} row={row.clone()} is_current={row.step.0 == props.cursor} act={props.act.clone()} />
                    }) }
                </tbody>
            </table>
        </div>
    }
}

/// Properties of [`TranscriptRow`].
#[derive(Clone, PartialEq, Properties)]
pub struct TranscriptRowProps {
    /// The row.
    pub row: Row,
    /// Whether the cursor is here.
    pub is_current: bool,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// One row.
#[component]
pub fn TranscriptRow(props: &TranscriptRowProps) -> Html {
    let row = &props.row;
    let step = row.step.0;
    let onclick = props.act.reform(move |_: MouseEvent| Act::Jump(step));
    html! {
        <tr class={classes!(row.is_switch.then_some("is-switch"), row.beat.is_some().then_some("is-beat"))}
            aria-current={props.is_current.then_some("step")}>
            <td><button type="button" class="goto" {onclick} aria-label={format!("Go to step {step}")}>{ step }</button></td>
            <td>{ letter_chip(row.thread) }{ " " }{ &row.name }</td>
            <td><code>{ format!("{}:{}", row.place.file, row.place.line) }</code></td>
            <td>{ &row.what }if let Some(beat) = &row.beat { <b class="row-beat">{ beat }</b> }</td>
            <td>{ &row.changed }</td>
            <td>{ &row.locks }</td>
        </tr>
    }
}
