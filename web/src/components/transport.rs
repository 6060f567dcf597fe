//! The hands on time: back, play, step; and, apart from them, how far one press goes and how fast play is.

use std::rc::Rc;

use lockstep_view::scene::Score;
use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::model::{Act, Detail, Mark, Model, Speed};

/// Properties of [`Transport`].
#[derive(Clone, PartialEq, Properties)]
pub struct TransportProps {
    /// The cursor.
    pub cursor: u32,
    /// How many steps the run has.
    pub steps: u32,
    /// Whether every thread has finished at its end.
    pub is_finished: bool,
    /// Whether it plays.
    pub is_playing: bool,
    /// Whether to say that the arrow key does the same as Step.
    pub is_hinting: bool,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// Back, play, step.
#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let act = |act: Act| props.act.reform(move |_: MouseEvent| act.clone());
    let at_start = props.cursor == 0;
    let at_end = props.cursor >= props.steps;
    let is_over = at_end && props.is_finished;
    html! {
        <div class="transport" role="group" aria-label="Time">
            <button type="button" class="hand" onclick={act(Act::First)} aria-label="First step" aria-disabled={at_start.to_string()}>{ icon(Icon::First) }</button>
            <button type="button" class="hand" onclick={act(Act::Back)} aria-label="Step back" aria-disabled={at_start.to_string()}>{ icon(Icon::Back) }</button>
            <button type="button" class="hand" onclick={act(Act::Toggle)} aria-label={if props.is_playing { "Pause" } else { "Play" }}>
                { icon(if props.is_playing { Icon::Pause } else { Icon::Play }) }
            </button>
            <button type="button" class="hand" onclick={act(Act::Last)} aria-label="Last step" aria-disabled={at_end.to_string()}>{ icon(Icon::Last) }</button>
            <button type="button" class="hand step" onclick={act(Act::Forward)} aria-disabled={is_over.to_string()}
                aria-describedby={props.is_hinting.then_some("step-hint")}>
                { "Step" }{ icon(Icon::Forward) }
            </button>
            if props.is_hinting {
                <p class="hint" id="step-hint">{ "press this, or the \u{2192} key" }</p>
            }
        </div>
    }
}

/// Properties of [`Pace`].
#[derive(Clone, PartialEq, Properties)]
pub struct PaceProps {
    /// The whole run.
    pub score: Rc<Score>,
    /// The cursor.
    pub cursor: u32,
    /// How far one press goes.
    pub detail: Detail,
    /// How fast play is.
    pub speed: Speed,
    /// Orders that were left.
    pub earlier: Vec<Mark>,
    /// Whether there is something to undo.
    pub can_undo: bool,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The foot of the score: the counters, how far one press goes, how fast play is, earlier orders.
#[component]
pub fn Pace(props: &PaceProps) -> Html {
    let act = |act: Act| props.act.reform(move |_: MouseEvent| act.clone());
    let steps = props.score.columns.len();
    let switches = props.score.switches;
    let on_detail = super::when(&props.act, |event: Event| {
        Detail::parse(&chosen(&event)?).map(Act::SetDetail)
    });
    let on_speed = super::when(&props.act, |event: Event| {
        let label = chosen(&event)?;
        Speed::ALL
            .into_iter()
            .find(|speed| speed.label() == label)
            .map(Act::SetSpeed)
    });
    let on_earlier = super::when(&props.act, |event: Event| {
        chosen(&event)?.parse().ok().map(Act::Reopen)
    });
    html! {
        <div class="pace">
            <p class="count">
                <b>{ format!("Step {} of {steps}", props.cursor) }</b>
                <span>{ format!("{switches} context {}", if switches == 1 { "switch" } else { "switches" }) }</span>
            </p>
            <div class="pace-beats">
                <button type="button" class="quiet" onclick={act(Act::Beat { is_forward: false })}>{ "\u{2039} Beat" }</button>
                <button type="button" class="quiet" onclick={act(Act::Beat { is_forward: true })}>{ "Beat \u{203a}" }</button>
            </div>
            if !props.score.is_finished {
                <button type="button" class="quiet" onclick={act(Act::Finish)}>{ "Let the rest finish" }</button>
            }
            if props.can_undo {
                <button type="button" class="quiet" onclick={act(Act::Undo)}>{ "Undo" }</button>
            }
            if !props.earlier.is_empty() {
                <label class="choice">
                    <span>{ "Earlier orders" }</span>
                    <select onchange={on_earlier}>
                        <option selected={true} disabled={true}>{ props.earlier.len() }</option>
                        { for props.earlier.iter().enumerate().map(|(index, mark)| html! {
                            <option value={index.to_string()}>{ Model::label(mark) }</option>
                        }) }
                    </select>
                </label>
            }
            <label class="choice">
                <span>{ "One press" }</span>
                <select onchange={on_detail}>
                    { for Detail::ALL.into_iter().map(|detail| html! {
                        <option value={detail.name()} selected={detail == props.detail}>{ detail.label() }</option>
                    }) }
                </select>
            </label>
            <label class="choice">
                <span>{ "Speed" }</span>
                <select onchange={on_speed}>
                    { for Speed::ALL.into_iter().map(|speed| html! {
                        <option value={speed.label()} selected={speed == props.speed}>{ format!("{}\u{d7}", speed.label()) }</option>
                    }) }
                </select>
            </label>
        </div>
    }
}

/// The value a reader chose from a list.
pub fn chosen(event: &Event) -> Option<String> {
    event
        .target_dyn_into::<web_sys::HtmlSelectElement>()
        .map(|select| select.value())
}
