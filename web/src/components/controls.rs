//! The controls the page is made of, each in one place: a plain button, a list to choose from, a row of choices.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::model::Act;

/// A truth as the value of an attribute.
pub fn yes(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}

/// A button with words on it.
pub fn button(
    class: &'static str,
    words: impl Into<AttrValue>,
    wish: Act,
    act: &Callback<Act>,
) -> Html {
    text_button(class, words.into(), press(wish, act))
}

/// A handler that asks for one thing.
pub fn press(wish: Act, act: &Callback<Act>) -> Callback<MouseEvent> {
    act.reform(move |_| wish.clone())
}

fn text_button(class: &'static str, words: AttrValue, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" {class} {onclick}>{ words }</button> }
}

/// A button with a drawing on it, named by `name`.
pub fn icon_button(
    sign: Icon,
    name: &'static str,
    is_disabled: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button type="button" class="hand" {onclick} aria-label={name} aria-disabled={yes(is_disabled)}>{ icon(sign) }</button>
    }
}

/// One thing that can be chosen.
pub struct Choice {
    /// What stands for it in events.
    pub value: AttrValue,
    /// What stands on the screen.
    pub label: AttrValue,
    /// Whether it is chosen now.
    pub is_chosen: bool,
}

/// A list to choose one from, with its name; what is chosen is handed to `on_choice` as its value.
pub fn select(
    class: &'static str,
    name: Html,
    choices: Vec<Choice>,
    on_choice: Callback<Option<String>>,
) -> Html {
    let onchange = on_choice.reform(|event: Event| {
        let list: Option<web_sys::HtmlSelectElement> = event.target_dyn_into();
        list.map(|list| list.value())
    });
    html! {
        <label {class}>{ name }<select {onchange}>
            { for choices.into_iter().map(|choice| html! {
                <option value={choice.value} selected={choice.is_chosen}>{ choice.label }</option>
            }) }
        </select></label>
    }
}

/// A row to choose one from: radio buttons, which bring their keys along.
pub fn segments(
    class: &'static str,
    legend: &'static str,
    choices: Vec<Choice>,
    on_choice: Callback<Option<String>>,
) -> Html {
    let onchange = on_choice.reform(|event: Event| {
        let field: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
        field.map(|field| field.value())
    });
    html! {
        <fieldset {class}>
            <legend class="hidden">{ legend }</legend>
            { for choices.into_iter().map(|choice| html! {
                <label class="segment">
                    <input type="radio" name={legend} value={choice.value} checked={choice.is_chosen} onchange={onchange.clone()} />
                    <span>{ choice.label }</span>
                </label>
            }) }
        </fieldset>
    }
}

/// A list of signs and what they mean.
pub fn terms(pairs: impl Iterator<Item = (Html, String)>) -> Html {
    let pairs: Vec<(Html, String)> = pairs.collect();
    term_list(pairs)
}

fn term_list(pairs: Vec<(Html, String)>) -> Html {
    html! {
        <dl class="keys">{ for pairs.into_iter().map(|(sign, meaning)| html! { <><dt>{ sign }</dt><dd>{ meaning }</dd></> }) }</dl>
    }
}
