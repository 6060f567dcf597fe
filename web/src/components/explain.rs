//! What just happened: one sentence, what it changed, and the one thing worth doing next.

use lockstep_view::scene::{Change, VerdictKind};
use yew::prelude::*;

use super::controls::{button, yes};
use super::swatch::letter_chip;
use crate::model::{Act, Model};

/// How many changes are listed.
const CHANGES: usize = 5;

/// The sentence of the step.
pub fn explain(model: &Model, act: &Callback<Act>) -> Html {
    let explain = &model.scene.explain;
    html! {
        <section class="explain" aria-label="What just happened">
            <div class="explain-words">
                <p class="explain-beat">
                    if model.scene.cursor.0 == 0 { { "Before the first step" } }
                    else { { format!("Step {}", model.scene.cursor.0) } }
                    if let Some(beat) = &explain.beat { <b>{ beat }</b> }
                    { changes(&explain.changes) }
                </p>
                <p class="sentence" data-broken={yes(model.scene.verdict.kind == VerdictKind::Broken)}>
                    if let Some(thread) = explain.thread { { letter_chip(thread) } }
                    <span>{ &explain.sentence }</span>
                </p>
            </div>
            { offer(model, act) }
        </section>
    }
}

fn changes(changes: &[Change]) -> Html {
    let more = changes.len().saturating_sub(CHANGES);
    html! {
        <span class="changes">
            { for changes.iter().take(CHANGES).map(|change| html! {
                <span class="change"><code>{ &change.label }</code>{ " " }<s>{ &change.from }</s>{ " \u{2192} " }<b>{ &change.to }</b></span>
            }) }
            if more > 0 { <span class="change">{ format!("and {more} more") }</span> }
        </span>
    }
}

/// The next thing worth doing, when there is one: a way back, or the same order on the other code.
fn offer(model: &Model, act: &Callback<Act>) -> Html {
    if let Some(step) = model.returns.last() {
        return button("offer", format!("Return to step {step}"), Act::Return, act);
    }
    match (model.scene.verdict.kind, model.kernel.is_patched()) {
        (VerdictKind::Broken, false) => button(
            "offer offer-flip",
            "Same order, patched kernel?",
            Act::Flip,
            act,
        ),
        (VerdictKind::Clean, true) => button("offer", "Now try your own order", Act::First, act),
        (VerdictKind::Deadlock, _) => button("offer", "Step back", Act::Back, act),
        _ => html! {},
    }
}
