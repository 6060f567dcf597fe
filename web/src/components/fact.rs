//! One fact: a name, a value and the step that made it so. Pressing it goes there.

use lockstep_view::scene::{Fact as Words, FactKind, SetBy};
use yew::prelude::*;

use super::swatch::thread_class;
use crate::model::Act;

/// Properties of [`Fact`].
#[derive(Clone, PartialEq, Properties)]
pub struct FactProps {
    /// The fact.
    pub fact: Words,
    /// The value a previewed step would give it.
    #[prop_or_default]
    pub ghost: Option<AttrValue>,
    /// Whether it has a waveform, and stays where there is little room.
    pub is_main: bool,
    /// Whether it is the one the tab key reaches.
    pub is_stop: bool,
    /// Whether the reader looks at it.
    pub is_looked_at: bool,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// One fact.
#[component]
pub fn Fact(props: &FactProps) -> Html {
    let fact = &props.fact;
    let id = fact.id.clone();
    let onclick = props.act.reform(move |_: MouseEvent| Act::Why(id.clone()));
    let kind = match fact.kind {
        FactKind::Bit(true) => "bit-on",
        FactKind::Bit(false) => "bit-off",
        FactKind::Count(_) => "count",
        FactKind::Arrow(true) => "arrow-on",
        FactKind::Arrow(false) => "arrow-off",
        FactKind::Text => "text",
    };
    html! {
        <button type="button" class="fact" {onclick} data-fact={fact.id.0.clone()} data-kind={kind}
            data-changed={fact.is_changed.to_string()} data-ghost={props.ghost.is_some().to_string()} data-main={props.is_main.to_string()}
            aria-label={fact.spoken.clone()} aria-current={props.is_looked_at.then_some("true")}
            tabindex={if props.is_stop { "0" } else { "-1" }} title={fact.note.clone()}>
            <span class="fact-label">{ &fact.label }</span>
            <span class="fact-value">
                if let Some(previous) = &fact.previous {
                    <span class="fact-previous">{ previous }</span>
                }
                <b>{ &fact.value }</b>
                if let Some(ghost) = &props.ghost {
                    <span class="fact-ghost">{ ghost }</span>
                }
            </span>
            { match &fact.set_by {
                SetBy::Step { step, thread, .. } => html! {
                    <span class={classes!("fact-by", thread_class(*thread))}><i>{ thread.letter() }</i>{ step.0 }</span>
                },
                SetBy::Setup { .. } => html! { <span class="fact-by">{ "start" }</span> },
            } }
        </button>
    }
}
