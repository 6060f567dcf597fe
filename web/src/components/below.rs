//! What stands below the stage: the transcript, how the world was made, and how honest all this is.

use yew::Callback;

use super::transcript::transcript;
use crate::element::{El, el, words};
use crate::model::{Act, Model};

/// What is said of every run.
const HONESTY: &str = "This is a model of the code, run one step at a time; memory reordering is not modelled. \
                       The source on the cards is the code that runs.";

/// Everything below the stage.
pub fn below(model: &Model, act: &Callback<Act>) -> El {
    let told = &model.stage.headline;
    let log = &model.scene.log;
    let log = (!log.is_empty())
        .then(|| titled("The kernel prints", words("pre", &log.join("\n"))).class("log"));
    let notice = told.notice.iter().map(|line| words("li", line));
    let notice = (!told.notice.is_empty())
        .then(|| titled("What to notice", el("ul.notice-list").children(notice)));
    let setup = told
        .setup
        .iter()
        .map(|line| el("li").child(words("code", line)));
    let setup = (!told.setup.is_empty())
        .then(|| titled("How this world was made", el("ol.setup").children(setup)));
    let notes = el("div.notes")
        .child(notice)
        .child(setup)
        .child(titled("What this is", words("p", HONESTY)));
    let steps = el("div.below-steps")
        .child(words("h2", "Every step of this run"))
        .node(transcript(model, act));
    el("section.below|id=transcript|aria-label=Below the stage")
        .child(log)
        .child(steps)
        .child(notes)
}

fn titled(title: &str, inside: El) -> El {
    el("div").child(words("h2", title)).child(inside)
}
