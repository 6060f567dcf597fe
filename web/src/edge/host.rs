//! The page around an embed: takes its messages, tells it what happens here.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use lockstep_view::scene::Verdict;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;
use yew::Callback;

use super::document::document;
use super::objects::{field, object, told};
use crate::later::Follow;
use crate::model::{Act, Model};
use crate::wire::{self, Embed, Message, Payload, Wish};

/// Connects an embed with the page around it.
pub struct Host {
    origin: Option<String>,
    latest: Rc<RefCell<Rc<Model>>>,
    /// What the host was last told: the cursor, the chapter, the verdict.
    told: Option<(u32, u32, Verdict)>,
    _listener: Option<EventListener>,
}

impl Host {
    /// Greets the host and starts to listen.
    pub fn new(embed: &Embed, model: &Rc<Model>, act: Callback<Act>) -> Self {
        let origin = embed.host.clone();
        let latest = Rc::new(RefCell::new(Rc::clone(model)));
        let listener = web_sys::window().map(|window| {
            let (latest, origin) = (Rc::clone(&latest), origin.clone());
            EventListener::new(&window, "message", move |event| {
                let origin = origin.as_deref();
                let Some((id, answer)) = event.dyn_ref().and_then(|event| take(event, origin))
                else {
                    return;
                };
                match answer {
                    Ok(Wish::Act(wish)) => act.emit(wish),
                    Ok(Wish::Get) => post(&Message::state(&latest.borrow()), &id, origin),
                    Err(why) => post(&Message::error(why), &id, origin),
                }
            })
        });
        let host = Self {
            origin,
            latest,
            told: None,
            _listener: listener,
        };
        host.tell(&Message::hello());
        if let Some(body) = document().and_then(|document| document.body()) {
            host.tell(&Message::size(body.scroll_height()));
        }
        host
    }

    fn tell(&self, message: &Message) {
        post(message, &JsValue::UNDEFINED, self.origin.as_deref());
    }
}

impl Follow for Host {
    /// Tells the host what has changed.
    fn follow(&mut self, model: &Rc<Model>) {
        self.latest.replace(Rc::clone(model));
        let verdict = &model.scene.verdict;
        let told = self.told.take();
        let told = told.as_ref();
        if told
            .is_none_or(|(cursor, chapter, _)| (*cursor, *chapter) != (model.cursor, model.chapter))
        {
            self.tell(&Message::moved(&model.scene));
        }
        if told.is_none_or(|(.., told)| told != verdict) {
            self.tell(&Message::verdict(&model.scene));
        }
        self.told = Some((model.cursor, model.chapter, verdict.clone()));
    }
}

/// The page around this one, if there is one.
fn parent() -> Option<web_sys::Window> {
    let window = web_sys::window()?;
    let parent = window.parent().ok()??;
    (JsValue::from(&window) != JsValue::from(&parent)).then_some(parent)
}

/// Sends a message to the page around this one, if there is one.
fn post(message: &Message, id: &JsValue, origin: Option<&str>) {
    let Some(parent) = parent() else { return };
    let own = [("lockstep", wire::VERSION.into()), ("id", id.clone())];
    let fields = message.fields().iter();
    let object = object(
        own.into_iter()
            .chain(fields.map(|(name, value)| (*name, told(value)))),
    );
    // A host that left in the meantime is no concern of ours.
    let _ = parent.post_message(&object, origin.unwrap_or("*"));
}

/// A message, if it is one of ours and from the right page: its id and what it asks for.
fn take(event: &MessageEvent, origin: Option<&str>) -> Option<(JsValue, Result<Wish, String>)> {
    let parent = web_sys::window()?.parent().ok().flatten()?;
    if event.source().map(JsValue::from)? != JsValue::from(parent)
        || origin.is_some_and(|origin| origin != event.origin())
    {
        return None;
    }
    let data = event.data();
    let get = |name: &str| field(&data, name);
    if !data.is_object() || get("lockstep").as_f64() != Some(f64::from(wire::VERSION)) {
        return None;
    }
    let id = get("id");
    let kind = get("type").as_string()?;
    let answer = match payload(&get) {
        Ok(payload) => wire::read(&kind, &payload)?,
        Err(name) => Err(format!("{kind}: {name} is of the wrong kind.")),
    };
    Some((id, answer))
}

/// The fields of a message, or the name of one that is of the wrong kind.
fn payload(get: &dyn Fn(&str) -> JsValue) -> Result<Payload, &'static str> {
    let given = |name: &'static str| {
        Some(get(name)).filter(|value| !value.is_undefined() && !value.is_null())
    };
    let text = |name: &'static str| match given(name) {
        Some(value) => value.as_string().map(Some).ok_or(name),
        None => Ok(None),
    };
    let number = |name: &'static str| match given(name) {
        Some(value) => value.as_f64().map(Some).ok_or(name),
        None => Ok(None),
    };
    Ok(Payload {
        scenario: text("scenario")?,
        variant: text("variant")?,
        run: text("run")?,
        cursor: number("cursor")?,
        by: number("by")?,
        thread: text("thread")?,
        theme: text("theme")?,
        motion: text("motion")?,
    })
}
