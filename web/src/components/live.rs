//! The two places a screen reader listens to. They are there from the start and never move.

use yew::prelude::*;

use crate::model::Voice;

/// The polite region and the alert region.
pub fn live(voice: &Voice) -> Html {
    // An invisible space that comes and goes makes the same sentence said twice two changes of the text.
    let pad = if voice.serial.is_multiple_of(2) {
        ""
    } else {
        "\u{200b}"
    };
    html! {
        <div class="live">
            <p role="status" aria-live="polite" aria-atomic="true">{ &voice.polite }{ pad }</p>
            <p role="alert" aria-atomic="true">{ &voice.alert }</p>
        </div>
    }
}
