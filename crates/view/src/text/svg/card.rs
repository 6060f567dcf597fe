//! The card of one thread: where it is, what it did last and would do next, what it holds or waits for.

use super::canvas::{Anchor, Canvas, Rect};
use super::measure::Font;
use super::strokes::{letter_chip, lock_sample, thread_pattern};
use crate::scene::{Hold, LockMode, Place, Score, ThreadCard, ThreadState};
use crate::text::wrap::wrap_by;

/// The sizes of a card.
#[derive(Clone, Copy, Debug)]
pub(super) struct CardSizes {
    /// The size of its text; everything else follows.
    pub(super) font: f64,
    /// The space inside its border.
    pub(super) inset: f64,
}

/// Draws a card: as many of its lines as it has room for, the most telling first.
pub(super) fn draw(
    canvas: &mut Canvas,
    card: &ThreadCard,
    score: &Score,
    cursor: u32,
    rect: Rect,
    sizes: CardSizes,
) {
    let CardSizes { font, inset } = sizes;
    canvas.rect(
        if card.is_moving {
            "lk-panel-now"
        } else {
            "lk-panel"
        },
        rect,
        5.0,
    );
    canvas.pattern_rect(
        &thread_pattern("fill", card.thread),
        Rect {
            x: rect.x + 5.0,
            y: rect.y + 5.0,
            width: 5.0,
            height: rect.height - 10.0,
        },
        2.5,
    );
    let area = Rect {
        x: rect.x + inset + 8.0,
        y: rect.y + inset,
        width: rect.width - 2.0 * inset - 8.0,
        height: rect.height - 2.0 * inset,
    };
    let mut lines = Lines {
        canvas,
        area,
        y: area.y,
        font,
    };
    lines.name(card);
    lines.function(card);
    let last = score
        .columns
        .iter()
        .rev()
        .find(|column| column.thread == card.thread && column.step.0 <= cursor);
    lines.pair(
        "last",
        last.map_or("nothing yet", |column| column.text.as_str()),
        card.last.as_ref(),
    );
    match (&card.state, &card.next) {
        (ThreadState::Blocked(wait), _) => {
            let holders: Vec<String> = wait
                .holders
                .iter()
                .map(|holder| holder.letter().to_string())
                .collect();
            let by = if holders.is_empty() {
                String::new()
            } else {
                format!(" ({})", holders.join(", "))
            };
            lines.waits(card, &format!("for {}{by}", wait.label));
        }
        (ThreadState::Finished, _) | (_, None) => lines.pair("next", "finished", None),
        (_, Some(next)) => lines.pair("next", &next.text, card.next_place.as_ref()),
    }
    lines.holds(&card.holds);
}

/// Lines from the top of a card downwards.
struct Lines<'a> {
    canvas: &'a mut Canvas,
    area: Rect,
    y: f64,
    font: f64,
}

