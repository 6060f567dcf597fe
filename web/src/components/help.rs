//! The keys, and what the signs mean.

use lockstep_view::scene::Score;
use yew::prelude::*;

use super::controls::terms;
use super::dialog::Dialog;
use super::swatch::{letter_chip, swatch};
use crate::keys;

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
pub fn help(score: &Score, on_close: Callback<()>) -> Html {
    let key = |sign: &'static str| html! { <kbd>{ sign }</kbd> };
    let plain = |pair: &(&'static str, &'static str)| (key(pair.0), pair.1.to_owned());
    let threads = score.threads.iter().map(|row| {
        (
            letter_chip(row.thread),
            format!("{}, {}", row.name, row.role),
        )
    });
    let locks = score
        .lock_lanes
        .iter()
        .map(|lane| (swatch(lane.pattern), lane.label.clone()));
    let wait = (
        html! { <span class="legend-hatch" /> },
        "waits for a lock".to_owned(),
    );
    html! {
        <Dialog title="Keys and signs" {on_close}>
            <div class="help">
                <section>
                    <h3>{ "Keys" }</h3>
                    { terms(keys::HELP.iter().map(plain)) }
                </section>
                <section>
                    <h3>{ "Signs in the score" }</h3>
                    { terms(GLYPHS.iter().map(plain).chain([wait])) }
                    <h3>{ "Threads" }</h3>
                    { terms(threads) }
                    <h3>{ "Locks" }</h3>
                    { terms(locks) }
                </section>
            </div>
        </Dialog>
    }
}
