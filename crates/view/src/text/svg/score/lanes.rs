//! The lanes under the threads: when locks were held, and facts as waveforms.

use std::fmt::Write as _;

use super::super::canvas::{Anchor, Canvas, Rect, px};
use super::super::measure::Font;
use super::super::strokes::{letter_chip, lock_line, lock_sample};
use super::{Grid, Sizes};
use crate::scene::{Lane, LockLane};

/// How far a bar reaches over the edge of the part drawn.
const OVERHANG: f64 = 8.0;

/// One lock: a bar of its own pattern for each time it was held, beginning with the letter of the holder.
pub(super) fn lock(canvas: &mut Canvas, lane: &LockLane, grid: Grid, sizes: Sizes, area: Rect) {
    let middle = area.y + area.height / 2.0;
    lock_sample(canvas, lane.pattern, None, area.x, middle);
    let room = area.width - 34.0;
    let font = Font::sans(sizes.font - 0.5);
    canvas.text(
        "lk-ink",
        (area.x + 27.0, middle + font.size * 0.36),
        Anchor::Start,
        font,
        room,
        &lane.label,
    );
    canvas.line("lk-hair", (grid.x, middle), (grid.end(), middle));
    let height = (sizes.lock - 5.0).min(14.0);
    for (idx, bar) in lane.bars.iter().enumerate() {
        // A bar that began before the part drawn, or ends after it, reaches over the edge.
        let is_earlier = bar.from.0 < grid.first;
        let is_later = bar.to.is_some_and(|to| to.0 > grid.last);
        let from = grid.left(bar.from.0) + 1.0;
        let to = bar.to.map_or_else(|| grid.end(), |step| grid.right(step.0))
            + if is_later { OVERHANG } else { -1.0 };
        // Holders that overlap, all of them readers, stand a little below each other.
        let overlaps = lane.bars[..idx]
            .iter()
            .filter(|before| before.to.is_none_or(|end| end >= bar.from))
            .count();
        let y = middle + if overlaps % 2 == 1 { 4.0 } else { 0.0 };
        let chip = Rect {
            x: from,
            y: y - height / 2.0,
            width: height.min(to - from),
            height,
        };
        canvas.rect(
            "lk-plate",
            Rect {
                x: from,
                y: chip.y,
                width: to - from,
                height,
            },
            0.0,
        );
        if chip.right() + 2.0 < to {
            lock_line(
                canvas,
                lane.pattern,
                Some(bar.thread),
                (chip.right() + 1.0, to),
                y,
            );
        }
        if is_earlier {
            lock_line(
                canvas,
                lane.pattern,
                Some(bar.thread),
                (from - 1.0 - OVERHANG, from - 1.0),
                y,
            );
        }
        letter_chip(canvas, bar.thread, chip, bar.mode);
    }
}

/// One fact: a line that is up while the flag is set or the page is mapped, with the value where there is room.
pub(super) fn wave(canvas: &mut Canvas, lane: &Lane, grid: Grid, sizes: Sizes, area: Rect) {
    let (high, low) = (
        area.y + area.height * 0.2,
        area.bottom() - area.height * 0.14,
    );
    let font = Font::mono(sizes.font - 1.0);
    let base = area.y + area.height / 2.0 + font.size * 0.36;
    canvas.text(
        "lk-ink",
        (area.x, base),
        Anchor::Start,
        font,
        area.width - 10.0,
        &lane.label,
    );
    let mut path = String::new();
    for (idx, span) in lane.spans.iter().enumerate() {
        let left = grid.middle(span.from.0);
        let right = lane
            .spans
            .get(idx + 1)
            .map_or_else(|| grid.end(), |next| grid.middle(next.from.0));
        let y = if span.is_high { high } else { low };
        if span.is_high {
            canvas.rect(
                "lk-high",
                Rect {
                    x: left,
                    y: high,
                    width: right - left,
                    height: low - high,
                },
                0.0,
            );
        }
        let sign = if idx == 0 { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{sign}{} {}L{} {}", px(left), px(y), px(right), px(y));
        let font = Font::sans((sizes.font - 2.0).min(area.height * 0.5));
        // The text keeps clear of the cursor's line.
        let cursor = grid.right(grid.cursor);
        let start = left + 6.0;
        let is_crossed = start - 3.0 < cursor && cursor < start + font.width(&span.text) + 3.0;
        let start = if is_crossed { cursor + 6.0 } else { start };
        let at = (start, (high + low) / 2.0 + font.size * 0.36);
        if start + font.width(&span.text) + 6.0 <= right {
            canvas.text("lk-soft", at, Anchor::Start, font, right - left, &span.text);
        }
    }
    canvas.path("lk-wave", &path);
}
