//! A key frame: one moment of a run as a figure, laid out like the page.

use super::canvas::{Anchor, Canvas, Rect};
use super::card::{self, CardSizes};
use super::facts;
use super::marks::verdict_mark;
use super::measure::Font;
use super::score::{self, ScorePlace, ScoreStyle};
use super::strokes::thread_pattern;
use super::{Account, FrameSize};
use crate::scene::{Scene, VerdictKind};
use crate::text::wrap::wrap_by;

/// The measures of a frame.
struct Layout {
    width: f64,
    margin: f64,
    title: f64,
    title_font: f64,
    cards: f64,
    facts: f64,
    font: f64,
    inset: f64,
    sentence: f64,
    sentence_font: f64,
    foot: f64,
    style: ScoreStyle,
}

const EMBED: Layout = Layout {
    width: 600.0,
    margin: 12.0,
    title: 38.0,
    title_font: 15.0,
    cards: 181.0,
    facts: 164.0,
    font: 11.5,
    inset: 9.0,
    sentence: 48.0,
    sentence_font: 14.0,
    foot: 40.0,
    style: ScoreStyle::Strip,
};

const WIDE: Layout = Layout {
    width: 1200.0,
    margin: 24.0,
    title: 56.0,
    title_font: 21.0,
    cards: 206.0,
    facts: 320.0,
    font: 13.5,
    inset: 14.0,
    sentence: 60.0,
    sentence_font: 18.0,
    foot: 52.0,
    style: ScoreStyle::Full,
};

/// Draws a frame and gives its width and height.
pub(super) fn draw(
    canvas: &mut Canvas,
    account: &Account<'_>,
    scene: &Scene,
    size: FrameSize,
) -> (f64, f64) {
    let layout = match size {
        FrameSize::Embed => EMBED,
        FrameSize::Wide => WIDE,
    };
    let inner = Rect {
        x: layout.margin,
        y: 0.0,
        width: layout.width - 2.0 * layout.margin,
        height: 0.0,
    };
    draw_title(
        canvas,
        account,
        &layout,
        Rect {
            height: layout.title,
            ..inner
        },
    );
    let stage = Rect {
        y: layout.title + 6.0,
        height: layout.cards - 12.0,
        ..inner
    };
    draw_cards(
        canvas,
        account,
        scene,
        &layout,
        Rect {
            width: inner.width - layout.facts - layout.margin,
            ..stage
        },
    );
    let chosen = facts::chosen(scene, account.score);
    let facts_area = Rect {
        x: inner.right() - layout.facts,
        width: layout.facts,
        ..stage
    };
    facts::draw(canvas, &chosen, facts_area, layout.font);
    let sentence = Rect {
        y: layout.title + layout.cards,
        height: layout.sentence,
        ..inner
    };
    draw_sentence(canvas, scene, &layout, sentence);
    let place = ScorePlace {
        x: inner.x,
        y: sentence.bottom() + if size == FrameSize::Wide { 16.0 } else { 6.0 },
        width: inner.width,
        cursor: Some(scene.cursor.0),
        part: None,
        style: layout.style,
    };
    let bottom = score::draw(canvas, account.score, place);
    let height = match size {
        FrameSize::Embed => (bottom + layout.foot).max(400.0),
        FrameSize::Wide => (bottom + 12.0 + layout.foot).ceil(),
    };
    draw_foot(
        canvas,
        scene,
        &layout,
        Rect {
            y: height - layout.foot,
            height: layout.foot,
            ..inner
        },
    );
    (layout.width, height)
}

fn draw_title(canvas: &mut Canvas, account: &Account<'_>, layout: &Layout, area: Rect) {
    let base = area.height / 2.0 + layout.title_font * 0.36;
    let font = Font::sans(layout.font + 1.0);
    let kernel = &account.headline.kernel;
    let width = font.width(kernel) + 20.0;
    let pill = Rect {
        x: area.right() - width,
        y: (area.height - font.size * 1.8) / 2.0,
        width,
        height: font.size * 1.8,
    };
    canvas.rect("lk-pill", pill, pill.height / 2.0);
    let at = (pill.x + width / 2.0, area.height / 2.0 + font.size * 0.36);
    canvas.text("lk-ink", at, Anchor::Middle, font, width, kernel);
    let title = Font::sans(layout.title_font).bold();
    canvas.text(
        "lk-ink",
        (area.x, base),
        Anchor::Start,
        title,
        pill.x - area.x - 12.0,
        &account.headline.title,
    );
    canvas.line("lk-hair", (0.0, area.height), (layout.width, area.height));
}

