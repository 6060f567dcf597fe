//! What the mouse does on the score: it drags steps that are still to come, and its wheel, with Shift, makes it wider.
//!
//! A press on a step without a move is what a press anywhere else on the score is: the way there.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, MouseEvent, WheelEvent};
use yew::Callback;

use super::document::document;
use crate::model::Act;

/// How far the mouse has to go before a press is a drag.
const SLACK: f64 = 4.0;

/// A press on a cell.
struct Grip {
    step: u32,
    cell: DomRect,
    from: f64,
    /// The place it was dragged to, once it was.
    to: Cell<Option<u32>>,
}

/// Makes wishes of drags, for as long as what it returns is kept.
pub fn listen(act: &Callback<Act>) -> Vec<EventListener> {
    let Some(document) = document() else {
        return Vec::new();
    };
    let grip: Rc<Cell<Option<Grip>>> = Rc::default();
    let on = |name: &'static str, hear: fn(&MouseEvent, &Cell<Option<Grip>>, &Callback<Act>)| {
        let (grip, act) = (Rc::clone(&grip), act.clone());
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&document, name, options, move |event| {
            if let Some(event) = event.dyn_ref() {
                hear(event, &grip, &act);
            }
        })
    };
    vec![
        on("mousedown", pressed),
        on("mousemove", dragged),
        on("mouseup", let_go),
        on("wheel", turned),
    ]
}

/// The nearest element around what an event is about that a selector of ours matches.
fn around(event: &MouseEvent, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok().flatten()
}

fn pressed(event: &MouseEvent, grip: &Cell<Option<Grip>>, _: &Callback<Act>) {
    let cell = around(event, "[data-cell]");
    let step = cell
        .as_ref()
        .and_then(|cell| cell.get_attribute("data-cell"));
    let step = step.and_then(|step| step.parse().ok());
    let (Some(cell), Some(step), 0) = (cell, step, event.button()) else {
        return;
    };
    event.prevent_default();
    grip.set(Some(Grip {
        step,
        cell: cell.get_bounding_client_rect(),
        from: f64::from(event.client_x()),
        to: Cell::new(None),
    }));
}

fn dragged(event: &MouseEvent, grip: &Cell<Option<Grip>>, act: &Callback<Act>) {
    let Some(held) = grip.take() else { return };
    let by = f64::from(event.client_x()) - held.from;
    if held.to.get().is_some() || by.abs() > SLACK {
        if held.to.get().is_none() {
            act.emit(Act::PickUp(Some(held.step)));
        }
        let columns = (by / held.cell.width().max(1.0)).round();
        // A float becomes the nearest whole number there is, whatever it was.
        let to = held.step.saturating_add_signed(columns as i32);
        if held.to.replace(Some(to)) != Some(to) {
            act.emit(Act::CarryTo(to));
        }
    }
    grip.set(Some(held));
}

fn let_go(_: &MouseEvent, grip: &Cell<Option<Grip>>, act: &Callback<Act>) {
    if let Some(held) = grip.take() {
        act.emit(match held.to.get() {
            Some(_) => Act::Drop,
            None => Act::Jump(held.step),
        });
    }
}

fn turned(event: &MouseEvent, _: &Cell<Option<Grip>>, act: &Callback<Act>) {
    if !event.shift_key() || around(event, ".score-scroll").is_none() {
        return;
    }
    if let Some(wheel) = event.dyn_ref::<WheelEvent>() {
        // With Shift, some browsers turn the wheel sideways.
        let by = wheel.delta_y() + wheel.delta_x();
        event.prevent_default();
        act.emit(Act::Zoom(Some(by < 0.0)));
    }
}
