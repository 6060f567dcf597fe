//! How the page starts: with what its address asks for, where it mounts, and what is said if it cannot.

use std::rc::Rc;

use futures_util::future::join;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

use crate::edge::address;
use crate::edge::document::{document, element};
use crate::engine;
use crate::later;
use crate::load;
use crate::model::{Act, Model};
use crate::page::{Page, Start};
use crate::settings::Settings;
use crate::wire::Embed;

#[wasm_bindgen]
extern "C" {
    /// Says that the page could not start, and offers to load it anew. The script that starts it has it.
    fn fail(reason: &str);
}

/// Starts the page in the element `#app`, whose content, the first paint, it replaces.
pub fn start() {
    let Some(place) = element("app") else { return };
    wasm_bindgen_futures::spawn_local(start_in(place));
}

/// What the page shows first it waits for, and the first paint stands until then, so that nothing jumps.
async fn start_in(place: Element) {
    let root = document().and_then(|document| document.document_element());
    let is_embed = root.is_some_and(|root| root.has_attribute("data-embed"));
    let hash = address::hash();
    let is_asked = is_embed || !hash.trim_start_matches('#').is_empty();
    let is_later = !is_asked || load::later().await;
    if is_embed && !is_later {
        // Without its parameters a frame would show, and tell, what nobody asked for.
        fail("a part of it could not be fetched");
        return;
    }
    let (embed, settings) = surroundings(is_embed);
    let wish = match (&embed, later::get()) {
        (Some(embed), Some(_)) => Some(Act::Open(embed.link.clone())),
        (None, Some(later)) => later.wish(&hash),
        (_, None) => is_asked.then_some(Act::Visit(hash)),
    };
    let id = wish.as_ref().and_then(Act::scenario);
    let id = id.unwrap_or(engine::opening());
    let (source, is_here) = join(load::source(id), load::scenario(id)).await;
    let is_here = is_here && is_later;
    let Some(mut model) = Model::opening() else {
        fail("it has no run to open with");
        return;
    };
    model.settings = settings;
    model.source = source;
    model = match wish.clone() {
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
        wish: wish.filter(|_| !is_here),
    };
    yew::Renderer::<Page>::with_root_and_props(place, start).render();
}

/// The parameters of an embed, and the settings.
fn surroundings(is_embed: bool) -> (Option<Rc<Embed>>, Settings) {
    let query = web_sys::window().and_then(|window| window.location().search().ok());
    let later = later::get().filter(|_| is_embed);
    let embed = later.map(|later| Rc::new(later.embed(&query.unwrap_or_default())));
    let mut settings = Settings::remembered();
    if let Some(embed) = &embed {
        settings.theme = embed.theme;
        settings.motion = embed.motion;
    }
    (embed, settings)
}
