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
    let capital = |page: Page| {
        let name = words.page(page);
        format!("{}{}", name[..1].to_uppercase(), &name[1..])
    };
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
            capital(page)
        ));
    }
    let place = words.place(event.operation.address)?;
    let Object::Page(number) = place.object else {
        return None;
    };
    let free = event.operation.action == Action::Write(FrameState::Free as u64);
    let page = words.world().pages().nth(number as usize)?;
    (free && place.field == "state")
        .then(|| format!("{} goes back to the allocator, clean.", capital(page)))
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
            .filter(|other| {
                waits_for(tape, step - 1, *other) == Some(operation.lock())
                    && is_ready(tape, step, *other)
            })
            .map(|other| format!("{} can go on.", session.words.thread(other)))
            .next();
        return released.or_else(|| {
            let page = session.words.main_page()?;
            let free = lookahead::let_in(session, tape, step, page)?;
            Some(format!(
                "Nothing now keeps {} from {}.",
                session.words.thread(free),
                session.words.page(page)
            ))
        });
    }
    if event.effect == Effect::Failed && operation.acquires() {
        return holder(session, tape, step, operation.lock());
    }
    if operation.acquires() {
        return others(tape, event.thread)
            .find(|other| {
                waits_for(tape, step, *other) == Some(operation.lock())
                    && is_ready(tape, step - 1, *other)
            })
            .map(|other| format!("{} has to wait for it.", session.words.thread(other)));
    }
    of_the_page(session, tape, step, event)
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
        ("flags", Action::TestAndSet(mask))
            if mask == mlocked && event.value == 0 && memory.get(page.mapcount()) == 0 =>
        {
            Some(format!(
                "{}{} is no longer mapped.",
                said[..1].to_uppercase(),
                &said[1..]
            ))
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

/// What can be said before the first step: how the facts that matter stand.
pub(crate) fn before_the_first(session: &Inner) -> String {
    let told: Vec<String> = session
        .lanes
        .iter()
        .take(4)
        .map(|field| {
            let word = session
                .image()
                .get(field.address.index())
                .copied()
                .unwrap_or(0);
            let value = crate::value::level(&session.words, field.part.show, field.part.of(word));
            format!("{} is {value}", field.label)
        })
        .collect();
    match told.as_slice() {
        [] => "Nothing has run yet.".to_owned(),
        _ => format!("Nothing has run yet: {}.", told.join(", ")),
    }
}

/// What a lock is called, for whoever only has its address.
pub(crate) fn lock_label(session: &Inner, lock: Address) -> String {
    locks::lock(&session.words, lock).label
}
