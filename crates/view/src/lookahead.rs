//! What would happen next, found out by trying: a copy of the run goes on a little in some order, and is thrown away.
//!
//! A run costs microseconds, so nothing on screen about the future has to be guessed.

use lockstep_machine::Value;
use lockstep_machine::{Change, Event, LockMode, Machine, Readiness, ThreadId, Trace};
use lockstep_mm::page::{Page, PageFlags};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::Object;

use crate::session::Inner;
use crate::tape::Tape;

/// How far a thread is followed. Longer than any path of the model; it only stops a path that makes no progress.
const LIMIT: u32 = 2_000;

/// One step of a thread, made on a copy of the run as it was after `step`: its event, what it changed, and what it left in its word.
pub(crate) fn one_step(
    session: &Inner,
    tape: &Tape,
    step: u32,
    thread: ThreadId,
) -> Option<(Event, Vec<Change>, u64)> {
    let mut machine = replay(session, tape, step);
    machine.step(thread).ok()?;
    machine.with_trace(|trace| {
        let event = *trace.events().last()?;
        let changes = trace.changes(&event).to_vec();
        Some((event, changes, machine.word(event.operation.address)))
    })
}

/// Whether the lock dropped in `step` was all that kept another thread from taking `page` out of a page table,
/// while whoever dropped it is about to mark the page without taking that lock again. Gives that other thread.
pub(crate) fn let_in(session: &Inner, tape: &Tape, step: u32, page: Page) -> Option<ThreadId> {
    let event = tape.event(step)?;
    if event.operation.lock_mode() != Some(LockMode::Spin)
        || !marks_without(session, tape, step, event, page)
    {
        return None;
    }
    tape.threads()
        .filter(|other| *other != event.thread)
        .find(|other| {
            unmaps(session, tape, step, *other, page)
                && !unmaps(session, tape, step - 1, *other, page)
        })
}

/// Whether the thread of `event`, left alone from here, marks `page` without taking the same lock first.
fn marks_without(session: &Inner, tape: &Tape, step: u32, event: &Event, page: Page) -> bool {
    let lock = event.operation.lock();
    alone(session, tape, step, event.thread, |trace, made| {
        if made.operation.acquires() && made.operation.lock() == lock {
            return Some(false);
        }
        is_marked_by(trace.changes(made), page).then_some(true)
    })
}

/// Whether the thread of `event`, left alone from here, marks `page` before it leaves the function it is in.
pub(crate) fn will_mark(
    session: &Inner,
    tape: &Tape,
    step: u32,
    event: &Event,
    page: Page,
) -> bool {
    // Frames are numbered in the order they are entered, so the copy has the same numbers.
    let Some(frame) = event.frame else {
        return false;
    };
    alone(session, tape, step, event.thread, |trace, made| {
        let inside = trace
            .frames()
            .get(frame as usize)
            .is_some_and(|frame| frame.left.is_none());
        if is_marked_by(trace.changes(made), page) {
            return Some(true);
        }
        (!inside).then_some(false)
    })
}

/// Whether `thread`, left alone from here, marks `page` before it has to wait.
pub(crate) fn marks(session: &Inner, tape: &Tape, step: u32, thread: ThreadId, page: Page) -> bool {
    alone(session, tape, step, thread, |trace, made| {
        is_marked_by(trace.changes(made), page).then_some(true)
    })
}

/// Whether `thread`, left alone from here, takes `page` out of a page table before it has to wait.
fn unmaps(session: &Inner, tape: &Tape, step: u32, thread: ThreadId, page: Page) -> bool {
    alone(session, tape, step, thread, |trace, made| {
        is_unmapped_by(session, trace.changes(made), page).then_some(true)
    })
}

/// Whether these changes set PG_mlocked of `page`.
fn is_marked_by(changes: &[Change], page: Page) -> bool {
    let mark = PageFlags::MLOCKED.bits();
    let flags = page.flags().address();
    changes
        .iter()
        .any(|change| change.address == flags && change.to & !change.from & mark != 0)
}

/// Whether these changes take `page` out of a page table.
pub(crate) fn is_unmapped_by(session: &Inner, changes: &[Change], page: Page) -> bool {
    let maps = |word: u64| PteEntry::from_word(word).page() == Some(page);
    let is_entry = |change: &Change| {
        let place = session.words.place(change.address);
        place.is_some_and(|place| matches!(place.object, Object::Pte { .. }))
    };
    changes
        .iter()
        .any(|change| is_entry(change) && maps(change.from) && !maps(change.to))
}

/// Runs `thread` alone from just after `step` until `answer` has one; no, if it ends or has to wait first.
fn alone(
    session: &Inner,
    tape: &Tape,
    step: u32,
    thread: ThreadId,
    answer: impl Fn(&Trace, &Event) -> Option<bool>,
) -> bool {
    let mut machine = replay(session, tape, step);
    for _ in 0..LIMIT {
        if machine.readiness(thread) != Readiness::Ready || machine.step(thread).is_err() {
            return false;
        }
        let found =
            machine.with_trace(|trace| trace.events().last().and_then(|made| answer(trace, made)));
        if let Some(found) = found {
            return found;
        }
    }
    false
}

/// A machine that has made the first steps of a run.
pub(crate) fn replay(session: &Inner, tape: &Tape, steps: u32) -> Machine {
    let mut machine = Machine::new(&session.built.setting);
    for (_, event) in tape.events().take(steps as usize) {
        if machine.step(event.thread).is_err() {
            break;
        }
    }
    machine
}
