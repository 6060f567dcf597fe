//! The keyboard: presses anywhere on the page, told apart by what has the focus.

use gloo::events::{EventListener, EventListenerOptions};
use lockstep_view::scene::FactId;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::keys::{self, Focus, Press, Wish};

/// Hands every wish made by a key to `wish`.
#[hook]
pub fn use_keyboard(has_letters: bool, on_wish: Callback<Wish>) {
    use_effect_with((has_letters, on_wish), |(has_letters, on_wish)| {
        let (has_letters, on_wish) = (*has_letters, on_wish.clone());
        let listener = web_sys::window()
            .and_then(|window| window.document())
            .map(|document| {
                EventListener::new_with_options(
                    &document,
                    "keydown",
                    EventListenerOptions::enable_prevent_default(),
                    move |event| {
                        let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
                            return;
                        };
                        let press = Press {
                            key: event.key(),
                            has_shift: event.shift_key(),
                            has_command: event.ctrl_key() || event.meta_key(),
                            has_alt: event.alt_key(),
                            focus: event
                                .target()
                                .and_then(|target| target.dyn_into::<Element>().ok())
                                .map_or(Focus::Page, |element| focus_of(&element)),
                        };
                        if let Some(wish) = keys::wish(&press, has_letters) {
                            event.prevent_default();
                            event.stop_propagation();
                            on_wish.emit(wish);
                        }
                    },
                )
            });
        move || drop(listener)
    });
}

fn focus_of(element: &Element) -> Focus {
    let is_in = |selector: &str| element.closest(selector).ok().flatten().is_some();
    if is_in("dialog, textarea, [contenteditable]") {
        return Focus::Text;
    }
    match element.tag_name().to_ascii_lowercase().as_str() {
        "input" => match element.get_attribute("type").as_deref() {
            Some("range") => Focus::Slider,
            Some("radio" | "checkbox") => Focus::Choice,
            _ => Focus::Text,
        },
        "select" => Focus::Choice,
        "button" | "a" | "summary" => Focus::Button,
        _ => Focus::Page,
    }
}

/// The fact that has the focus.
pub fn focused_fact() -> Option<FactId> {
    let element = web_sys::window()?.document()?.active_element()?;
    element.get_attribute("data-fact").map(FactId)
}
