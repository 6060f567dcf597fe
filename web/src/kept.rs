//! Something big that is drawn once, and again only when what it shows is another.

use std::rc::Rc;

use yew::virtual_dom::VComp;
use yew::{Callback, Component, Context, Html, Properties};

/// How to draw it, and what it shows.
#[derive(Clone)]
pub struct KeptProps {
    /// Changes when the thing has to be drawn anew.
    version: usize,
    draw: Callback<(), Html>,
}

impl PartialEq for KeptProps {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// There is one way to make these properties, [`kept`], so there is nothing to build step by step.
impl Properties for KeptProps {
    type Builder = ();

    fn builder() -> Self::Builder {}
}

struct Kept;

impl Component for Kept {
    type Message = ();
    type Properties = KeptProps;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, context: &Context<Self>) -> Html {
        context.props().draw.emit(())
    }
}

/// What `draw` draws, kept until `version` is another.
pub fn kept(version: usize, draw: impl Fn() -> Html + 'static) -> Html {
    let draw = Callback::from(move |()| draw());
    VComp::new::<Kept>(Rc::new(KeptProps { version, draw }), None).into()
}
