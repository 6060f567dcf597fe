//! The rows of the score: one small drawing each, placed by shares of the width, so that no measuring is needed.

use lockstep_view::scene::{
    Column, Glyph, Lane, LockLane, LockMode, Score, ThreadId, ThreadRow, WaitBar,
};
use yew::prelude::*;

use super::swatch::{WHOLE, letter_chip, pattern_line, percent, swatch, thread_class};
use crate::shared::Shared;

/// Where a step starts and ends.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// How many columns there are, counting those not yet filled.
    pub columns: u32,
}

impl Scale {
    /// The left edge of a step's column.
    pub fn left(self, step: u32) -> u32 {
        self.right(step.saturating_sub(1))
    }

    /// The middle of a step's column; that of step 0 is the left edge of everything.
    pub fn middle(self, step: u32) -> u32 {
        if step == 0 {
            0
        } else {
            u32::midpoint(self.left(step), self.right(step))
        }
    }

    /// The right edge of a step's column; that of step 0 is the left edge of everything.
    pub fn right(self, step: u32) -> u32 {
        let columns = self.columns.clamp(1, WHOLE);
        step.min(columns) * (WHOLE / columns) + step.min(columns) * (WHOLE % columns) / columns
    }

    /// The width of a column.
    pub fn column(self) -> u32 {
        self.right(1)
    }
}

/// The steps of one thread.
pub fn thread_lane(
    row: &ThreadRow,
    score: &Score,
    cursor: u32,
    is_ghost: bool,
    scale: Scale,
) -> Html {
    let thread = row.thread;
    let width = AttrValue::from(percent(scale.column()));
    html! {
        <div key={thread.0} class={classes!("row", "row-thread", thread_class(thread))}>
            <span class="row-label">{ letter_chip(thread) }<span class="row-name">{ &row.name }</span></span>
            <svg class="row-plot">
                <line class="row-base" x1="0" x2="100%" y1="50%" y2="50%" />
                { for score.waits.iter().filter(|wait| wait.thread == thread).map(|wait| wait_bar(wait, scale)) }
                { for score.columns.iter().filter(|column| column.thread == thread).map(|column| cell(column, cursor, &width, scale)) }
                if is_ghost {
                    <rect class="cell-ghost" x={percent(scale.right(cursor))} {width} y="4" height="18" rx="3" />
                }
            </svg>
        </div>
    }
}

/// How wide a wait has to be to have words in it; a narrower one is told by its hatch, the card and the rack.
const ROOM_FOR_WORDS: u32 = WHOLE / 8;

fn wait_bar(wait: &WaitBar, scale: Scale) -> Html {
    let left = scale.left(wait.from.0);
    let width = scale.right(wait.to.0).saturating_sub(left);
    let holder = wait
        .holder
        .map_or_else(String::new, |holder| format!(" ({})", holder.letter()));
    html! {
        <g class="waiting" key={format!("wait-{}", wait.from.0)}>
            <rect x={percent(left)} width={percent(width)} y="5" height="16" />
            if width > ROOM_FOR_WORDS {
                <text x={percent(left + scale.column() / 2)} y="17">{ format!("waits for {}{holder}", wait.label) }</text>
            }
        </g>
    }
}

/// One step: filled when done, hollow when not, framed when it is the last one done.
fn cell(column: &Column, cursor: u32, width: &AttrValue, scale: Scale) -> Html {
    let step = column.step.0;
    let class = match step.cmp(&cursor) {
        std::cmp::Ordering::Less => "cell cell-past",
        std::cmp::Ordering::Equal => "cell cell-past cell-current",
        std::cmp::Ordering::Greater => "cell",
    };
    let sign = match column.glyph {
        Glyph::Read => "r",
        Glyph::Write => "w",
        Glyph::Take => "[",
        Glyph::Drop => "]",
        Glyph::Try | Glyph::Refused => "?",
        Glyph::Ask => "!",
        Glyph::Local => "\u{b7}",
    };
    html! {
        <g key={step} {class}>
            <rect x={percent(scale.left(step))} width={width.clone()} y="4" height="18" rx="2.500" />
            <text x={percent(scale.middle(step))} y="17">{ sign }</text>
            if column.glyph == Glyph::Refused {
                <line class="cell-stroke" x1={percent(scale.left(step) + scale.column() / 5)}
                    x2={percent(scale.right(step) - scale.column() / 5)} y1="19" y2="7" />
            }
        </g>
    }
}

