//! The rows of the score: one small drawing each, placed by shares of the width, so that no measuring is needed.

use lockstep_view::scene::{
    Column, Glyph, Lane, LockLane, LockMode, Score, ThreadId, ThreadRow, WaitBar,
};
use yew::Html;

use super::swatch::{WHOLE, letter_chip, pattern_lines, percent, swatch, thread_class};
use crate::element::{El, el, words};
use crate::model::Carried;

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
    carried: Option<&Carried>,
    needed: Option<&[u32]>,
    scale: Scale,
) -> El {
    let thread = row.thread;
    let width = percent(scale.column());
    let waits = score.waits.iter().filter(|wait| wait.thread == thread);
    let cells = score
        .columns
        .iter()
        .filter(|column| column.thread == thread);
    let ghost = is_ghost.then(|| {
        el("rect.cell-ghost|y=4|height=18|rx=3")
            .attr("x", &percent(scale.right(cursor)))
            .attr("width", &width)
    });
    let plot = el("svg.row-plot")
        .child(el("line.row-base|x1=0|x2=100%|y1=50%|y2=50%"))
        .children(waits.map(|wait| wait_bar(wait, scale)))
        .children(cells.map(|column| {
            let is_aside = needed.is_some_and(|steps| !steps.contains(&column.step.0));
            cell(column, cursor, &width, scale).class_if(is_aside, "cell-aside")
        }))
        .child(ghost)
        .child(carried.map(|carried| carried_cell(carried, &width, scale)));
    let label = el("span.row-label")
        .child(letter_chip(thread))
        .child(words("span.row-name", &row.name));
    let lane = el("div.row.row-thread").class(thread_class(thread));
    lane.child(label).child(plot)
}

/// How wide a wait has to be to have words in it; a narrower one is told by its hatch, the card and the rack.
const ROOM_FOR_WORDS: u32 = WHOLE / 8;

fn wait_bar(wait: &WaitBar, scale: Scale) -> El {
    let left = scale.left(wait.from.0);
    let width = scale.right(wait.to.0).saturating_sub(left);
    let bar = el("rect|y=5|height=16")
        .attr("x", &percent(left))
        .attr("width", &percent(width));
    let told = (width > ROOM_FOR_WORDS).then(|| {
        let mut text = format!("waits for {}", wait.label);
        if let Some(holder) = wait.holder {
            text.push_str(" (");
            text.push(holder.letter());
            text.push(')');
        }
        words("text|y=17", &text).attr("x", &percent(left + scale.column() / 2))
    });
    el("g.waiting").child(bar).child(told)
}

/// One step: filled when done, hollow when not, framed when it is the last one done.
fn cell(column: &Column, cursor: u32, width: &str, scale: Scale) -> El {
    let step = column.step.0;
    let sign = match column.glyph {
        Glyph::Read => "r",
        Glyph::Write => "w",
        Glyph::Take => "[",
        Glyph::Drop => "]",
        Glyph::Try | Glyph::Refused => "?",
        Glyph::Ask => "!",
        Glyph::Local => "\u{b7}",
    };
    let stroke = (column.glyph == Glyph::Refused).then(|| {
        let inset = scale.column() / 5;
        el("line.cell-stroke|y1=19|y2=7")
            .attr("x1", &percent(scale.left(step) + inset))
            .attr("x2", &percent(scale.right(step) - inset))
    });
    let field = el("rect|y=4|height=18|rx=2.5")
        .attr("x", &percent(scale.left(step)))
        .attr("width", width);
    // A step that is still to come can be taken hold of with the mouse.
    let grip = (step > cursor).then(|| step.to_string());
    el("g.cell")
        .maybe("data-cell", grip.as_deref())
        .class_if(step <= cursor, "cell-past")
        .class_if(step == cursor, "cell-current")
        .child(field)
        .child(words("text|y=17", sign).attr("x", &percent(scale.middle(step))))
        .child(stroke)
}

