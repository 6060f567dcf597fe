//! The line a lock is drawn with: the same in the score, on the cards, in the rack and in the legend.

use lockstep_view::scene::{Pattern, ThreadId};
use yew::prelude::*;

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
        Pattern::ThickThin => &[("38%", "4", "none"), ("82%", "1.200", "none")],
        Pattern::Wavy => &[("50%", "4", "8 2 2 2")],
    }
}

/// The whole width. Places in a drawing are whole numbers of it: they are the same everywhere, and need no decimals.
pub const WHOLE: u32 = 100_000;

/// A line of a pattern from one place to another.
pub fn pattern_line(pattern: Pattern, from: u32, to: u32) -> Html {
    let (from, to) = (AttrValue::from(percent(from)), AttrValue::from(percent(to)));
    strokes(pattern)
        .iter()
        .map(|(height, width, dashes)| {
            html! {
                <line x1={from.clone()} x2={to.clone()} y1={*height} y2={*height} stroke-width={*width} stroke-dasharray={*dashes} />
            }
        })
        .collect()
}

/// A place as an attribute: a share of the width.
pub fn percent(place: u32) -> String {
    format!("{}.{:03}%", place / (WHOLE / 100), place % (WHOLE / 100))
}

/// A short sample of a lock's line.
pub fn swatch(pattern: Pattern) -> Html {
    html! {
        <svg class="swatch" width="22" height="10" aria-hidden="true" focusable="false">
            { pattern_line(pattern, WHOLE / 50, WHOLE - WHOLE / 50) }
        </svg>
    }
}

/// The letter of a thread in its colour.
pub fn letter_chip(thread: ThreadId) -> Html {
    html! { <span class={classes!("letter", thread_class(thread))} aria-hidden="true">{ thread.letter() }</span> }
}
