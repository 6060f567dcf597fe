//! The worker that writes reports: started for the first of them, given one after the other, ended when one is given up.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::JSON;
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;
use yew::Callback;

use super::objects::{field, object};
use super::started::{Place, start};
use crate::later::Follow;
use crate::model::prove::Hunt;
use crate::model::report::{Inquiry, Written};
use crate::model::{Act, Model};
use crate::shared::Shared;
use crate::worker::BUILD;

/// What is said if there can be no worker.
const NONE: &str = "This browser did not start the program that writes this, in a worker beside the page. \
                    Everything else works. On a terminal, `lockstep` writes the same.";
/// What is said if the worker is of another build.
const STALE: &str = "The program that writes this is of another build than this page. Reload the page, and try again.";

/// Keeps the worker and the model together.
pub struct Reporter {
    act: Callback<Act>,
    worker: Place,
    /// Whether it searches, and so hears nothing.
    is_busy: Rc<Cell<bool>>,
    /// The number of what it was told last.
    sent: u32,
}

impl Follow for Reporter {
    /// Tells the worker what the model wants of it.
    fn follow(&mut self, model: &Rc<Model>) {
        let (number, ask) = &model.reports.wanted;
        if *number == self.sent {
            return;
        }
        self.sent = *number;
        // Another one starts from what the browser has fetched already.
        if self.is_busy.replace(false) {
            self.worker.borrow_mut().take();
        }
        let Some(ask) = ask else {
            return;
        };
        if self.worker.borrow().is_none() {
            self.start();
        }
        let message = object([
            ("kind", ask.kind.name().into()),
            ("file", ask.file.as_str().into()),
            ("kernel", ask.kernel.as_str().into()),
            ("order", ask.order.as_str().into()),
            ("seconds", ask.seconds.into()),
        ]);
        if let Some(running) = &*self.worker.borrow() {
            self.is_busy.set(true);
            // It can only fail for what cannot be copied, and plain objects can.
            _ = running.worker.post_message(&message);
        }
    }
}

impl Reporter {
    /// Nothing is started yet.
    pub fn new(act: Callback<Act>) -> Self {
        Self {
            act,
            worker: Rc::default(),
            is_busy: Rc::default(),
            sent: 0,
        }
    }

    fn start(&self) {
        let (is_busy, act) = (Rc::clone(&self.is_busy), self.act.clone());
        let hear = move |event: &MessageEvent| {
            let Some(told) = read(event) else {
                return false;
            };
            let is_over = matches!(told, Inquiry::Failed(_));
            if !matches!(told, Inquiry::Going(_)) {
                is_busy.set(false);
            }
            act.emit(Act::Prove(Hunt::Report(told)));
            is_over
        };
        let act = self.act.clone();
        let lost = move |_| {
            let told = Inquiry::Failed(NONE.to_owned());
            act.emit(Act::Prove(Hunt::Report(told)));
        };
        start(&self.worker, "reports", hear, lost);
    }
}

/// What a message is about; nothing if it only says that the worker is there.
fn read(event: &MessageEvent) -> Option<Inquiry> {
    let data = event.data();
    let text = |name: &str| field(&data, name).as_string();
    if let Some(build) = text("build") {
        return (build != BUILD).then(|| Inquiry::Failed(STALE.to_owned()));
    }
    if let Some(why) = text("why") {
        return Some(Inquiry::Failed(why));
    }
    if let Some(html) = text("html") {
        return Some(Inquiry::Done(Shared::new(Written {
            html,
            texts: texts(&data),
            is_complete: field(&data, "is_complete").is_truthy(),
        })));
    }
    let classes = field(&data, "classes").as_f64()?;
    Some(Inquiry::Going(classes as u64))
}

/// The texts, and the data as one more.
fn texts(data: &JsValue) -> Vec<[String; 3]> {
    let mut texts = Vec::new();
    for text in js_sys::Array::from(&field(data, "texts")).iter() {
        let part = |name| field(&text, name).as_string().unwrap_or_default();
        texts.push(["name", "hint", "text"].map(part));
    }
    let json = indented(&field(data, "report"));
    texts.push(["JSON".to_owned(), "for a program".to_owned(), json]);
    texts
}

fn indented(report: &JsValue) -> String {
    let two = JsValue::from(2);
    let text = JSON::stringify_with_replacer_and_space(report, &JsValue::NULL, &two);
    text.map_or_else(|_| String::new(), String::from)
}