/// The step that is carried, over the place it would have, and the places it may not have.
fn carried_cell(carried: &Carried, width: &str, scale: Scale) -> El {
    let at = |head: &'static str, step: u32| {
        let place = el(head).attr("x", &percent(scale.left(step)));
        place.attr("width", width)
    };
    let refused = carried.targets.iter();
    let refused = refused.filter(|target| target.refusal.is_some());
    el("g.carried")
        .flag("data-refused", carried.is_refused())
        .children(refused.map(|target| at("rect.cell-refused|y=2|height=22", target.to.0)))
        .child(at("rect.cell-left|y=4|height=18|rx=2.5", carried.step))
        .child(at("rect.cell-carried|y=1|height=24|rx=3", carried.to))
}

/// The lanes of the locks and of the facts. They do not depend on the cursor and are drawn once for a run.
pub fn lanes(score: &Score, steps: u32, scale: Scale) -> Html {
    let locks = score.lock_lanes.iter();
    let waves = score.lanes.iter();
    let locks = el("div.rows-locks").children(locks.map(|lane| lock_row(lane, steps, scale)));
    let waves = el("div.rows-waves").children(waves.map(|lane| wave_row(lane, scale)));
    [locks.html(), waves.html()].into_iter().collect()
}

/// The stretches in which one lock was held.
fn lock_row(lane: &LockLane, steps: u32, scale: Scale) -> El {
    let gap = scale.column() / 10;
    let bars = lane.bars.iter().map(|bar| {
        let from = scale.left(bar.from.0) + gap;
        let to = bar.to.map_or(steps, |step| step.0);
        let held = el("g.bar-held")
            .class(thread_class(bar.thread))
            .class_if(bar.mode == LockMode::Shared, "bar-shared");
        pattern_lines(
            held,
            lane.pattern,
            from,
            scale.right(to).saturating_sub(gap),
        )
    });
    let label = el("span.row-label")
        .child(swatch(lane.pattern))
        .child(words("span.row-name", &lane.label));
    el("div.row.row-lock")
        .key(&lane.lock.0)
        .attr("data-lock", &lane.lock.0)
        .child(label)
        .child(el("svg.row-plot").children(bars))
}

/// One fact as a waveform.
fn wave_row(lane: &Lane, scale: Scale) -> El {
    let mut plot = el("svg.row-plot");
    let mut was_high = None;
    for (index, span) in lane.spans.iter().enumerate() {
        // The level of a span begins in the middle of the step that brought it about.
        let left = scale.middle(span.from.0);
        let right = match lane.spans.get(index + 1) {
            Some(next) => scale.middle(next.from.0),
            None => scale.right(span.to.0).max(left),
        };
        let (from, to) = (percent(left), percent(right));
        let ground = span.is_high.then(|| {
            el("rect.wave-ground|y=4|height=12")
                .attr("x", &from)
                .attr("width", &percent(right.saturating_sub(left)))
        });
        let has_turned = was_high.is_some_and(|was_high| was_high != span.is_high);
        let turn = el("line.wave-turn|y1=3|y2=17");
        let turn = has_turned.then(|| turn.attr("x1", &from).attr("x2", &from));
        let height = if span.is_high { "4" } else { "16" };
        let level = el("line.wave-level")
            .attr("x1", &from)
            .attr("x2", &to)
            .attr("y1", height)
            .attr("y2", height);
        plot = plot.child(el("g.wave").child(ground).child(turn).child(level));
        was_high = Some(span.is_high);
    }
    let label = el("span.row-label").child(words("span.row-name", &lane.label));
    el("div.row.row-wave")
        .key(&lane.fact.0)
        .attr("data-lane", &lane.fact.0)
        .child(label)
        .child(plot)
}

/// Whether a next step of `thread` is being previewed and would not be the recorded one.
pub fn is_ghost(score: &Score, cursor: u32, preview: Option<ThreadId>, thread: ThreadId) -> bool {
    let recorded = score
        .columns
        .get(cursor as usize)
        .map(|column| column.thread);
    preview == Some(thread) && recorded != Some(thread)
}
