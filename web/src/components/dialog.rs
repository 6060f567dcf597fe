//! A dialog: the browser's own, which keeps the focus inside and gives it back.

use yew::Callback;

use super::controls::icon_button;
use super::icon::Icon;
use crate::element::{El, Event, el, words};
use crate::model::Act;

/// A dialog that is open as long as it is there; the page shows it as soon as it is drawn.
pub fn dialog(title: &str, inside: El, act: &Callback<Act>) -> El {
    let head = el("header.dialog-head")
        .child(words("h2|id=dialog-title", title))
        .child(icon_button(
            Icon::Close,
            "Close",
            false,
            Act::Panel(None),
            act,
        ));
    el("dialog.dialog|aria-labelledby=dialog-title")
        .key(title)
        .wish(Event::Close, Act::Panel(None), act)
        .child(head)
        .child(el("div.dialog-body").child(inside))
}
