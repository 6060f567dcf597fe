//! What stands under a score: the beats by letter, the length and order of the run, and what the signs mean.

use super::super::canvas::{Anchor, Canvas, Rect};
use super::super::measure::Font;
use super::super::strokes::{letter_chip, thread_pattern};
use super::head::beat_letter;
use super::ruler::fork_mark;
use super::{Grid, to_f64};
use crate::scene::{LockLane, LockMode, Score, ThreadId};
use crate::text::counted;

const FONT: Font = Font::sans(12.5);
const LINE: f64 = 21.0;

/// Draws the lines and gives their lower edge.
///
/// Signs that are not drawn, for want of room, are not explained.
pub(super) fn draw(
    canvas: &mut Canvas,
    score: &Score,
    locks: &[&LockLane],
    grid: Grid,
    total: u32,
    area: Rect,
) -> f64 {
    let mut y = draw_beats(canvas, score, area);
    if let Some(parting) = &score.parting {
        fork_mark(canvas, (area.x + 8.0, y + 9.0));
        let at = (area.x + 53.0, y + 8.4);
        canvas.text(
            "lk-soft",
            (area.x + 45.0, y + 8.4),
            Anchor::End,
            FONT,
            30.0,
            &parting.step.0.to_string(),
        );
        canvas.text(
            "lk-ink",
            at,
            Anchor::Start,
            FONT,
            area.width - 53.0,
            &format!("The order had to change. {}", parting.text),
        );
        y += LINE;
    }
    canvas.line("lk-hair", (area.x, y + 1.0), (area.right(), y + 1.0));
    y += 20.0;
    let steps = match score.columns.len() == total as usize {
        true => counted(score.columns.len(), "step", "steps"),
        false => format!("steps {} to {} of {total}", grid.first, grid.last),
    };
    let switches = counted(
        score.switches as usize,
        "context switch",
        "context switches",
    );
    let length = format!("{steps}, {switches}");
    canvas.text(
        "lk-soft",
        (area.x, y),
        Anchor::Start,
        FONT,
        area.width,
        &length,
    );
    let left = FONT.width(&length) + 24.0;
    let order = format!("order {}", score.executed);
    canvas.text(
        "lk-soft",
        (area.right(), y),
        Anchor::End,
        Font::mono(12.0),
        area.width - left,
        &order,
    );
    draw_signs(
        canvas,
        locks,
        grid.has_signs(),
        Rect {
            y: y + LINE,
            ..area
        },
    )
}

/// The beats in as many columns as their titles leave room for.
fn draw_beats(canvas: &mut Canvas, score: &Score, area: Rect) -> f64 {
    if score.beats.is_empty() {
        return area.y;
    }
    let widest = score
        .beats
        .iter()
        .map(|beat| FONT.width(&beat.title))
        .fold(0.0, f64::max)
        + 78.0;
    let columns = (1..=4)
        .rev()
        .find(|columns| area.width / f64::from(*columns) >= widest)
        .unwrap_or(1);
    let width = area.width / f64::from(columns);
    let rows = score.beats.len().div_ceil(columns as usize);
    for (idx, beat) in score.beats.iter().enumerate() {
        let x = area.x + width * to_f64(idx / rows);
        let y = area.y + LINE * to_f64(idx % rows) + 4.0;
        canvas.circle("lk-ring", (x + 8.0, y), 7.5);
        canvas.text(
            "lk-ink",
            (x + 8.0, y + 3.6),
            Anchor::Middle,
            Font::sans(10.5).bold(),
            20.0,
            &beat_letter(idx),
        );
        canvas.text(
            "lk-soft",
            (x + 45.0, y + 4.4),
            Anchor::End,
            FONT,
            30.0,
            &beat.step.0.to_string(),
        );
        canvas.text(
            "lk-ink",
            (x + 53.0, y + 4.4),
            Anchor::Start,
            FONT,
            width - 61.0,
            &beat.title,
        );
    }
    area.y + LINE * to_f64(rows) + 2.0
}

/// What the signs mean, in one or more lines.
fn draw_signs(canvas: &mut Canvas, locks: &[&LockLane], has_signs: bool, area: Rect) -> f64 {
    let signs = [
        "r reads",
        "w writes",
        "[ takes a lock",
        "] drops it",
        "? tries",
        "/ tries, fails",
        "! asks, waits",
    ];
    let (mut x, mut y) = (area.x, area.y);
    let mut at = |width: f64| {
        if x + width > area.right() {
            (x, y) = (area.x, y + LINE);
        }
        let place = (x, y);
        x += width + 22.0;
        place
    };
    let mono = Font::mono(12.0).bold();
    for text in signs.iter().filter(|_| has_signs) {
        let (sign, words) = text.split_at(1);
        let (x, y) = at(12.0 + FONT.width(words));
        // The sign of a lock that was tried in vain is the one of trying, struck through.
        let is_struck = sign == "/";
        canvas.text(
            "lk-ink",
            (x, y),
            Anchor::Start,
            mono,
            20.0,
            if is_struck { "?" } else { sign },
        );
        if is_struck {
            canvas.line("lk-mark", (x - 1.0, y + 1.5), (x + 8.5, y - 10.0));
        }
        canvas.text("lk-soft", (x + 8.0, y), Anchor::Start, FONT, 200.0, words);
    }
    let first = ThreadId(0);
    let box_of = |x: f64, y: f64| Rect {
        x,
        y: y - 10.0,
        width: 14.0,
        height: 12.0,
    };
    let words = "changes something";
    let (x, y) = at(20.0 + FONT.width(words));
    canvas.pattern_rect(&thread_pattern("fill", first), box_of(x, y), 2.0);
    canvas.text("lk-soft", (x + 20.0, y), Anchor::Start, FONT, 200.0, words);
    let words = "changes nothing shown";
    let (x, y) = at(20.0 + FONT.width(words));
    canvas.rect("lk-a lk-tint", box_of(x, y).inset(0.5), 2.0);
    canvas.text("lk-soft", (x + 20.0, y), Anchor::Start, FONT, 200.0, words);
    let words = "waits";
    let (x, y) = at(28.0 + FONT.width(words));
    let hatched = Rect {
        width: 22.0,
        ..box_of(x, y)
    };
    canvas.pattern_rect(&thread_pattern("wait", first), hatched, 0.0);
    canvas.rect("lk-a lk-hollow", hatched.inset(0.5), 0.0);
    canvas.text("lk-soft", (x + 28.0, y), Anchor::Start, FONT, 200.0, words);
    if locks
        .iter()
        .any(|lane| lane.bars.iter().any(|bar| bar.mode == LockMode::Shared))
    {
        let words = "held together with other readers";
        let (x, y) = at(20.0 + FONT.width(words));
        letter_chip(canvas, first, box_of(x, y), LockMode::Shared);
        canvas.text("lk-soft", (x + 20.0, y), Anchor::Start, FONT, 260.0, words);
    }
    at(0.0).1 + 6.0
}
