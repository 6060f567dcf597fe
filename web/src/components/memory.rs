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
    let of_a_kind =
        |one: &FactGroup, other: &FactGroup| one.kind == other.kind && one.facts.len() == 1;
    let mappings = scene
        .groups
        .iter()
        .filter(|group| group.kind == GroupKind::Vma);
    let has_many = mappings.count() > 1;
    for groups in scene.groups.chunk_by(of_a_kind) {
        let drawn = facts_of(groups, effects, stop, model, act);
        let is_right = match groups[0].kind {
            GroupKind::Page | GroupKind::File => true,
            // Where there is more room for it.
            GroupKind::Zone => has_many,
            GroupKind::Vma | GroupKind::Pte => false,
        };
        if is_right {
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

/// The facts of an object; or of several of which there is one thing to tell: then each is a line with the object's name.
fn facts_of(
    groups: &[FactGroup],
    effects: &[Effect],
    stop: Option<&FactId>,
    model: &Model,
    act: &Callback<Act>,
) -> El {
    let group = &groups[0];
    let is_one = groups.len() == 1;
    let (title, about) = match (is_one, group.kind) {
        (true, _) => (group.title.as_str(), &group.subtitle),
        (_, GroupKind::Vma) => ("Mappings", &group.facts[0].label),
        _ => ("Entries, by process", &group.facts[0].label),
    };
    let mut drawn = el("div.box|role=group")
        .key(&group.key)
        .attr("aria-label", title)
        .child(words("p.box-title", title).child(words("small", about).attr("title", about)));
    for group in groups {
        let object = if is_one { "" } else { &group.subtitle };
        let object = object.strip_prefix("process ").unwrap_or(object);
        drawn = drawn.children(group.facts.iter().map(|one| {
            let ghost = effects.iter().find(|effect| effect.fact == one.id);
            let ghost = ghost.map(|effect| effect.value.as_str());
            fact(one, object, ghost, stop == Some(&one.id), model, act)
        }));
    }
    drawn
}
