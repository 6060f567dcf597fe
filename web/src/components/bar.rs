//! The bar at the top: what this is, which code runs, how it stands, and the way to everything else.

use lockstep_view::scene::VerdictKind;
use yew::prelude::*;

use super::controls::{Choice, segments, select};
use super::icon::{Icon, icon};
use super::when;
use crate::engine;
use crate::model::{Act, Model};

/// The dialogs of the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Panel {
    /// Links, embeds and texts to take away.
    Share,
    /// The keys and the signs.
    Help,
    /// Theme, motion, size.
    Settings,
}

/// The bar at the top.
pub fn bar(
    model: &Model,
    full: Option<AttrValue>,
    act: &Callback<Act>,
    open: &Callback<Panel>,
) -> Html {
    let tool = |panel: Panel, sign: Html, name: &'static str| {
        let onclick = open.reform(move |_: MouseEvent| panel);
        html! { <button type="button" class="tool" {onclick}>{ sign }<span>{ name }</span></button> }
    };
    html! {
        <header class="bar">
            <span class="mark">
                <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
                    <rect class="mark-a" x="2" y="4" width="9" height="6" rx="1.500" />
                    <rect class="mark-b" x="13" y="14" width="9" height="6" rx="1.500" />
                    <path class="mark-line" d="M12 2v20" />
                </svg>
                <span class="mark-name">{ "Lockstep" }</span>
            </span>
            { scenario_choice(model, act) }
            { kernel_switch(model, act) }
            { verdict_pill(model, act) }
            <div class="bar-tools">
                if let Some(full) = full {
                    <a class="tool" href={full} target="_blank" rel="noopener">{ "Open in full" }</a>
                } else {
                    { tool(Panel::Share, icon(Icon::Share), "Share") }
                    { tool(Panel::Help, html! { <b aria-hidden="true">{ "?" }</b> }, "Help") }
                    { tool(Panel::Settings, icon(Icon::Sliders), "Settings") }
                }
            </div>
        </header>
    }
}

/// Which race is on the stage.
fn scenario_choice(model: &Model, act: &Callback<Act>) -> Html {
    let choices = engine::scenarios().into_iter().map(|one| Choice {
        is_chosen: one.id == model.scenario,
        value: one.id.into(),
        label: one.title.into(),
    });
    let name = html! { <span class="hidden">{ "Race" }</span> };
    select(
        "scenario",
        name,
        choices.collect(),
        when(act, |id| Some(Act::Choose(id))),
    )
}

/// Before or after the patch.
fn kernel_switch(model: &Model, act: &Callback<Act>) -> Html {
    let choices = [(false, "before", "Before"), (true, "after", "After")].map(
        |(is_patched, value, label)| Choice {
            value: value.into(),
            label: label.into(),
            is_chosen: model.kernel.is_patched() == is_patched,
        },
    );
    segments(
        "segments kernel",
        "The patch",
        choices.into(),
        when(act, |value| Some(Act::Patch(value == "after"))),
    )
}

/// The verdict: a sign, a word and a reason, and the way to the step that decided it.
fn verdict_pill(model: &Model, act: &Callback<Act>) -> Html {
    let verdict = &model.scene.verdict;
    let (class, sign) = match verdict.kind {
        VerdictKind::Open => ("verdict verdict-open", Icon::Tilde),
        VerdictKind::Unfinished => ("verdict verdict-unfinished", Icon::Tilde),
        VerdictKind::Broken => ("verdict verdict-broken", Icon::Cross),
        VerdictKind::Deadlock => ("verdict verdict-deadlock", Icon::Ring),
        VerdictKind::Harmless => ("verdict verdict-harmless", Icon::Tilde),
        VerdictKind::Clean => ("verdict verdict-clean", Icon::Check),
    };
    // A verdict that leads somewhere is told in full; one that does not is told by what is seen.
    let aria = verdict.step.map(|_| "true");
    let inside = html! {
        <>
            { icon(sign) }
            <b class="verdict-word" aria-hidden={aria}>{ &verdict.word }</b>
            if !verdict.reason.is_empty() {
                <span class="verdict-reason" aria-hidden={aria}>{ &verdict.reason }</span>
            }
        </>
    };
    match verdict.step {
        Some(step) => {
            let onclick = act.reform(move |_: MouseEvent| Act::Jump(step.0));
            html! {
                <button type="button" {class} {onclick}>
                    <span class="hidden">{ format!("{} Go there.", verdict.spoken) }</span>{ inside }
                </button>
            }
        }
        None => html! { <span {class}>{ inside }</span> },
    }
}
