//! Theme, motion, size of text, single-key shortcuts.

use yew::prelude::*;

use super::controls::{Choice, select};
use super::dialog::Dialog;
use super::when;
use crate::settings::{Motion, Settings, Size, Theme};

/// The settings dialog.
pub fn settings_dialog(
    now: Settings,
    is_remembered: bool,
    on_change: &Callback<Settings>,
    on_close: Callback<()>,
) -> Html {
    let keys = on_change.reform(move |_: Event| Settings {
        has_keys: !now.has_keys,
        ..now
    });
    let name = |text: &'static str| html! { <span>{ text }</span> };
    html! {
        <Dialog title="Settings" {on_close}>
            <div class="settings">
                { select("", name("Theme"), choices(Theme::ALL, now.theme, Theme::name, Theme::label),
                    when(on_change, move |value| Some(Settings { theme: Theme::parse(&value)?, ..now }))) }
                { select("", name("Motion"), choices(Motion::ALL, now.motion, Motion::name, Motion::label),
                    when(on_change, move |value| Some(Settings { motion: Motion::parse(&value)?, ..now }))) }
                { select("", name("Text size"), choices(Size::ALL, now.size, Size::name, Size::label),
                    when(on_change, move |value| Some(Settings { size: Size::parse(&value)?, ..now }))) }
                <label class="check"><input type="checkbox" checked={now.has_keys} onchange={keys} /><span>{ "Single keys are shortcuts" }</span></label>
                if !is_remembered {
                    <p>{ "This browser does not let the page remember settings. They hold until it is closed." }</p>
                }
            </div>
        </Dialog>
    }
}

fn choices<T: Copy + PartialEq>(
    all: &[T],
    now: T,
    name: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
) -> Vec<Choice> {
    let choice = |one: &T| Choice {
        value: name(*one).into(),
        label: label(*one).into(),
        is_chosen: *one == now,
    };
    all.iter().map(choice).collect()
}
