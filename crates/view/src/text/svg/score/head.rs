//! What stands above the ruler: the beats by letter, and the verdict with its line down through the rows.

use super::super::canvas::{Anchor, Canvas};
use super::super::marks::verdict_mark;
use super::super::measure::Font;
use super::{Grid, ScorePlace};
use crate::scene::{Beat, Score, VerdictKind};

/// The room above the ruler: for the verdict, and for one or two rows of beats.
pub(super) fn height(score: &Score, grid: Grid) -> f64 {
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
pub(super) fn beat_letter(idx: usize) -> String {
    let letter = u8::try_from(idx)
        .ok()
        .filter(|idx| *idx < 26)
        .map(|idx| char::from(b'a' + idx));
    letter.map_or_else(|| (idx + 1).to_string(), String::from)
}

/// Draws the beats and the verdict.
pub(super) fn draw(canvas: &mut Canvas, score: &Score, grid: Grid, place: ScorePlace, ruler: f64) {
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
pub(super) fn fall_line(canvas: &mut Canvas, score: &Score, grid: Grid, ruler: f64, bottom: f64) {
    let Some(mark) = &score.verdict else { return };
    let x = grid.middle(mark.step.0);
    let top = ruler - height(score, grid) + 18.0;
    if matches!(mark.kind, VerdictKind::Broken | VerdictKind::Deadlock) {
        canvas.line("lk-fall lk-broken", (x - 1.5, top), (x - 1.5, bottom));
        canvas.line("lk-fall lk-broken", (x + 1.5, top), (x + 1.5, bottom));
    } else {
        canvas.line("lk-fall", (x, top), (x, bottom));
    }
}
