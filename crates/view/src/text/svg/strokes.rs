//! How things are told apart by line: locks by their strokes, threads by their letters.

use super::canvas::{Anchor, Canvas, Rect, px};
use super::measure::Font;
use crate::scene::{LockMode, Pattern, ThreadId};

/// The class of a thread's colour.
pub(super) fn thread_class(thread: ThreadId) -> &'static str {
    match thread.0 {
        0 => "lk-a",
        1 => "lk-b",
        2 => "lk-c",
        _ => "lk-d",
    }
}

/// The pattern of a thread: "fill" for its solid fill, "wait" for its hatch.
pub(super) fn thread_pattern(kind: &str, thread: ThreadId) -> String {
    let letter = match thread.0 {
        0 => 'a',
        1 => 'b',
        2 => 'c',
        _ => 'd',
    };
    format!("{kind}-{letter}")
}

/// A line of a lock's pattern at height `y`; in the colour of `thread`, or in ink.
pub(super) fn lock_line(
    canvas: &mut Canvas,
    pattern: Pattern,
    thread: Option<ThreadId>,
    (from, to): (f64, f64),
    y: f64,
) {
    let color = thread.map_or("lk-wave", thread_class);
    let mut line = |dy: f64, width: &str| {
        canvas.line(
            &format!("{color} lk-stroke {width}"),
            (from, y + dy),
            (to, y + dy),
        );
    };
    match pattern {
        Pattern::Solid => line(0.0, "lk-w6"),
        Pattern::Dashed => line(0.0, "lk-w4 lk-dash"),
        Pattern::Dotted => {
            let class = format!("{color} lk-stroke lk-w4 lk-dot");
            canvas.line(&class, (from + 2.0, y), (to, y));
        }
        Pattern::Double => {
            line(-2.5, "lk-w2");
            line(2.5, "lk-w2");
        }
        Pattern::ThickThin => {
            line(-1.5, "lk-w4");
            line(3.5, "lk-w1");
        }
        Pattern::Wavy => canvas.path(&format!("{color} lk-stroke lk-w2"), &wave(from, to, y)),
    }
}

/// A wavy line of whole half waves.
fn wave(from: f64, to: f64, y: f64) -> String {
    let half: f64 = 5.0;
    let mut path = format!("M{} {}", px(from), px(y));
    let mut x = from;
    let mut height = -4.5;
    while x + 0.5 < to {
        let step = half.min(to - x);
        path.push_str(&format!(
            "q{} {} {} 0",
            px(step / 2.0),
            px(height),
            px(step)
        ));
        x += step;
        height = -height;
    }
    path
}

/// A short sample of a lock's line, with its name.
pub(super) fn lock_sample(
    canvas: &mut Canvas,
    pattern: Pattern,
    thread: Option<ThreadId>,
    x: f64,
    y: f64,
) {
    lock_line(canvas, pattern, thread, (x, x + 20.0), y);
}

/// The letter of a thread in its colour; hollow for a lock held together with others.
pub(super) fn letter_chip(canvas: &mut Canvas, thread: ThreadId, rect: Rect, mode: LockMode) {
    let letter = thread.letter().to_string();
    let size = (rect.height * 0.72).min(13.0);
    let base = (
        rect.x + rect.width / 2.0,
        rect.y + rect.height / 2.0 + size * 0.355,
    );
    let font = Font::sans(size).bold();
    match mode {
        LockMode::Exclusive => {
            canvas.rect(&format!("{} lk-bar", thread_class(thread)), rect, 3.0);
            canvas.text("lk-on", base, Anchor::Middle, font, 99.0, &letter);
        }
        LockMode::Shared => {
            canvas.rect("lk-plate", rect, 3.0);
            canvas.rect(
                &format!("{} lk-stroke lk-w1", thread_class(thread)),
                rect.inset(0.75),
                2.5,
            );
            canvas.text("lk-ink", base, Anchor::Middle, font, 99.0, &letter);
        }
    }
}
