//! The page: the model in the middle, the components around it, the browser at the edge.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::join3;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::{Callback, Component, Context, Html, Properties};

use crate::components::bar::bar;
use crate::components::below::below;
use crate::components::explain::explain;
use crate::components::live::live;
use crate::components::locks::locks;
use crate::components::memory::memory;
use crate::components::notice::notice;
use crate::components::score::score;
use crate::components::tabs::tabs;
use crate::components::thread_card::thread_card;
use crate::components::transport::{pace, transport};
use crate::edge::address::Address;
use crate::edge::document::{self, Shown};
use crate::edge::player::Player;
use crate::edge::{keyboard, mouse};
use crate::element::{El, el, words};
use crate::engine;
use crate::later::{self, Follow, Later};
use crate::link::Link;
use crate::load;
use crate::model::prove::Hunt;
use crate::model::{Act, Model};
use crate::wire::Embed;

/// How long a reader may look around before the page points at the Step button, in milliseconds.
const PATIENCE: u32 = 2_000;

/// What the page starts with.
#[derive(Clone, PartialEq)]
pub struct Start {
    /// The state.
    pub model: Rc<Model>,
    /// The parameters, in an embed.
    pub embed: Option<Rc<Embed>>,
    /// What could not be done because something could not be fetched.
    pub wish: Option<Act>,
}

/// There is one way to make these properties, so there is nothing to build step by step.
impl Properties for Start {
    type Builder = ();

    fn builder() -> Self::Builder {}
}

/// The page.
pub struct Page {
    model: Rc<Model>,
    embed: Option<Rc<Embed>>,
    act: Callback<Act>,
    /// What a file could not be fetched for.
    wish: Option<Act>,
    /// Grows with every wish that makes an earlier one void.
    latest: Rc<Cell<u32>>,
    edges: Option<Edges>,
}

/// What connects the page with the browser, once it is there.
struct Edges {
    shown: Shown,
    player: Player,
    address: Option<Address>,
    /// Those that come later.
    later: Option<Vec<Box<dyn Follow>>>,
    _keys: Option<EventListener>,
    _mouse: Vec<EventListener>,
    _idle: Timeout,
}

impl Component for Page {
    type Message = Act;
    type Properties = Start;

    fn create(context: &Context<Self>) -> Self {
        let Start { model, embed, wish } = context.props().clone();
        Self {
            model,
            embed,
            act: context.link().callback(|act| act),
            wish,
            latest: Rc::default(),
            edges: None,
        }
    }

    fn update(&mut self, _: &Context<Self>, act: Act) -> bool {
        match &act {
            // A frame in somebody else's page is for one run.
            Act::Prove(Hunt::Report(_)) => {}
            Act::Prove(_) | Act::OnlyNeeded if self.embed.is_some() => return false,
            Act::Prove(Hunt::Walk(..)) => document::shut_dialog(),
            Act::Panel(None) if self.model.panel.is_some() => document::shut_dialog(),
            Act::NotLoaded(wish) => self.wish = Some(Act::clone(wish)),
            Act::Retry => {
                if let Some(wish) = self.wish.take() {
                    self.act.emit(Act::Dismiss);
                    self.act.emit(wish);
                }
            }
            _ => {}
        }
        if act.scenario().is_some() {
            // What is still on its way is not wanted any more.
            self.latest.set(self.latest.get() + 1);
        }
        let is_new = act
            .scenario()
            .is_some_and(|id| engine::file_of(id).is_some());
        if is_new || act.needs_later() && !later::is_here() {
            self.fetch(act);
            return false;
        }
        match (&act, later::get()) {
            (Act::Copy(which), Some(later)) => later.copy(&self.model, *which, self.act.clone()),
            (Act::Visit(hash), Some(later)) => {
                let wish = later.wish(hash);
                self.act
                    .emit(wish.unwrap_or_else(|| Act::Open(Link::default())));
            }
            _ => {}
        }
        let old = self.model.settings;
        let next = self.model.after(act);
        if next == *self.model {
            return false;
        }
        if next.settings != old {
            self.act.emit(Act::Remembered(next.settings.remember()));
        }
        self.model = Rc::new(next);
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        self.draw().html()
    }

