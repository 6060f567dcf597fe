//! The hands on time: back, play, step; and, apart from them, how far one press goes and how fast play is.

use yew::prelude::*;

use super::controls::{Choice, button, icon_button, press, select, yes};
use super::icon::{Icon, icon};
use super::when;
use crate::model::{Act, Detail, Model, Speed};

/// Back, play, step.
pub fn transport(model: &Model, is_hinting: bool, act: &Callback<Act>) -> Html {
    let at_start = model.cursor == 0;
    let at_end = model.is_at_end();
    let is_over = at_end && model.stage.score.is_finished;
    let (sign, name) = if model.is_playing {
        (Icon::Pause, "Pause")
    } else {
        (Icon::Play, "Play")
    };
    html! {
        <div class="transport" role="group" aria-label="Time">
            { icon_button(Icon::First, "First step", at_start, press(Act::First, act)) }
            { icon_button(Icon::Back, "Step back", at_start, press(Act::Back, act)) }
            { icon_button(sign, name, false, press(Act::Toggle, act)) }
            { icon_button(Icon::Last, "Last step", at_end, press(Act::Last, act)) }
            <button type="button" class="hand step" onclick={press(Act::Forward, act)} aria-disabled={yes(is_over)}
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
    let score = &model.stage.score;
    let steps = score.columns.len();
    let switches = score.switches;
    html! {
        <div class="pace">
            <p class="count">
                <b>{ format!("Step {} of {steps}", model.cursor) }</b>
                <span>{ format!("{switches} context {}", if switches == 1 { "switch" } else { "switches" }) }</span>
            </p>
            <div class="pace-beats">
                { button("quiet", "\u{2039} Beat", Act::Beat { is_forward: false }, act) }
                { button("quiet", "Beat \u{203a}", Act::Beat { is_forward: true }, act) }
            </div>
            if !score.is_finished {
                { button("quiet", "Let the rest finish", Act::Finish, act) }
            }
            if !model.undo.is_empty() {
                { button("quiet", "Undo", Act::Undo, act) }
            }
            if !model.earlier.is_empty() {
                { earlier(model, act) }
            }
            { select("choice", words("One press"), details(model), when(act, |value| Detail::parse(&value).map(Act::SetDetail))) }
            { select("choice", words("Speed"), speeds(model), when(act, |value| Speed::parse(&value).map(Act::SetSpeed))) }
        </div>
    }
}

fn words(text: &'static str) -> Html {
    html! { <span>{ text }</span> }
}

/// The orders that were left, to be taken up again.
fn earlier(model: &Model, act: &Callback<Act>) -> Html {
    let count = Choice {
        value: "".into(),
        label: model.earlier.len().to_string().into(),
        is_chosen: true,
    };
    let marks = model
        .earlier
        .iter()
        .enumerate()
        .map(|(index, mark)| Choice {
            value: index.to_string().into(),
            label: Model::label(mark).into(),
            is_chosen: false,
        });
    let on_choice = when(act, |value: String| value.parse().ok().map(Act::Reopen));
    select(
        "choice",
        words("Earlier orders"),
        std::iter::once(count).chain(marks).collect(),
        on_choice,
    )
}

fn details(model: &Model) -> Vec<Choice> {
    let choice = |detail: Detail| Choice {
        value: detail.name().into(),
        label: detail.label().into(),
        is_chosen: detail == model.detail,
    };
    Detail::ALL.into_iter().map(choice).collect()
}

fn speeds(model: &Model) -> Vec<Choice> {
    let choice = |speed: Speed| Choice {
        value: speed.label().into(),
        label: format!("{}\u{d7}", speed.label()).into(),
        is_chosen: speed == model.speed,
    };
    Speed::ALL.into_iter().map(choice).collect()
}
