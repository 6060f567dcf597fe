//! The page as plain HTML, rendered natively when the site is built, and the files that lie beside it.
//!
//! It stands in `#app` until the page starts and replaces it, pixel for pixel, and for good where scripts are off.

use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use yew::LocalServerRenderer;

use crate::engine;
use crate::load;
use crate::model::Model;
use crate::page::{Page, Start};
use crate::source::Source;

/// The source, as the build script cut it: as much as the page opens with, and all of it.
static OPENING_SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/opening.postcard"));
static SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.postcard"));

/// The files beside the page: their names and what is in them.
pub fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let scenarios = engine::files().iter().copied();
    let sources = [
        (load::OPENING_SOURCE, OPENING_SOURCE),
        (load::SOURCE, SOURCE),
    ];
    sources.into_iter().chain(scenarios)
}

/// The page as it opens; nothing if it has no scenario to open with.
pub fn html() -> Option<String> {
    let mut model = Model::opening()?;
    model.source = Source::read(OPENING_SOURCE);
    let start = Start {
        model: Rc::new(model),
        embed: None,
        wish: None,
    };
    let rendering = LocalServerRenderer::<Page>::with_props(start)
        .hydratable(false)
        .render();
    let page = block_on(rendering);
    // A link into another run wants other source.
    let early = format!(
        "<script>location.hash||location.search||document.head.append(Object.assign(document.createElement('link'),\
         {{rel:'preload',as:'fetch',crossOrigin:'',href:'./{}'}}))</script>",
        load::OPENING_SOURCE
    );
    Some(format!("{early}{page}<p class=\"slow\">{SLOW}</p>"))
}

/// What is said when the page does not start within a few seconds.
const SLOW: &str = "Still loading. You can read the steps below.";

/// Nothing in the page waits for anything when it is rendered to text, so polling is all that is needed.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
}
