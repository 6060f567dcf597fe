//! What stands below the stage: the transcript, how the world was made, and how honest all this is.

use yew::prelude::*;

use super::transcript::Transcript;
use crate::model::{Act, Model};

/// Everything below the stage.
pub fn below(model: &Model, act: &Callback<Act>) -> Html {
    let words = &model.stage.headline;
    html! {
        <section class="below" id="transcript" aria-label="Below the stage">
            if !model.scene.log.is_empty() {
                <div class="log">
                    <h2>{ "The kernel prints" }</h2>
                    <pre>{ model.scene.log.join("\n") }</pre>
                </div>
            }
            <div class="below-steps">
                <h2>{ "Every step of this run" }</h2>
                <Transcript rows={model.stage.rows.clone()} act={act.clone()}
                    caption={format!("{}, {}: {} steps", words.title, words.kernel, model.stage.rows.len())} />
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
