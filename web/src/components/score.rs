//! The score: the whole run at once, and the handle on time.

use std::rc::Rc;

use lockstep_view::scene::{Score as Run, ThreadId, VerdictKind};
use yew::prelude::*;

use super::score_rows::{LockRow, Scale, ThreadLane, WaveRow, is_ghost};
use super::swatch::percent;
use crate::hooks::scroll::use_keep_in_view;
use crate::model::Act;

/// Properties of [`Score`].
#[derive(Clone, PartialEq, Properties)]
pub struct ScoreProps {
    /// The whole run.
    pub score: Rc<Run>,
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
    let scroll = use_keep_in_view(f64::from(props.cursor) / f64::from(columns.max(1)));
    let oninput = super::when(&props.act, |event: InputEvent| {
        let slider: web_sys::HtmlInputElement = event.target_dyn_into()?;
        slider.value().parse().ok().map(Act::Scrub)
    });
    let at = scale.right(props.cursor);
    html! {
        <section class="score" aria-label="Score" style={format!("--columns:{columns};--steps:{steps}")} data-dense={(columns > 84).to_string()}>
            <div class="score-scroll" ref={scroll}>
                <div class="score-inner">
                    <Ruler score={score.clone()} cursor={props.cursor} scale={scale} act={props.act.clone()} />
                    <div class="rows" role="img" aria-label={score.summary.clone()}>
                        { for score.threads.iter().map(|row| html! {
                            <ThreadLane key={format!("thread-{}", row.thread.0)} row={row.clone()} score={score.clone()} cursor={props.cursor}
                                is_ghost={is_ghost(score, props.cursor, props.preview, row.thread)} {scale} />
                        }) }
                        <div class="rows-locks">
                            { for score.lock_lanes.iter().map(|lane| html! {
                                <LockRow key={lane.lock.0.clone()} lane={lane.clone()} {steps} {scale} />
                            }) }
                        </div>
                        <div class="rows-waves">
                            { for score.lanes.iter().map(|lane| html! {
                                <WaveRow key={lane.fact.0.clone()} lane={lane.clone()} {scale} />
                            }) }
                        </div>
                    </div>
                    <div class="over" aria-hidden="true">
                        <svg class="switches">
                            { for score.columns.iter().filter(|column| column.is_switch).map(|column| {
                                let x = percent(scale.left(column.step.0));
                                html! { <line x1={x.clone()} x2={x} y1="0" y2="100%" /> }
                            }) }
                        </svg>
                        <div class="now" style={format!("transform:translateX({at:.3}%)")} />
                    </div>
                    <input class="scrub" type="range" min="0" max={steps.to_string()} step="1" value={props.cursor.to_string()} {oninput}
                        aria-label="Step" aria-valuetext={format!("Step {} of {steps}. {}", props.cursor, props.spoken)} />
                </div>
            </div>
        </section>
    }
}

/// Properties of [`Ruler`].
#[derive(Clone, PartialEq, Properties)]
pub struct RulerProps {
    /// The whole run.
    pub score: Rc<Run>,
    /// The cursor.
    pub cursor: u32,
    /// The scale.
    pub scale: Scale,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The named moments, as flags above their steps, and the mark of the verdict.
#[component]
pub fn Ruler(props: &RulerProps) -> Html {
    let score = &props.score;
    let go = |step: u32| props.act.reform(move |_: MouseEvent| Act::Jump(step));
    let here = score
        .beats
        .iter()
        .rposition(|beat| beat.step.0 <= props.cursor);
    let wanted: Vec<f64> = score
        .beats
        .iter()
        .map(|beat| props.scale.middle(beat.step.0))
        .collect();
    let places = spread(&wanted);
    html! {
        <div class="ruler" role="group" aria-label="Key moments">
            <span class="row-label">{ "Key moments" }</span>
            <div class="ruler-plot">
                { for score.beats.iter().enumerate().map(|(index, beat)| html! {
                    <button type="button" class="flag" key={beat.id.clone()} onclick={go(beat.step.0)} data-beat={beat.id.clone()}
                        data-here={(here == Some(index)).to_string()} style={format!("left:{}", percent(places[index]))}
                        title={beat.title.clone()} aria-label={format!("{}, step {}", beat.title, beat.step.0)}>
                        { index + 1 }
                    </button>
                }) }
                if let Some(verdict) = &score.verdict {
                    <span class={match verdict.kind { VerdictKind::Broken | VerdictKind::Deadlock => "end end-broken", VerdictKind::Harmless => "end end-harmless", _ => "end end-clean" }}
                        style={format!("left:{}", percent(props.scale.right(verdict.step.0)))} aria-hidden="true">
                        { match verdict.kind { VerdictKind::Broken | VerdictKind::Deadlock => "\u{2715}", VerdictKind::Harmless => "\u{2248}", _ => "\u{2713}" } }
                    </span>
                }
            </div>
        </div>
    }
}

/// The least distance between two flags, in hundredths of the width.
const APART: f64 = 2.2;

/// Moves flags that would cover each other apart, as little as that takes, and keeps them inside.
fn spread(wanted: &[f64]) -> Vec<f64> {
    let mut places = wanted.to_vec();
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + APART);
    }
    let mut limit = 100.0;
    for place in places.iter_mut().rev() {
        *place = place.min(limit);
        limit = *place - APART;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_keep_apart_and_inside() {
        assert_eq!(spread(&[10.0, 20.0]), [10.0, 20.0]);
        let close = spread(&[50.0, 50.5, 99.9, 100.0]);
        assert!(
            close
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= APART - 1e-9),
            "{close:?}"
        );
        assert!(close.iter().all(|place| *place <= 100.0));
    }
}
