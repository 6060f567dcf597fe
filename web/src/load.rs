//! Files beside the page that it does not start with: the source it shows, every scenario but the first, and the rest of itself.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::engine;
use crate::later;
use crate::source::Source;
use crate::worker::BUILD;

#[wasm_bindgen]
extern "C" {
    /// Brings what the page does not begin with, from a file of this name if it is in one. The script that starts the page has it.
    fn bring(name: &str) -> Promise;
}

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

/// Fetches what the page does not begin with, unless it is here already; tells whether it is here now.
pub async fn later() -> bool {
    if !later::is_here() {
        // The build in the name keeps a cache from mixing two.
        let brought = bring(&format!("./later.wasm?v={BUILD}"));
        _ = JsFuture::from(brought).await;
    }
    later::is_here()
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
