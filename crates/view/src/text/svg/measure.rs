//! How wide a text will be, without asking a browser.
//!
//! The reader's fonts are not known, so widths are taken a little larger than those of the common system fonts.

/// A font of a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) is_mono: bool,
    pub(super) is_bold: bool,
}

impl Font {
    /// The reader's text font.
    pub(super) const fn sans(size: f64) -> Self {
        Self {
            size,
            is_mono: false,
            is_bold: false,
        }
    }

    /// The reader's code font.
    pub(super) const fn mono(size: f64) -> Self {
        Self {
            size,
            is_mono: true,
            is_bold: false,
        }
    }

    /// The same, bold.
    pub(super) const fn bold(self) -> Self {
        Self {
            is_bold: true,
            ..self
        }
    }

    /// How wide a text is.
    pub(super) fn width(self, text: &str) -> f64 {
        let ems: f64 = text.chars().map(|sign| self.em(sign)).sum();
        ems * self.size
            * if self.is_bold && !self.is_mono {
                1.1
            } else {
                1.0
            }
    }

    fn em(self, sign: char) -> f64 {
        if self.is_mono {
            return if sign.is_ascii() { 0.61 } else { 1.0 };
        }
        match sign {
            'i' | 'j' | 'l' | 'I' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' => 0.29,
            ' ' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 0.38,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
            'A'..='Z' => 0.69,
            '\u{2026}' => 0.9,
            _ if sign.is_ascii() => 0.6,
            _ => 1.0,
        }
    }
}

/// The text, or as much of it as fits, ending in an ellipsis.
pub(super) fn fitted(text: &str, font: Font, limit: f64) -> String {
    if font.width(text) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut width = font.width("\u{2026}");
    for sign in text.chars() {
        width += font.width(sign.encode_utf8(&mut [0; 4]));
        if width > limit {
            break;
        }
        kept.push(sign);
    }
    let kept = kept.trim_end_matches([' ', ',', ':', ';']);
    if kept.is_empty() {
        String::new()
    } else {
        format!("{kept}\u{2026}")
    }
}
