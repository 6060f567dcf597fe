//! A report over all orders: what races, or what is locked under what.
//!
//! The report itself comes as HTML from the worker that writes it, and its links are links of the page like any other.

use lockstep_view::search::grouped;
use yew::{Callback, Html};

use super::controls::{Choice, chosen, segments};
use super::icon::{Icon, icon};
use super::prove::{go, hunt};
use crate::element::{El, el, words};
use crate::engine::{self, Kernel};
use crate::model::prove::Hunt;
use crate::model::report::{Inquiry, Sheet};
use crate::model::{Act, Model};

/// The report that is shown.
pub fn report(model: &Model, act: &Callback<Act>) -> El {
    let title = engine::title(&model.scenario);
    let sheet = model.sheet();
    let ask = |inquiry| Hunt::Report(inquiry);
    let button = match sheet {
        Some(Sheet { going: Some(_), .. }) => Some(go("Stop", ask(Inquiry::Stop), act)),
        Some(Sheet {
            written: Some(written),
            ..
        }) if written.is_complete => None,
        Some(Sheet {
            written: Some(_), ..
        }) => Some(go("Search to the end", ask(Inquiry::Whole), act)),
        _ => Some(go("Try again", ask(Inquiry::On(model.reports.kernel)), act)),
    };
    let state = match sheet {
        Some(Sheet {
            going: Some(classes),
            ..
        }) => Some(words("p.prove-note", &going(*classes))),
        Some(Sheet {
            failed: Some(why), ..
        }) => Some(
            el("div.prove-verdict.verdict-unfinished")
                .child(icon(Icon::Tilde))
                .child(words("p", why)),
        ),
        _ => None,
    };
    let written = sheet.and_then(|sheet| sheet.written.as_ref());
    let body = written.map(|written| {
        let html = Html::from_html_unchecked(written.html.clone().into());
        el("div.sheet")
            .key(&written.address().to_string())
            .node(html)
    });
    el("div.prove-cases")
        .child(
            el("div.prove-top")
                .child(words("h3", title))
                .child(kernels(model, act))
                .child(button),
        )
        .child(state)
        .child(body)
}

fn going(classes: u64) -> String {
    match classes {
        0 => "The report is starting.".to_owned(),
        many => format!("Searching. {} classes of orders so far.", grouped(many)),
    }
}

/// The kernels the report can be about: both sides of the patch, and that of the stage if it is neither.
fn kernels(model: &Model, act: &Callback<Act>) -> El {
    let sides = [model.kernel.patched(false), model.kernel.patched(true)];
    let label = |kernel: Kernel| match kernel {
        Kernel::BEFORE => "Before".to_owned(),
        Kernel::AFTER => "After".to_owned(),
        other => other.name(),
    };
    let choices = sides.map(|kernel| Choice {
        value: kernel.name().into(),
        label: label(kernel).into(),
        group: "",
        is_chosen: kernel == model.reports.kernel,
    });
    let on_kernel = chosen(act, |value| {
        Kernel::parse(&value).map(|kernel| hunt(Hunt::Report(Inquiry::On(kernel))))
    });
    segments(
        "report-kernels",
        "The code it is about",
        &choices,
        &on_kernel,
    )
}
