//! What is on the screen, one visible thing a file. Every component is a function of its properties.

pub mod bar;
pub mod below;
pub mod code;
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

/// A handler that passes on what `read` finds in an event, and nothing if it finds nothing.
pub fn when<E: 'static, W: 'static>(
    to: &Callback<W>,
    read: impl Fn(E) -> Option<W> + 'static,
) -> Callback<E> {
    let to = to.clone();
    Callback::from(move |event| {
        if let Some(wish) = read(event) {
            to.emit(wish);
        }
    })
}
