//! The score: a whole run seen at once, and the same as a table.

use lockstep_machine::{Effect, Event, Gather};

use crate::scene::{Beat, Column, LockLane, Row, Score, StepNo, ThreadRow, WaitBar};
use crate::session::Inner;
use crate::tape::Tape;
use crate::vocabulary::spoken;
use crate::{bars, facts, locks, phrase, places, sentence, verdicts};

/// The rung of ptl in the documented order of locks.
const PTL_RUNG: u8 = 4;

/// The score of a run, but for what the order asked for has to do with it.
pub(crate) fn score(session: &Inner, tape: &Tape, summary: String, executed: String) -> Score {
    let waits = bars::waits(session, tape);
    let beats = beats(session, tape);
    let verdict = verdicts::mark(session, tape);
    let mut columns: Vec<Column> = tape
        .events()
        .map(|(step, event)| column(session, tape, step, event))
        .gather();
    let keys = beats
        .iter()
        .map(|beat| beat.step.0)
        .chain(waits.iter().map(|wait| wait.from.0.saturating_sub(1)))
        .chain(verdict.iter().map(|mark| mark.step.0))
        .chain([tape.steps()]);
    for key in keys {
        if let Some(column) = (key as usize)
            .checked_sub(1)
            .and_then(|index| columns.get_mut(index))
        {
            column.is_key = true;
        }
    }
    Score {
        threads: tape
            .threads()
            .map(|thread| ThreadRow {
                thread: thread.into(),
                name: session.words.thread(thread).to_owned(),
                role: session.words.role(thread).to_owned(),
            })
            .gather(),
        switches: columns.iter().filter(|column| column.is_switch).count() as u32,
        columns,
        lock_lanes: lock_lanes(session, tape, &waits),
        waits,
        lanes: session
            .lanes
            .iter()
            .map(|field| bars::lane(session, tape, field))
            .gather(),
        beats,
        verdict,
        parting: None,
        is_finished: tape.is_finished(),
        summary,
        executed,
    }
}

fn column(session: &Inner, tape: &Tape, step: u32, event: &Event) -> Column {
    let text = sentence::phrase(session, tape, step).map_or_else(String::new, |phrase| phrase.did);
    let is_lock = event.operation.lock_mode().is_some() && event.effect != Effect::Failed;
    Column {
        step: StepNo(step),
        thread: event.thread.into(),
        glyph: phrase::glyph(&event.operation, Some(event.effect)),
        spoken: spoken(&text),
        text,
        sentence: sentence::sentence(session, tape, step),
        place: places::of_event(tape.trace(), event),
        is_switch: is_switch(tape, step),
        is_effect: is_lock
            || facts::changes(session, tape.trace().changes(event))
                .iter()
                .any(|change| change.fact.is_some()),
        is_key: false,
        same_as: same_as(tape, step).map(StepNo),
    }
}

/// Whether another thread made the step before.
fn is_switch(tape: &Tape, step: u32) -> bool {
    let thread = |step: u32| tape.event(step).map(|event| event.thread);
    step > 1 && thread(step) != thread(step - 1)
}

/// The first earlier moment at which memory and every thread were exactly as they are after `step`.
fn same_as(tape: &Tape, step: u32) -> Option<u32> {
    let same = |earlier: u32| {
        tape.threads().all(|thread| {
            let pending = |step: u32| {
                let pending = tape
                    .standing(step, thread)
                    .and_then(|standing| standing.pending);
                // A call of a function is a frame of its own, and being in another call is being somewhere else.
                pending.map(|pending| {
                    (
                        pending.location,
                        pending.operation,
                        pending.frame,
                        pending.asked,
                    )
                })
            };
            pending(earlier) == pending(step)
        })
    };
    // Comparing memory is dear, and hardly ever needed: a step leads to another line.
    (0..step).find(|earlier| same(*earlier) && tape.memory(*earlier) == tape.memory(step))
}

/// The beats of a run.
pub(crate) fn beats(session: &Inner, tape: &Tape) -> Vec<Beat> {
    tape.beats()
        .iter()
        .filter_map(|found| {
            let said = session.scenario.beats.get(found.beat)?;
            Some(Beat {
                id: said.id.clone(),
                step: StepNo(found.step),
                title: said.title.clone(),
            })
        })
        .gather()
}

/// The title of the beat at a step.
pub(crate) fn beat_at(session: &Inner, tape: &Tape, step: u32) -> Option<String> {
    beats(session, tape)
        .into_iter()
        .find(|beat| beat.step.0 == step)
        .map(|beat| beat.title)
}

/// The lanes of the locks a scenario asks for, of those somebody waits for, and of the others the run uses, down to ptl:
/// the spinlocks below it are held for a step or two at a time and would only be noise.
fn lock_lanes(session: &Inner, tape: &Tape, waits: &[WaitBar]) -> Vec<LockLane> {
    locks::all(&session.words, tape, session.image())
        .iter()
        .map(|lock| (lock, bars::lock_lane(tape, lock)))
        .filter(|(lock, lane)| {
            let is_asked_for = session.lock_lanes.contains(&lock.address);
            let is_waited_for = waits.iter().any(|wait| wait.lock == lock.id);
            is_asked_for || is_waited_for || (lock.rung <= PTL_RUNG && !lane.bars.is_empty())
        })
        .map(|(_, lane)| lane)
        .gather()
}

/// The run as a table.
pub(crate) fn transcript(session: &Inner, tape: &Tape, score: &Score) -> Vec<Row> {
    tape.events()
        .zip(&score.columns)
        .map(|((step, event), column)| {
            let changed: Vec<String> = facts::changes(session, tape.trace().changes(event))
                .iter()
                .map(|change| format!("{}: {} -> {}", change.label, change.from, change.to))
                .gather();
            Row {
                step: column.step,
                thread: column.thread,
                name: session.words.thread(event.thread).to_owned(),
                place: column.place.clone(),
                what: column.sentence.clone(),
                changed: changed.join("; "),
                locks: held(session, tape, step),
                is_switch: column.is_switch,
                beat: score
                    .beats
                    .iter()
                    .find(|beat| beat.step == column.step)
                    .map(|beat| beat.title.clone()),
            }
        })
        .gather()
}

/// The locks every thread holds: "Reclaim: page lock, ptl; Truncate: i_mmap_rwsem".
fn held(session: &Inner, tape: &Tape, step: u32) -> String {
    let all: Vec<String> = tape
        .threads()
        .filter_map(|thread| {
            let held = tape.standing(step, thread)?.held;
            let locks = held
                .iter()
                .map(|held| locks::lock(&session.words, held.lock).label)
                .joined(", ");
            (!locks.is_empty()).then(|| format!("{}: {locks}", session.words.thread(thread)))
        })
        .gather();
    all.join("; ")
}
