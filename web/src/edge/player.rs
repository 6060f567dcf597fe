//! The clock of play: one tick after the time it takes to see a step and read its sentence.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::model::{Act, Model};

/// Ticks while the model plays, and pauses it when the page is no longer seen.
#[hook]
pub fn use_player(model: &Model, act: Callback<Act>) {
    let words = model.scene.explain.sentence.split_whitespace().count();
    let wait = model.is_playing.then(|| model.speed.dwell(words));
    {
        let act = act.clone();
        use_effect_with((wait, model.cursor), move |(wait, _)| {
            // Dropping the timer stops it, so a press in between never leads to a second step.
            let timer = wait.map(|wait| Timeout::new(wait, move || act.emit(Act::Tick)));
            move || drop(timer)
        });
    }
    use_effect_with(model.is_playing, move |is_playing| {
        let document = web_sys::window()
            .and_then(|window| window.document())
            .filter(|_| *is_playing);
        let listener = document.map(|document| {
            EventListener::new(&document.clone(), "visibilitychange", move |_| {
                if document.hidden() {
                    act.emit(Act::Pause);
                }
            })
        });
        move || drop(listener)
    });
}
