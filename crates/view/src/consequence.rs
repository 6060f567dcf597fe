//! What follows from a step, as far as memory, the other threads and a look ahead tell.

use lockstep_machine::{Action, Address, Effect, Event, Readiness, ThreadId};
use lockstep_mm::page::{Page, PageFlags, PageList};
use lockstep_mm::vma::{VmFlags, Vma};
use lockstep_mm::world::{Memory, Object};

use crate::locks;
use crate::lookahead;
use crate::sentence::{capital, everybody};
use crate::session::Inner;
use crate::tape::Tape;

/// What follows from a step, if anything worth a sentence does.
pub(crate) fn of(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
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
    of_a_page(session, tape, step, event)
        .or_else(|| of_a_mapping(session, tape, step, event))
        .or_else(|| has_to_wait(session, tape, step, event))
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
fn of_a_page(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
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
        ("flags", Action::SetBits(_)) if is_kept_for_nobody(session, tape, step, page, memory) => {
            Some("No locked mapping has it any more.".to_owned())
        }
        _ => None,
    }
}

/// Whether the step puts `page` on the list reclaim never looks at, and no locked mapping has it.
fn is_kept_for_nobody(
    session: &Inner,
    tape: &Tape,
    step: u32,
    page: Page,
    memory: Memory<'_>,
) -> bool {
    let lru = page.lru().address();
    let arrives = tape.last_change(lru, u64::MAX, step) == Some(step)
        && memory.get(page.lru()) == PageList::Unevictable;
    let has = |vma: Vma| {
        let mm = memory.get(vma.mm());
        (memory.get(vma.start())..memory.get(vma.end()))
            .any(|at| memory.get(mm.pte(at).entry()).page() == Some(page))
    };
    let locked = |vma: &Vma| {
        memory.get(vma.in_use()) && memory.get(vma.flags()).contains(VmFlags::LOCKED) && has(*vma)
    };
    arrives && !session.words.world().vmas().any(|vma| locked(&vma))
}

/// What follows from a look at VM_LOCKED, or from a page-table entry that goes.
fn of_a_mapping(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Option<String> {
    let place = session.words.place(event.operation.address)?;
    let page = session.words.main_page()?;
    let said = session.words.page(page);
    match place.object {
        Object::Vma(_)
            if event.operation.bits == VmFlags::LOCKED.bits()
                && event.value != 0
                && lookahead::will_mark(session, tape, step, event, page) =>
        {
            Some(format!("Left alone, it goes on to mark {said}."))
        }
        Object::Pte { .. }
            if lookahead::is_unmapped_by(session, tape.trace().changes(event), page) =>
        {
            let late = others(tape, event.thread)
                .find(|other| lookahead::marks(session, tape, step, *other, page))?;
            let name = session.words.thread(late);
            Some(format!("Left alone, {name} still goes on to mark {said}."))
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
