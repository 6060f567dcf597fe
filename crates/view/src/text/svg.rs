//! Pictures of a run as SVG: for the book, for print, for pages without scripts.
//!
//! A picture is one `<svg>` element that can stand alone or be put into a page, several times in one page if each has
//! its own id. Text is text, in the reader's system fonts. Colours are custom properties: a host page may set
//! `--lockstep-ground`, `--lockstep-ink`, `--lockstep-a` and so on; otherwise the reader's preference decides between
//! light and dark. Everything is told by shape and letter before it is told by colour.

mod canvas;
mod card;
mod facts;
mod frame;
mod marks;
mod measure;
mod palette;
mod score;
mod strokes;

use std::ops::RangeInclusive;

use super::{Account, escaped};
use crate::scene::{Scene, Score};
use canvas::Canvas;
use score::{ScorePlace, ScoreStyle};

/// Which colours a picture has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// Those the reader prefers.
    #[default]
    Auto,
    /// Dark on light, whatever the reader prefers.
    Light,
    /// Light on dark, whatever the reader prefers.
    Dark,
}

/// What all pictures have in common.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The id of the element, and the start of every id in it. It has to be unique in the page.
    ///
    /// Letters, digits and hyphens are kept; anything else becomes a hyphen.
    pub id: &'a str,
    /// The colours.
    pub theme: Theme,
}

/// The sizes of a key frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameSize {
    /// 600 by 400, as an embed in a page.
    Embed,
    /// 1200 wide and as high as it needs, with the whole score and its key, as a figure in a book.
    Wide,
}

impl Picture<'_> {
    /// The score of a run, `width` wide.
    pub fn score(&self, score: &Score, width: u32) -> String {
        self.score_of(score, None, width)
    }

    /// The score of a run from one step to another, `width` wide: for a close look at a few steps, with their signs.
    ///
    /// Steps the run does not have are left out.
    pub fn score_part(&self, score: &Score, steps: RangeInclusive<u32>, width: u32) -> String {
        self.score_of(score, Some((*steps.start(), *steps.end())), width)
    }

    fn score_of(&self, score: &Score, part: Option<(u32, u32)>, width: u32) -> String {
        let width = f64::from(width.max(320));
        let mut canvas = Canvas::new(self.clean_id());
        let style = ScoreStyle::Full;
        let place = ScorePlace {
            x: 16.0,
            y: 16.0,
            width: width - 32.0,
            cursor: None,
            part,
            style,
        };
        let bottom = score::draw(&mut canvas, score, place);
        let title = match part {
            Some((first, last)) => format!("Steps {first} to {last} of order {}", score.executed),
            None => format!(
                "Score of {} steps, order {}",
                score.columns.len(),
                score.executed
            ),
        };
        self.document(
            canvas,
            (width, (bottom + 16.0).ceil()),
            &title,
            &score.summary,
        )
    }

    /// One moment of a run: its threads, five facts, the sentence, and where in the score it is.
    pub fn frame(&self, account: &Account<'_>, scene: &Scene, size: FrameSize) -> String {
        let mut canvas = Canvas::new(self.clean_id());
        let extent = frame::draw(&mut canvas, account, scene, size);
        let title = format!(
            "{}, {}: step {} of {}",
            account.headline.title, account.headline.kernel, scene.cursor.0, scene.steps
        );
        let summary = format!("{} {}", scene.explain.sentence, account.score.summary);
        self.document(canvas, extent, &title, &summary)
    }

    fn clean_id(&self) -> String {
        let clean = |sign: char| {
            if sign.is_ascii_alphanumeric() {
                sign
            } else {
                '-'
            }
        };
        let id: String = self.id.chars().map(clean).collect();
        // An id of CSS may not begin with a digit or be empty.
        if id.starts_with(|sign: char| sign.is_ascii_alphabetic()) {
            id
        } else {
            format!("l{id}")
        }
    }

    fn document(
        &self,
        canvas: Canvas,
        (width, height): (f64, f64),
        title: &str,
        summary: &str,
    ) -> String {
        let id = self.clean_id();
        let css = palette::css(&id, self.theme);
        let patterns = palette::patterns(&id);
        let body = canvas.into_body();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" class=\"lockstep-picture\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
             <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n<style>\n{css}</style>\n\
             <defs>\n{patterns}</defs>\n<rect class=\"lk-page\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n",
            escaped(title),
            escaped(summary),
        )
    }
}

#[cfg(test)]
mod tests;
