//! What just happened: one sentence, what it changed, and the one thing worth doing next.

use lockstep_view::scene::{Change, VerdictKind};
use yew::Callback;

use super::controls::button;
use super::swatch::letter_chip;
use crate::element::{El, el, words};
use crate::model::{Act, Model};

/// How many changes are listed.
const CHANGES: usize = 5;

/// The sentence of the step.
pub fn explain(model: &Model, act: &Callback<Act>) -> El {
    let explain = &model.scene.explain;
    let when = match model.scene.cursor.0 {
        0 => "Before the first step".to_owned(),
        step => format!("Step {step}"),
    };
    let beat = words("p.explain-beat", &when)
        .child(explain.beat.as_ref().map(|beat| words("b", beat)))
        .child(same(model, act))
        .child(changes(&explain.changes));
    let sentence = el("p.sentence")
        .flag(
            "data-broken",
            model.scene.verdict.kind == VerdictKind::Broken,
        )
        .child(explain.thread.map(letter_chip))
        .child(words("span", &explain.sentence));
    el("section.explain|aria-label=What just happened")
        .child(el("div.explain-words").child(beat).child(sentence))
        .child(offer(model, act))
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
