//! The hands on time: back, play, step; and, apart from them, how far one press goes and how fast play is.

use lockstep_machine::Gather;
use yew::Callback;

use super::controls::{Choice, button, chosen, icon_button, select};
use super::icon::{Icon, icon};
use crate::element::{El, el, words};
use crate::model::prove::Hunt;
use crate::model::{Act, Detail, Model, Panel, Speed};

/// Back, play, step.
pub fn transport(model: &Model, act: &Callback<Act>) -> El {
    let at_start = model.cursor == 0;
    let at_end = model.is_at_end();
    let is_over = at_end && model.stage.score.is_finished;
    let is_hinting = model.is_hinting();
    let (sign, name) = if model.is_playing {
        (Icon::Pause, "Pause")
    } else {
        (Icon::Play, "Play")
    };
    let step = words("button.hand.step|type=button", "Step")
        .press(Act::Forward, act)
        .flag("aria-disabled", is_over)
        .maybe("aria-describedby", is_hinting.then_some("step-hint"))
        .child(icon(Icon::Forward));
    let hint = is_hinting.then(|| words("p.hint|id=step-hint", "press this, or the \u{2192} key"));
    el("div.transport|role=group|aria-label=Time")
        .child(icon_button(
            Icon::First,
            "First step",
            at_start,
            Act::First,
            act,
        ))
        .child(icon_button(
            Icon::Back,
            "Step back",
            at_start,
            Act::Back,
            act,
        ))
        .child(icon_button(sign, name, false, Act::Toggle, act))
        .child(icon_button(Icon::Last, "Last step", at_end, Act::Last, act))
        .child(step)
        .child(hint)
}

/// The foot of the score: the counters, how far one press goes, how fast play is, earlier orders.
pub fn pace(model: &Model, act: &Callback<Act>) -> El {
    let score = &model.stage.score;
    let switches = if score.switches == 1 {
        "switch"
    } else {
        "switches"
    };
    let count = el("p.count")
        .child(words(
            "b",
            &format!("Step {} of {}", model.cursor, model.stage.steps()),
        ))
        .child(if model.slice.is_on {
            words("span.count-needed|role=status", &matters(model))
        } else {
            let told = format!("{} context {switches}", score.switches);
            words("span", &told)
        });
    let beats = el("div.pace-beats")
        .child(button(
            "quiet",
            "\u{2039} Beat",
            Act::Beat { is_forward: false },
            act,
        ))
        .child(button(
            "quiet",
            "Beat \u{203a}",
            Act::Beat { is_forward: true },
            act,
        ));
    let finish =
        (!score.is_finished).then(|| button("quiet", "Let the rest finish", Act::Finish, act));
    let undo = (!model.undo.is_empty()).then(|| button("quiet", "Undo", Act::Undo, act));
    let carry = model.carried.is_none() && model.stage.steps() > 0;
    let carry = carry.then(|| button("quiet carry", "Move this step", Act::PickUp(None), act));
    let needed = (model.breaks_at().is_some() || model.slice.is_on).then(|| {
        button("quiet needed", "Only what matters", Act::OnlyNeeded, act)
            .flag("aria-pressed", model.slice.is_on)
    });
    let redo = (!model.redo.is_empty()).then(|| button("quiet", "Redo", Act::Redo, act));
    let find = button("quiet find", "Find", Act::Panel(Some(Panel::Find)), act);
    let on_detail = chosen(act, |value| Detail::parse(&value).map(Act::SetDetail));
    let on_speed = chosen(act, |value| Speed::parse(&value).map(Act::SetSpeed));
    let orders = button(
        "quiet pace-orders",
        "All orders",
        Act::Prove(Hunt::Open),
        act,
    );
    el("div.pace")
        .child(count)
        .child(orders)
        .child(beats)
        .child(carry)
        .child(needed)
        .child(finish)
        .child(undo)
        .child(redo)
        .child((!model.earlier.is_empty()).then(|| earlier(model, act)))
        .child(find)
        .child(select(
            "choice",
            words("span", "One press"),
            details(model),
            on_detail,
        ))
        .child(select(
            "choice",
            words("span", "Speed"),
            speeds(model),
            on_speed,
        ))
}

/// How much of the run matters for what breaks in it.
fn matters(model: &Model) -> String {
    let slice = &model.slice;
    match (model.breaks_at(), &slice.steps, &slice.failed) {
        (None, ..) => "Nothing breaks in this run: every step is shown.".to_owned(),
        (Some(step), Some(steps), _) => format!("{} of {step} steps lead to it", steps.len()),
        (Some(_), None, Some(why)) => why.clone(),
        (Some(_), None, None) => String::new(),
    }
}

/// The orders that were left, to be taken up again.
fn earlier(model: &Model, act: &Callback<Act>) -> El {
    let mut choices = vec![Choice {
        value: "".into(),
        label: model.earlier.len().to_string().into(),
        group: "",
        is_chosen: true,
    }];
    for (index, mark) in model.earlier.iter().enumerate() {
        choices.push(Choice {
            value: index.to_string().into(),
            label: Model::label(mark).into(),
            group: "",
            is_chosen: false,
        });
    }
    let on_choice = chosen(act, |value| value.parse().ok().map(Act::Reopen));
    select(
        "choice earlier",
        words("span", "Earlier orders"),
        choices,
        on_choice,
    )
}

fn details(model: &Model) -> Vec<Choice> {
    let choice = |detail: Detail| Choice {
        value: detail.name().into(),
        label: detail.label().into(),
        group: "",
        is_chosen: detail == model.detail,
    };
    Detail::ALL.into_iter().map(choice).gather()
}

fn speeds(model: &Model) -> Vec<Choice> {
    let choice = |speed: Speed| Choice {
        value: speed.label().into(),
        label: format!("{}\u{d7}", speed.label()).into(),
        group: "",
        is_chosen: speed == model.speed,
    };
    Speed::ALL.into_iter().map(choice).gather()
}
