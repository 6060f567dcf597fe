//! Where the page starts: with what its address asks for, or with the reason why it cannot.

use std::rc::Rc;

use yew::prelude::*;

use crate::hooks::address;
use crate::model::{Act, Model};
use crate::page::Page;
use crate::settings::Settings;
use crate::wire::Embed;

/// What the page starts with.
#[derive(Clone, PartialEq, Properties, Default)]
pub struct AppProps {
    /// The part of the address after `#`.
    #[prop_or_default]
    pub hash: AttrValue,
    /// The parameters, in an embed.
    #[prop_or_default]
    pub embed: Option<Rc<Embed>>,
    /// Theme, motion and so on.
    #[prop_or_default]
    pub settings: Settings,
}

/// The page, or what is wrong with it.
#[component]
pub fn App(props: &AppProps) -> Html {
    let model = use_memo((), |()| start(props));
    match &*model {
        Some(model) => html! {
            <Page model={Rc::new(model.clone())} embed={props.embed.clone()} settings={props.settings} />
        },
        None => html! {
            <p class="fault" role="alert">
                { "The scenarios of this page cannot be read, so there is nothing to run. A fresh copy of the page may help." }
            </p>
        },
    }
}

fn start(props: &AppProps) -> Option<Model> {
    let mut model = Model::opening()?;
    if let Some(embed) = &props.embed {
        model = model.after(Act::Open(embed.link.clone()));
        if let Some(why) = embed.problems.first() {
            model = model.after(Act::Refuse {
                why: why.clone(),
                link: String::new(),
            });
        }
    } else if let Some(act) = address::wish(&props.hash) {
        model = model.after(act);
    }
    Some(model)
}
