//! What just happened: one sentence, what it changed, and the one thing worth doing next.

use lockstep_view::scene::{Change, VerdictKind};
use yew::Callback;

use super::controls::button;
use super::glossary::{marked, meanings};
use super::swatch::letter_chip;
use crate::element::{El, el, words};
use crate::model::{Act, Carried, Model};

/// How many changes are listed.
const CHANGES: usize = 5;

/// The sentence of the step.
pub fn explain(model: &Model, act: &Callback<Act>) -> El {
    if let Some(carried) = &model.carried {
        return carrying(carried, model, act);
    }
    let explain = &model.scene.explain;
    let when = match model.scene.cursor.0 {
        0 => "Before the first step".to_owned(),
        step => format!("Step {step}"),
    };
    let beat = words("p.explain-beat", &when)
        .child(explain.beat.as_ref().map(|beat| words("b", beat)))
        .child(put_back(model))
        .child(same(model, act))
        .child(changes(&explain.changes));
    let sentence = el("p.sentence")
        .flag(
            "data-broken",
            model.scene.verdict.kind == VerdictKind::Broken,
        )
        .child(explain.thread.map(letter_chip))
        .child(marked(&explain.sentence));
    el("section.explain|aria-label=What just happened")
        .child(el("div.explain-words").child(beat).child(sentence))
        .child(offer(model, act))
        .child(meanings(&explain.sentence, &model.stage.score, act))
}

/// A step that is being carried: which, where it is now, and what that would come to.
fn carrying(carried: &Carried, model: &Model, act: &Callback<Act>) -> El {
    let step = carried.step;
    let columns = &model.stage.score.columns;
    let column = columns.iter().find(|column| column.step.0 == step);
    let what = column.map(|column| words("b", &column.text));
    let beat = words("p.explain-beat", &format!("Carrying step {step}")).child(what);
    let told = el("p.sentence.told")
        .flag("data-refused", carried.is_refused())
        .child(letter_chip(carried.thread))
        .child(words("span", &carried.told));
    let hands = el("div.carry-hands|role=group|aria-label=The step you carry")
        .child(button("quiet", "\u{2039} Earlier", Act::Carry(-1), act))
        .child(button("quiet", "Later \u{203a}", Act::Carry(1), act))
        .child(button("quiet", "Put back", Act::PutBack, act))
        .child(button("offer", "Put it here", Act::Drop, act));
    el("section.explain|aria-label=What just happened")
        .child(el("div.explain-words").child(beat).child(told))
        .child(hands)
}

/// Why the step that was let go is where it was.
fn put_back(model: &Model) -> Option<El> {
    let why = model.put_back.as_ref()?;
    Some(words("b", &format!("Put back. {why}")))
}

/// Where everything was exactly as it is now: a step that led nowhere is not taken for progress.
fn same(model: &Model, act: &Callback<Act>) -> Option<El> {
    let column = model
        .stage
        .score
        .columns
        .get(model.cursor.checked_sub(1)? as usize)?;
    let step = column.same_as?.0;
    let text = format!("\u{21ba} same state as step {step}");
    Some(button("same", &text, Act::Jump(step), act))
}

fn changes(changes: &[Change]) -> El {
    let more = changes.len().saturating_sub(CHANGES);
    let one = |change: &Change| {
        el("span.change")
            .child(words("code", &change.label))
            .text(" ")
            .child(words("s", &change.from))
            .text(" \u{2192} ")
            .child(words("b", &change.to))
    };
    el("span.changes")
        .children(changes.iter().take(CHANGES).map(one))
        .child((more > 0).then(|| words("span.change", &format!("and {more} more"))))
}

/// The next thing worth doing, when there is one: a way back, or the same order on the other code.
fn offer(model: &Model, act: &Callback<Act>) -> Option<El> {
    if let Some(step) = model.returns.last() {
        return Some(button(
            "offer",
            &format!("Return to step {step}"),
            Act::Return,
            act,
        ));
    }
    let (class, text, wish) = match (model.scene.verdict.kind, model.kernel.is_patched()) {
        (VerdictKind::Broken, false) => {
            ("offer offer-flip", "Same order, patched kernel?", Act::Flip)
        }
        (VerdictKind::Clean, true) => ("offer", "Now try your own order", Act::First),
        (VerdictKind::Deadlock, _) => ("offer", "Step back", Act::Back),
        _ => return None,
    };
    Some(button(class, text, wish, act))
}
