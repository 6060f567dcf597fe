//! One sentence for each step: who did what, and what follows from it as far as the memory and the other threads tell.

use lockstep_machine::{Action, Address, Change, Effect, Event, Readiness, ThreadId};
use lockstep_mm::page::{FrameState, Page, PageFlags};
use lockstep_mm::page_alloc::BAD_PAGE;
use lockstep_mm::world::{Memory, Object};

use crate::locks;
use crate::lookahead;
use crate::phrase::{self, Ending, Phrase};
use crate::session::Inner;
use crate::tape::Tape;
use crate::value::{self, Show};

/// The longest a sentence of a step, with what follows from it, may be.
const WORDS: usize = 22;

/// The words of the step with this number.
pub(crate) fn phrase(session: &Inner, tape: &Tape, step: u32) -> Option<Phrase> {
    let event = tape.event(step)?;
    let after = tape.word(event.operation.address, step);
    Some(phrase_of(session, event, &tape.changes(step), after))
}

/// The words of a step that changed `changes` and left `after` in its word.
pub(crate) fn phrase_of(session: &Inner, event: &Event, changes: &[Change], after: u64) -> Phrase {
    let references = changes.iter().copied().find(|change| {
        session.words.place(change.address).is_some_and(|place| {
            matches!(place.object, Object::Page(_)) && place.field == "references"
        })
    });
    let ending = Ending::of(event, changes, after, references);
    phrase::phrase(&session.words, &event.operation, Some(ending))
}

/// The sentence of a step.
pub(crate) fn sentence(session: &Inner, tape: &Tape, step: u32) -> String {
    let (Some(event), Some(phrase)) = (tape.event(step), phrase(session, tape, step)) else {
        return String::new();
    };
    if let Some(whole) = freed(session, tape, step, event) {
        return whole;
    }
    let name = session.words.thread(event.thread);
    let mut said = format!("{name} {}", phrase.did);
    if event.effect == Effect::Asked {
        said.push_str(&format!(
            " and waits{}",
            for_whom(session, tape, step, event)
        ));
    }
    said.push('.');
    if let Some(more) = follows(session, tape, step, event) {
        let longer = format!("{said} {more}");
        if longer.split_whitespace().count() <= WORDS {
            said = longer;
        }
    }
    said
}

/// A page that goes back to the allocator is the subject itself.
fn freed(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
    let words = &session.words;
    if let Some(mark) = tape
        .trace()
        .marks()
        .iter()
        .find(|mark| mark.name == BAD_PAGE && mark.step == step)
    {
        let page = Page(mark.object);
        let bad = PageFlags::from_bits_retain(tape.word(page.flags().address(), step))
            .intersection(PageFlags::CHECK_AT_FREE);
        let how = if bad.is_empty() {
            "while still in use".to_owned()
        } else {
            format!("with {} set", phrase::names(bad))
        };
        return Some(format!(
            "{} goes back to the allocator {how}. The kernel reports a bad page.",
            capital(&words.page(page))
        ));
    }
    let place = words.place(event.operation.address)?;
    let Object::Page(number) = place.object else {
        return None;
    };
    let free = event.operation.action == Action::Write(FrameState::Free as u64);
    let page = words.world().pages().nth(number as usize)?;
    (free && place.field == "state").then(|| {
        format!(
            "{} goes back to the allocator, clean.",
            capital(&words.page(page))
        )
    })
}

/// " for Reclaim": who is in the way of a thread.
fn for_whom(session: &Inner, tape: &Tape, step: u32, event: &Event) -> String {
    match tape
        .standing(step, event.thread)
        .map(|standing| standing.readiness)
    {
        Some(Readiness::Blocked(blocked)) => {
            format!(" for {}", everybody(session, blocked.holders))
        }
        _ => String::new(),
    }
}

/// The threads of a set of bits, by name.
pub(crate) fn everybody(session: &Inner, threads: u16) -> String {
    let all: Vec<&str> = (0..ThreadId::LIMIT)
        .filter(|index| threads >> index & 1 == 1)
        .filter_map(ThreadId::new)
        .map(|thread| session.words.thread(thread))
        .collect();
    all.join(" and ")
}

/// What follows from a step, if anything worth a sentence does.
fn follows(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
    let operation = &event.operation;
    if operation.releases() {
        let released = others(tape, event.thread)
            .filter(|other| has_begun(tape, step, *other))
            .filter(|other| {
                waits_for(tape, step - 1, *other) == Some(operation.lock())
                    && is_ready(tape, step, *other)
            })
            .map(|other| format!("{} can go on.", session.words.thread(other)))
            .next();
        let let_in = || {
            let page = session.words.main_page()?;
            let free = lookahead::let_in(session, tape, step, page)?;
            // The page is the one that has just been talked about.
            let said = session.words.page(page);
            let said = said
                .strip_prefix("the ")
                .map_or_else(|| said.clone(), |noun| format!("this {noun}"));
            Some(format!(
                "Nothing now keeps {} from {said}.",
                session.words.thread(free)
            ))
        };
        return let_in()
            .or(released)
            .or_else(|| has_to_wait(session, tape, step, event));
    }
    if event.effect == Effect::Failed && operation.acquires() {
        return holder(session, tape, step, operation.lock());
    }
    if operation.acquires() && event.effect == Effect::Done {
        let kept_out = others(tape, event.thread)
            .find(|other| {
                has_begun(tape, step, *other)
                    && waits_for(tape, step, *other) == Some(operation.lock())
                    && is_ready(tape, step - 1, *other)
            })
            .map(|other| format!("{} has to wait for it.", session.words.thread(other)));
        return kept_out.or_else(|| has_to_wait(session, tape, step, event));
    }
    of_the_page(session, tape, step, event).or_else(|| has_to_wait(session, tape, step, event))
}

