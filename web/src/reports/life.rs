//! The life of a report's worker: it takes what it is asked, searches, and tells.

use std::panic;
use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use lockstep_explore::Counts;
use lockstep_scenario::{BuildError, compiled, parse_kernel};
use lockstep_view::reports::Searching;
use lockstep_view::reports::classes::ClassReport;
use lockstep_view::reports::html::Moment;
use lockstep_view::reports::locks::LockReport;
use lockstep_view::reports::races::RaceReport;
use lockstep_view::scene::StepNo;
use lockstep_view::text::mail::Detail;
use lockstep_view::text::{Account, mail, markdown};
use lockstep_view::{Mode, Session};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::protocol::{Ask, Kind, Tell, Text};
use crate::link;
use crate::worker::BUILD;

#[wasm_bindgen]
extern "C" {
    /// Gives every message, the early ones first, to a function. The loader has it.
    fn listen(to: &Function);
    /// The bytes of a file that lies beside the page; refused if there is none.
    fn file(name: &str) -> Promise;
    #[wasm_bindgen(js_name = postMessage)]
    fn post(what: &JsValue);
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// How long nothing is told, in milliseconds: ten times a second is as often as anybody reads.
const QUIET: f64 = 100.0;

/// What the report looks like. It comes with the report, so that nobody else waits for it.
const STYLES: &str = include_str!("../../css/report.css");

/// Makes this program the worker: says that it is there, and listens from then on.
pub fn take_over() {
    panic::set_hook(Box::new(|info| fail(info.to_string())));
    let hear =
        Closure::<dyn FnMut(JsValue)>::new(
            |message: JsValue| match serde_wasm_bindgen::from_value(message) {
                Ok(ask) => spawn_local(answer(ask)),
                Err(error) => fail(format!("This is no question for a report: {error}.")),
            },
        );
    say(&Tell {
        build: Some(BUILD.to_owned()),
        ..Tell::default()
    });
    listen(hear.as_ref().unchecked_ref());
    // It listens as long as it lives.
    hear.forget();
}

fn say(what: &Tell) {
    // Plain objects and numbers; there is nothing in it that could not be one.
    if let Ok(message) = what.serialize(&Serializer::json_compatible()) {
        post(&message);
    }
}

fn fail(why: String) {
    say(&Tell {
        why: Some(why),
        ..Tell::default()
    });
}

async fn answer(ask: Ask) {
    match report(&ask).await {
        Ok(told) => say(&told),
        Err(why) => fail(why),
    }
}

async fn report(ask: &Ask) -> Result<Tell, String> {
    let bytes = JsFuture::from(file(&ask.file)).await;
    let bytes = bytes.map_err(|_| "This scenario could not be fetched.")?;
    let scenarios = compiled::decode(&Uint8Array::new(&bytes).to_vec());
    let scenario = scenarios.ok().and_then(|all| all.into_iter().next());
    let scenario = scenario.ok_or("This scenario could not be read.")?;
    let kernel =
        parse_kernel(&ask.kernel).map_err(|_| format!("There is no kernel {}.", ask.kernel))?;
    let session = Session::new(Rc::new(scenario), kernel).map_err(refused)?;
    match ask.kind {
        Kind::Run => forms(&session, &ask.order),
        _ => searched(&session, ask),
    }
}

fn refused(error: BuildError) -> String {
    format!("This kernel cannot run it: {}.", error.message)
}

/// A report over all orders.
fn searched(session: &Session, ask: &Ask) -> Result<Tell, String> {
    let (begun, mut told) = (now(), now());
    let mut go_on = |counts: Counts| {
        let time = now();
        if time - told >= QUIET {
            told = time;
            say(&Tell {
                classes: Some(counts.runs as f64),
                ..Tell::default()
            });
        }
        time - begun < ask.seconds * 1000.0
    };
    let mut searching = Searching {
        classes: u64::MAX,
        go_on: &mut go_on,
    };
    Ok(match ask.kind {
        Kind::Locks => {
            let sessions = std::slice::from_ref(session);
            let report = LockReport::search(sessions, &mut searching).map_err(refused)?;
            let (html, text) = (report.html(&to_moment), report.text());
            finished(&html, text, report.extent.complete, &report)
        }
        Kind::Classes => {
            let report = ClassReport::search(session, &mut searching);
            let (html, text) = (report.html(&to_moment), report.text());
            finished(&html, text, report.extent.complete, &report)
        }
        Kind::Races | Kind::Run => {
            let report = RaceReport::search(session, &mut searching);
            let (html, text) = (report.html(&to_moment), report.text());
            finished(&html, text, report.extent.complete, &report)
        }
    })
}

fn finished(html: &str, text: String, is_complete: bool, report: &impl Serialize) -> Tell {
    let text = Text {
        name: "Text",
        hint: "for a mail",
        text,
    };
    Tell {
        html: Some(format!("<style>{STYLES}</style>{html}")),
        texts: vec![text],
        report: data(report),
        is_complete,
        ..Tell::default()
    }
}

fn data(of: &impl Serialize) -> JsValue {
    let data = of.serialize(&Serializer::json_compatible());
    data.unwrap_or_default()
}

/// One run in every form that can be taken away.
fn forms(session: &Session, order: &str) -> Result<Tell, String> {
    let order = order
        .parse()
        .map_err(|error| format!("This is no order: {error}."))?;
    let run = session.run(&order, Mode::Deferring);
    let account = Account {
        headline: &run.headline(),
        score: run.score(),
        rows: run.transcript(),
        end: &run.scene(StepNo(run.steps())),
    };
    let text = |name, hint, text| Text { name, hint, text };
    Ok(Tell {
        html: Some(String::new()),
        texts: vec![
            text(
                "Mail text",
                "two columns, 72 characters wide",
                mail::mail(&account, Detail::Concise),
            ),
            text("Markdown table", "every step", markdown::markdown(&account)),
        ],
        report: data(&run.export()),
        is_complete: true,
        ..Tell::default()
    })
}

fn to_moment(moment: &Moment<'_>) -> String {
    let Moment {
        scenario,
        kernel,
        schedule,
        step,
    } = *moment;
    link::to_moment(scenario, kernel, schedule, step)
}
