//! The page around an embed: takes its messages, tells it what happens here.

use gloo::events::EventListener;
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use yew::prelude::*;

use crate::model::Model;
use crate::wire::{self, Embed, Outgoing, Payload, Wish};

/// Sends a message to the page around this one, if there is one.
fn post(message: &Outgoing, id: &JsValue, host: Option<&str>) {
    let Some((window, parent)) = web_sys::window()
        .and_then(|window| Some((window.clone(), window.parent().ok().flatten()?)))
    else {
        return;
    };
    if JsValue::from(&window) == JsValue::from(&parent) {
        return;
    }
    let Ok(value) = message.serialize(&serde_wasm_bindgen::Serializer::json_compatible()) else {
        return;
    };
    // The value is a fresh object, so setting a field of it cannot fail.
    let _ = js_sys::Reflect::set(&value, &"lockstep".into(), &JsValue::from(wire::VERSION));
    if !id.is_undefined() {
        let _ = js_sys::Reflect::set(&value, &"id".into(), id);
    }
    // A host that left in the meantime is no concern of ours.
    let _ = parent.post_message(&value, host.unwrap_or("*"));
}

/// A message, if it is one of ours and from the right page: its type, its id and what it asks for.
fn take(
    event: &web_sys::MessageEvent,
    host: Option<&str>,
) -> Option<(JsValue, Result<Wish, String>)> {
    let parent = web_sys::window()?.parent().ok().flatten()?;
    if event.source().map(JsValue::from)? != JsValue::from(parent)
        || host.is_some_and(|host| host != event.origin())
    {
        return None;
    }
    let data = event.data();
    let get = |name: &str| js_sys::Reflect::get(&data, &name.into()).unwrap_or(JsValue::UNDEFINED);
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
fn payload(get: &impl Fn(&str) -> JsValue) -> Result<Payload, &'static str> {
    let text = |name: &'static str| match get(name) {
        value if value.is_undefined() || value.is_null() => Ok(None),
        value => value.as_string().map(Some).ok_or(name),
    };
    let number = |name: &'static str| match get(name) {
        value if value.is_undefined() || value.is_null() => Ok(None),
        value => value.as_f64().map(Some).ok_or(name),
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

/// Connects an embed with the page around it.
#[hook]
pub fn use_host(model: &Model, embed: Option<std::rc::Rc<Embed>>, on_wish: Callback<Wish>) {
    let latest = use_mut_ref(|| model.clone());
    latest.replace(model.clone());
    let is_embed = embed.is_some();
    let host: Option<AttrValue> = embed
        .as_ref()
        .and_then(|embed| embed.host.clone())
        .map(AttrValue::from);

    {
        let host = host.clone();
        use_effect_with(is_embed, move |is_embed| {
            let window = web_sys::window().filter(|_| *is_embed);
            let listener = window.map(|window| {
                let listener = {
                    let host = host.clone();
                    EventListener::new(&window, "message", move |event| {
                        let Some((id, answer)) = event
                            .dyn_ref()
                            .and_then(|event| take(event, host.as_deref()))
                        else {
                            return;
                        };
                        match answer {
                            Ok(Wish::Get) => {
                                post(&Outgoing::state(&latest.borrow()), &id, host.as_deref())
                            }
                            Ok(wish) => on_wish.emit(wish),
                            Err(message) => {
                                post(&Outgoing::Error { message }, &id, host.as_deref())
                            }
                        }
                    })
                };
                post(&Outgoing::hello(), &JsValue::UNDEFINED, host.as_deref());
                if let Some(body) = window.document().and_then(|document| document.body()) {
                    let height = f64::from(body.scroll_height());
                    post(
                        &Outgoing::Size { height },
                        &JsValue::UNDEFINED,
                        host.as_deref(),
                    );
                }
                listener
            });
            move || drop(listener)
        });
    }

    {
        let (host, scene) = (host.clone(), model.scene.clone());
        use_effect_with(
            (is_embed, model.cursor, model.chapter),
            move |(is_embed, ..)| {
                if *is_embed {
                    post(
                        &Outgoing::moved(&scene),
                        &JsValue::UNDEFINED,
                        host.as_deref(),
                    );
                }
            },
        );
    }
    let scene = model.scene.clone();
    use_effect_with(
        (is_embed, model.scene.verdict.clone()),
        move |(is_embed, _)| {
            if *is_embed {
                post(
                    &Outgoing::verdict(&scene),
                    &JsValue::UNDEFINED,
                    host.as_deref(),
                );
            }
        },
    );
}
