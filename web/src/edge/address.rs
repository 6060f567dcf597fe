//! The page and its address: stepping rewrites the link in it, a fork or a flip makes a new entry, Back comes home.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsValue;
use yew::Callback;

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

/// What an address asks of the model, by its part after `#`.
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

/// Keeps the address and the model together. An embed has none of it: it never touches an address.
pub struct Address {
    /// The link last seen, and whether there was a notice over it.
    seen: Option<(String, bool)>,
    /// The chapter of the newest entry.
    chapter: u32,
    /// What was last written, to tell a reader's Back from our own writing.
    written: Rc<RefCell<String>>,
    /// Dropping it stops a writing that has not happened yet.
    timer: Option<Timeout>,
    _back: Option<EventListener>,
}

impl Address {
    /// Starts to listen.
    pub fn new(model: &Model, act: Callback<Act>) -> Self {
        let written = Rc::new(RefCell::new(String::new()));
        let ours = Rc::clone(&written);
        let back = web_sys::window().map(|window| {
            EventListener::new(&window, "popstate", move |_| {
                let hash = hash();
                if *ours.borrow() != hash {
                    act.emit(Act::Visit(hash));
                }
            })
        });
        Self {
            seen: None,
            chapter: model.chapter,
            written,
            timer: None,
            _back: back,
        }
    }

    /// Brings the address to where the model is.
    pub fn follow(&mut self, model: &Model) {
        let link = model.link().to_hash();
        let now = Some((link.clone(), model.notice.is_some()));
        if self.seen == now {
            return;
        }
        let was_first = self.seen.is_none();
        self.seen = now;
        self.timer = None;
        // The address a reader came with stays until the reader moves; so does one that could not be read.
        if was_first || model.notice.is_some() {
            return;
        }
        let is_entry = self.chapter != model.chapter;
        self.chapter = model.chapter;
        let written = Rc::clone(&self.written);
        if is_entry {
            write(&written, link, true);
        } else {
            self.timer = Some(Timeout::new(CALM, move || write(&written, link, false)));
        }
    }
}

fn write(written: &RefCell<String>, link: String, is_entry: bool) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = JsValue::NULL;
        // A browser may refuse after too many changes; the page works on without.
        let _ = if is_entry {
            history.push_state_with_url(&state, "", Some(&link))
        } else {
            history.replace_state_with_url(&state, "", Some(&link))
        };
    }
    written.replace(link);
}
