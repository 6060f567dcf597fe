//! The controls the page is made of, each in one place: a plain button, a list to choose from, a row of choices.

use wasm_bindgen::JsValue;
use yew::{AttrValue, Callback};

use super::icon::{Icon, icon};
use crate::element::{El, Event, el, words};
use crate::model::Act;

/// A button with words on it.
pub fn button(class: &str, text: &str, wish: Act, act: &Callback<Act>) -> El {
    words("button|type=button", text)
        .class(class)
        .press(wish, act)
}

/// A button with a drawing on it, named by `name`.
pub fn icon_button(
    sign: Icon,
    name: &str,
    is_disabled: bool,
    wish: Act,
    act: &Callback<Act>,
) -> El {
    el("button.hand|type=button")
        .attr("aria-label", name)
        .flag("aria-disabled", is_disabled)
        .press(wish, act)
        .child(icon(sign))
}

/// One thing that can be chosen.
pub struct Choice {
    /// What stands for it in events.
    pub value: AttrValue,
    /// What stands on the screen.
    pub label: AttrValue,
    /// What it is listed under; empty if the list has no such parts.
    pub group: &'static str,
    /// Whether it is chosen now.
    pub is_chosen: bool,
}

/// The value of the field an event comes from.
pub fn value_of(event: &web_sys::Event) -> Option<String> {
    js_sys::Reflect::get(&event.target()?.into(), &JsValue::from_str("value"))
        .ok()?
        .as_string()
}

/// A handler that asks for what `read` makes of a field's value, and for nothing if it makes nothing of it.
pub fn chosen<W: 'static>(
    to: &Callback<W>,
    read: impl Fn(String) -> Option<W> + 'static,
) -> Callback<web_sys::Event> {
    let to = to.clone();
    Callback::from(move |event: web_sys::Event| {
        if let Some(wish) = value_of(&event).and_then(&read) {
            to.emit(wish);
        }
    })
}

/// A list to choose one from, with its name.
pub fn select(
    class: &str,
    name: El,
    choices: Vec<Choice>,
    on_choice: Callback<web_sys::Event>,
) -> El {
    let mut list = el("select").on(Event::Change, on_choice);
    let same = |one: &Choice, other: &Choice| one.group == other.group;
    for part in choices.chunk_by(same) {
        let options = part.iter().map(|choice| {
            words("option", &choice.label)
                .attr("value", &choice.value)
                .maybe("selected", choice.is_chosen.then_some(""))
        });
        list = match part[0].group {
            "" => list.children(options),
            title => list.child(el("optgroup").attr("label", title).children(options)),
        };
    }
    el("label").class(class).child(name).child(list)
}

/// A row to choose one from: radio buttons, which bring their keys along.
pub fn segments(
    class: &str,
    legend: &str,
    choices: &[Choice],
    on_choice: &Callback<web_sys::Event>,
) -> El {
    let segment = |choice: &Choice| {
        let input = el("input|type=radio")
            .attr("name", legend)
            .value(&choice.value)
            .checked(choice.is_chosen)
            .on(Event::Change, on_choice.clone());
        el("label.segment")
            .child(input)
            .child(words("span", &choice.label))
    };
    el("fieldset.segments")
        .class(class)
        .child(words("legend.hidden", legend))
        .children(choices.iter().map(segment))
}

/// A list of signs and what they mean.
pub fn terms(pairs: Vec<(El, String)>) -> El {
    let mut list = el("dl.keys");
    for (sign, meaning) in pairs {
        list = list
            .child(el("dt").child(sign))
            .child(words("dd", &meaning));
    }
    list
}
