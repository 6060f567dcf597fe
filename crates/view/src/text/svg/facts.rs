//! The facts beside the cards: value, label, and who made it so.

use super::canvas::{Anchor, Canvas, Rect, px};
use super::measure::Font;
use crate::scene::{Fact, FactKind, Scene, Score, SetBy};

/// How many facts a frame shows.
pub(super) const COUNT: usize = 5;

/// The facts of a frame: those with a lane of their own, then those the step changed, then the others, in the order of the scene.
pub(super) fn chosen<'a>(scene: &'a Scene, score: &Score) -> Vec<&'a Fact> {
    let rank = |fact: &Fact| match () {
        () if score.lanes.iter().any(|lane| lane.fact == fact.id) => 0,
        () if fact.is_changed => 1,
        () if matches!(fact.set_by, SetBy::Step { .. }) => 2,
        () => 3,
    };
    let all: Vec<&Fact> = scene.groups.iter().flat_map(|group| &group.facts).collect();
    let mut ranked: Vec<(i32, usize)> = all
        .iter()
        .enumerate()
        .map(|(idx, fact)| (rank(fact), idx))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(COUNT);
    // On screen they stand in the order of the scene, so that they do not jump about from frame to frame.
    let mut places: Vec<usize> = ranked.into_iter().map(|(_, idx)| idx).collect();
    places.sort_unstable();
    places
        .into_iter()
        .filter_map(|idx| all.get(idx).copied())
        .collect()
}

/// Draws the facts, one under the other, sharing the height.
pub(super) fn draw(canvas: &mut Canvas, facts: &[&Fact], area: Rect, font: f64) {
    let mut y = area.y;
    let height = area.height / f64::from(u32::try_from(COUNT).unwrap_or(1));
    for fact in facts {
        one(canvas, fact, Rect { y, height, ..area }, font);
        y += height;
    }
}

fn one(canvas: &mut Canvas, fact: &Fact, area: Rect, font: f64) {
    let middle = area.y + area.height / 2.0;
    if fact.is_changed {
        // A ground and, for those who do not see it, a corner.
        canvas.rect("lk-changed", area.inset(1.0), 3.0);
        let (right, top) = (area.right() - 1.0, area.y + 1.0);
        canvas.path("lk-solid", &format!("M{} {}h-9l9 9z", px(right), px(top)));
    } else {
        canvas.line(
            "lk-hair",
            (area.x, area.bottom()),
            (area.right(), area.bottom()),
        );
    }
    let (left, right) = (area.x + 8.0, area.right() - 12.0);
    let value_font = Font::mono(font + 1.0).bold();
    let value = match (&fact.previous, fact.is_changed) {
        (Some(before), true)
            if value_font.width(before) + value_font.width(&fact.value) < area.width * 0.5 =>
        {
            format!("{before} \u{2192} {}", fact.value)
        }
        _ => fact.value.clone(),
    };
    let label_font = Font::mono(font);
    let label_width = label_font.width(&fact.label);
    let base = middle - font * 0.22;
    canvas.text(
        "lk-ink",
        (left, base),
        Anchor::Start,
        label_font,
        right - left,
        &fact.label,
    );
    canvas.text(
        "lk-ink",
        (right, base),
        Anchor::End,
        value_font,
        right - left - label_width - 10.0,
        &value,
    );
    if let FactKind::Arrow(is_mapped) = fact.kind {
        arrow(
            canvas,
            (left + label_width + 8.0, base - font * 0.32),
            is_mapped,
        );
    }
    let small = Font::sans(font - 1.5);
    let by = match &fact.set_by {
        SetBy::Setup { text } if small.width(text) > right - left => "before step 1",
        SetBy::Step { text, .. } | SetBy::Setup { text } => text,
    };
    canvas.text(
        "lk-soft",
        (left, base + font * 1.22),
        Anchor::Start,
        small,
        right - left,
        by,
    );
}

/// An arrow for an entry that maps a page, a cut one for an entry that does not.
fn arrow(canvas: &mut Canvas, (x, y): (f64, f64), is_whole: bool) {
    let (x, y) = (px(x), px(y));
    if is_whole {
        canvas.path("lk-mark", &format!("M{x} {y}h16m-5 -4l5 4l-5 4"));
    } else {
        canvas.path(
            "lk-mark",
            &format!("M{x} {y}h5m6 0h5m-5 -4l5 4l-5 4M{x} {y}m6 4l3 -8"),
        );
    }
}