/// The cards side by side; more than two in a small frame share two rows.
fn draw_cards(
    canvas: &mut Canvas,
    account: &Account<'_>,
    scene: &Scene,
    layout: &Layout,
    area: Rect,
) {
    let count = scene.threads.len().max(1);
    let columns = if layout.style == ScoreStyle::Strip {
        count.min(2)
    } else {
        count
    };
    let rows = count.div_ceil(columns);
    let gap = layout.margin * 0.75;
    let share = |whole: f64, parts: usize| {
        let parts = f64::from(u32::try_from(parts).unwrap_or(1).max(1));
        (whole - gap * (parts - 1.0)) / parts
    };
    let (width, height) = (share(area.width, columns), share(area.height, rows));
    let place = |idx: usize| f64::from(u32::try_from(idx).unwrap_or(0));
    for (idx, thread) in scene.threads.iter().enumerate() {
        let rect = Rect {
            x: area.x + (width + gap) * place(idx % columns),
            y: area.y + (height + gap) * place(idx / columns),
            width,
            height,
        };
        let sizes = CardSizes {
            font: layout.font,
            inset: if rows > 1 { 6.0 } else { layout.inset },
        };
        card::draw(canvas, thread, account.score, scene.cursor.0, rect, sizes);
    }
}

/// What just happened, in at most two lines, with the bar of the thread that moved.
fn draw_sentence(canvas: &mut Canvas, scene: &Scene, layout: &Layout, area: Rect) {
    canvas.line("lk-hair", (0.0, area.y), (layout.width, area.y));
    canvas.line(
        "lk-hair",
        (0.0, area.bottom()),
        (layout.width, area.bottom()),
    );
    if let Some(thread) = scene.explain.thread {
        let bar = Rect {
            x: area.x,
            y: area.y + 9.0,
            width: 5.0,
            height: area.height - 18.0,
        };
        canvas.pattern_rect(&thread_pattern("fill", thread), bar, 2.5);
    }
    let font = Font::sans(layout.sentence_font);
    let (x, mut room) = (area.x + 16.0, area.width - 16.0);
    if let Some(beat) = scene
        .explain
        .beat
        .as_ref()
        .filter(|_| layout.style == ScoreStyle::Full)
    {
        let small = Font::sans(layout.font).bold();
        let at = (area.right(), area.y + area.height / 2.0 + small.size * 0.36);
        canvas.text("lk-soft", at, Anchor::End, small, area.width * 0.3, beat);
        room -= small.width(beat).min(area.width * 0.3) + 24.0;
    }
    let mut lines = wrap_by(&scene.explain.sentence, |_| room, |line| font.width(line));
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(rest);
    }
    let height = font.size * 1.35;
    let count = f64::from(u32::try_from(lines.len()).unwrap_or(1));
    let mut base = area.y + (area.height - height * count) / 2.0 + height * 0.74;
    for line in lines {
        canvas.text("lk-ink", (x, base), Anchor::Start, font, room, &line);
        base += height;
    }
}

/// Where in the run this is, and how it stands.
fn draw_foot(canvas: &mut Canvas, scene: &Scene, layout: &Layout, area: Rect) {
    let middle = area.y + area.height / 2.0;
    canvas.line("lk-hair", (0.0, area.y), (layout.width, area.y));
    let font = Font::sans(layout.font + 0.5);
    let base = middle + font.size * 0.36;
    let step = format!("Step {} of {}", scene.cursor.0, scene.steps);
    canvas.text(
        "lk-ink",
        (area.x, base),
        Anchor::Start,
        font.bold(),
        200.0,
        &step,
    );
    let verdict = &scene.verdict;
    let is_alarm = matches!(verdict.kind, VerdictKind::Broken | VerdictKind::Deadlock);
    let text = match verdict.reason.as_str() {
        "" => verdict.word.clone(),
        reason => format!("{}: {reason}", verdict.word),
    };
    let class = if is_alarm { "lk-alarm" } else { "lk-ink" };
    canvas.text(
        class,
        (area.right() - 26.0, base),
        Anchor::End,
        font.bold(),
        area.width - 160.0,
        &text,
    );
    verdict_mark(canvas, verdict.kind, (area.right() - 9.0, middle), 18.0);
}
