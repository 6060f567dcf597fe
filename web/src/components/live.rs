//! The two places a screen reader listens to. They are there from the start and never move.

use crate::element::{El, el, words};
use crate::model::Voice;

/// The polite region and the alert region.
pub fn live(voice: &Voice) -> El {
    // An invisible space that comes and goes makes the same sentence said twice two changes of the text.
    let pad = if voice.serial.is_multiple_of(2) {
        ""
    } else {
        "\u{200b}"
    };
    el("div.live")
        .child(
            words(
                "p|role=status|aria-live=polite|aria-atomic=true",
                &voice.polite,
            )
            .text(pad),
        )
        .child(words("p|role=alert|aria-atomic=true", &voice.alert))
}
