//! The ruler: numbers of steps, the place where the order had to change, and the cursor.

use super::super::canvas::{Anchor, Canvas, Rect, px};
use super::super::measure::Font;
use super::{Grid, Sizes};
use crate::scene::Score;

/// Draws the numbers, leaving out those that something more important stands at.
pub(super) fn draw(
    canvas: &mut Canvas,
    score: &Score,
    grid: Grid,
    sizes: Sizes,
    top: f64,
    cursor: Option<u32>,
) {
    let base = top + sizes.ruler - 3.0;
    canvas.line("lk-hair", (grid.x, base), (grid.end(), base));
    if score.columns.is_empty() {
        return;
    }
    let fork = score
        .parting
        .as_ref()
        .map(|parting| grid.left(parting.step.0));
    let taken = [fork, cursor.map(|cursor| grid.right(cursor))];
    let font = Font::sans(sizes.font - 2.0);
    let every = if grid.column * 5.0 >= 24.0 { 5 } else { 10 };
    for step in (grid.first..=grid.last).filter(|step| *step == grid.first || step % every == 0) {
        let (x, number) = (grid.middle(step), step.to_string());
        canvas.line("lk-tick", (x, base - 3.0), (x, base));
        let reach = font.width(&number) / 2.0 + 6.0;
        let is_close = step != grid.first && x - grid.middle(grid.first) < 3.0 * reach;
        if !is_close && taken.iter().flatten().all(|at| (at - x).abs() > reach) {
            canvas.text(
                "lk-soft",
                (x, base - 5.0),
                Anchor::Middle,
                font,
                40.0,
                &number,
            );
        }
    }
    if let Some(x) = fork {
        fork_mark(canvas, (x, base));
    }
}

/// A fork: one way goes on, another bends away.
pub(super) fn fork_mark(canvas: &mut Canvas, (x, y): (f64, f64)) {
    canvas.path(
        "lk-mark",
        &format!("M{} {}v-5m0 0l4 -5m-4 5l-4 -5", px(x), px(y)),
    );
}

/// The cursor: a knob on the ruler, a line through the lanes, and what is still to come behind a veil.
pub(super) fn cursor(
    canvas: &mut Canvas,
    grid: Grid,
    cursor: u32,
    (ruler, lanes_top, bottom): (f64, f64, f64),
) {
    let x = grid.right(cursor);
    if cursor < grid.last {
        let future = Rect {
            x: x + 1.0,
            y: lanes_top,
            width: grid.end() - x,
            height: bottom - lanes_top,
        };
        canvas.rect("lk-veil", future, 0.0);
    }
    canvas.line("lk-now", (x, ruler + 8.0), (x, bottom));
    let (left, right, top, tip) = (px(x - 4.5), px(x + 4.5), px(ruler + 1.0), px(ruler + 9.0));
    canvas.path(
        "lk-solid",
        &format!("M{left} {top}H{right}L{} {tip}Z", px(x)),
    );
}
