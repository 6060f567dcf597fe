//! What the page does not begin with: dialogs and what they need, links, life in a frame, and every path but the first race's.
//!
//! It is one program in source and while one works on it. When it is built to be published, `cargo xtask` cuts it in two: what
//! only the exported function `later` (web/src/bin/app.rs) leads to comes as a file of its own, when somebody first asks for some of it.
//! So the rest of the page comes here through [`get`] alone, and names nothing of what `Everything` calls.

use std::rc::Rc;

use lockstep_mm::program::{self, Bodies};
use yew::Callback;

use crate::components::find::find;
use crate::components::help::help;
use crate::components::prove::prove;
use crate::components::settings_dialog::settings_dialog;
use crate::components::share::share;
use crate::edge::address;
use crate::edge::checker::Checker;
use crate::edge::host::Host;
use crate::edge::reporter::Reporter;
use crate::edge::{clipboard, document};
use crate::element::El;
use crate::model::{Act, Model, Panel};
use crate::wire::Embed;

/// Does what the page does not begin with.
pub trait Later {
    /// Carries out an act that needs this.
    fn apply(&self, model: &mut Model, act: Act);

    /// Brings the question which steps matter in line with the run on the stage.
    fn keep_slice(&self, model: &mut Model);

    /// Draws a dialog.
    fn dialog(&self, panel: Panel, model: &Model, act: &Callback<Act>) -> El;

    /// Copies one of the things of the share dialog, and says how that went.
    fn copy(&self, model: &Model, which: usize, act: Callback<Act>);

    /// Connects the model with the programs beside the page, and with the page around an embed.
    fn edges(
        &self,
        embed: Option<&Embed>,
        model: &Rc<Model>,
        act: &Callback<Act>,
    ) -> Vec<Box<dyn Follow>>;

    /// What the address asks of the model, by the part after `#`.
    fn wish(&self, hash: &str) -> Option<Act>;

    /// The parameters of an embed, by its query.
    fn embed(&self, query: &str) -> Embed;

    /// What runs the threads of any scenario.
    fn bodies(&self) -> Bodies;
}

/// Something at the edge of the page that goes where the model goes.
pub trait Follow {
    /// Brings it to where the model is.
    fn follow(&mut self, model: &Rc<Model>);
}

struct Everything;

impl Later for Everything {
    fn apply(&self, model: &mut Model, act: Act) {
        model.apply_later(act);
    }

    fn keep_slice(&self, model: &mut Model) {
        model.keep_slice();
    }

    fn dialog(&self, panel: Panel, model: &Model, act: &Callback<Act>) -> El {
        match panel {
            Panel::Share => share(model, &document::page(), act),
            Panel::Help => help(&model.stage.score, act),
            Panel::Settings => settings_dialog(model, act),
            Panel::Find => find(model, act),
            Panel::Prove => prove(model, act),
        }
    }

    fn copy(&self, model: &Model, which: usize, act: Callback<Act>) {
        clipboard::copy(model, which, act);
    }

    fn edges(
        &self,
        embed: Option<&Embed>,
        model: &Rc<Model>,
        act: &Callback<Act>,
    ) -> Vec<Box<dyn Follow>> {
        let mut edges: Vec<Box<dyn Follow>> = vec![
            Box::new(Checker::new(act.clone())),
            Box::new(Reporter::new(act.clone())),
        ];
        if let Some(embed) = embed {
            edges.push(Box::new(Host::new(embed, model, act.clone())));
        }
        edges
    }

    fn wish(&self, hash: &str) -> Option<Act> {
        address::wish(hash)
    }

    fn embed(&self, query: &str) -> Embed {
        Embed::read(query)
    }

    fn bodies(&self) -> Bodies {
        program::every
    }
}

/// What there is of it: in the browser nothing until it has come.
#[cfg(target_arch = "wasm32")]
mod here {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::{Everything, Later};

    thread_local! {
        /// One at most. In an option a compiler would see that there is only one thing it can ever be, and name that directly.
        static HERE: RefCell<Vec<Rc<dyn Later>>> = const { RefCell::new(Vec::new()) };
    }

    /// Says that it has come.
    pub fn arrive() {
        HERE.replace(vec![Rc::new(Everything)]);
    }

    /// It, if it has come.
    pub fn get() -> Option<Rc<dyn Later>> {
        HERE.with_borrow(|here| here.first().cloned())
    }
}

/// Where nothing has to be downloaded, it is always there.
#[cfg(not(target_arch = "wasm32"))]
mod here {
    use std::rc::Rc;

    use super::{Everything, Later};

    /// Has nothing to say.
    pub fn arrive() {}

    /// It.
    pub fn get() -> Option<Rc<dyn Later>> {
        Some(Rc::new(Everything))
    }
}

pub use here::{arrive, get};

/// Whether it has come.
pub fn is_here() -> bool {
    get().is_some()
}
