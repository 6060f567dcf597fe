//! The line a lock is drawn with: the same in the score, on the cards, in the rack and in the legend.

use lockstep_view::scene::{Pattern, ThreadId};

use crate::element::{El, el, words};

/// The class that gives a thread its colour and its slant.
pub fn thread_class(thread: ThreadId) -> &'static str {
    match thread.0 {
        0 => "thread-a",
        1 => "thread-b",
        2 => "thread-c",
        _ => "thread-d",
    }
}

/// The strokes of a pattern: height in the lane, width, dashes.
fn strokes(pattern: Pattern) -> &'static [(&'static str, &'static str, &'static str)] {
    match pattern {
        Pattern::Solid => &[("50%", "6", "none")],
        Pattern::Dashed => &[("50%", "4", "7 3")],
        Pattern::Dotted => &[("50%", "4", "2 2.500")],
        Pattern::Double => &[("32%", "2", "none"), ("72%", "2", "none")],
        Pattern::ThickThin => &[("30%", "4", "none"), ("85%", "1.5", "none")],
        Pattern::Wavy => &[("50%", "4", "8 2 2 2")],
    }
}

/// The whole width. Places in a drawing are whole numbers of it: they are the same everywhere, and need no decimals.
pub const WHOLE: u32 = 100_000;

/// Adds the lines of a pattern, from one place to another.
pub fn pattern_lines(mut drawing: El, pattern: Pattern, from: u32, to: u32) -> El {
    for (height, width, dashes) in strokes(pattern) {
        let line = el("line")
            .attr("x1", &percent(from))
            .attr("x2", &percent(to))
            .attr("y1", height)
            .attr("y2", height)
            .attr("stroke-width", width)
            .attr("stroke-dasharray", dashes);
        drawing = drawing.child(line);
    }
    drawing
}

/// A place as an attribute: a share of the width.
pub fn percent(place: u32) -> String {
    let decimals = (1000 + place % (WHOLE / 100)).to_string();
    let mut text = (place / (WHOLE / 100)).to_string();
    text.push('.');
    text.push_str(&decimals[1..]);
    text.push('%');
    text
}

/// A short sample of a lock's line.
pub fn swatch(pattern: Pattern) -> El {
    let drawing = el("svg.swatch|width=22|height=10|aria-hidden=true|focusable=false");
    pattern_lines(drawing, pattern, WHOLE / 50, WHOLE - WHOLE / 50)
}

/// The letter of a thread in its colour.
pub fn letter_chip(thread: ThreadId) -> El {
    words("span.letter|aria-hidden=true", &thread.letter().to_string()).class(thread_class(thread))
}
