//! The page: the model in the middle, the components around it, the browser at the edge.

use std::rc::Rc;

use yew::prelude::*;

use crate::components::bar::{Panel, bar};
use crate::components::below::below;
use crate::components::explain::explain;
use crate::components::headline::headline;
use crate::components::help::help;
use crate::components::live::live;
use crate::components::locks::locks;
use crate::components::memory::memory;
use crate::components::notice::notice;
use crate::components::score::Score;
use crate::components::settings_dialog::settings_dialog;
use crate::components::share::{Thing, iframe, share};
use crate::components::tabs::{Tab, tabs};
use crate::components::thread_card::thread_card;
use crate::components::transcript::use_current_row;
use crate::components::transport::{pace, transport};
use crate::hooks::address::use_address;
use crate::hooks::host::use_host;
use crate::hooks::keyboard::{focused_fact, use_keyboard};
use crate::hooks::player::use_player;
use crate::hooks::roving::use_roving;
use crate::keys;
use crate::model::{Act, Model};
use crate::settings::Settings;
use crate::wire::{self, Embed};

/// Properties of [`Page`].
#[derive(Clone, PartialEq, Properties)]
pub struct PageProps {
    /// The state it starts in.
    pub model: Rc<Model>,
    /// The parameters, in an embed.
    pub embed: Option<Rc<Embed>>,
    /// Theme, motion and so on.
    pub settings: Settings,
}

impl Reducible for Model {
    type Action = Act;

    fn reduce(self: Rc<Self>, act: Act) -> Rc<Self> {
        let next = self.after(act);
        // The same state is the same pointer, which tells Yew that there is nothing to draw.
        if next == *self { self } else { Rc::new(next) }
    }
}

