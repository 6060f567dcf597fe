//! The score: the whole run as rows over steps.
//!
//! From top to bottom: the verdict, the beats, the ruler, a row for each thread, a lane for each lock, a waveform for
//! each fact, and below them what the letters and signs mean.

mod key;
mod lanes;
mod rows;

use super::canvas::{Anchor, Canvas, Rect};
use super::marks::verdict_mark;
use super::measure::Font;
use crate::scene::{Beat, Lane, LockLane, Pattern, Score, VerdictKind};

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
    pub(super) style: ScoreStyle,
}

/// The grid of steps: where each column stands.
#[derive(Clone, Copy, Debug)]
struct Grid {
    x: f64,
    column: f64,
    columns: u32,
    cursor: u32,
}

impl Grid {
    /// The left edge of a step.
    fn left(self, step: u32) -> f64 {
        self.right(step.saturating_sub(1))
    }

    /// The right edge of a step; that of step 0 is where everything begins.
    fn right(self, step: u32) -> f64 {
        self.x + self.column * f64::from(step.min(self.columns))
    }

    /// The middle of a step; that of step 0 is where everything begins.
    fn middle(self, step: u32) -> f64 {
        if step == 0 {
            self.x
        } else {
            (self.left(step) + self.right(step)) / 2.0
        }
    }

