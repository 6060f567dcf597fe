//! The score: the whole run at once, and the handle on time.

use lockstep_view::scene::{Score as Run, ThreadId, VerdictKind};
use yew::prelude::*;

use super::controls::{press, yes};
use super::score_rows::{Lanes, Scale, is_ghost, thread_lane};
use super::swatch::{WHOLE, percent};
use super::when;
use crate::hooks::scroll::use_keep_in_view;
use crate::model::Act;
use crate::shared::Shared;

/// Properties of [`Score`].
#[derive(Clone, PartialEq, Properties)]
pub struct ScoreProps {
    /// The whole run.
    pub score: Shared<Run>,
    /// The cursor.
    pub cursor: u32,
    /// The sentence at the cursor, for the slider's voice.
    pub spoken: AttrValue,
    /// The thread whose next step is being previewed.
    pub preview: Option<ThreadId>,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// How many columns are kept free after an order that has not finished.
const ROOM: u32 = 6;

/// The score.
#[component]
pub fn Score(props: &ScoreProps) -> Html {
    let score = &props.score;
    let steps = u32::try_from(score.columns.len()).unwrap_or(u32::MAX);
    let columns = if score.is_finished {
        steps.max(1)
    } else {
        (steps + ROOM).max(16)
    };
    let scale = Scale { columns };
    let scroll = use_keep_in_view(scale.right(props.cursor));
    let seek = when(&props.act, |value| value.parse().ok().map(Act::Scrub));
    let oninput = seek.reform(|event: InputEvent| {
        let slider: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        slider.map(|slider| slider.value())
    });
    let at = scale.right(props.cursor);
    html! {
        <section class="score" aria-label="Score" style={format!("--columns:{columns};--steps:{steps}")} data-dense={yes(columns > 84)}>
            <div class="score-scroll" ref={scroll}>
                <div class="score-inner">
                    { ruler(score, props.cursor, scale, &props.act) }
                    <div class="rows" role="img" aria-label={score.summary.clone()}>
                        { for score.threads.iter().map(|row| thread_lane(row, score, props.cursor, is_ghost(score, props.cursor, props.preview, row.thread), scale)) }
                        <Lanes score={score.clone()} {scale} />
                    </div>
                    <div class="over" aria-hidden="true">
                        <svg class="switches">
                            { for score.columns.iter().filter(|column| column.is_switch).map(|column| {
                                let x = AttrValue::from(percent(scale.left(column.step.0)));
                                html! { <line x1={x.clone()} x2={x} y1="0" y2="100%" /> }
                            }) }
                        </svg>
                        <div class="now" style={format!("transform:translateX({})", percent(at))} />
                    </div>
                    <input class="scrub" type="range" min="0" max={steps.to_string()} step="1" value={props.cursor.to_string()} {oninput}
                        aria-label="Step" aria-valuetext={format!("Step {} of {steps}. {}", props.cursor, props.spoken)} />
                </div>
            </div>
        </section>
    }
}

/// The named moments, as flags above their steps, and the mark of the verdict.
fn ruler(score: &Run, cursor: u32, scale: Scale, act: &Callback<Act>) -> Html {
    let here = score.beats.iter().rposition(|beat| beat.step.0 <= cursor);
    let wanted: Vec<u32> = score
        .beats
        .iter()
        .map(|beat| scale.middle(beat.step.0))
        .collect();
    let places = spread(&wanted);
    html! {
        <div class="ruler" role="group" aria-label="Key moments">
            <span class="row-label">{ "Key moments" }</span>
            <div class="ruler-plot">
                { for score.beats.iter().enumerate().map(|(index, beat)| html! {
                    <button type="button" class="flag" key={beat.id.clone()} onclick={press(Act::Jump(beat.step.0), act)} data-beat={beat.id.clone()}
                        data-here={yes(here == Some(index))} style={format!("left:{}", percent(places[index]))}
                        title={beat.title.clone()}>
                        <span aria-hidden="true">{ index + 1 }</span><span class="hidden">{ format!("{}, step {}", beat.title, beat.step.0) }</span>
                    </button>
                }) }
                if let Some(verdict) = &score.verdict {
                    <span class={match verdict.kind { VerdictKind::Broken | VerdictKind::Deadlock => "end end-broken", VerdictKind::Harmless => "end end-harmless", _ => "end end-clean" }}
                        style={format!("left:{}", percent(scale.right(verdict.step.0)))} aria-hidden="true">
                        { match verdict.kind { VerdictKind::Broken | VerdictKind::Deadlock => "\u{2715}", VerdictKind::Harmless => "\u{2248}", _ => "\u{2713}" } }
                    </span>
                }
            </div>
        </div>
    }
}

/// The least distance between two flags.
const APART: u32 = 22 * WHOLE / 1000;

/// Moves flags that would cover each other apart, as little as that takes, and keeps them inside.
fn spread(wanted: &[u32]) -> Vec<u32> {
    let mut places = wanted.to_vec();
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + APART);
    }
    let mut limit = WHOLE;
    for place in places.iter_mut().rev() {
        *place = (*place).min(limit);
        limit = place.saturating_sub(APART);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_keep_apart_and_inside() {
        let tenth = WHOLE / 10;
        assert_eq!(spread(&[tenth, 2 * tenth]), [tenth, 2 * tenth]);
        let close = spread(&[5 * tenth, 5 * tenth + 1, WHOLE - 1, WHOLE]);
        assert!(
            close.windows(2).all(|pair| pair[1] - pair[0] >= APART),
            "{close:?}"
        );
        assert!(close.iter().all(|place| *place <= WHOLE));
    }
}
