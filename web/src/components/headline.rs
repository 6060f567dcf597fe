//! What is at stake, in one sentence.

use lockstep_view::scene::Headline as Words;
use yew::prelude::*;

/// The question the page is about, and what to watch for.
pub fn headline(words: &Words) -> Html {
    html! {
        <div class="headline">
            <h1>{ &words.stakes }</h1>
        </div>
    }
}
