//! One tab stop for a group of buttons, with arrows inside.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

/// A key handler for the element around buttons that match `selector`: up and down move the focus among them.
#[hook]
pub fn use_roving(selector: &'static str) -> Callback<KeyboardEvent> {
    use_callback(selector, |event: KeyboardEvent, selector| {
        let is_forward = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let Some(group) = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        let Some(focused) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        let Ok(all) = group.query_selector_all(selector) else {
            return;
        };
        let items: Vec<HtmlElement> = (0..all.length())
            .filter_map(|index| all.item(index)?.dyn_into::<HtmlElement>().ok())
            .collect();
        let Some(at) = items
            .iter()
            .position(|item| item.is_same_node(Some(&focused)))
        else {
            return;
        };
        let to = if is_forward {
            at + 1
        } else {
            at.wrapping_sub(1)
        };
        if let Some(item) = items.get(to) {
            // Focus can only fail on an element that is gone, and then there is nothing to move to.
            let _ = item.focus();
        }
        event.prevent_default();
        event.stop_propagation();
    })
}
