//! Memory: the mapping, the page-table entry and the page as labelled boxes, with the arrow between them.

use lockstep_view::scene::{FactGroup, FactId, FactKind, GroupKind};
use yew::prelude::*;

use super::controls::yes;
use super::fact::fact;
use super::lists::lists;
use super::properties::properties;
use crate::model::{Act, Model};

/// The panel of facts.
pub fn memory(model: &Model, onkeydown: Callback<KeyboardEvent>, act: &Callback<Act>) -> Html {
    let scene = &model.scene;
    let stop = model
        .fact
        .clone()
        .filter(|id| {
            scene
                .groups
                .iter()
                .flat_map(|group| &group.facts)
                .any(|fact| fact.id == *id)
        })
        .or_else(|| {
            scene
                .groups
                .iter()
                .flat_map(|group| &group.facts)
                .next()
                .map(|fact| fact.id.clone())
        });
    let is_mapped = scene
        .groups
        .iter()
        .flat_map(|group| &group.facts)
        .find_map(|fact| {
            if let FactKind::Arrow(is_mapped) = fact.kind {
                Some(is_mapped)
            } else {
                None
            }
        });
    let column = |keep: fn(GroupKind) -> bool| -> Html {
        scene
            .groups
            .iter()
            .filter(|group| keep(group.kind))
            .map(|group| facts_of(group, model, stop.as_ref(), act))
            .collect()
    };
    html! {
        <section class="memory" aria-label="Memory">
            <div class="chain" {onkeydown}>
                <div class="chain-left">{ column(|kind| !matches!(kind, GroupKind::Page | GroupKind::File)) }</div>
                if let Some(is_mapped) = is_mapped {
                    <div class="arrow" data-mapped={yes(is_mapped)}>
                        <svg viewBox="0 0 48 24" width="48" height="24" aria-hidden="true" focusable="false">
                            <path class="arrow-line" d="M2 12h40M34 5l8 7-8 7" />
                            <path class="arrow-cut" d="M16 3l8 18M22 3l8 18" />
                        </svg>
                        <span>{ if is_mapped { "mapped" } else { "not mapped" } }</span>
                    </div>
                }
                <div class="chain-right">{ column(|kind| matches!(kind, GroupKind::Page | GroupKind::File)) }</div>
            </div>
            { lists(&scene.lists, &model.stage.trays) }
            { properties(&scene.properties, act) }
        </section>
    }
}

fn facts_of(group: &FactGroup, model: &Model, stop: Option<&FactId>, act: &Callback<Act>) -> Html {
    let ghost = |id: &FactId| -> Option<String> {
        let card = model
            .scene
            .threads
            .iter()
            .find(|card| Some(card.thread) == model.preview)?;
        let effect = card
            .next
            .as_ref()?
            .effects
            .iter()
            .find(|effect| effect.fact == *id)?;
        Some(effect.value.clone())
    };
    html! {
        <div class="box" key={group.key.clone()} role="group" aria-label={group.title.clone()}>
            <p class="box-title">{ &group.title }<small>{ &group.subtitle }</small></p>
            { for group.facts.iter().map(|one| fact(one, ghost(&one.id), stop == Some(&one.id), model, act)) }
        </div>
    }
}
