//! Memory: the mapping, the page-table entry and the page as labelled boxes, with the arrow between them.

use std::rc::Rc;

use lockstep_view::scene::{FactGroup, FactId, FactKind, GroupKind, Scene, Score, ThreadId};
use yew::prelude::*;

use super::fact::Fact;
use super::lists::Lists;
use super::properties::Properties as PropertyBar;
use crate::hooks::roving::use_roving;
use crate::model::Act;

/// Properties of [`Memory`].
#[derive(Clone, PartialEq, Properties)]
pub struct MemoryProps {
    /// The moment.
    pub scene: Rc<Scene>,
    /// The whole run, whose waveforms say which facts matter most.
    pub score: Rc<Score>,
    /// The trays that are always there.
    pub trays: Rc<Vec<String>>,
    /// The thread whose next step is being previewed.
    pub preview: Option<ThreadId>,
    /// The fact the reader looks at.
    pub fact: Option<FactId>,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The panel of facts.
#[component]
pub fn Memory(props: &MemoryProps) -> Html {
    let scene = &props.scene;
    let onkeydown = use_roving(".fact");
    let stop = props
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
            .map(|group| facts_of(group, props, stop.as_ref()))
            .collect()
    };
    html! {
        <section class="memory" aria-label="Memory">
            <div class="chain" {onkeydown}>
                <div class="chain-left">{ column(|kind| !matches!(kind, GroupKind::Page)) }</div>
                if let Some(is_mapped) = is_mapped {
                    <div class="arrow" data-mapped={is_mapped.to_string()}>
                        <svg viewBox="0 0 48 24" width="48" height="24" aria-hidden="true" focusable="false">
                            <path class="arrow-line" d="M2 12h40M34 5l8 7-8 7" />
                            <path class="arrow-cut" d="M16 3l8 18M22 3l8 18" />
                        </svg>
                        <span>{ if is_mapped { "mapped" } else { "not mapped" } }</span>
                    </div>
                }
                <div class="chain-right">{ column(|kind| matches!(kind, GroupKind::Page)) }</div>
            </div>
            <Lists lists={scene.lists.clone()} kept={props.trays.clone()} />
            <PropertyBar properties={scene.properties.clone()} act={props.act.clone()} />
        </section>
    }
}

fn facts_of(group: &FactGroup, props: &MemoryProps, stop: Option<&FactId>) -> Html {
    let is_main = |id: &FactId| props.score.lanes.iter().any(|lane| lane.fact == *id);
    let ghost = |id: &FactId| -> Option<AttrValue> {
        let card = props
            .scene
            .threads
            .iter()
            .find(|card| Some(card.thread) == props.preview)?;
        let effect = card
            .next
            .as_ref()?
            .effects
            .iter()
            .find(|effect| effect.fact == *id)?;
        Some(AttrValue::from(effect.value.clone()))
    };
    html! {
        <div class="box" key={group.key.clone()} role="group" aria-label={group.title.clone()}>
            <p class="box-title">{ &group.title }<small>{ &group.subtitle }</small></p>
            { for group.facts.iter().map(|fact| html! {
                <Fact key={fact.id.0.clone()} fact={fact.clone()} ghost={ghost(&fact.id)} is_stop={stop == Some(&fact.id)} is_main={is_main(&fact.id)}
                    is_looked_at={props.fact.as_ref() == Some(&fact.id)} act={props.act.clone()} />
            }) }
        </div>
    }
}