    fn rendered(&mut self, _: &Context<Self>, is_first: bool) {
        if is_first {
            self.edges = Some(self.connect());
        }
        if let Some(edges) = &mut self.edges {
            edges.follow(&self.model);
            if edges.later.is_none() {
                let embed = self.embed.as_deref();
                let new = |later: Rc<dyn Later>| later.edges(embed, &self.model, &self.act);
                edges.later = later::get().map(new);
            }
            for edge in edges.later.iter_mut().flatten() {
                edge.follow(&self.model);
            }
        }
        if is_first {
            document::mark("data-ready", "");
        }
    }
}

impl Page {
    /// Asks for the files that something needs, all at once, and then for it; only the last thing asked for counts.
    fn fetch(&mut self, wish: Act) {
        let own = self.latest.get() + 1;
        self.latest.set(own);
        let (act, latest) = (self.act.clone(), Rc::clone(&self.latest));
        let has_source = self.model.source.is_whole();
        spawn_local(async move {
            let later = async { !wish.needs_later() || load::later().await };
            let source = async {
                if let Some(id) = wish.scenario().filter(|_| !has_source) {
                    act.emit(Act::Source(load::source(id).await));
                }
            };
            let scenario = async {
                match wish.scenario() {
                    Some(id) => load::scenario(id).await,
                    None => true,
                }
            };
            let (is_later, (), is_scenario) = join3(later, source, scenario).await;
            if latest.get() != own {
                return;
            }
            act.emit(if is_later && is_scenario {
                wish
            } else {
                Act::NotLoaded(Box::new(wish))
            });
        });
    }

    fn connect(&self) -> Edges {
        let (model, act) = (&self.model, &self.act);
        let idle = act.clone();
        Edges {
            shown: Shown::default(),
            player: Player::new(act.clone()),
            address: self
                .embed
                .is_none()
                .then(|| Address::new(model, act.clone())),
            later: None,
            _keys: keyboard::listen(act.clone()),
            _mouse: mouse::listen(act),
            _idle: Timeout::new(PATIENCE, move || idle.emit(Act::Idle)),
        }
    }

    fn draw(&self) -> El {
        let (model, act) = (&*self.model, &self.act);
        let told = &model.stage.headline;
        let full = self
            .embed
            .as_ref()
            .map(|_| format!("./{}", model.link().to_hash()));
        let embed = self.embed.as_deref().cloned().unwrap_or_default();
        let threads = model.scene.threads.iter();
        let cards = el("div.threads").children(threads.map(|card| thread_card(card, model, act)));
        let stage = el("section.stage")
            .attr("style", &format!("--threads:{}", model.scene.threads.len()))
            .attr(
                "aria-label",
                &format!("Race stage: {}, {}", told.title, told.kernel),
            )
            .child(el("div.headline").child(words("h1", &told.stakes)))
            .child(tabs(model.tab, act))
            .child(cards)
            .child(memory(model, act))
            .child(locks(model, act))
            .child(explain(model, act))
            .child(transport(model, act))
            .child(score(model, act))
            .child(pace(model, act));
        let dialog = model.panel.zip(later::get());
        let dialog = dialog.map(|(panel, later)| later.dialog(panel, model, act));
        el("div.page")
            .attr("data-tab", model.tab.name())
            .attr("data-move", if model.is_single { "single" } else { "jump" })
            .number("data-step", model.cursor)
            .attr("data-kernel", &model.kernel.name())
            .attr("data-view", embed.view.name())
            .attr("data-controls", embed.controls.name())
            .flag("data-closed", embed.is_closed)
            .flag("data-carrying", model.carried.is_some())
            .child(words(
                "a.skip|href=#transcript",
                "Skip the interactive stage",
            ))
            .child(bar(model, full.as_deref(), act))
            .child(model.notice.as_ref().map(|told| notice(told, act)))
            .child(stage)
            .child(below(model, act))
            .child(live(&model.voice))
            .child(dialog)
    }
}

impl Edges {
    fn follow(&mut self, model: &Rc<Model>) {
        self.shown.follow(model);
        self.player.follow(model);
        if let Some(address) = &mut self.address {
            address.follow(model);
        }
    }
}
