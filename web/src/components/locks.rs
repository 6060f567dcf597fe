//! The lock rack: the ladder of the documented order, and who stands on which rung.

use lockstep_view::scene::{LockMode, LockState, ThreadCard};
use yew::Callback;

use super::swatch::{swatch, thread_class};
use crate::element::{El, el, words};
use crate::model::{Act, Model};

/// The rack of locks.
pub fn locks(model: &Model, act: &Callback<Act>) -> El {
    let threads = &model.scene.threads;
    // Locks that no run gave a lane come on the rack only while they matter: they stand at its end.
    let is_kept = |lock: &&LockState| {
        model.rack.contains(&lock.id)
            || !lock.owners.is_empty()
            || !lock.waiters.is_empty()
            || lock.is_changed
    };
    let letters = threads.iter().map(|card| {
        let letter = words("i", &card.thread.letter().to_string());
        el("span.rung-thread")
            .class(thread_class(card.thread))
            .child(letter)
    });
    let head = el("div.rung-head|aria-hidden=true")
        .child(words("span.rung-title", "Locks in order"))
        .child(words("span.rung-free", "free"))
        .children(letters);
    let rungs = model.scene.locks.iter().filter(is_kept).enumerate();
    el("section.locks|aria-label=Locks")
        .child(head)
        .children(rungs.map(|(index, lock)| rung(lock, threads, index == 0, act)))
}

/// One lock on the ladder.
fn rung(lock: &LockState, threads: &[ThreadCard], is_stop: bool, act: &Callback<Act>) -> El {
    let mut slots = el("span.rung-slots").child(el("span.slot-free|aria-hidden=true"));
    for (index, card) in threads.iter().enumerate() {
        slots = slot(slots, lock, card, index + 1);
    }
    let label = el("span.rung-label|aria-hidden=true")
        .child(swatch(lock.pattern))
        .text(&lock.label);
    let rung = el("button.rung|type=button")
        .key(&lock.id.0)
        .attr("data-lock", &lock.id.0)
        .flag("data-changed", lock.is_changed)
        .flag("data-refused", lock.is_refused)
        .flag("data-free", lock.owners.is_empty())
        .attr("title", &lock.note)
        .attr("tabindex", if is_stop { "0" } else { "-1" })
        .child(words("span.hidden", &lock.spoken))
        .child(label)
        .child(slots);
    // A lock nobody has touched yet leads nowhere but to where one is.
    match lock.set_at {
        Some(step) => rung.press(Act::Jump(step.0), act),
        None => rung,
    }
}

/// What one thread has to do with a lock. The token is always there and glides from "free" to the thread's column.
fn slot(slots: El, lock: &LockState, card: &ThreadCard, column: usize) -> El {
    let owner = lock.owners.iter().find(|owner| owner.thread == card.thread);
    let is_waiting = lock
        .waiters
        .iter()
        .any(|waiter| waiter.thread == card.thread);
    let mode = match owner.map(|owner| owner.mode) {
        Some(LockMode::Shared) => "read",
        _ => "held",
    };
    let shift = if owner.is_some() { column * 100 } else { 0 };
    let key = el("span.key|aria-hidden=true")
        .class(thread_class(card.thread))
        .flag("data-held", owner.is_some())
        .attr("style", &format!("transform:translateX({shift}%)"))
        .child(words("i", mode));
    let wait = is_waiting.then(|| {
        el("span.wait|aria-hidden=true")
            .class(thread_class(card.thread))
            .attr("style", &format!("--column:{column}"))
            .child(words("i", "waits"))
    });
    slots.child(key).child(wait)
}