impl Lines<'_> {
    /// Goes down by `height`; gives the base line, or none when the card is full.
    fn next(&mut self, height: f64) -> Option<f64> {
        if self.y + height > self.area.bottom() + 2.0 {
            return None;
        }
        self.y += height;
        Some(self.y - height * 0.28)
    }

    /// Where the words after a small label begin.
    fn indent(&self) -> f64 {
        self.font * 3.1
    }

    fn name(&mut self, card: &ThreadCard) {
        let height = self.font * 1.7;
        let chip = Rect {
            x: self.area.x,
            y: self.area.y,
            width: height * 0.85,
            height: height * 0.85,
        };
        letter_chip(self.canvas, card.thread, chip, LockMode::Exclusive);
        let font = Font::sans(self.font + 1.5).bold();
        let x = chip.right() + 7.0;
        let base = chip.y + chip.height / 2.0 + font.size * 0.355;
        self.canvas.text(
            "lk-ink",
            (x, base),
            Anchor::Start,
            font,
            self.area.right() - x,
            &card.name,
        );
        let role = Font::sans(self.font - 1.0);
        let right = x + font.width(&card.name) + 12.0;
        let room = self.area.right() - right;
        if role.width(&card.role) <= room {
            self.canvas.text(
                "lk-soft",
                (right, base),
                Anchor::Start,
                role,
                room,
                &card.role,
            );
            self.y += height;
            return;
        }
        self.y += height;
        for line in wrap_by(&card.role, |_| self.area.width, |line| role.width(line))
            .iter()
            .take(2)
        {
            let Some(base) = self.next(self.font * 1.35) else {
                return;
            };
            self.canvas.text(
                "lk-soft",
                (self.area.x, base),
                Anchor::Start,
                role,
                self.area.width,
                line,
            );
        }
    }

    /// The function it is in, with as many of its callers as fit.
    fn function(&mut self, card: &ThreadCard) {
        self.y += self.font * 0.35;
        let Some(base) = self.next(self.font * 1.75) else {
            return;
        };
        let font = Font::mono(self.font).bold();
        let names: Vec<&str> = card
            .stack
            .iter()
            .map(|frame| frame.function.as_str())
            .collect();
        let fallback = card
            .last
            .as_ref()
            .map_or("", |place| place.function.as_str());
        let shown = (0..names.len())
            .map(|from| names[from..].join(" > "))
            .find(|path| font.width(path) <= self.area.width)
            .or_else(|| names.last().map(|name| (*name).to_owned()))
            .unwrap_or_else(|| fallback.to_owned());
        let class = if names.is_empty() {
            "lk-soft"
        } else {
            "lk-ink"
        };
        self.canvas.text(
            class,
            (self.area.x, base),
            Anchor::Start,
            font,
            self.area.width,
            &shown,
        );
    }

    /// A label and a few words, in two lines if need be, and a place at the right edge if there is room.
    fn pair(&mut self, label: &str, words: &str, place: Option<&Place>) {
        let Some(base) = self.next(self.font * 1.6) else {
            return;
        };
        self.label(label, base);
        let font = Font::sans(self.font);
        let (x, room) = (self.area.x + self.indent(), self.area.width - self.indent());
        let mut lines = wrap_by(words, |_| room, |line| font.width(line)).into_iter();
        let first = lines.next().unwrap_or_default();
        self.canvas
            .text("lk-ink", (x, base), Anchor::Start, font, room, &first);
        let rest = lines.collect::<Vec<_>>().join(" ");
        if !rest.is_empty() {
            if let Some(base) = self.next(self.font * 1.3) {
                self.canvas
                    .text("lk-ink", (x, base), Anchor::Start, font, room, &rest);
            }
            return;
        }
        let Some(place) = place else { return };
        let at = format!("{}:{}", place.file, place.line);
        let small = Font::mono(self.font - 1.5);
        if font.width(words) + 12.0 + small.width(&at) <= room {
            self.canvas.text(
                "lk-soft",
                (self.area.right(), base),
                Anchor::End,
                small,
                room,
                &at,
            );
        }
    }

    fn waits(&mut self, card: &ThreadCard, words: &str) {
        let Some(base) = self.next(self.font * 1.6) else {
            return;
        };
        self.label("waits", base);
        let (x, font) = (self.area.x + self.indent(), Font::sans(self.font));
        let hatch = Rect {
            x,
            y: base - self.font * 0.85,
            width: self.font * 1.5,
            height: self.font,
        };
        self.canvas
            .pattern_rect(&thread_pattern("wait", card.thread), hatch, 0.0);
        self.canvas.rect("lk-fall", hatch, 0.0);
        let x = hatch.right() + 6.0;
        self.canvas.text(
            "lk-ink",
            (x, base),
            Anchor::Start,
            font,
            self.area.right() - x,
            words,
        );
    }

    /// The locks it holds, each with its line.
    fn holds(&mut self, holds: &[Hold]) {
        let Some(mut base) = self.next(self.font * 1.6) else {
            return;
        };
        self.label("holds", base);
        let font = Font::sans(self.font);
        let start = self.area.x + self.indent();
        if holds.is_empty() {
            self.canvas.text(
                "lk-soft",
                (start, base),
                Anchor::Start,
                font,
                200.0,
                "nothing",
            );
            return;
        }
        let mut x = start;
        for hold in holds {
            let full = match hold.mode {
                LockMode::Exclusive => hold.label.clone(),
                LockMode::Shared => format!("{} (read)", hold.label),
            };
            let room = self.area.right() - start - 26.0;
            let label = if font.width(&full) <= room {
                full
            } else {
                hold.label.clone()
            };
            let width = 26.0 + font.width(&label);
            if x > start && x + width > self.area.right() {
                let Some(next) = self.next(self.font * 1.5) else {
                    return;
                };
                (x, base) = (start, next);
            }
            lock_sample(self.canvas, hold.pattern, None, x, base - self.font * 0.36);
            self.canvas.text(
                "lk-ink",
                (x + 26.0, base),
                Anchor::Start,
                font,
                self.area.right() - x - 26.0,
                &label,
            );
            x += width + 14.0;
        }
    }

    fn label(&mut self, label: &str, base: f64) {
        let font = Font::sans(self.font - 1.0);
        self.canvas.text(
            "lk-soft",
            (self.area.x, base),
            Anchor::Start,
            font,
            self.area.width,
            label,
        );
    }
}
