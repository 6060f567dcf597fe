//! Threads: where each stands after a step, and what one more step of it would do.

use lockstep_machine::{Blocked, Gather, Pending, Readiness, ThreadId};

use crate::facts;
use crate::locks::{self, lock};
use crate::lookahead;
use crate::phrase;
use crate::places;
use crate::scene::{Hold, Place, Preview, StepNo, ThreadCard, ThreadState, Wait};
use crate::sentence::{everybody, phrase_of};
use crate::session::Inner;
use crate::tape::Tape;
use crate::vocabulary::spoken;

/// The cards after a step, in letter order.
pub(crate) fn at(session: &Inner, tape: &Tape, step: u32) -> Vec<ThreadCard> {
    tape.threads()
        .map(|thread| card(session, tape, step, thread))
        .gather()
}

fn card(session: &Inner, tape: &Tape, step: u32, thread: ThreadId) -> ThreadCard {
    let words = &session.words;
    let trace = tape.trace();
    let standing = tape.standing(step, thread);
    let pending = standing.and_then(|standing| standing.pending);
    let made = || {
        tape.events()
            .take(step as usize)
            .filter(|(_, event)| event.thread == thread)
    };
    let state = state(session, tape, step, thread);
    let next = pending.map(|pending| preview(session, tape, step, thread, &pending));
    ThreadCard {
        thread: thread.into(),
        name: words.thread(thread).to_owned(),
        role: words.role(thread).to_owned(),
        stack: pending.map_or_else(Vec::new, |pending| {
            places::stack(words, trace, pending.frame)
        }),
        last: made()
            .last()
            .map(|(_, event)| places::of_event(trace, event)),
        next_place: pending.map(|pending| places::of_pending(trace, &pending)),
        is_moving: tape.event(step).is_some_and(|event| event.thread == thread),
        run_spoken: run_spoken(session, tape, step, thread, next.as_ref()),
        state,
        holds: standing.map_or_else(Vec::new, |standing| {
            standing
                .held
                .iter()
                .map(|held| {
                    let lock = lock(words, held.lock);
                    Hold {
                        lock: lock.id,
                        label: lock.label,
                        mode: locks::mode(held.mode),
                        pattern: lock.pattern,
                        since: StepNo(held.since),
                    }
                })
                .gather()
        }),
        next,
        steps_done: made().count() as u32,
    }
}

fn state(session: &Inner, tape: &Tape, step: u32, thread: ThreadId) -> ThreadState {
    match tape
        .standing(step, thread)
        .map(|standing| standing.readiness)
    {
        Some(Readiness::Ready) => ThreadState::Runnable,
        Some(Readiness::Blocked(blocked)) => {
            let lock = lock(&session.words, blocked.lock);
            ThreadState::Blocked(Wait {
                text: why(session, thread, &blocked),
                lock: lock.id,
                label: lock.label,
                holders: threads(blocked.holders),
                since: StepNo(tape.waiting_since(step, thread)),
            })
        }
        Some(Readiness::Finished) | None => ThreadState::Finished,
    }
}

/// "Truncate waits for ptl. Reclaim holds it."
pub(crate) fn why(session: &Inner, thread: ThreadId, blocked: &Blocked) -> String {
    let lock = lock(&session.words, blocked.lock);
    let (name, who) = (
        session.words.thread(thread),
        everybody(session, blocked.holders),
    );
    if blocked.behind_writer {
        format!(
            "{name} waits for {}. {who} waits for it to write, and goes first.",
            lock.said
        )
    } else {
        let verb = if blocked.holders.count_ones() > 1 {
            "hold"
        } else {
            "holds"
        };
        format!("{name} waits for {}. {who} {verb} it.", lock.said)
    }
}

/// The threads of a set of bits.
pub(crate) fn threads(bits: u16) -> Vec<crate::scene::ThreadId> {
    (0..ThreadId::LIMIT)
        .filter(|index| bits >> index & 1 == 1)
        .filter_map(ThreadId::new)
        .map(Into::into)
        .gather()
}

/// What one more step would do, found out by making it on a copy of the run.
fn preview(
    session: &Inner,
    tape: &Tape,
    step: u32,
    thread: ThreadId,
    pending: &Pending,
) -> Preview {
    let made = lookahead::one_step(session, tape, step, thread);
    let told = match &made {
        Some((event, changes, after)) => phrase_of(session, event, changes, *after),
        None => phrase::phrase(&session.words, &pending.operation, None),
    };
    Preview {
        glyph: phrase::glyph(&pending.operation, None),
        spoken: spoken(&told.act),
        text: told.act,
        effects: made.map_or_else(Vec::new, |(_, changes, _)| {
            facts::effects(session, &changes)
        }),
    }
}

/// The name of a Run button for a voice.
fn run_spoken(
    session: &Inner,
    tape: &Tape,
    step: u32,
    thread: ThreadId,
    next: Option<&Preview>,
) -> String {
    let name = session.words.thread(thread);
    match (
        tape.standing(step, thread)
            .map(|standing| standing.readiness),
        next,
    ) {
        (Some(Readiness::Blocked(blocked)), _) => {
            let lock = lock(&session.words, blocked.lock);
            let who = everybody(session, blocked.holders);
            let held = tape
                .threads()
                .filter_map(|holder| {
                    tape.standing(step, holder)?
                        .held
                        .find(blocked.lock)
                        .map(|held| held.since)
                })
                .min();
            let how = match held {
                Some(since) => format!("held by {who} since step {since}"),
                None => format!("which {who} asked for before"),
            };
            spoken(&format!(
                "Run {name}, not possible. Waits for {}, {how}.",
                lock.label
            ))
        }
        (Some(Readiness::Ready), Some(next)) => format!("Run {name}. Next: {}.", next.spoken),
        _ => format!("Run {name}, not possible. It has finished."),
    }
}

/// Where the step at the cursor was made.
pub(crate) fn place(tape: &Tape, step: u32) -> Option<Place> {
    tape.event(step)
        .map(|event| places::of_event(tape.trace(), event))
}
