//! What stands below the stage: the transcript, how the world was made, and how honest all this is.

use std::rc::Rc;

use lockstep_view::scene::{Headline, Row};
use yew::prelude::*;

use super::transcript::Transcript;
use crate::model::Act;

/// Properties of [`Below`].
#[derive(Clone, PartialEq, Properties)]
pub struct BelowProps {
    /// What the run is about.
    pub words: Rc<Headline>,
    /// The rows of the transcript.
    pub rows: Rc<Vec<Row>>,
    /// The cursor.
    pub cursor: u32,
    /// What the kernel has printed.
    pub log: Vec<String>,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// Everything below the stage.
#[component]
pub fn Below(props: &BelowProps) -> Html {
    let words = &props.words;
    html! {
        <section class="below" id="transcript" aria-label="Below the stage">
            if !props.log.is_empty() {
                <div class="log">
                    <h2>{ "The kernel prints" }</h2>
                    <pre>{ props.log.join("\n") }</pre>
                </div>
            }
            <div class="below-steps">
                <h2>{ "Every step of this run" }</h2>
                <Transcript rows={props.rows.clone()} cursor={props.cursor} act={props.act.clone()}
                    caption={format!("{}, {}: {} steps", words.title, words.kernel, props.rows.len())} />
            </div>
            <div class="notes">
                if !words.notice.is_empty() {
                    <div>
                        <h2>{ "What to notice" }</h2>
                        <ul class="notice-list">{ for words.notice.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
                    </div>
                }
                if !words.setup.is_empty() {
                    <div>
                        <h2>{ "How this world was made" }</h2>
                        <ol class="setup">{ for words.setup.iter().map(|line| html! { <li><code>{ line }</code></li> }) }</ol>
                    </div>
                }
                <div>
                    <h2>{ "What this is" }</h2>
                    <p>{ "This is a model of the code, run one step at a time; memory reordering is not modelled. The source on the cards is the code that runs." }</p>
                </div>
            </div>
        </section>
    }
}
