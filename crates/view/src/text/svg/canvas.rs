//! Writing down shapes.

use std::fmt::Write as _;

use super::measure::{Font, fitted};
use crate::text::escaped;

/// Shapes as they are drawn, one line each.
pub(super) struct Canvas {
    id: String,
    body: String,
}

/// Where a text stands relative to its point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    /// The right edge.
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    /// The lower edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }

    /// The rectangle that is left when `inset` is taken from every side.
    pub(super) fn inset(self, inset: f64) -> Self {
        Self {
            x: self.x + inset,
            y: self.y + inset,
            width: (self.width - 2.0 * inset).max(0.0),
            height: (self.height - 2.0 * inset).max(0.0),
        }
    }
}

impl Canvas {
    /// An empty canvas in the element `id`.
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            body: String::new(),
        }
    }

    /// The shapes as text.
    pub(super) fn into_body(self) -> String {
        self.body
    }

    /// A `fill` that refers to a pattern of this picture.
    pub(super) fn pattern(&self, name: &str) -> String {
        format!("url(#{}-{name})", self.id)
    }

    /// A rectangle with rounded corners.
    pub(super) fn rect(&mut self, class: &str, rect: Rect, radius: f64) {
        self.push(format_args!(
            "<rect class=\"{class}\" {}/>",
            rect_attributes(rect, radius)
        ));
    }

    /// A rectangle filled with a pattern.
    pub(super) fn pattern_rect(&mut self, pattern: &str, rect: Rect, radius: f64) {
        let fill = self.pattern(pattern);
        self.push(format_args!(
            "<rect fill=\"{fill}\" {}/>",
            rect_attributes(rect, radius)
        ));
    }

    /// A straight line.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (px(from.0), px(from.1), px(to.0), px(to.1));
        self.push(format_args!(
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    /// A path.
    pub(super) fn path(&mut self, class: &str, path: &str) {
        self.push(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    /// A disc.
    pub(super) fn circle(&mut self, class: &str, center: (f64, f64), radius: f64) {
        let (x, y, r) = (px(center.0), px(center.1), px(radius));
        self.push(format_args!(
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>"
        ));
    }

    /// A text on its base line, shortened if it is wider than `limit`.
    pub(super) fn text(
        &mut self,
        class: &str,
        at: (f64, f64),
        anchor: Anchor,
        font: Font,
        limit: f64,
        text: &str,
    ) {
        let text = fitted(text, font, limit);
        if text.is_empty() {
            return;
        }
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let (x, y, size) = (px(at.0), px(at.1), px(font.size));
        let family = if font.is_mono { " lk-mono" } else { "" };
        let weight = if font.is_bold { " lk-bold" } else { "" };
        self.push(format_args!(
            "<text class=\"{class}{family}{weight}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{anchor}>{}</text>",
            escaped(&text)
        ));
    }

    fn push(&mut self, shape: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.body, "{shape}");
    }
}

fn rect_attributes(rect: Rect, radius: f64) -> String {
    let rx = if radius > 0.0 {
        format!(" rx=\"{}\"", px(radius))
    } else {
        String::new()
    };
    let (x, y, width, height) = (
        px(rect.x),
        px(rect.y),
        px(rect.width.max(0.0)),
        px(rect.height.max(0.0)),
    );
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{rx}")
}

/// A length, to a hundredth, the same text on every machine.
pub(super) fn px(length: f64) -> String {
    let text = format!("{length:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}
