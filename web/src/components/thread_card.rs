//! One thread: where it is, what it holds or waits for, and the button that runs it.

use lockstep_machine::Gather;
use lockstep_view::scene::{FactId, Hold, LockMode, ThreadCard as Card, ThreadId, ThreadState};
use yew::Callback;

use super::code::code;
use super::controls::{Choice, chosen, select};
use super::icon::{Icon, icon};
use super::swatch::{letter_chip, swatch, thread_class};
use crate::element::{El, Event, el, words};
use crate::model::{Act, Model, Until};

/// One thread.
pub fn thread_card(card: &Card, model: &Model, act: &Callback<Act>) -> El {
    let state = match card.state {
        ThreadState::Runnable => "runnable",
        ThreadState::Blocked(_) => "blocked",
        ThreadState::Finished => "finished",
    };
    let id = format!("thread-{}", card.thread.letter());
    let head = el("header.card-head")
        .child(letter_chip(card.thread))
        .child(words("h2.card-name", &card.name).attr("id", &id))
        .child(words("span.card-role", &card.role));
    let has_moved = card.is_moving && !matches!(card.state, ThreadState::Blocked(_));
    el("article.card")
        .class(thread_class(card.thread))
        .attr("data-state", state)
        .flag("data-moving", card.is_moving)
        .attr("aria-labelledby", &id)
        .child(head)
        .child(breadcrumb(card))
        .child(code(
            &model.source,
            card.last.as_ref(),
            card.next_place.as_ref(),
            has_moved,
        ))
        .child(holds(&card.holds))
        .child(run_row(card, model, act))
}

/// Where the thread is: the function of its step, and above it those that led there.
fn breadcrumb(card: &Card) -> El {
    let names: Vec<&str> = card
        .stack
        .iter()
        .map(|frame| frame.function.as_str())
        .gather();
    let (class, here, path) = match names.split_last() {
        Some((here, path)) => ("crumb-here", *here, path.join(" \u{203a} ")),
        None if card.state == ThreadState::Finished => ("crumb-none", "returned", String::new()),
        None => ("crumb-none", "about to start", String::new()),
    };
    // Where there is little room, it is the nearest functions that stay: the text is cut at its start.
    el("p.crumbs")
        .child(
            el("span.crumb-path")
                .attr("title", &path)
                .child(words("bdi", &path)),
        )
        .child(words("code", here).class(class))
}

fn holds(holds: &[Hold]) -> El {
    let hold = |hold: &Hold| {
        let shared = (hold.mode == LockMode::Shared).then(|| words("small", " read"));
        el("span.hold")
            .key(&hold.lock.0)
            .child(swatch(hold.pattern))
            .text(&hold.label)
            .child(shared)
    };
    let word = if holds.is_empty() {
        "holds nothing"
    } else {
        "holds"
    };
    el("p.holds")
        .child(words("span.holds-word", word))
        .children(holds.iter().map(hold))
}

/// The button that runs a thread, with what it would do or why it cannot.
fn run_row(card: &Card, model: &Model, act: &Callback<Act>) -> El {
    let thread = card.thread;
    let show = Act::Preview(Some(thread));
    let run = el("button.run|type=button")
        .attr("data-run", &thread.letter().to_string())
        .press(Act::Run(thread), act)
        .wish(Event::Enter, show, act)
        .wish(Event::Leave, Act::Preview(None), act)
        .wish(Event::Blur, Act::Preview(None), act)
        .flag("aria-disabled", card.state != ThreadState::Runnable)
        .attr("aria-label", &card.run_spoken)
        .text("Run ")
        .text(&card.name);
    let next = next_words(el("p.next"), card, model);
    let run_to = (card.state == ThreadState::Runnable).then(|| run_to(card, model, act));
    let hands = el("div.run-hands").child(run).child(run_to);
    el("div.run-row").child(hands).child(next)
}

/// What is chosen from the list of [`run_to`], apart from facts.
const ENDS: [(&str, &str, Until); 3] = [
    ("]", "until it drops a lock", Until::Drops),
    ("!", "until it has to wait", Until::Waits),
    ("", "to its end", Until::Ends),
];

/// The list of what the thread can be run to. It shows nothing but a sign until it is opened.
fn run_to(card: &Card, model: &Model, act: &Callback<Act>) -> El {
    let choice = |value: &str, label: &str, group: &'static str| Choice {
        value: value.to_owned().into(),
        label: label.to_owned().into(),
        group,
        is_chosen: value == "-",
    };
    let mut choices = vec![choice("-", "\u{25be}", "")];
    for (value, label, _) in ENDS {
        choices.push(choice(value, label, ""));
    }
    for group in &model.scene.groups {
        for fact in &group.facts {
            let label = format!("{}: {}", group.title, fact.label);
            choices.push(choice(&fact.id.0, &label, "until this changes"));
        }
    }
    let thread = card.thread;
    let on_choice = chosen(act, move |value| {
        let until = match ENDS.iter().find(|(known, ..)| *known == value) {
            Some((.., until)) => until.clone(),
            None if value == "-" => return None,
            None => Until::Changes(FactId(value)),
        };
        Some(Act::RunTo(thread, until))
    });
    let name = format!("Run {} to", card.name);
    select("run-to", words("span.hidden", &name), choices, on_choice)
        .key("run-to")
        .attr("title", &name)
}

fn next_words(line: El, card: &Card, model: &Model) -> El {
    match &card.state {
        ThreadState::Finished => line.child(
            el("span.next-done")
                .child(icon(Icon::Check))
                .text(" finished"),
        ),
        ThreadState::Blocked(wait) => {
            let mut told = el("span.next-wait")
                .child(icon(Icon::Lock))
                .text(" waits for ")
                .child(words("code", &wait.label));
            for holder in &wait.holders {
                told = told
                    .text(", held by ")
                    .child(words("b", &name(model, *holder)));
            }
            line.child(told)
        }
        ThreadState::Runnable => match &card.next {
            Some(next) => line
                .child(words("span.next-word", "next"))
                .child(words("span.next-text", &next.text)),
            None => line,
        },
    }
}

fn name(model: &Model, thread: ThreadId) -> String {
    let row = model.stage.score.threads.get(usize::from(thread.0));
    row.map_or_else(|| thread.letter().to_string(), |row| row.name.clone())
}
