//! One fact: a name, a value and the step that made it so. Pressing it goes there.

use lockstep_view::scene::{Fact as Told, FactKind, SetBy};
use yew::Callback;

use super::swatch::thread_class;
use crate::element::{El, el, words};
use crate::model::{Act, Model};

/// One fact; `object` is what it is told of if the box does not say so, `ghost` is the value the step being previewed would give it, `is_stop` whether Tab comes to it.
pub fn fact(
    fact: &Told,
    object: &str,
    ghost: Option<&str>,
    is_stop: bool,
    model: &Model,
    act: &Callback<Act>,
) -> El {
    // What has a waveform stays where there is little room.
    let lanes = &model.stage.score.lanes;
    let lane = lanes.iter().find(|lane| lane.fact == fact.id);
    let is_looked_at = model.fact.as_ref() == Some(&fact.id);
    let kind = match fact.kind {
        FactKind::Bit(true) => "bit-on",
        FactKind::Bit(false) => "bit-off",
        FactKind::Count(_) => "count",
        FactKind::Arrow(true) => "arrow-on",
        FactKind::Arrow(false) => "arrow-off",
        FactKind::Text => "text",
    };
    // In a small frame there are no boxes: there the name has to do, and it is that of the waveform.
    let label = el("span.fact-label|aria-hidden=true")
        .child((!object.is_empty()).then(|| words("span.fact-object", object)))
        .child(words("span", lane.map_or(&fact.label, |lane| &lane.label)));
    let previous = fact.previous.as_deref();
    let value = el("span.fact-value|aria-hidden=true")
        .child(previous.map(|value| words("span.fact-previous", value)))
        .child(words("b", &fact.value))
        .child(ghost.map(|value| words("span.fact-ghost", value)));
    let by = el("span.fact-by|aria-hidden=true");
    let by = match &fact.set_by {
        SetBy::Step { step, thread, .. } => by
            .class(thread_class(*thread))
            .child(words("i", &thread.letter().to_string()))
            .text(&step.0.to_string()),
        SetBy::Setup { .. } => by.text("start"),
    };
    el("button.fact|type=button")
        .key(&fact.id.0)
        .press(Act::Why(fact.id.clone()), act)
        .attr("data-fact", &fact.id.0)
        .attr("data-kind", kind)
        .flag("data-changed", fact.is_changed)
        .flag("data-ghost", ghost.is_some())
        .flag("data-main", lane.is_some())
        .maybe("aria-current", is_looked_at.then_some("true"))
        .attr("tabindex", if is_stop { "0" } else { "-1" })
        .attr("title", &fact.note)
        .child(words("span.hidden", &fact.spoken))
        .child(label)
        .child(value)
        .child(by)
}
