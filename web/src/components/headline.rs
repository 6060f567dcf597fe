//! What is at stake, in one sentence.

use std::rc::Rc;

use lockstep_view::scene::Headline as Words;
use yew::prelude::*;

/// Properties of [`Headline`].
#[derive(Clone, PartialEq, Properties)]
pub struct HeadlineProps {
    /// The words.
    pub words: Rc<Words>,
}

/// The question the page is about, and what to watch for.
#[component]
pub fn Headline(props: &HeadlineProps) -> Html {
    html! {
        <div class="headline">
            <h1>{ &props.words.stakes }</h1>
        </div>
    }
}
