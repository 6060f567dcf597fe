//! The keys, and what the signs mean.

use lockstep_machine::Gather;
use lockstep_view::scene::Score;
use yew::Callback;

use super::controls::terms;
use super::dialog::dialog;
use super::swatch::{letter_chip, swatch};
use crate::element::{El, el, words};
use crate::keys;
use crate::model::Act;

/// What the glyphs of the score mean.
const GLYPHS: &[(&str, &str)] = &[
    ("r", "reads a word"),
    ("w", "writes a word"),
    ("[", "takes a lock"),
    ("]", "drops a lock"),
    ("?", "tries a lock; struck through: in vain"),
    ("!", "asks for a lock and has to wait"),
];

/// The help dialog.
pub fn help(score: &Score, act: &Callback<Act>) -> El {
    let plain = |(sign, meaning): &(&str, &str)| (words("kbd", sign), (*meaning).to_owned());
    let keys = keys::HELP.iter().map(plain).gather();
    let mut glyphs: Vec<_> = GLYPHS.iter().map(plain).gather();
    glyphs.push((el("span.legend-hatch"), "waits for a lock".to_owned()));
    let threads = score.threads.iter().map(|row| {
        let who = format!("{}, {}", row.name, row.role);
        (letter_chip(row.thread), who)
    });
    let locks = score.lock_lanes.iter();
    let locks = locks.map(|lane| (swatch(lane.pattern), lane.label.clone()));
    let keys = el("section").child(words("h3", "Keys")).child(terms(keys));
    let signs = el("section")
        .child(words("h3", "Signs in the score"))
        .child(terms(glyphs))
        .child(words("h3", "Threads"))
        .child(terms(threads.gather()))
        .child(words("h3", "Locks"))
        .child(terms(locks.gather()));
    dialog(
        "Keys and signs",
        el("div.help").child(keys).child(signs),
        act,
    )
}
