//! The page as plain HTML, rendered natively when the site is built.
//!
//! It stands in `#app` until the page starts and replaces it, pixel for pixel, and for good where scripts are off.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use yew::LocalServerRenderer;

use crate::app::{App, AppProps};

/// The page at the moment a link names, or as it opens.
pub fn html(hash: Option<&str>) -> String {
    let props = AppProps {
        hash: hash.unwrap_or_default().to_owned().into(),
        ..AppProps::default()
    };
    let rendering = LocalServerRenderer::<App>::with_props(props)
        .hydratable(false)
        .render();
    let page = block_on(rendering);
    format!("{page}<p class=\"slow\">{SLOW}</p>")
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
