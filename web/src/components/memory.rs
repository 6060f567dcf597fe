//! Memory: the mapping, the page-table entry and the page as labelled boxes, with the arrow between them.

use lockstep_view::scene::{Effect, Fact, FactGroup, FactId, FactKind, GroupKind};
use yew::Callback;

use super::fact::fact;
use super::lists::lists;
use super::properties::properties;
use crate::element::{El, el, words};
use crate::model::{Act, Model};

/// The panel of facts.
pub fn memory(model: &Model, act: &Callback<Act>) -> El {
    let scene = &model.scene;
    let facts = || scene.groups.iter().flat_map(|group| &group.facts);
    let looked_at = facts().find(|fact| Some(&fact.id) == model.fact.as_ref());
    let stop = looked_at.or_else(|| facts().next()).map(|fact| &fact.id);
    let is_mapped = facts().find_map(|fact: &Fact| match fact.kind {
        FactKind::Arrow(is_mapped) => Some(is_mapped),
        _ => None,
    });
    let effects = effects(model);
    let (mut left, mut right) = (el("div.chain-left"), el("div.chain-right"));
    for group in &scene.groups {
        let drawn = facts_of(group, effects, stop, model, act);
        if matches!(group.kind, GroupKind::Page | GroupKind::File) {
            right = right.child(drawn);
        } else {
            left = left.child(drawn);
        }
    }
    let chain = el("div.chain")
        .child(left)
        .child(is_mapped.map(arrow))
        .child(right);
    el("section.memory|aria-label=Memory")
        .child(chain)
        .child(lists(&scene.lists, &model.stage.trays))
        .child(properties(&scene.properties, act))
}

/// The way from the page-table entry to the page, or that there is none.
fn arrow(is_mapped: bool) -> El {
    let drawing = el("svg|viewBox=0 0 48 24|width=48|height=24|aria-hidden=true|focusable=false")
        .child(el("path.arrow-line|d=M2 12h40M34 5l8 7-8 7"))
        .child(el("path.arrow-cut|d=M16 3l8 18M22 3l8 18"));
    el("div.arrow")
        .flag("data-mapped", is_mapped)
        .child(drawing)
        .child(words(
            "span",
            if is_mapped { "mapped" } else { "not mapped" },
        ))
}

/// What the step being previewed would change.
fn effects(model: &Model) -> &[Effect] {
    let mut cards = model.scene.threads.iter();
    cards
        .find(|card| Some(card.thread) == model.preview)
        .and_then(|card| card.next.as_ref())
        .map_or(&[], |next| &next.effects)
}

fn facts_of(
    group: &FactGroup,
    effects: &[Effect],
    stop: Option<&FactId>,
    model: &Model,
    act: &Callback<Act>,
) -> El {
    let facts = group.facts.iter().map(|one| {
        let ghost = effects.iter().find(|effect| effect.fact == one.id);
        let ghost = ghost.map(|effect| effect.value.as_str());
        fact(one, ghost, stop == Some(&one.id), model, act)
    });
    el("div.box|role=group")
        .key(&group.key)
        .attr("aria-label", &group.title)
        .child(words("p.box-title", &group.title).child(words("small", &group.subtitle)))
        .children(facts)
}
