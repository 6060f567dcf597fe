//! How a program beside the page gets its worker, is heard, and ends.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker, WorkerOptions, WorkerType,
};

use super::document::document;
use crate::worker::BUILD;

/// The file that starts the program.
const LOADER: &str = "worker_loader.js";

/// Where a worker is as long as it runs.
pub(super) type Place = Rc<RefCell<Option<Running>>>;

/// A worker that runs. It ends with this.
pub(super) struct Running {
    /// The worker.
    pub(super) worker: Worker,
    _hears: [EventListener; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Starts a program in a place.
///
/// `hear` is given every message, and says whether it was the last that is wanted. `lost` is told if there can be no worker, or if
/// it fails where it cannot tell so itself: that, and what the browser says of it. After either the place is empty.
pub(super) fn start(
    place: &Place,
    program: &str,
    hear: impl Fn(&MessageEvent) -> bool + 'static,
    lost: impl Fn(Option<String>) + 'static,
) {
    let Some(worker) = begin(program) else {
        lost(None);
        return;
    };
    let own = Rc::clone(place);
    let message = EventListener::new(&worker, "message", move |event| {
        if event.dyn_ref().is_some_and(&hear) {
            end(&own);
        }
    });
    let own = Rc::clone(place);
    // What is told here is not told once more by the browser.
    let heard = EventListenerOptions::enable_prevent_default();
    let error = EventListener::new_with_options(&worker, "error", heard, move |event| {
        event.prevent_default();
        let why = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message);
        lost(why.filter(|why| !why.is_empty()));
        end(&own);
    });
    place.replace(Some(Running {
        worker,
        _hears: [message, error],
    }));
}

/// Ends a worker, once the event that told of its end is over: its listeners go with it.
fn end(place: &Place) {
    let place = Rc::clone(place);
    Timeout::new(0, move || drop(place.borrow_mut().take())).forget();
}

/// Starts a program in a worker. A page in a sandbox may not start it from a file, which is foreign to it, but from a blob that brings the
/// file. Browsers refuse modules in such a blob; a script that is none may still bring one, and keeps what is said until then.
fn begin(program: &str) -> Option<Worker> {
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
