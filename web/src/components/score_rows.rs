//! The rows of the score: one small drawing each, placed by shares of the width, so that no measuring is needed.

use std::rc::Rc;

use lockstep_view::scene::{Glyph, Lane, LockLane, LockMode, Score, ThreadId, ThreadRow, WaitBar};
use yew::prelude::*;

use super::swatch::{letter_chip, pattern_line, percent, swatch, thread_class};

/// Where a step starts and ends, in hundredths of the width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Scale {
    /// How many columns there are, counting those not yet filled.
    pub columns: u32,
}

impl Scale {
    /// The left edge of a step's column.
    pub fn left(self, step: u32) -> f64 {
        self.right(step.saturating_sub(1))
    }

    /// The middle of a step's column; that of step 0 is the left edge of everything.
    pub fn middle(self, step: u32) -> f64 {
        if step == 0 {
            0.0
        } else {
            (self.left(step) + self.right(step)) / 2.0
        }
    }

    /// The right edge of a step's column; that of step 0 is the left edge of everything.
    pub fn right(self, step: u32) -> f64 {
        f64::from(step.min(self.columns)) * 100.0 / f64::from(self.columns.max(1))
    }
}

/// Properties of [`ThreadLane`].
#[derive(Clone, PartialEq, Properties)]
pub struct ThreadLaneProps {
    /// The row.
    pub row: ThreadRow,
    /// The whole run.
    pub score: Rc<Score>,
    /// The cursor.
    pub cursor: u32,
    /// Whether a next step of this thread is being previewed.
    pub is_ghost: bool,
    /// The scale.
    pub scale: Scale,
}

/// The steps of one thread.
#[component]
pub fn ThreadLane(props: &ThreadLaneProps) -> Html {
    let thread = props.row.thread;
    html! {
        <div class={classes!("row", "row-thread", thread_class(thread))}>
            <span class="row-label">{ letter_chip(thread) }<span class="row-name">{ &props.row.name }</span></span>
            <svg class="row-plot">
                <line class="row-base" x1="0" x2="100%" y1="50%" y2="50%" />
                { for props.score.waits.iter().filter(|wait| wait.thread == thread).map(|wait| wait_bar(wait, props.scale)) }
                { for props.score.columns.iter().filter(|column| column.thread == thread).map(|column| html! {
                    <Cell key={column.step.0} step={column.step.0} glyph={column.glyph} is_effect={column.is_effect}
                        is_past={column.step.0 <= props.cursor} is_current={column.step.0 == props.cursor} scale={props.scale} />
                }) }
                if props.is_ghost {
                    <rect class="cell-ghost" x={percent(props.scale.right(props.cursor))} width={percent(props.scale.right(1))} y="4" height="18" rx="3" />
                }
            </svg>
        </div>
    }
}

fn wait_bar(wait: &WaitBar, scale: Scale) -> Html {
    let left = scale.left(wait.from.0);
    let width = scale.right(wait.to.0) - left;
    let holder = wait
        .holder
        .map_or_else(String::new, |holder| format!(" ({})", holder.letter()));
    html! {
        <g class="waiting" key={format!("wait-{}", wait.from.0)}>
            <rect x={percent(left)} width={percent(width)} y="5" height="16" />
            if wait.to.0 >= wait.from.0 + 5 {
                <text x={percent(left + scale.right(1) * 0.4)} y="17">{ format!("waits for {}{holder}", wait.label) }</text>
            }
        </g>
    }
}

/// Properties of [`Cell`].
#[derive(Clone, PartialEq, Properties)]
pub struct CellProps {
    /// The step.
    pub step: u32,
    /// Its kind.
    pub glyph: Glyph,
    /// Whether it changed something on screen.
    pub is_effect: bool,
    /// Whether it is done.
    pub is_past: bool,
    /// Whether it is the last one done.
    pub is_current: bool,
    /// The scale.
    pub scale: Scale,
}