    /// Where everything ends.
    fn end(self) -> f64 {
        self.right(self.columns)
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
    let columns = u32::try_from(score.columns.len())
        .unwrap_or(u32::MAX)
        .max(1);
    let room = (place.width - sizes.label - 8.0).max(1.0);
    let grid = Grid {
        x: place.x + sizes.label,
        column: (room / f64::from(columns)).min(MAX_COLUMN),
        columns,
        cursor: place.cursor.unwrap_or(columns),
    };
    let (lock_lanes, lanes) = shown_lanes(score, place.style);

    let head = if place.style == ScoreStyle::Full {
        head_height(score, grid)
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
        fall_line(canvas, score, grid, ruler, bottom);
    }
    draw_ruler(canvas, score, grid, sizes, ruler);
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
        draw_cursor(canvas, grid, cursor, (ruler, lanes_top, bottom));
    }
    if place.style == ScoreStyle::Strip {
        return bottom;
    }
    draw_head(canvas, score, grid, place, ruler);
    key::draw(
        canvas,
        score,
        &lock_lanes,
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

/// The room above the ruler: for the verdict, and for one or two rows of beats.
fn head_height(score: &Score, grid: Grid) -> f64 {
    let verdict = if score.verdict.is_some() { 24.0 } else { 0.0 };
    let beats = beat_rows(&score.beats, grid)
        .into_iter()
        .max()
        .map_or(0.0, |row| 20.0 + 17.0 * f64::from(row));
    verdict + beats
}

/// The row of each beat, counted upwards, so that no two touch.
fn beat_rows(beats: &[Beat], grid: Grid) -> Vec<u8> {
    let mut ends = [f64::NEG_INFINITY; 3];
    let mut rows = Vec::with_capacity(beats.len());
    for beat in beats {
        let x = grid.middle(beat.step.0);
        let row = (0..3)
            .find(|row| ends[usize::from(*row)] + 17.0 <= x)
            .unwrap_or(2);
        ends[usize::from(row)] = x;
        rows.push(row);
    }
    rows
}

/// The letter of a beat: `a` for the first.
fn beat_letter(idx: usize) -> String {
    let letter = u8::try_from(idx)
        .ok()
        .filter(|idx| *idx < 26)
        .map(|idx| char::from(b'a' + idx));
    letter.map_or_else(|| (idx + 1).to_string(), String::from)
}

fn draw_head(canvas: &mut Canvas, score: &Score, grid: Grid, place: ScorePlace, ruler: f64) {
    for (idx, (beat, row)) in score
        .beats
        .iter()
        .zip(beat_rows(&score.beats, grid))
        .enumerate()
    {
        let (x, y) = (
            grid.middle(beat.step.0),
            ruler - 8.0 - 17.0 * f64::from(row),
        );
        canvas.line("lk-tick", (x, y), (x, ruler + 4.0));
        canvas.circle("lk-ring", (x, y), 7.5);
        canvas.text(
            "lk-ink",
            (x, y + 3.6),
            Anchor::Middle,
            Font::sans(10.5).bold(),
            20.0,
            &beat_letter(idx),
        );
    }
    let Some(mark) = &score.verdict else { return };
    let x = grid.middle(mark.step.0);
    let y = place.y + 9.0;
    let (word, class) = verdict_word(mark.kind);
    let text = format!("{word} at step {}: {}", mark.step.0, mark.text);
    let font = Font::sans(13.0).bold();
    let is_left = x - place.x > place.width / 2.0;
    let (at, anchor, room) = match is_left {
        true => (x - 16.0, Anchor::End, x - 16.0 - place.x),
        false => (x + 16.0, Anchor::Start, place.x + place.width - x - 16.0),
    };
    canvas.text(class, (at, y + 4.6), anchor, font, room, &text);
    verdict_mark(canvas, mark.kind, (x, y), 18.0);
}

/// The word of a verdict and the class of its text.
fn verdict_word(kind: VerdictKind) -> (&'static str, &'static str) {
    match kind {
        VerdictKind::Broken => ("Broken", "lk-alarm"),
        VerdictKind::Deadlock => ("Deadlock", "lk-alarm"),
        VerdictKind::Harmless => ("Harmless", "lk-ink"),
        VerdictKind::Clean => ("Ended well", "lk-ink"),
        VerdictKind::Open => ("Still open", "lk-ink"),
        VerdictKind::Unfinished => ("Unfinished", "lk-ink"),
    }
}

/// The line from the verdict down through all rows; double where something broke.
fn fall_line(canvas: &mut Canvas, score: &Score, grid: Grid, ruler: f64, bottom: f64) {
    let Some(mark) = &score.verdict else { return };
    let x = grid.middle(mark.step.0);
    let top = ruler - head_height(score, grid) + 18.0;
    if matches!(mark.kind, VerdictKind::Broken | VerdictKind::Deadlock) {
        canvas.line("lk-fall lk-broken", (x - 1.5, top), (x - 1.5, bottom));
        canvas.line("lk-fall lk-broken", (x + 1.5, top), (x + 1.5, bottom));
    } else {
        canvas.line("lk-fall", (x, top), (x, bottom));
    }
}

fn draw_ruler(canvas: &mut Canvas, score: &Score, grid: Grid, sizes: Sizes, top: f64) {
    let base = top + sizes.ruler - 3.0;
    canvas.line("lk-hair", (grid.x, base), (grid.end(), base));
    let every = if grid.column * 5.0 >= 24.0 { 5 } else { 10 };
    for step in (1..=grid.columns).filter(|step| *step == 1 || step % every == 0) {
        if score.columns.is_empty() {
            break;
        }
        let x = grid.middle(step);
        canvas.line("lk-tick", (x, base - 3.0), (x, base));
        canvas.text(
            "lk-soft",
            (x, base - 5.0),
            Anchor::Middle,
            Font::sans(sizes.font - 2.0),
            40.0,
            &step.to_string(),
        );
    }
    if let Some(parting) = &score.parting {
        // A fork: one way goes on, another bends away.
        let (x, y) = (grid.left(parting.step.0), base);
        canvas.path(
            "lk-mark",
            &format!(
                "M{} {}v-5m0 0l4 -5m-4 5l-4 -5",
                super::canvas::px(x),
                super::canvas::px(y)
            ),
        );
    }
}

/// The cursor: a knob on the ruler, a line through the lanes, and what is still to come behind a veil.
fn draw_cursor(
    canvas: &mut Canvas,
    grid: Grid,
    cursor: u32,
    (ruler, lanes_top, bottom): (f64, f64, f64),
) {
    let x = grid.right(cursor);
    if cursor < grid.columns {
        canvas.rect(
            "lk-veil",
            Rect {
                x: x + 1.0,
                y: lanes_top,
                width: grid.end() - x,
                height: bottom - lanes_top,
            },
            0.0,
        );
    }
    canvas.line("lk-now", (x, ruler + 8.0), (x, bottom));
    let (left, right, tip) = (
        super::canvas::px(x - 4.5),
        super::canvas::px(x + 4.5),
        super::canvas::px(x),
    );
    let (top, point) = (
        super::canvas::px(ruler + 1.0),
        super::canvas::px(ruler + 9.0),
    );
    canvas.path("lk-solid", &format!("M{left} {top}H{right}L{tip} {point}Z"));
}

/// A count as a length.
fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
