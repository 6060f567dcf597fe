//! The rows of the threads: cells, waits, and the hairlines where another thread takes over.

use super::super::canvas::{Anchor, Canvas, Rect};
use super::super::measure::Font;
use super::super::strokes::{letter_chip, thread_class, thread_pattern};
use super::{Grid, Sizes};
use crate::scene::{Column, Glyph, LockMode, Score, ThreadRow, WaitBar};

/// A hairline between two columns for each time another thread took over.
pub(super) fn switches(canvas: &mut Canvas, score: &Score, grid: Grid, top: f64, bottom: f64) {
    for column in score.columns.iter().filter(|column| column.is_switch) {
        let x = grid.left(column.step.0);
        canvas.line("lk-switch", (x, top), (x, bottom));
    }
}

/// One thread: its name, its steps, and where it waited. `area` is that of the name.
pub(super) fn thread(
    canvas: &mut Canvas,
    score: &Score,
    row: &ThreadRow,
    grid: Grid,
    sizes: Sizes,
    area: Rect,
    cursor: Option<u32>,
) {
    let middle = area.y + area.height / 2.0;
    let chip = sizes.cell.min(18.0);
    let chip = Rect {
        x: area.x,
        y: middle - chip / 2.0,
        width: chip,
        height: chip,
    };
    letter_chip(canvas, row.thread, chip, LockMode::Exclusive);
    let room = area.right() - chip.right() - 14.0;
    let font = Font::sans(sizes.font).bold();
    canvas.text(
        "lk-ink",
        (chip.right() + 7.0, middle + sizes.font * 0.36),
        Anchor::Start,
        font,
        room,
        &row.name,
    );
    canvas.line("lk-hair", (grid.x, middle), (grid.end(), middle));
    for wait in score.waits.iter().filter(|wait| wait.thread == row.thread) {
        let own = score
            .columns
            .iter()
            .filter(|column| column.thread == row.thread);
        let next = own.map(|column| column.step).find(|step| *step > wait.to);
        let next = next.map_or_else(|| grid.end(), |step| grid.left(step.0));
        draw_wait(canvas, wait, grid, sizes, middle, next);
    }
    for column in score
        .columns
        .iter()
        .filter(|column| column.thread == row.thread)
    {
        draw_cell(canvas, column, grid, sizes, middle, cursor);
    }
}

/// One step. Done and with an effect: filled. Done without: tinted. To come: hollow.
fn draw_cell(
    canvas: &mut Canvas,
    column: &Column,
    grid: Grid,
    sizes: Sizes,
    middle: f64,
    cursor: Option<u32>,
) {
    let step = column.step.0;
    let gap = if grid.column >= 8.0 { 1.0 } else { 0.25 };
    let cell = Rect {
        x: grid.left(step) + gap,
        y: middle - sizes.cell / 2.0,
        width: grid.column - 2.0 * gap,
        height: sizes.cell,
    };
    let radius = (grid.column / 8.0).min(3.0);
    let is_done = step <= grid.cursor;
    let color = thread_class(column.thread);
    canvas.rect("lk-plate", cell, radius);
    let ink = match (is_done, column.is_effect) {
        (true, true) => {
            canvas.pattern_rect(&thread_pattern("fill", column.thread), cell, radius);
            "lk-on"
        }
        (true, false) => {
            canvas.rect(&format!("{color} lk-tint"), cell.inset(0.5), radius);
            "lk-ink"
        }
        (false, _) => {
            canvas.rect(&format!("{color} lk-hollow"), cell.inset(0.5), radius);
            "lk-soft"
        }
    };
    if cursor == Some(step) {
        canvas.rect("lk-frame", cell.inset(-1.5), radius + 1.5);
    }
    if !grid.has_signs() {
        return;
    }
    let sign = match column.glyph {
        Glyph::Read => "r",
        Glyph::Write => "w",
        Glyph::Take => "[",
        Glyph::Drop => "]",
        Glyph::Try | Glyph::Refused => "?",
        Glyph::Ask => "!",
        Glyph::Local => "\u{b7}",
    };
    let center = cell.x + cell.width / 2.0;
    let size = (sizes.cell * 0.58).min(12.0);
    let font = if ink == "lk-on" {
        Font::mono(size).bold()
    } else {
        Font::mono(size)
    };
    canvas.text(
        ink,
        (center, middle + size * 0.33),
        Anchor::Middle,
        font,
        99.0,
        sign,
    );
    if column.glyph == Glyph::Refused {
        let reach = sizes.cell * 0.32;
        let class = if ink == "lk-on" {
            "lk-mark lk-strike-on"
        } else {
            "lk-mark"
        };
        canvas.line(
            class,
            (center - reach, middle + reach),
            (center + reach, middle - reach),
        );
    }
}

/// A stretch of waiting: hatched, with what it waits for where there is room. `next` is where the thread goes on.
fn draw_wait(
    canvas: &mut Canvas,
    wait: &WaitBar,
    grid: Grid,
    sizes: Sizes,
    middle: f64,
    next: f64,
) {
    let height = sizes.cell - 4.0;
    let (left, right) = (grid.left(wait.from.0), grid.right(wait.to.0));
    let bar = Rect {
        x: left + 1.0,
        y: middle - height / 2.0,
        width: right - left - 2.0,
        height,
    };
    canvas.rect("lk-plate", bar, 0.0);
    canvas.pattern_rect(&thread_pattern("wait", wait.thread), bar, 0.0);
    canvas.rect(
        &format!("{} lk-hollow", thread_class(wait.thread)),
        bar.inset(0.5),
        0.0,
    );
    let holder = wait
        .holder
        .map_or_else(String::new, |holder| format!(" ({})", holder.letter()));
    let font = Font::sans(sizes.font - 1.5);
    let texts = [
        format!("waits for {}{holder}", wait.label),
        format!("{}{holder}", wait.label),
        wait.label.clone(),
    ];
    // The text keeps clear of the cursor's line.
    let cursor = grid.right(grid.cursor).max(bar.x).min(bar.right());
    let (left, right) = if cursor - bar.x > bar.right() - cursor {
        (bar.x, cursor)
    } else {
        (cursor, bar.right())
    };
    if let Some(text) = texts
        .iter()
        .find(|text| font.width(text) + 12.0 <= right - left)
    {
        let (center, width) = ((left + right) / 2.0, font.width(text) + 6.0);
        let plate = Rect {
            x: center - width / 2.0,
            y: bar.y + 1.0,
            width,
            height: height - 2.0,
        };
        canvas.rect("lk-plate", plate, 0.0);
        canvas.text(
            "lk-ink",
            (center, middle + font.size * 0.35),
            Anchor::Middle,
            font,
            width,
            text,
        );
        return;
    }
    // Beside the bar, if the thread goes on only later and the cursor is not there.
    let start = bar.right() + 5.0;
    let cursor = grid.right(grid.cursor);
    let end = if cursor > start && grid.cursor < grid.last {
        cursor.min(next)
    } else {
        next
    };
    if let Some(text) = texts
        .iter()
        .find(|text| start + font.width(text) + 5.0 <= end)
    {
        let plate = Rect {
            x: start - 2.0,
            y: bar.y,
            width: font.width(text) + 4.0,
            height,
        };
        canvas.rect("lk-plate", plate, 0.0);
        canvas.text(
            "lk-ink",
            (start, middle + font.size * 0.35),
            Anchor::Start,
            font,
            next - start,
            text,
        );
    }
}
