//! One sentence for each step: who did what, and what follows from it as far as the memory and the other threads tell.

use lockstep_machine::{Action, Address, Change, Effect, Event, Gather, Readiness, ThreadId};
use lockstep_mm::page::{FrameState, Page, PageFlags};
use lockstep_mm::page_alloc::BAD_PAGE;
use lockstep_mm::world::Object;

use crate::consequence;
use crate::locks;
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
    if let Some(more) = consequence::of(session, tape, step, event) {
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
    (0..ThreadId::LIMIT)
        .filter(|index| threads >> index & 1 == 1)
        .filter_map(ThreadId::new)
        .map(|thread| session.words.thread(thread))
        .joined(" and ")
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

/// With a capital letter, as at the start of a sentence.
pub(crate) fn capital(text: &str) -> String {
    with_first(text, str::make_ascii_uppercase)
}

/// With another first letter. Sentences begin with words of the kernel or of the page, all of them ASCII;
/// the tables of the other letters of the world would be a part of the page only for this.
pub(crate) fn with_first(text: &str, change: fn(&mut str)) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        change(first);
    }
    text
}

/// What a lock is called, for whoever only has its address.
pub(crate) fn lock_label(session: &Inner, lock: Address) -> String {
    locks::lock(&session.words, lock).label
}
