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

/// The strokes of a pattern: height in hundredths of the lane, width, dashes.
fn strokes(pattern: Pattern) -> &'static [(u8, &'static str, &'static str)] {
    match pattern {
        Pattern::Solid => &[(50, "6", "none")],
        Pattern::Dashed => &[(50, "4", "7 3")],
        Pattern::Dotted => &[(50, "4", "2 2.500")],
        Pattern::Double => &[(32, "2", "none"), (72, "2", "none")],
        Pattern::ThickThin => &[(38, "4", "none"), (82, "1.200", "none")],
        Pattern::Wavy => &[(50, "4", "8 2 2 2")],
    }
}

/// A line of a pattern from `from` to `to`, in hundredths of the width.
pub fn pattern_line(pattern: Pattern, from: f64, to: f64) -> Html {
    strokes(pattern)
        .iter()
        .map(|(height, width, dashes)| {
            html! {
                <line x1={percent(from)} x2={percent(to)} y1={format!("{height}%")} y2={format!("{height}%")}
                    stroke-width={*width} stroke-dasharray={*dashes} />
            }
        })
        .collect()
}

/// A share of the width as an attribute.
pub fn percent(share: f64) -> String {
    // Three digits place a line to a hundredth of a pixel and keep the text the same everywhere.
    format!("{share:.3}%")
}

/// A short sample of a lock's line.
pub fn swatch(pattern: Pattern) -> Html {
    html! {
        <svg class="swatch" width="22" height="10" aria-hidden="true" focusable="false">
            { pattern_line(pattern, 2.0, 98.0) }
        </svg>
    }
}

/// The letter of a thread in its colour.
pub fn letter_chip(thread: ThreadId) -> Html {
    html! { <span class={classes!("letter", thread_class(thread))} aria-hidden="true">{ thread.letter() }</span> }
}
