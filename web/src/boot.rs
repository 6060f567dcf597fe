//! How the page starts: with what its address asks for, where it mounts, and what it says if it ever has to stop.

use std::rc::Rc;

use web_sys::Element;

use crate::edge::address;
use crate::edge::document::{document, element, mark};
use crate::engine;
use crate::load;
use crate::model::{Act, Model};
use crate::page::{Page, Start};
use crate::settings::Settings;
use crate::wire::Embed;

/// Starts the page in the element `#app`, whose content, the first paint, it replaces.
pub fn start() {
    yew::set_custom_panic_hook(Box::new(|_| stopped()));
    let Some(place) = element("app") else { return };
    wasm_bindgen_futures::spawn_local(start_in(place));
}

/// What the page shows first it waits for, and the first paint stands until then, so that nothing jumps.
async fn start_in(place: Element) {
    let (embed, settings) = surroundings();
    let wish = match &embed {
        Some(embed) => Some(Act::Open(embed.link.clone())),
        None => address::wish(&address::hash()),
    };
    let id = wish.as_ref().and_then(Act::scenario);
    let id = id.unwrap_or(engine::opening());
    let source = load::source(id).await;
    let is_here = load::scenario(id).await;
    let Some(mut model) = Model::opening() else {
        stopped();
        return;
    };
    model.settings = settings;
    model.source = source;
    model = match wish {
        Some(wish) if is_here => model.after(wish),
        Some(wish) => model.after(Act::NotLoaded(Box::new(wish))),
        None => model,
    };
    let problem = embed.as_ref().and_then(|embed| embed.problems.first());
    if let Some(why) = problem {
        model = model.after(Act::Refuse {
            why: why.clone(),
            link: String::new(),
        });
    }
    let start = Start {
        model: Rc::new(model),
        embed,
    };
    yew::Renderer::<Page>::with_root_and_props(place, start).render();
}

/// The parameters of an embed, and the settings.
fn surroundings() -> (Option<Rc<Embed>>, Settings) {
    let root = document().and_then(|document| document.document_element());
    let is_embed = root.is_some_and(|root| root.has_attribute("data-embed"));
    let query = web_sys::window().and_then(|window| window.location().search().ok());
    let embed = is_embed.then(|| Rc::new(Embed::read(&query.unwrap_or_default())));
    let mut settings = Settings::remembered();
    if let Some(embed) = &embed {
        settings.theme = embed.theme;
        settings.motion = embed.motion;
    }
    (embed, settings)
}

/// Shows that the page has stopped. The last good step stays where it is.
fn stopped() {
    mark("data-stopped", "");
    if let Some(message) = element("stopped") {
        let _ = message.remove_attribute("hidden");
    }
}
