//! The two places a screen reader listens to. They are there from the start and never move.

use yew::prelude::*;

use crate::model::Voice;

/// Properties of [`Live`].
#[derive(Clone, PartialEq, Properties)]
pub struct LiveProps {
    /// What is to be said.
    pub voice: Voice,
}

/// The polite region and the alert region.
#[component]
pub fn Live(props: &LiveProps) -> Html {
    // An invisible space that comes and goes makes the same sentence said twice two changes of the text.
    let pad = if props.voice.serial.is_multiple_of(2) {
        ""
    } else {
        "\u{200b}"
    };
    html! {
        <div class="live">
            <p role="status" aria-live="polite" aria-atomic="true">{ &props.voice.polite }{ pad }</p>
            <p role="alert" aria-atomic="true">{ &props.voice.alert }</p>
        </div>
    }
}