/// The whole page.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let model = use_reducer({
        let model = props.model.clone();
        move || (*model).clone()
    });
    let panel = use_state_eq(|| None::<Panel>);
    let tab = use_state_eq(Tab::default);
    let settings = use_state_eq(|| props.settings);
    let is_remembered = use_state_eq(|| true);
    let is_idle = use_state_eq(|| false);
    let dispatcher = model.dispatcher();
    let act = use_callback((), move |act: Act, ()| dispatcher.dispatch(act));

    let open = use_callback((), {
        let panel = panel.setter();
        move |which: Panel, ()| panel.set(Some(which))
    });
    let shut = use_callback((), {
        let panel = panel.setter();
        move |(), ()| panel.set(None)
    });
    let choose = use_callback((), {
        let tab = tab.setter();
        move |which: Tab, ()| tab.set(which)
    });
    let set = use_callback((), {
        let (settings, is_remembered) = (settings.setter(), is_remembered.setter());
        move |new: Settings, ()| {
            new.apply();
            is_remembered.set(new.remember());
            settings.set(new);
        }
    });

    let on_key = use_callback((), {
        let (act, open, choose) = (act.clone(), open.clone(), choose.clone());
        move |wish: keys::Wish, ()| match wish {
            keys::Wish::Act(wish) => act.emit(wish),
            keys::Wish::Why => {
                if let Some(fact) = focused_fact() {
                    act.emit(Act::Why(fact));
                }
            }
            keys::Wish::Open(panel) => open.emit(panel),
            keys::Wish::Transcript => {
                choose.emit(Tab::Transcript);
                show_transcript();
            }
        }
    });
    use_keyboard(settings.has_keys, on_key);
    use_player(&model, act.clone());
    use_address(&model, props.embed.is_some(), act.clone());
    let on_message = use_callback(*settings, {
        let (act, set) = (act.clone(), set.clone());
        move |wish: wire::Wish, settings| match wish {
            wire::Wish::Act(wish) => act.emit(wish),
            wire::Wish::Theme(theme) => set.emit(Settings { theme, ..*settings }),
            wire::Wish::Motion(motion) => set.emit(Settings {
                motion,
                ..*settings
            }),
            wire::Wish::Get => {}
        }
    });
    use_host(&model, props.embed.clone(), on_message);
    use_effect_with((), {
        let is_idle = is_idle.setter();
        move |()| {
            ready();
            let timer = gloo::timers::callback::Timeout::new(2_000, move || is_idle.set(true));
            move || drop(timer)
        }
    });

    use_current_row(model.stage.rows.clone(), model.cursor);
    let fact_keys = use_roving(".fact");
    let lock_keys = use_roving(".rung");

    let stage = &model.stage;
    let words = &stage.headline;
    let full = props
        .embed
        .as_ref()
        .map(|_| format!("./{}", model.link().to_hash()).into());
    let embed = props.embed.clone().unwrap_or_default();
    let is_hinting = *is_idle && model.cursor == 0 && model.voice.serial == 0;
    html! {
        <div class="page" data-tab={tab.name()} data-move={if model.is_single { "single" } else { "jump" }} data-step={model.cursor.to_string()}
            data-kernel={model.kernel.name()} data-view={embed.view.name()} data-controls={embed.controls.name()} data-closed={embed.is_closed.to_string()}>
            <a class="skip" href="#transcript">{ "Skip the interactive stage" }</a>
            { bar(&model, full, &act, &open) }
            { notice(model.notice.as_ref(), &act) }
            <section class="stage" aria-label={format!("Race stage: {}, {}", words.title, words.kernel)}>
                { headline(words) }
                { tabs(*tab, &choose) }
                <div class="threads" style={format!("--threads:{}", model.scene.threads.len())}>
                    { for model.scene.threads.iter().map(|card| thread_card(card, &model, &act)) }
                </div>
                { memory(&model, fact_keys, &act) }
                { locks(&model, lock_keys, &act) }
                { explain(&model, &act) }
                { transport(&model, is_hinting, &act) }
                <Score score={stage.score.clone()} cursor={model.cursor} spoken={model.scene.explain.spoken.clone()} preview={model.preview} act={act.clone()} />
                { pace(&model, &act) }
            </section>
            { below(&model, &act) }
            { live(&model.voice) }
            { match *panel {
                None => html! {},
                Some(Panel::Share) => share(&things(&model), shut),
                Some(Panel::Help) => help(&stage.score, shut),
                Some(Panel::Settings) => settings_dialog(*settings, *is_remembered, &set, shut),
            } }
        </div>
    }
}

/// Says that the page answers now: tests and hosts wait for it.
fn ready() {
    if let Some(root) = web_sys::window().and_then(|window| window.document()?.document_element()) {
        // The attribute's name is a constant of ours.
        let _ = root.set_attribute("data-ready", "");
    }
}

fn show_transcript() {
    if let Some(element) =
        web_sys::window().and_then(|window| window.document()?.get_element_by_id("transcript"))
    {
        element.scroll_into_view();
    }
}

/// What the share dialog offers.
fn things(model: &Model) -> Vec<Thing> {
    let link = model.link();
    let page = web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default();
    let page = page.split(['#', '?']).next().unwrap_or_default();
    let folder = page.rfind('/').map_or("", |at| &page[..=at]);
    let words = &model.stage.headline;
    vec![
        Thing {
            name: "Link",
            hint: "opens exactly this view",
            text: format!("{page}{}", link.to_hash()),
            lines: 2,
        },
        Thing {
            name: "Frame",
            hint: "puts this stage into another page",
            text: iframe(
                &format!("{folder}embed.html?{}", link.to_query()),
                &format!("{}, {}", words.title, words.kernel),
            ),
            lines: 3,
        },
        Thing {
            name: "Mail text",
            hint: "two columns, 72 characters wide",
            text: model.stage.played.mail(),
            lines: 6,
        },
        Thing {
            name: "Markdown table",
            hint: "every step",
            text: model.stage.played.markdown(),
            lines: 4,
        },
    ]
}