/// "Now it waits for ptl, which Reclaim holds."
fn has_to_wait(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
    let Readiness::Blocked(blocked) = tape.standing(step, event.thread)?.readiness else {
        return None;
    };
    if event.effect == Effect::Asked {
        return None;
    }
    let who = everybody(session, blocked.holders);
    let verb = match (blocked.behind_writer, blocked.holders.count_ones()) {
        (true, _) => "asked for before",
        (false, 0 | 1) => "holds",
        (false, _) => "hold",
    };
    Some(format!(
        "Now it waits for {}, which {who} {verb}.",
        locks::lock(&session.words, blocked.lock).said
    ))
}

/// Whether a thread has made a step: before, it is not waiting for anything, it is not there yet.
fn has_begun(tape: &Tape, step: u32, thread: ThreadId) -> bool {
    tape.events()
        .take(step as usize)
        .any(|(_, event)| event.thread == thread)
}

/// What follows from a step on a word of a page.
fn of_the_page(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
    let place = session.words.place(event.operation.address)?;
    let Object::Page(number) = place.object else {
        return None;
    };
    let page = session.words.world().pages().nth(number as usize)?;
    let memory = tape.memory(step);
    let memory = Memory(&memory);
    let said = session.words.page(page);
    let inside = |name: &str| {
        tape.trace()
            .stack(event.frame)
            .next()
            .is_some_and(|frame| frame.function.name == name)
    };
    let mlocked = PageFlags::MLOCKED.bits();
    match (place.field, event.operation.action) {
        ("flags", Action::TestAndSet(mask)) if mask == mlocked && event.value == 0 => {
            let said = capital(&said);
            let kept = session
                .words
                .world()
                .mms()
                .any(|mm| event.held.find(mm.page_table_lock().0).is_some());
            Some(match (memory.get(page.mapcount()), kept) {
                (0, _) => format!("{said} is no longer mapped."),
                (_, true) => format!("{said} is mapped, and ptl keeps it so."),
                (_, false) => format!("{said} is still mapped."),
            })
        }
        ("flags", Action::Read)
            if event.operation.bits == mlocked
                && event.value == 0
                && inside("page_remove_rmap") =>
        {
            Some("There is no mark to take off.".to_owned())
        }
        ("mapcount", Action::Add(amount)) if amount < 0 && memory.get(page.mapcount()) == 0 => {
            Some(format!("Nothing maps {said} any more."))
        }
        ("count", Action::Add(amount)) if amount < 0 && memory.get(page.count()) == 0 => {
            Some("It was the last.".to_owned())
        }
        _ => None,
    }
}

fn others(tape: &Tape, thread: ThreadId) -> impl Iterator<Item = ThreadId> {
    tape.threads().filter(move |other| *other != thread)
}

fn waits_for(tape: &Tape, step: u32, thread: ThreadId) -> Option<Address> {
    match tape.standing(step, thread)?.readiness {
        Readiness::Blocked(blocked) => Some(blocked.lock),
        _ => None,
    }
}

fn is_ready(tape: &Tape, step: u32, thread: ThreadId) -> bool {
    tape.standing(step, thread)
        .is_some_and(|standing| standing.readiness == Readiness::Ready)
}

/// "Truncate holds it."
fn holder(session: &Inner, tape: &Tape, step: u32, lock: Address) -> Option<String> {
    let holds = |thread: &ThreadId| {
        tape.standing(step, *thread)
            .is_some_and(|standing| standing.held.find(lock).is_some())
    };
    if let Some(thread) = tape.threads().find(holds) {
        return Some(format!("{} holds it.", session.words.thread(thread)));
    }
    let waits = tape
        .threads()
        .find(|thread| waits_for(tape, step, *thread) == Some(lock))?;
    Some(format!(
        "{} waits for it to write, and goes first.",
        session.words.thread(waits)
    ))
}

/// What can be said before the first step: how the facts stand that get a waveform.
pub(crate) fn before_the_first(session: &Inner) -> String {
    let mut said = "Nothing has run yet.".to_owned();
    let told = session.lanes.iter().map(|field| {
        let word = session
            .image()
            .get(field.address.index())
            .copied()
            .unwrap_or(0);
        let now = field.part.of(word);
        let text = value::level(&session.words, field.part.show, now);
        match field.part.show {
            Show::Entry if value::is_high(Show::Entry, now) => format!("{text} is mapped"),
            _ => format!("{} is {text}", field.label),
        }
    });
    for (index, fact) in told.enumerate() {
        let longer = format!(
            "{}{}{fact}",
            said.trim_end_matches('.'),
            if index == 0 { ". " } else { ", " }
        );
        if longer.split_whitespace().count() <= WORDS {
            said = longer + ".";
        }
    }
    said
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + chars.as_str()
    })
}

/// What a lock is called, for whoever only has its address.
pub(crate) fn lock_label(session: &Inner, lock: Address) -> String {
    locks::lock(&session.words, lock).label
}
