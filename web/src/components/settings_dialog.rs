//! Theme, motion, size of text, single-key shortcuts.

use yew::prelude::*;

use super::dialog::Dialog;
use super::transport::chosen;
use crate::settings::{Motion, Settings, Size, Theme};

/// The settings dialog.
pub fn settings_dialog(
    now: Settings,
    is_remembered: bool,
    on_change: &Callback<Settings>,
    on_close: Callback<()>,
) -> Html {
    let theme = super::when(on_change, move |event: Event| {
        Some(Settings {
            theme: Theme::parse(&chosen(&event)?)?,
            ..now
        })
    });
    let motion = super::when(on_change, move |event: Event| {
        Some(Settings {
            motion: Motion::parse(&chosen(&event)?)?,
            ..now
        })
    });
    let size = super::when(on_change, move |event: Event| {
        Some(Settings {
            size: Size::parse(&chosen(&event)?)?,
            ..now
        })
    });
    let keys = on_change.reform(move |_: Event| Settings {
        has_keys: !now.has_keys,
        ..now
    });
    html! {
        <Dialog title="Settings" {on_close}>
            <div class="settings">
                <label><span>{ "Theme" }</span><select onchange={theme}>
                    { for Theme::ALL.iter().map(|one| html! { <option value={one.name()} selected={*one == now.theme}>{ one.label() }</option> }) }
                </select></label>
                <label><span>{ "Motion" }</span><select onchange={motion}>
                    { for Motion::ALL.iter().map(|one| html! { <option value={one.name()} selected={*one == now.motion}>{ one.label() }</option> }) }
                </select></label>
                <label><span>{ "Text size" }</span><select onchange={size}>
                    { for Size::ALL.iter().map(|one| html! { <option value={one.name()} selected={*one == now.size}>{ one.label() }</option> }) }
                </select></label>
                <label class="check"><input type="checkbox" checked={now.has_keys} onchange={keys} /><span>{ "Single keys are shortcuts" }</span></label>
                if !is_remembered {
                    <p>{ "This browser does not let the page remember settings. They hold until it is closed." }</p>
                }
            </div>
        </Dialog>
    }
}
