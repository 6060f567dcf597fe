//! How a program beside the page gets its worker.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url, Worker, WorkerOptions, WorkerType};

use super::document::document;
use crate::worker::BUILD;

/// The file that starts the program.
const LOADER: &str = "worker_loader.js";

/// Starts a program in a worker. A page in a sandbox may not start it from a file, which is foreign to it, but from a blob that brings the
/// file. Browsers refuse modules in such a blob; a script that is none may still bring one, and keeps what is said until then.
pub(super) fn begin(program: &str) -> Option<Worker> {
    let base = document()?.base_uri().ok()??;
    let loader =
        Url::new_with_base(&format!("{LOADER}?v={BUILD}&program={program}"), &base).ok()?;
    let loader = loader.href();
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    if let Ok(worker) = Worker::new_with_options(&loader, &options) {
        return Some(worker);
    }
    let bring = JsValue::from(format!(
        "self.early=[];onmessage=e=>early.push(e);import({loader:?}).catch(e=>setTimeout(()=>{{throw e}}))"
    ));
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&bring), &kind).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    Worker::new(&address).ok()
}
