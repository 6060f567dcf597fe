//! The keyboard: presses anywhere on the page, told apart by what has the focus.

use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Function, Reflect};
use lockstep_view::scene::FactId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::Callback;

use super::document::{document, first, show_transcript};
use crate::keys::{self, Focus, Press, Wish};
use crate::model::{Act, Tab};

/// Makes wishes of keys, for as long as what it returns is kept.
pub fn listen(act: Callback<Act>) -> Option<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let on_key = move |event: &web_sys::Event| {
        let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
            return;
        };
        if event.key() == "Escape" && first(":popover-open").is_some() {
            // It shuts what is open, and the browser does that.
            return;
        }
        let element = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let press = Press {
            key: event.key(),
            has_shift: event.shift_key(),
            has_command: event.ctrl_key() || event.meta_key(),
            has_alt: event.alt_key(),
            focus: element.as_ref().map_or(Focus::Page, focus_of),
            is_carrying: first("[data-carrying=true]").is_some(),
        };
        let is_ours = if let Some(wish) = keys::wish(&press, has_letters()) {
            grant(wish, &act);
            true
        } else {
            element.is_some_and(|element| rove(&element, &press.key))
        };
        if is_ours {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let document = document()?;
    Some(EventListener::new_with_options(
        &document, "keydown", options, on_key,
    ))
}

/// Whether single letters are shortcuts, as the root element says: it is there that settings take effect.
fn has_letters() -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_none_or(|root| {
        root.get_attribute("data-keys")
            .is_none_or(|keys| keys != "false")
    })
}

fn grant(wish: Wish, act: &Callback<Act>) {
    match wish {
        Wish::Act(wish) => act.emit(wish),
        Wish::Why => {
            let element = document().and_then(|document| document.active_element());
            if let Some(fact) = element.and_then(|element| element.get_attribute("data-fact")) {
                act.emit(Act::Why(FactId(fact)));
            }
        }
        Wish::Transcript => {
            act.emit(Act::Tab(Tab::Transcript));
            show_transcript();
        }
        Wish::RunTo => open_run_to(),
    }
}

/// Opens the list of what a thread can be run to: of the one that moved last, or the first.
fn open_run_to() {
    let moving = first(".card[data-moving=true] .run-to select");
    let Some(list) = moving.or_else(|| first(".run-to select")) else {
        return;
    };
    let opens = Reflect::get(&list, &"showPicker".into());
    if let Ok(list) = list.dyn_into::<HtmlElement>() {
        // Where it cannot be focused or opened, it can still be reached by Tab.
        let _ = list.focus();
        if let Some(open) = opens.ok().and_then(|open| open.dyn_into::<Function>().ok()) {
            let _ = open.call0(&list);
        }
    }
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

/// Groups of buttons that are one stop for Tab: up and down move the focus among them.
const GROUPS: [&str; 2] = [".fact", ".rung"];

/// Moves the focus inside a group; tells whether the key was for that.
fn rove(element: &Element, key: &str) -> bool {
    let is_forward = match key {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return false,
    };
    let in_group = |group: &&str| element.matches(group).unwrap_or(false);
    let Some(group) = GROUPS.into_iter().find(in_group) else {
        return false;
    };
    let Some(all) = document().and_then(|document| document.query_selector_all(group).ok()) else {
        return false;
    };
    let at = (0..all.length()).find(|at| element.is_same_node(all.item(*at).as_ref()));
    let to = at.and_then(|at| {
        if is_forward {
            Some(at + 1)
        } else {
            at.checked_sub(1)
        }
    });
    let item = to.and_then(|to| all.item(to)?.dyn_into::<HtmlElement>().ok());
    if let Some(item) = item {
        // Focus can only fail on an element that is gone, and then there is nothing to move to.
        let _ = item.focus();
    }
    true
}