/// Properties of [`Lanes`].
#[derive(Clone, PartialEq, Properties)]
pub struct LanesProps {
    /// The whole run.
    pub score: Shared<Score>,
    /// The scale.
    pub scale: Scale,
}

/// The lanes of the locks and of the facts. They do not depend on the cursor and are drawn once for a run.
#[component]
pub fn Lanes(props: &LanesProps) -> Html {
    let score = &props.score;
    let steps = u32::try_from(score.columns.len()).unwrap_or(u32::MAX);
    html! {
        <>
            <div class="rows-locks">{ for score.lock_lanes.iter().map(|lane| lock_row(lane, steps, props.scale)) }</div>
            <div class="rows-waves">{ for score.lanes.iter().map(|lane| wave_row(lane, props.scale)) }</div>
        </>
    }
}

/// The stretches in which one lock was held.
fn lock_row(lane: &LockLane, steps: u32, scale: Scale) -> Html {
    let gap = scale.column() / 10;
    html! {
        <div key={lane.lock.0.clone()} class="row row-lock" data-lock={lane.lock.0.clone()}>
            <span class="row-label">{ swatch(lane.pattern) }<span class="row-name">{ &lane.label }</span></span>
            <svg class="row-plot">
                { for lane.bars.iter().map(|bar| {
                    let from = scale.left(bar.from.0) + gap;
                    let to = scale.right(bar.to.map_or(steps, |step| step.0)).saturating_sub(gap);
                    let shared = (bar.mode == LockMode::Shared).then_some("bar-shared");
                    html! {
                        <g class={classes!("bar-held", thread_class(bar.thread), shared)}>{ pattern_line(lane.pattern, from, to) }</g>
                    }
                }) }
            </svg>
        </div>
    }
}

/// One fact as a waveform.
fn wave_row(lane: &Lane, scale: Scale) -> Html {
    let spans = &lane.spans;
    let edges = |index: usize| -> (u32, u32) {
        // The level of a span begins in the middle of the step that brought it about.
        let left = spans.get(index).map_or(0, |span| scale.middle(span.from.0));
        let right = match (spans.get(index + 1), spans.get(index)) {
            (Some(next), _) => scale.middle(next.from.0),
            (None, Some(last)) => scale.right(last.to.0),
            (None, None) => left,
        };
        (left, right.max(left))
    };
    html! {
        <div key={lane.fact.0.clone()} class="row row-wave" data-lane={lane.fact.0.clone()}>
            <span class="row-label"><span class="row-name">{ &lane.label }</span></span>
            <svg class="row-plot">
                { for spans.iter().enumerate().map(|(index, span)| {
                    let (left, right) = edges(index);
                    let turned = index > 0 && spans.get(index - 1).is_some_and(|before| before.is_high != span.is_high);
                    let height = if span.is_high { "4" } else { "16" };
                    let (from, to) = (AttrValue::from(percent(left)), AttrValue::from(percent(right)));
                    html! {
                        <g class="wave">
                            if span.is_high {
                                <rect class="wave-ground" x={from.clone()} width={percent(right - left)} y="4" height="12" />
                            }
                            if turned { <line class="wave-turn" x1={from.clone()} x2={from.clone()} y1="3" y2="17" /> }
                            <line class="wave-level" x1={from} x2={to} y1={height} y2={height} />
                        </g>
                    }
                }) }
            </svg>
        </div>
    }
}

/// Whether a next step of `thread` is being previewed and would not be the recorded one.
pub fn is_ghost(score: &Score, cursor: u32, preview: Option<ThreadId>, thread: ThreadId) -> bool {
    let recorded = score
        .columns
        .get(cursor as usize)
        .map(|column| column.thread);
    preview == Some(thread) && recorded != Some(thread)
}
