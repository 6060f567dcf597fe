//! Copies a text, if the browser lets us.

use gloo::timers::callback::Timeout;
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;
use yew::Callback;

use crate::components::share;
use crate::edge::document::{element, page};
use crate::model::{Act, Answer, Model};

/// How long it is said that a text was copied, in milliseconds.
const SAID: u32 = 900;

/// Copies one of the things of the share dialog, and says how that went.
pub fn copy(model: &Model, which: usize, act: Callback<Act>) {
    let mut things = share::things(model, &page());
    if which >= things.len() {
        return;
    }
    let text = things.swap_remove(which).text;
    wasm_bindgen_futures::spawn_local(async move {
        if write(&text).await {
            act.emit(Act::Copied(Some((which, Answer::Done))));
            Timeout::new(SAID, move || act.emit(Act::Copied(None))).forget();
            return;
        }
        // Without leave to write to the clipboard the text is marked, so that one key copies it.
        let field = element(&share::field(which));
        if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlTextAreaElement>().ok()) {
            let _ = field.focus();
            field.select();
        }
        act.emit(Act::Copied(Some((which, Answer::ByHand))));
    });
}

async fn write(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // In a frame without leave, or on a plain http page, there is no clipboard at all.
    let clipboard = Reflect::get(&window.navigator(), &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    let written = window.navigator().clipboard().write_text(text);
    JsFuture::from(written).await.is_ok()
}
