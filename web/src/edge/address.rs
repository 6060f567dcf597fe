//! The page and its address: stepping rewrites the link in it, a fork or a flip makes a new entry, Back comes home.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::prelude::*;

use crate::link::{Link, Reading};
use crate::model::{Act, Model};

/// How long the address waits before it follows a step, in milliseconds.
const CALM: u32 = 250;

/// The part of the address after `#`.
pub fn hash() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// What the address asks of the model.
pub fn wish(hash: &str) -> Option<Act> {
    match Link::read(hash) {
        Reading::Nothing => None,
        Reading::Link(link) => Some(Act::Open(link)),
        Reading::Refused(why) => Some(Act::Refuse {
            why,
            link: hash.to_owned(),
        }),
    }
}

/// Keeps the address and the model together. An embed never touches the address.
#[hook]
pub fn use_address(model: &Model, is_embed: bool, act: Callback<Act>) {
    let written = use_mut_ref(String::new);
    let chapter = use_mut_ref(|| model.chapter);
    let is_first = use_mut_ref(|| true);

    {
        let written = written.clone();
        use_effect_with(
            (
                model.link().to_hash(),
                model.chapter,
                model.notice.is_some(),
            ),
            move |(link, now, has_notice)| {
                let was_first = is_first.replace(false);
                // The address a reader came with stays until the reader moves; so does one that could not be read.
                if is_embed || was_first || *has_notice {
                    return Box::new(|| ()) as Box<dyn FnOnce()>;
                }
                let is_entry = chapter.replace(*now) != *now;
                let link = link.clone();
                let write = move || {
                    written.replace(link.clone());
                    if let Some(history) =
                        web_sys::window().and_then(|window| window.history().ok())
                    {
                        // A browser may refuse after too many changes; the page works on without.
                        let _ = if is_entry {
                            history.push_state_with_url(&JsValue::NULL, "", Some(&link))
                        } else {
                            history.replace_state_with_url(&JsValue::NULL, "", Some(&link))
                        };
                    }
                };
                if is_entry {
                    write();
                    return Box::new(|| ()) as Box<dyn FnOnce()>;
                }
                let timer = Timeout::new(CALM, write);
                Box::new(move || drop(timer)) as Box<dyn FnOnce()>
            },
        );
    }

    use_effect_with(is_embed, move |is_embed| {
        let listener = web_sys::window().filter(|_| !is_embed).map(|window| {
            EventListener::new(&window, "popstate", move |_| {
                let hash = hash();
                if *written.borrow() != hash {
                    act.emit(wish(&hash).unwrap_or_else(|| Act::Open(Link::default())));
                }
            })
        });
        move || drop(listener)
    });
}
