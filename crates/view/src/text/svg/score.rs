//! The score: the whole run as rows over steps.
//!
//! From top to bottom: the verdict, the beats, the ruler, a row for each thread, a lane for each lock, a waveform for
//! each fact, and below them what the letters and signs mean.

mod head;
mod key;
mod lanes;
mod part;
mod rows;
mod ruler;

use super::canvas::{Canvas, Rect};
use crate::scene::{Lane, LockLane, Pattern, Score};

/// How much of a score is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ScoreStyle {
    /// Everything, with its key.
    Full,
    /// The threads, one lock and one fact: 84 high for two threads.
    Strip,
}

/// Where a score is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScorePlace {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    /// The last step that is done; none draws every step as done.
    pub(super) cursor: Option<u32>,
    /// The first and the last step to draw; none draws all.
    pub(super) part: Option<(u32, u32)>,
    pub(super) style: ScoreStyle,
}

/// The grid of steps: where each column stands.
#[derive(Clone, Copy, Debug)]
struct Grid {
    x: f64,
    column: f64,
    first: u32,
    last: u32,
    cursor: u32,
}

impl Grid {
    /// The left edge of a step.
    fn left(self, step: u32) -> f64 {
        self.right(step.saturating_sub(1))
    }

    /// The right edge of a step. Steps before the first end where everything begins.
    fn right(self, step: u32) -> f64 {
        self.x + self.column * f64::from((step.min(self.last) + 1).saturating_sub(self.first))
    }

    /// The middle of a step. That of a step before the first is where everything begins.
    fn middle(self, step: u32) -> f64 {
        (self.left(step) + self.right(step)) / 2.0
    }

    /// Whether columns are wide enough for signs.
    fn has_signs(self) -> bool {
        self.column >= 14.0
    }

    /// Where everything ends.
    fn end(self) -> f64 {
        self.right(self.last)
    }
}

/// The heights of a style.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    label: f64,
    ruler: f64,
    thread: f64,
    cell: f64,
    lock: f64,
    wave: f64,
    gap: f64,
    font: f64,
}

const FULL: Sizes = Sizes {
    label: 146.0,
    ruler: 24.0,
    thread: 32.0,
    cell: 22.0,
    lock: 21.0,
    wave: 30.0,
    gap: 8.0,
    font: 13.0,
};
const STRIP: Sizes = Sizes {
    label: 92.0,
    ruler: 14.0,
    thread: 18.0,
    cell: 14.0,
    lock: 15.0,
    wave: 18.0,
    gap: 0.0,
    font: 11.0,
};

/// The widest a column gets.
const MAX_COLUMN: f64 = 40.0;

/// Draws a score and gives its lower edge.
pub(super) fn draw(canvas: &mut Canvas, score: &Score, place: ScorePlace) -> f64 {
    let sizes = if place.style == ScoreStyle::Full {
        FULL
    } else {
        STRIP
    };
    let total = u32::try_from(score.columns.len()).unwrap_or(u32::MAX);
    let (first, last) = part::clamped(place.part, total);
    let cut = (first, last) != (1, total) && total > 0;
    let cut = cut.then(|| part::of(score, first, last));
    let score = cut.as_ref().unwrap_or(score);
    let last = last.max(first);
    let room = (place.width - sizes.label - 8.0).max(1.0);
    let grid = Grid {
        x: place.x + sizes.label,
        column: (room / f64::from(last - first + 1)).min(MAX_COLUMN),
        first,
        last,
        cursor: place.cursor.unwrap_or(last),
    };
    let (lock_lanes, lanes) = shown_lanes(score, place.style);

    let head = if place.style == ScoreStyle::Full {
        head::height(score, grid)
    } else {
        0.0
    };
    let ruler = place.y + head;
    let top = ruler + sizes.ruler;
    let lanes_top = top + sizes.thread * to_f64(score.threads.len()) + sizes.gap;
    let waves_top = lanes_top
        + sizes.lock * to_f64(lock_lanes.len())
        + if lock_lanes.is_empty() {
            0.0
        } else {
            sizes.gap
        };
    let bottom = waves_top + sizes.wave * to_f64(lanes.len());

    rows::switches(canvas, score, grid, top, bottom);
    if place.style == ScoreStyle::Full {
        head::fall_line(canvas, score, grid, ruler, bottom);
    }
    ruler::draw(canvas, score, grid, sizes, ruler, place.cursor);
    for (idx, row) in score.threads.iter().enumerate() {
        let area = Rect {
            x: place.x,
            y: top + sizes.thread * to_f64(idx),
            width: sizes.label,
            height: sizes.thread,
        };
        rows::thread(canvas, score, row, grid, sizes, area, place.cursor);
    }
    for (idx, lane) in lock_lanes.iter().enumerate() {
        let area = Rect {
            x: place.x,
            y: lanes_top + sizes.lock * to_f64(idx),
            width: sizes.label,
            height: sizes.lock,
        };
        lanes::lock(canvas, lane, grid, sizes, area);
    }
    for (idx, lane) in lanes.iter().enumerate() {
        let area = Rect {
            x: place.x,
            y: waves_top + sizes.wave * to_f64(idx),
            width: sizes.label,
            height: sizes.wave,
        };
        lanes::wave(canvas, lane, grid, sizes, area);
    }
    if let Some(cursor) = place.cursor {
        ruler::cursor(canvas, grid, cursor, (ruler, lanes_top, bottom));
    }
    if place.style == ScoreStyle::Strip {
        return bottom;
    }
    head::draw(canvas, score, grid, place, ruler);
    key::draw(
        canvas,
        score,
        &lock_lanes,
        grid,
        total,
        Rect {
            x: place.x,
            y: bottom + 18.0,
            width: place.width,
            height: 0.0,
        },
    )
}

/// The lanes a style shows: all, or the page-table lock and the fact whose change comes last.
fn shown_lanes(score: &Score, style: ScoreStyle) -> (Vec<&LockLane>, Vec<&Lane>) {
    let held = score.lock_lanes.iter().filter(|lane| !lane.bars.is_empty());
    if style == ScoreStyle::Full {
        return (held.collect(), score.lanes.iter().collect());
    }
    let changing = score.lanes.iter().rfind(|lane| lane.spans.len() > 1);
    let lane = changing.or(score.lanes.last());
    (
        held.filter(|lane| lane.pattern == Pattern::Solid)
            .take(1)
            .collect(),
        lane.into_iter().collect(),
    )
}

/// A count as a length.
fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
