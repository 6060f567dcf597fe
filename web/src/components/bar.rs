//! The bar at the top: what this is, which code runs, how it stands, and the way to everything else.

use lockstep_view::scene::{Verdict, VerdictKind};
use yew::prelude::*;

use super::icon::{Icon, icon};
use super::transport::chosen;
use crate::engine::{self, Kernel};
use crate::model::Act;

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

/// Properties of [`Bar`].
#[derive(Clone, PartialEq, Properties)]
pub struct BarProps {
    /// The scenario's id.
    pub scenario: AttrValue,
    /// The code that runs.
    pub kernel: Kernel,
    /// How the run stands.
    pub verdict: Verdict,
    /// A link to the whole page, in an embed.
    #[prop_or_default]
    pub full: Option<AttrValue>,
    /// Where wishes go.
    pub act: Callback<Act>,
    /// Opens a dialog.
    pub open: Callback<Panel>,
}

/// The bar at the top.
#[component]
pub fn Bar(props: &BarProps) -> Html {
    let open = |panel: Panel| props.open.reform(move |_: MouseEvent| panel);
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
            <ScenarioChoice scenario={props.scenario.clone()} act={props.act.clone()} />
            <KernelSwitch kernel={props.kernel} act={props.act.clone()} />
            <VerdictPill verdict={props.verdict.clone()} act={props.act.clone()} />
            <div class="bar-tools">
                if let Some(full) = &props.full {
                    <a class="tool" href={full} target="_blank" rel="noopener">{ "Open in full" }</a>
                } else {
                    <button type="button" class="tool" onclick={open(Panel::Share)}>{ icon(Icon::Share) }<span>{ "Share" }</span></button>
                    <button type="button" class="tool" onclick={open(Panel::Help)}><b aria-hidden="true">{ "?" }</b><span>{ "Help" }</span></button>
                    <button type="button" class="tool" onclick={open(Panel::Settings)}>{ icon(Icon::Sliders) }<span>{ "Settings" }</span></button>
                }
            </div>
        </header>
    }
}

/// Properties of [`ScenarioChoice`].
#[derive(Clone, PartialEq, Properties)]
pub struct ScenarioChoiceProps {
    /// The scenario's id.
    pub scenario: AttrValue,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// Which race is on the stage.
#[component]
pub fn ScenarioChoice(props: &ScenarioChoiceProps) -> Html {
    let onchange = super::when(&props.act, |event: Event| chosen(&event).map(Act::Choose));
    html! {
        <label class="scenario">
            <span class="hidden">{ "Race" }</span>
            <select {onchange}>
                { for engine::scenarios().into_iter().map(|choice| html! {
                    <option value={choice.id.clone()} selected={choice.id == *props.scenario}>{ choice.title }</option>
                }) }
            </select>
        </label>
    }
}

/// Properties of [`KernelSwitch`].
#[derive(Clone, PartialEq, Properties)]
pub struct KernelSwitchProps {
    /// The code that runs.
    pub kernel: Kernel,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// Before or after the patch.
#[component]
pub fn KernelSwitch(props: &KernelSwitchProps) -> Html {
    let option = |is_patched: bool, name: &'static str, label: &'static str| {
        let onchange = props.act.reform(move |_: Event| Act::Patch(is_patched));
        html! {
            <label class="segment">
                <input type="radio" name="kernel" value={name} checked={props.kernel.is_patched() == is_patched} {onchange} />
                <span>{ label }</span>
            </label>
        }
    };
    html! {
        <fieldset class="segments kernel">
            <legend class="hidden">{ "The patch" }</legend>
            { option(false, "before", "Before") }
            { option(true, "after", "After") }
        </fieldset>
    }
}

/// Properties of [`VerdictPill`].
#[derive(Clone, PartialEq, Properties)]
pub struct VerdictPillProps {
    /// How the run stands.
    pub verdict: Verdict,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The verdict: a sign, a word and a reason, and the way to the step that decided it.
#[component]
pub fn VerdictPill(props: &VerdictPillProps) -> Html {
    let verdict = &props.verdict;
    let (class, sign) = match verdict.kind {
        VerdictKind::Open => ("verdict verdict-open", Icon::Tilde),
        VerdictKind::Unfinished => ("verdict verdict-unfinished", Icon::Tilde),
        VerdictKind::Broken => ("verdict verdict-broken", Icon::Cross),
        VerdictKind::Deadlock => ("verdict verdict-deadlock", Icon::Ring),
        VerdictKind::Harmless => ("verdict verdict-harmless", Icon::Tilde),
        VerdictKind::Clean => ("verdict verdict-clean", Icon::Check),
    };
    let inside = html! {
        <>
            { icon(sign) }
            <b class="verdict-word">{ &verdict.word }</b>
            if !verdict.reason.is_empty() {
                <span class="verdict-reason">{ &verdict.reason }</span>
            }
        </>
    };
    match verdict.step {
        Some(step) => {
            let onclick = props.act.reform(move |_: MouseEvent| Act::Jump(step.0));
            html! {
                <button type="button" {class} {onclick} aria-label={format!("{} Go there.", verdict.spoken)}>{ inside }</button>
            }
        }
        None => html! { <span {class}>{ inside }</span> },
    }
}
