//! One fact: a name, a value and the step that made it so. Pressing it goes there.

use lockstep_view::scene::{Fact as Words, FactKind, SetBy};
use yew::prelude::*;

use super::controls::{press, yes};
use super::swatch::thread_class;
use crate::model::{Act, Model};

/// One fact.
pub fn fact(
    fact: &Words,
    ghost: Option<String>,
    is_stop: bool,
    model: &Model,
    act: &Callback<Act>,
) -> Html {
    let onclick = press(Act::Why(fact.id.clone()), act);
    // What has a waveform stays where there is little room.
    let is_main = model
        .stage
        .score
        .lanes
        .iter()
        .any(|lane| lane.fact == fact.id);
    let is_looked_at = model.fact.as_ref() == Some(&fact.id);
    let kind = match fact.kind {
        FactKind::Bit(true) => "bit-on",
        FactKind::Bit(false) => "bit-off",
        FactKind::Count(_) => "count",
        FactKind::Arrow(true) => "arrow-on",
        FactKind::Arrow(false) => "arrow-off",
        FactKind::Text => "text",
    };
    html! {
        <button key={fact.id.0.clone()} type="button" class="fact" {onclick} data-fact={fact.id.0.clone()} data-kind={kind}
            data-changed={yes(fact.is_changed)} data-ghost={yes(ghost.is_some())} data-main={yes(is_main)}
            aria-current={is_looked_at.then_some("true")}
            tabindex={if is_stop { "0" } else { "-1" }} title={fact.note.clone()}>
            <span class="hidden">{ &fact.spoken }</span>
            <span class="fact-label" aria-hidden="true">{ &fact.label }</span>
            <span class="fact-value" aria-hidden="true">
                if let Some(previous) = &fact.previous {
                    <span class="fact-previous">{ previous }</span>
                }
                <b>{ &fact.value }</b>
                if let Some(ghost) = ghost {
                    <span class="fact-ghost">{ ghost }</span>
                }
            </span>
            { match &fact.set_by {
                SetBy::Step { step, thread, .. } => html! {
                    <span class={classes!("fact-by", thread_class(*thread))} aria-hidden="true"><i>{ thread.letter() }</i>{ step.0 }</span>
                },
                SetBy::Setup { .. } => html! { <span class="fact-by" aria-hidden="true">{ "start" }</span> },
            } }
        </button>
    }
}
