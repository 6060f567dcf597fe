//! Files beside the page that it does not start with: the source it shows, and every scenario but the first.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::engine;
use crate::source::Source;

/// The name of the file with the model's own source, as far as the scenario the page opens with comes to it. Like every
/// such name it changes when the content does.
pub const OPENING_SOURCE: &str = env!("LOCKSTEP_OPENING");

/// The name of the file with all the source there is to show.
pub const SOURCE: &str = env!("LOCKSTEP_SOURCE");

/// Fetches the source that a scenario comes to.
pub async fn source(scenario: &str) -> Source {
    let name = if scenario == engine::opening() {
        OPENING_SOURCE
    } else {
        SOURCE
    };
    match file(name).await {
        Some(table) => Source::read(&table),
        None => Source::Missing,
    }
}

/// Fetches a scenario unless the page has it already; tells whether it has it now.
pub async fn scenario(id: &str) -> bool {
    match engine::file_of(id) {
        Some(name) => match file(name).await {
            Some(bytes) => engine::take_in(&bytes),
            None => false,
        },
        None => true,
    }
}

/// The bytes of a file beside the page, wherever the page lies and whatever frame it is in.
async fn file(name: &str) -> Option<Vec<u8>> {
    let address = format!("./{name}");
    let asked = web_sys::window()?.fetch_with_str(&address);
    let answer: Response = fulfilled(JsFuture::from(asked)).await?.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let body = fulfilled(JsFuture::from(answer.array_buffer().ok()?)).await?;
    Some(Uint8Array::new(&body).to_vec())
}

/// What a promise came to; why it did not is the browser's to say, in its console.
async fn fulfilled(promise: JsFuture) -> Option<JsValue> {
    promise.await.ok()
}