/// One step: filled when done, hollow when not, framed when it is the last one done.
#[component]
pub fn Cell(props: &CellProps) -> Html {
    let sign = match props.glyph {
        Glyph::Read => "r",
        Glyph::Write => "w",
        Glyph::Take => "[",
        Glyph::Drop => "]",
        Glyph::Try | Glyph::Refused => "?",
        Glyph::Ask => "!",
        Glyph::Local => "\u{b7}",
    };
    let left = props.scale.left(props.step);
    let width = props.scale.right(1);
    html! {
        <g class={classes!("cell", props.is_past.then_some("cell-past"), props.is_current.then_some("cell-current"), props.is_effect.then_some("cell-effect"))}>
            <rect class="cell-outline" x={percent(left)} width={percent(width)} y="4" height="18" rx="3" />
            <rect class="cell-fill" x={percent(left)} width={percent(width)} y="4" height="18" rx="3" />
            <text x={percent(left + width / 2.0)} y="17">{ sign }</text>
            if props.glyph == Glyph::Refused {
                <line class="cell-stroke" x1={percent(left + width * 0.2)} x2={percent(left + width * 0.8)} y1="19" y2="7" />
            }
        </g>
    }
}

/// Properties of [`LockRow`].
#[derive(Clone, PartialEq, Properties)]
pub struct LockRowProps {
    /// The lane.
    pub lane: LockLane,
    /// How many steps the run has.
    pub steps: u32,
    /// The scale.
    pub scale: Scale,
}

/// The stretches in which one lock was held.
#[component]
pub fn LockRow(props: &LockRowProps) -> Html {
    html! {
        <div class="row row-lock" data-lock={props.lane.lock.0.clone()}>
            <span class="row-label">{ swatch(props.lane.pattern) }<span class="row-name">{ &props.lane.label }</span></span>
            <svg class="row-plot">
                { for props.lane.bars.iter().map(|bar| {
                    let from = props.scale.left(bar.from.0) + props.scale.right(1) * 0.1;
                    let to = props.scale.right(bar.to.map_or(props.steps, |step| step.0)) - props.scale.right(1) * 0.1;
                    html! {
                        <g class={classes!("bar-held", thread_class(bar.thread), (bar.mode == LockMode::Shared).then_some("bar-shared"))}>
                            { pattern_line(props.lane.pattern, from, to) }
                        </g>
                    }
                }) }
            </svg>
        </div>
    }
}

/// Properties of [`WaveRow`].
#[derive(Clone, PartialEq, Properties)]
pub struct WaveRowProps {
    /// The lane.
    pub lane: Lane,
    /// The scale.
    pub scale: Scale,
}

/// One fact as a waveform.
#[component]
pub fn WaveRow(props: &WaveRowProps) -> Html {
    let spans = &props.lane.spans;
    let height = |is_high: bool| if is_high { "4" } else { "16" };
    html! {
        <div class="row row-wave" data-lane={props.lane.fact.0.clone()}>
            <span class="row-label"><span class="row-name">{ &props.lane.label }</span></span>
            <svg class="row-plot">
                { for spans.iter().enumerate().map(|(index, span)| {
                    // The level of a span begins in the middle of the step that brought it about.
                    let half = props.scale.right(1) / 2.0;
                    let edge = |step: u32| if step == 0 { 0.0 } else { props.scale.right(step) - half };
                    let left = edge(span.from.0);
                    let right = spans.get(index + 1).map_or_else(|| props.scale.right(span.to.0), |next| edge(next.from.0));
                    let turned = index > 0 && spans.get(index - 1).is_some_and(|before| before.is_high != span.is_high);
                    html! {
                        <g class={classes!("wave", span.is_high.then_some("wave-high"), span.by.map(thread_class))}>
                            if span.is_high {
                                <rect class="wave-ground" x={percent(left)} width={percent((right - left).max(0.0))} y="4" height="12" />
                            }
                            if turned { <line class="wave-turn" x1={percent(left)} x2={percent(left)} y1="3" y2="17" /> }
                            <line class="wave-level" x1={percent(left)} x2={percent(right)} y1={height(span.is_high)} y2={height(span.is_high)} />
                        </g>
                    }
                }) }
            </svg>
        </div>
    }
}

/// Whether a next step of `thread` is being previewed and would not be the recorded one.
pub fn is_ghost(score: &Score, cursor: u32, preview: Option<ThreadId>, thread: ThreadId) -> bool {
    preview == Some(thread)
        && score
            .columns
            .get(cursor as usize)
            .is_none_or(|column| column.thread != thread)
}
