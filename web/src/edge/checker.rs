//! The worker that searches: started when somebody searches for the first time, told what the model wants, heard.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::MessageEvent;
use yew::Callback;

use super::started::{Place, start};
use crate::later::Follow;
use crate::model::prove::Hunt;
use crate::model::{Act, Model};
use crate::worker::{Ask, BUILD, Tell};

/// How long the worker may take to hear a stop before it is ended, in milliseconds. It looks up every twelve.
const PATIENCE: u32 = 1_000;

/// What is said if there can be no worker.
const NONE: &str = "This browser did not start the search, which runs in a worker beside the page. \
                    Everything else works. On a terminal, `lockstep check` searches the same.";
/// What is said if the worker is of another build.
const STALE: &str =
    "The search is of another build than this page. Reload the page, and search again.";
/// What is said if it did not hear.
const DEAF: &str = "The search did not hear the stop, and was ended. What it had found is lost.";

/// Keeps the worker and the model together.
pub struct Checker {
    act: Callback<Act>,
    worker: Place,
    /// The number of the list that was sent last.
    sent: u32,
    /// The number of the question about a slice that was sent last.
    sliced: u32,
    /// Ends a worker that does not hear a stop.
    watchdog: Option<Timeout>,
}

impl Follow for Checker {
    /// Tells the worker what the model wants of it.
    fn follow(&mut self, model: &Rc<Model>) {
        self.follow_searches(model);
        let (number, ask) = &model.slice.wanted;
        if *number != self.sliced {
            self.sliced = *number;
            self.send(ask.as_slice());
        }
    }
}

impl Checker {
    /// Nothing is started yet.
    pub fn new(act: Callback<Act>) -> Self {
        Self {
            act,
            worker: Rc::default(),
            sent: 0,
            sliced: 0,
            watchdog: None,
        }
    }

    /// Sends messages to the worker, which is started if it is not there.
    fn send(&self, asks: &[Ask]) {
        if asks.is_empty() {
            return;
        }
        if self.worker.borrow().is_none() {
            self.start();
        }
        if let Some(running) = &*self.worker.borrow() {
            for ask in asks {
                let bytes = Uint8Array::from(ask.encode().as_slice()).buffer();
                // It can only fail if the bytes were not ours to give.
                let _ = running
                    .worker
                    .post_message_with_transfer(&bytes, &Array::of1(&bytes));
            }
        }
    }

    fn follow_searches(&mut self, model: &Model) {
        let prove = &model.prove;
        if !prove.is_going() {
            self.watchdog = None;
        }
        let (number, asks) = &prove.wanted;
        if *number == self.sent {
            return;
        }
        self.sent = *number;
        let is_stop = *asks == [Ask::Stop];
        if is_stop && self.worker.borrow().is_none() {
            return;
        }
        self.send(asks);
        self.watchdog = (is_stop && prove.is_going()).then(|| {
            let (worker, act) = (Rc::clone(&self.worker), self.act.clone());
            Timeout::new(PATIENCE, move || {
                worker.borrow_mut().take();
                act.emit(Act::Prove(Hunt::Lost(DEAF.to_owned())));
            })
        });
    }

    fn start(&self) {
        let act = self.act.clone();
        let hear = move |event: &MessageEvent| {
            let Some(tell) = read(event) else {
                return false;
            };
            let hunt = match &tell {
                Tell::Ready { build } if build == BUILD => return false,
                Tell::Ready { .. } => Hunt::Lost(STALE.to_owned()),
                _ => Hunt::Told(Rc::new(tell)),
            };
            let is_over = match &hunt {
                Hunt::Told(tell) => matches!(**tell, Tell::Crashed { .. }),
                _ => true,
            };
            act.emit(Act::Prove(hunt));
            is_over
        };
        let act = self.act.clone();
        let lost = move |why: Option<String>| {
            let told = match why {
                Some(why) => format!("{NONE} The browser says: {why}"),
                None => NONE.to_owned(),
            };
            act.emit(Act::Prove(Hunt::Lost(told)));
        };
        start(&self.worker, "worker", hear, lost);
    }
}

fn read(event: &MessageEvent) -> Option<Tell> {
    let bytes: js_sys::ArrayBuffer = event.data().dyn_into().ok()?;
    Tell::decode(&Uint8Array::new(&bytes).to_vec())
}
