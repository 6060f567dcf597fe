//! The hands on time: back, play, step; and, apart from them, how far one press goes and how fast play is.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::model::{Act, Detail, Model, Speed};

/// Back, play, step.
pub fn transport(model: &Model, is_hinting: bool, act: &Callback<Act>) -> Html {
    let press = |wish: Act| act.reform(move |_: MouseEvent| wish.clone());
    let at_start = model.cursor == 0;
    let at_end = model.is_at_end();
    let is_over = at_end && model.stage.score.is_finished;
    html! {
        <div class="transport" role="group" aria-label="Time">
            <button type="button" class="hand" onclick={press(Act::First)} aria-label="First step" aria-disabled={at_start.to_string()}>{ icon(Icon::First) }</button>
            <button type="button" class="hand" onclick={press(Act::Back)} aria-label="Step back" aria-disabled={at_start.to_string()}>{ icon(Icon::Back) }</button>
            <button type="button" class="hand" onclick={press(Act::Toggle)} aria-label={if model.is_playing { "Pause" } else { "Play" }}>
                { icon(if model.is_playing { Icon::Pause } else { Icon::Play }) }
            </button>
            <button type="button" class="hand" onclick={press(Act::Last)} aria-label="Last step" aria-disabled={at_end.to_string()}>{ icon(Icon::Last) }</button>
            <button type="button" class="hand step" onclick={press(Act::Forward)} aria-disabled={is_over.to_string()}
                aria-describedby={is_hinting.then_some("step-hint")}>
                { "Step" }{ icon(Icon::Forward) }
            </button>
            if is_hinting {
                <p class="hint" id="step-hint">{ "press this, or the \u{2192} key" }</p>
            }
        </div>
    }
}

/// The foot of the score: the counters, how far one press goes, how fast play is, earlier orders.
pub fn pace(model: &Model, act: &Callback<Act>) -> Html {
    let press = |wish: Act| act.reform(move |_: MouseEvent| wish.clone());
    let score = &model.stage.score;
    let steps = score.columns.len();
    let switches = score.switches;
    let on_detail = super::when(act, |event: Event| {
        Detail::parse(&chosen(&event)?).map(Act::SetDetail)
    });
    let on_speed = super::when(act, |event: Event| {
        let label = chosen(&event)?;
        Speed::ALL
            .into_iter()
            .find(|speed| speed.label() == label)
            .map(Act::SetSpeed)
    });
    let on_earlier = super::when(act, |event: Event| {
        chosen(&event)?.parse().ok().map(Act::Reopen)
    });
    html! {
        <div class="pace">
            <p class="count">
                <b>{ format!("Step {} of {steps}", model.cursor) }</b>
                <span>{ format!("{switches} context {}", if switches == 1 { "switch" } else { "switches" }) }</span>
            </p>
            <div class="pace-beats">
                <button type="button" class="quiet" onclick={press(Act::Beat { is_forward: false })}>{ "\u{2039} Beat" }</button>
                <button type="button" class="quiet" onclick={press(Act::Beat { is_forward: true })}>{ "Beat \u{203a}" }</button>
            </div>
            if !score.is_finished {
                <button type="button" class="quiet" onclick={press(Act::Finish)}>{ "Let the rest finish" }</button>
            }
            if !model.undo.is_empty() {
                <button type="button" class="quiet" onclick={press(Act::Undo)}>{ "Undo" }</button>
            }
            if !model.earlier.is_empty() {
                <label class="choice">
                    <span>{ "Earlier orders" }</span>
                    <select onchange={on_earlier}>
                        <option selected={true} disabled={true}>{ model.earlier.len() }</option>
                        { for model.earlier.iter().enumerate().map(|(index, mark)| html! {
                            <option value={index.to_string()}>{ Model::label(mark) }</option>
                        }) }
                    </select>
                </label>
            }
            <label class="choice">
                <span>{ "One press" }</span>
                <select onchange={on_detail}>
                    { for Detail::ALL.into_iter().map(|detail| html! {
                        <option value={detail.name()} selected={detail == model.detail}>{ detail.label() }</option>
                    }) }
                </select>
            </label>
            <label class="choice">
                <span>{ "Speed" }</span>
                <select onchange={on_speed}>
                    { for Speed::ALL.into_iter().map(|speed| html! {
                        <option value={speed.label()} selected={speed == model.speed}>{ format!("{}\u{d7}", speed.label()) }</option>
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
