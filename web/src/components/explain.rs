//! What just happened: one sentence, what it changed, and the one thing worth doing next.

use std::rc::Rc;

use lockstep_view::scene::{Change, Scene, VerdictKind};
use yew::prelude::*;

use super::swatch::letter_chip;
use crate::engine::Kernel;
use crate::model::Act;

/// Properties of [`Explain`].
#[derive(Clone, PartialEq, Properties)]
pub struct ExplainProps {
    /// The moment.
    pub scene: Rc<Scene>,
    /// The code that runs.
    pub kernel: Kernel,
    /// Where a why-jump came from, if it can be returned to.
    pub came_from: Option<u32>,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// How many changes are listed.
const CHANGES: usize = 5;

/// The sentence of the step.
#[component]
pub fn Explain(props: &ExplainProps) -> Html {
    let explain = &props.scene.explain;
    html! {
        <section class="explain" aria-label="What just happened">
            <div class="explain-words">
                <p class="explain-beat">
                    if props.scene.cursor.0 == 0 { { "Before the first step" } }
                    else { { format!("Step {}", props.scene.cursor.0) } }
                    if let Some(beat) = &explain.beat { <b>{ beat }</b> }
                    { changes(&explain.changes) }
                </p>
                <p class="sentence" data-broken={(props.scene.verdict.kind == VerdictKind::Broken).to_string()}>
                    if let Some(thread) = explain.thread { { letter_chip(thread) } }
                    <span>{ &explain.sentence }</span>
                </p>
            </div>
            { offer(props) }
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
fn offer(props: &ExplainProps) -> Html {
    let act = |act: Act| props.act.reform(move |_: MouseEvent| act.clone());
    if let Some(step) = props.came_from {
        return html! {
            <button type="button" class="offer" onclick={act(Act::Return)}>{ format!("Return to step {step}") }</button>
        };
    }
    match (props.scene.verdict.kind, props.kernel.is_patched()) {
        (VerdictKind::Broken, false) => html! {
            <button type="button" class="offer offer-flip" onclick={act(Act::Flip)}>{ "Same order, patched kernel?" }</button>
        },
        (VerdictKind::Clean, true) => html! {
            <button type="button" class="offer" onclick={act(Act::First)}>{ "Now try your own order" }</button>
        },
        (VerdictKind::Deadlock, _) => html! {
            <button type="button" class="offer" onclick={act(Act::Back)}>{ "Step back" }</button>
        },
        _ => html! {},
    }
}
