//! The clock of play: one tick after the time it takes to see a step and read its sentence.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use yew::Callback;

use crate::edge::document::document;
use crate::model::{Act, Model};

/// Ticks while the model plays, and pauses it when the page is no longer seen.
pub struct Player {
    /// How long the step that is shown stays, if it plays, and which it is.
    shown: (Option<u32>, u32),
    /// Dropping the timer stops it, so a press in between never leads to a second step.
    timer: Option<Timeout>,
    act: Callback<Act>,
    _hidden: Option<EventListener>,
}

impl Player {
    /// A clock that stands still.
    pub fn new(act: Callback<Act>) -> Self {
        let pause = act.clone();
        let hidden = document().map(|document| {
            EventListener::new(&document.clone(), "visibilitychange", move |_| {
                if document.hidden() {
                    pause.emit(Act::Pause);
                }
            })
        });
        Self {
            shown: (None, 0),
            timer: None,
            act,
            _hidden: hidden,
        }
    }

    /// Starts, stops or goes on, as the model says.
    pub fn follow(&mut self, model: &Model) {
        let words = model.scene.explain.sentence.split(' ').count();
        let wait = model.is_playing.then(|| model.speed.dwell(words));
        let shown = (wait, model.cursor);
        if shown != self.shown {
            self.shown = shown;
            let act = self.act.clone();
            self.timer = wait.map(|wait| Timeout::new(wait, move || act.emit(Act::Tick)));
        }
    }
}
