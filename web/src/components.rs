//! What is on the screen, one visible thing a file. Every component is a function of its properties.

pub mod bar;
pub mod below;
pub mod code;
pub mod controls;
pub mod dialog;
pub mod explain;
pub mod fact;
pub mod headline;
pub mod help;
pub mod icon;
pub mod lists;
pub mod live;
pub mod locks;
pub mod memory;
pub mod notice;
pub mod properties;
pub mod score;
pub mod score_rows;
pub mod settings_dialog;
pub mod share;
pub mod swatch;
pub mod tabs;
pub mod thread_card;
pub mod transcript;
pub mod transport;

use yew::Callback;

/// A handler of a choice: passes on what `read` makes of the chosen value, and nothing if it makes nothing of it.
pub fn when<W: 'static>(
    to: &Callback<W>,
    read: impl Fn(String) -> Option<W> + 'static,
) -> Callback<Option<String>> {
    let to = to.clone();
    Callback::from(move |value: Option<String>| {
        if let Some(wish) = value.and_then(&read) {
            to.emit(wish);
        }
    })
}
