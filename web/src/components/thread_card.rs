//! One thread: where it is, what it holds or waits for, and the button that runs it.

use lockstep_view::scene::{LockMode, ThreadCard as Card, ThreadId, ThreadState};
use yew::prelude::*;

use super::code::code;
use super::controls::{press, yes};
use super::icon::{Icon, icon};
use super::swatch::{letter_chip, swatch, thread_class};
use crate::model::{Act, Model};

/// One thread.
pub fn thread_card(card: &Card, model: &Model, act: &Callback<Act>) -> Html {
    let state = match card.state {
        ThreadState::Runnable => "runnable",
        ThreadState::Blocked(_) => "blocked",
        ThreadState::Finished => "finished",
    };
    let id = format!("thread-{}", card.thread.letter());
    html! {
        <article key={card.thread.0} class={classes!("card", thread_class(card.thread))} data-state={state} data-moving={yes(card.is_moving)}
            aria-labelledby={id.clone()}>
            <header class="card-head">
                { letter_chip(card.thread) }
                <h2 class="card-name" {id}>{ &card.name }</h2>
                <span class="card-role">{ &card.role }</span>
            </header>
            { breadcrumb(card) }
            { code(card.last.as_ref(), card.next_place.as_ref(), card.is_moving && !matches!(card.state, ThreadState::Blocked(_))) }
            { holds(card) }
            { run_row(card, model, act) }
        </article>
    }
}

/// Where the thread is: the function of its step, and above it those that led there.
fn breadcrumb(card: &Card) -> Html {
    let names: Vec<&str> = card
        .stack
        .iter()
        .map(|frame| frame.function.as_str())
        .collect();
    let (here, path) = match names.split_last() {
        Some((here, path)) => (*here, path.join(" \u{203a} ")),
        None if card.state == ThreadState::Finished => ("returned", String::new()),
        None => ("about to start", String::new()),
    };
    html! {
        <p class="crumbs">
            // Where there is little room, it is the nearest functions that stay: the text is cut at its start.
            <span class="crumb-path" title={path.clone()}><bdi>{ path }</bdi></span>
            <code class={if names.is_empty() { "crumb-none" } else { "crumb-here" }}>{ here }</code>
        </p>
    }
}

fn holds(card: &Card) -> Html {
    html! {
        <p class="holds">
            <span class="holds-word">{ if card.holds.is_empty() { "holds nothing" } else { "holds" } }</span>
            { for card.holds.iter().map(|hold| html! {
                <span class="hold" key={hold.lock.0.clone()}>
                    { swatch(hold.pattern) }
                    { &hold.label }
                    if hold.mode == LockMode::Shared { <small>{ " read" }</small> }
                </span>
            }) }
        </p>
    }
}

/// The button that runs a thread, with what it would do or why it cannot.
fn run_row(card: &Card, model: &Model, act: &Callback<Act>) -> Html {
    let thread = card.thread;
    let can_run = card.state == ThreadState::Runnable;
    let onclick = press(Act::Run(thread), act);
    let show = press(Act::Preview(Some(thread)), act);
    let hide = press(Act::Preview(None), act);
    let unfocus = act.reform(|_: FocusEvent| Act::Preview(None));
    html! {
        <div class="run-row">
            <button type="button" class="run" data-run={thread.letter().to_string()} {onclick} onmouseenter={show} onmouseleave={hide} onblur={unfocus}
                aria-disabled={yes(!can_run)} aria-label={card.run_spoken.clone()}>
                { format!("Run {}", card.name) }
            </button>
            <p class="next">{ next_words(card, model) }</p>
        </div>
    }
}

fn next_words(card: &Card, model: &Model) -> Html {
    match &card.state {
        ThreadState::Finished => {
            html! { <span class="next-done">{ icon(Icon::Check) }{ " finished" }</span> }
        }
        ThreadState::Blocked(wait) => html! {
            <span class="next-wait">
                { icon(Icon::Lock) }
                { " waits for " }<code>{ &wait.label }</code>
                { for wait.holders.iter().map(|holder| html! { <>{ ", held by " }<b>{ name(model, *holder) }</b></> }) }
            </span>
        },
        ThreadState::Runnable => html! {
            if let Some(next) = &card.next {
                <span class="next-word">{ "next" }</span>
                <span class="next-text">{ &next.text }</span>
            }
        },
    }
}

fn name(model: &Model, thread: ThreadId) -> String {
    let row = model.stage.score.threads.get(usize::from(thread.0));
    row.map_or_else(|| thread.letter().to_string(), |row| row.name.clone())
}
