//! How the page starts: what its address asks for, where it mounts, and what it says if it ever has to stop.

use std::rc::Rc;

use web_sys::Element;

use crate::app::{App, AppProps};
use crate::hooks::address;
use crate::settings::Settings;
use crate::wire::Embed;

/// Starts the page in the element `#app`, whose content, the first paint, it replaces.
pub fn start() {
    yew::set_custom_panic_hook(Box::new(|_| stopped()));
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    let Some(place) = document.get_element_by_id("app") else {
        return;
    };
    let props = props(document.document_element().as_ref());
    props.settings.apply();
    yew::Renderer::<App>::with_root_and_props(place, props).render();
}

fn props(root: Option<&Element>) -> AppProps {
    let is_embed = root.is_some_and(|root| root.has_attribute("data-embed"));
    let query = web_sys::window()
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default();
    let embed = is_embed.then(|| Rc::new(Embed::read(&query)));
    let mut settings = Settings::remembered();
    if let Some(embed) = &embed {
        settings.theme = embed.theme;
        settings.motion = embed.motion;
    }
    AppProps {
        hash: if is_embed {
            String::new()
        } else {
            address::hash()
        }
        .into(),
        embed,
        settings,
    }
}

/// Shows that the page has stopped. The last good step stays where it is.
fn stopped() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    if let Some(root) = document.document_element() {
        // The attribute's name is a constant of ours.
        let _ = root.set_attribute("data-stopped", "");
    }
    if let Some(message) = document.get_element_by_id("stopped") {
        let _ = message.remove_attribute("hidden");
    }
}
