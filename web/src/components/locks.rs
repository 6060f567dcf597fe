//! The lock rack: the ladder of the documented order, and who stands on which rung.

use lockstep_view::scene::{LockMode, LockState};
use yew::prelude::*;

use super::controls::{press, yes};
use super::swatch::{swatch, thread_class};
use crate::model::{Act, Model};

/// The rack of locks.
pub fn locks(model: &Model, onkeydown: Callback<KeyboardEvent>, act: &Callback<Act>) -> Html {
    let scene = &model.scene;
    // Locks that no run gave a lane come on the rack only while they matter: they stand at its end.
    let is_kept = |lock: &LockState| {
        model.rack.contains(&lock.id)
            || !lock.owners.is_empty()
            || !lock.waiters.is_empty()
            || lock.is_changed
    };
    html! {
        <section class="locks" aria-label="Locks" {onkeydown} style={format!("--threads:{}", scene.threads.len())}>
            <div class="rung-head" aria-hidden="true">
                <span class="rung-title">{ "Locks in order" }</span>
                <span class="rung-free">{ "free" }</span>
                { for scene.threads.iter().map(|card| html! {
                    <span class={classes!("rung-thread", thread_class(card.thread))}><i>{ card.thread.letter() }</i></span>
                }) }
            </div>
            { for scene.locks.iter().filter(|lock| is_kept(lock)).enumerate().map(|(index, lock)| rung(lock, scene.threads.len(), index == 0, act)) }
        </section>
    }
}

/// One lock on the ladder.
fn rung(lock: &LockState, threads: usize, is_stop: bool, act: &Callback<Act>) -> Html {
    // A lock nobody has touched yet leads nowhere but to where one is.
    let onclick = match lock.set_at {
        Some(step) => press(Act::Jump(step.0), act),
        None => Callback::noop(),
    };
    html! {
        <button key={lock.id.0.clone()} type="button" class="rung" {onclick} data-lock={lock.id.0.clone()} data-changed={yes(lock.is_changed)}
            data-refused={yes(lock.is_refused)} data-free={yes(lock.owners.is_empty())}
            title={lock.note.clone()} tabindex={if is_stop { "0" } else { "-1" }}>
            <span class="hidden">{ &lock.spoken }</span>
            <span class="rung-label" aria-hidden="true">{ swatch(lock.pattern) }{ &lock.label }</span>
            <span class="rung-slots">
                <span class="slot-free" aria-hidden="true" />
                { for (0..threads).map(|index| slot(lock, index)) }
            </span>
        </button>
    }
}

/// What one thread has to do with a lock. The token is always there and glides from "free" to the thread's column.
fn slot(lock: &LockState, index: usize) -> Html {
    let is_of = |thread: lockstep_view::scene::ThreadId| usize::from(thread.0) == index;
    let owner = lock.owners.iter().find(|owner| is_of(owner.thread));
    let waiter = lock.waiters.iter().find(|waiter| is_of(waiter.thread));
    let thread = lockstep_view::scene::ThreadId(u8::try_from(index).unwrap_or(u8::MAX));
    let shift = if owner.is_some() {
        (index + 1) * 100
    } else {
        0
    };
    html! {
        <>
            <span class={classes!("key", thread_class(thread))} data-held={yes(owner.is_some())} aria-hidden="true"
                style={format!("transform:translateX({shift}%)")}>
                <i>{ match owner.map(|owner| owner.mode) { Some(LockMode::Shared) => "read", _ => "held" } }</i>
            </span>
            if waiter.is_some() {
                <span class={classes!("wait", thread_class(thread))} aria-hidden="true" style={format!("--column:{}", index + 1)}><i>{ "waits" }</i></span>
            }
        </>
    }
}
