//! The keys, and what the signs mean.

use lockstep_view::scene::Score;
use yew::prelude::*;

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
    html! {
        <Dialog title="Keys and signs" {on_close}>
            <div class="help">
                <section>
                    <h3>{ "Keys" }</h3>
                    <dl class="keys">
                        { for keys::HELP.iter().map(|(key, what)| html! { <><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></> }) }
                    </dl>
                </section>
                <section>
                    <h3>{ "Signs in the score" }</h3>
                    <dl class="keys">
                        { for GLYPHS.iter().map(|(sign, what)| html! { <><dt><kbd>{ sign }</kbd></dt><dd>{ what }</dd></> }) }
                        <dt><span class="legend-hatch" /></dt><dd>{ "waits for a lock" }</dd>
                    </dl>
                    <h3>{ "Threads" }</h3>
                    <dl class="keys">
                        { for score.threads.iter().map(|row| html! { <><dt>{ letter_chip(row.thread) }</dt><dd>{ &row.name }{ ", " }{ &row.role }</dd></> }) }
                    </dl>
                    <h3>{ "Locks" }</h3>
                    <dl class="keys">
                        { for score.lock_lanes.iter().map(|lane| html! { <><dt>{ swatch(lane.pattern) }</dt><dd>{ &lane.label }</dd></> }) }
                    </dl>
                </section>
            </div>
        </Dialog>
    }
}
