//! The bar at the top: what this is, which code runs, how it stands, and the way to everything else.

use lockstep_machine::Gather;
use lockstep_view::scene::VerdictKind;
use yew::Callback;

use super::controls::{Choice, chosen, segments, select};
use super::icon::{Icon, icon};
use crate::element::{El, el, words};
use crate::engine;
use crate::model::prove::Hunt;
use crate::model::{Act, Model, Panel};

/// The bar at the top; `full` is the address of the whole page, in an embed.
pub fn bar(model: &Model, full: Option<&str>, act: &Callback<Act>) -> El {
    let tool = |panel: Panel, sign: El, name: &str| {
        el("button.tool|type=button")
            .press(Act::Panel(Some(panel)), act)
            .child(sign)
            .child(words("span", name))
    };
    let tools = match full {
        Some(full) => el("div.bar-tools")
            .child(words("a.tool|target=_blank|rel=noopener", "Open in full").attr("href", full)),
        None => el("div.bar-tools")
            .child(
                el("button.tool.tool-prove|type=button")
                    .press(Act::Prove(Hunt::Open), act)
                    .child(icon(Icon::Orders))
                    .child(words("span", "Prove")),
            )
            .child(tool(Panel::Share, icon(Icon::Share), "Share"))
            .child(tool(Panel::Help, words("b|aria-hidden=true", "?"), "Help"))
            .child(tool(Panel::Settings, icon(Icon::Sliders), "Settings")),
    };
    el("header.bar")
        .child(mark())
        .child(scenario_choice(model, act))
        .child(kernel_switch(model, act))
        .child(verdict_pill(model, act))
        .child(tools)
}

/// The sign of the page: two threads at one line.
fn mark() -> El {
    let drawing = el("svg|viewBox=0 0 24 24|width=24|height=24|aria-hidden=true|focusable=false")
        .child(el("rect.mark-a|x=2|y=4|width=9|height=6|rx=1.5"))
        .child(el("rect.mark-b|x=13|y=14|width=9|height=6|rx=1.5"))
        .child(el("path.mark-line|d=M12 2v20"));
    el("span.mark")
        .child(drawing)
        .child(words("span.mark-name", "Lockstep"))
}

/// Which race is on the stage.
fn scenario_choice(model: &Model, act: &Callback<Act>) -> El {
    let choices = engine::scenarios().map(|one| Choice {
        is_chosen: one.id == model.scenario,
        value: one.id.into(),
        label: one.title.into(),
        group: one.statement,
    });
    let on_choice = chosen(act, |id| Some(Act::Choose(id)));
    select(
        "scenario",
        words("span.hidden", "Race"),
        choices.gather(),
        on_choice,
    )
}

/// Before or after the patch.
fn kernel_switch(model: &Model, act: &Callback<Act>) -> El {
    let choices = [(false, "before", "Before"), (true, "after", "After")].map(
        |(is_patched, value, label)| Choice {
            value: value.into(),
            label: label.into(),
            group: "",
            is_chosen: model.kernel.is_patched() == is_patched,
        },
    );
    let on_choice = chosen(act, |value| Some(Act::Patch(value == "after")));
    segments("kernel", "The patch", &choices, &on_choice)
}

/// The verdict: a sign, a word and a reason, and the way to the step that decided it.
fn verdict_pill(model: &Model, act: &Callback<Act>) -> El {
    let verdict = &model.scene.verdict;
    let (class, sign) = match verdict.kind {
        VerdictKind::Open => ("verdict-open", Icon::Tilde),
        VerdictKind::Unfinished => ("verdict-unfinished", Icon::Tilde),
        VerdictKind::Broken => ("verdict-broken", Icon::Cross),
        VerdictKind::Deadlock => ("verdict-deadlock", Icon::Ring),
        VerdictKind::Harmless => ("verdict-harmless", Icon::Tilde),
        VerdictKind::Clean => ("verdict-clean", Icon::Check),
    };
    // A verdict that leads somewhere is told in full; one that does not is told by what is seen.
    let silent = verdict.step.map(|_| "true");
    let pill = match verdict.step {
        Some(step) => el("button.verdict|type=button")
            .press(Act::Jump(step.0), act)
            .child(words("span.hidden", &verdict.spoken).text(" Go there.")),
        None => el("span.verdict").child(None),
    };
    let reason = (!verdict.reason.is_empty())
        .then(|| words("span.verdict-reason", &verdict.reason).maybe("aria-hidden", silent));
    pill.class(class)
        .child(icon(sign))
        .child(words("b.verdict-word", &verdict.word).maybe("aria-hidden", silent))
        .child(reason)
}
