//! What can be said of a run: properties that hold or broke, the verdict, and what the kernel has printed.

use lockstep_machine::{Fault, Gather, ThreadId};
use lockstep_mm::invariants::{Description, Invariant, Outcome, Severity, Violation, When};
use lockstep_mm::page::{Page, PageFlags};
use lockstep_mm::page_alloc::{BAD_PAGE, bad_page_report};
use lockstep_mm::world::Memory;

use crate::markings;
use crate::phrase;
use crate::scene::{Now, Property, PropertyState, StepNo, Verdict, VerdictKind, VerdictMark};
use crate::sentence::with_first;
use crate::session::Inner;
use crate::tape::Tape;
use crate::vocabulary::spoken;

/// The properties that are always on screen, with their stable ids. Others come on screen when they break.
const WATCHED: &[(Invariant, &str)] = &[
    (Invariant::I1, "freed-never-mlocked"),
    (Invariant::I2, "mlocked-is-locked"),
    (Invariant::I3, "locked-is-mlocked"),
    (Invariant::I12, "locks-in-order"),
];

/// The stable id of a property, as in links and in JSON: a word for those always on screen, the number for the others.
pub(crate) fn id(invariant: Invariant) -> String {
    let watched = WATCHED.iter().find(|(watched, _)| *watched == invariant);
    watched.map_or_else(
        || invariant.description().id.to_ascii_lowercase(),
        |(_, id)| (*id).to_owned(),
    )
}

/// The properties after a step.
pub(crate) fn properties(session: &Inner, tape: &Tape, step: u32) -> Vec<Property> {
    let broken = |description: &Description| {
        tape.violations().iter().find(|violation| {
            violation.invariant == description.invariant && violation.step <= step
        })
    };
    let watched = WATCHED
        .iter()
        .map(|(invariant, id)| ((*id).to_owned(), invariant.description()));
    let others = Invariant::ALL
        .iter()
        .filter(|row| {
            WATCHED.iter().all(|(watched, _)| *watched != row.invariant) && broken(row).is_some()
        })
        .map(|row| (row.id.to_ascii_lowercase(), row));
    watched
        .chain(others)
        .map(|(id, row)| {
            let at_end = step == tape.steps() && tape.is_finished();
            let state = match (broken(row), row.when) {
                (Some(violation), _) => PropertyState::Broken(StepNo(violation.step)),
                (None, When::Quiet) if !at_end => PropertyState::Undecided,
                (None, _) => PropertyState::Holds,
            };
            let now = markings::now(session, tape, row.invariant, step);
            let how = match (state, &now) {
                (PropertyState::Broken(step), Some(Now::Nobody { then, .. })) => {
                    format!("broken at step {}; {then}", step.0)
                }
                (PropertyState::Broken(step), _) => format!("broken at step {}", step.0),
                (PropertyState::Holds, _) => "holds".to_owned(),
                (PropertyState::Undecided, None) => "not yet decided".to_owned(),
                (PropertyState::Undecided, Some(Now::True)) => "true now".to_owned(),
                (PropertyState::Undecided, Some(Now::OnTheWay(thread, step))) => format!(
                    "not now: {} is on the way, at step {}",
                    ThreadId::new(usize::from(thread.0))
                        .map_or("somebody", |thread| session.words.thread(thread)),
                    step.0
                ),
                (PropertyState::Undecided, Some(Now::Nobody { then, .. })) => {
                    format!("not now, and nobody is on the way: {then}")
                }
            };
            Property {
                id,
                text: row.statement.to_owned(),
                state,
                now,
                spoken: spoken(&format!("{}: {how}.", row.statement)),
                how,
                note: row.reason.to_owned(),
            }
        })
        .gather()
}

/// The first thing that broke for good, up to a step.
fn breach(tape: &Tape, step: u32) -> Option<&Violation> {
    tape.violations().iter().find(|violation| {
        violation.step <= step && violation.invariant.description().severity != Severity::Soft
    })
}

/// What can be said after a step.
pub(crate) fn verdict(session: &Inner, tape: &Tape, step: u32) -> Verdict {
    let at_end = step == tape.steps();
    let deadlock = tape
        .trace()
        .faults()
        .iter()
        .find(|record| matches!(record.fault, Fault::Deadlock { .. }) && record.step <= step);
    let (kind, word, reason, decided) = if let Some(violation) = breach(tape, step) {
        (
            VerdictKind::Broken,
            "Broken",
            reason(session, tape, violation),
            Some(violation.step),
        )
    } else if let Some(record) = deadlock {
        (
            VerdictKind::Deadlock,
            "Deadlock",
            "every thread waits for another".to_owned(),
            Some(record.step),
        )
    } else if at_end && tape.is_finished() {
        match tape.outcome() {
            Outcome::Missed => (
                VerdictKind::Harmless,
                "Harmless",
                with_repair(session, tape, "a page is left without its mark"),
                Some(step),
            ),
            _ => (
                VerdictKind::Clean,
                "Ended well",
                ended_well(session, tape),
                Some(step),
            ),
        }
    } else {
        (
            VerdictKind::Open,
            "Still open",
            "nothing has broken so far".to_owned(),
            None,
        )
    };
    let said = match (kind, decided) {
        (VerdictKind::Broken | VerdictKind::Deadlock, Some(step)) => {
            format!("{word} at step {step}: {reason}.")
        }
        (VerdictKind::Open, _) => format!("{word}."),
        _ => format!("{word}: {reason}."),
    };
    Verdict {
        kind,
        word: word.to_owned(),
        reason,
        step: decided.map(StepNo),
        spoken: spoken(&said),
    }
}

/// The mark of the whole run's verdict, if it has one.
pub(crate) fn mark(session: &Inner, tape: &Tape) -> Option<VerdictMark> {
    let verdict = verdict(session, tape, tape.steps());
    let step = verdict.step?;
    Some(VerdictMark {
        kind: verdict.kind,
        step,
        text: verdict.reason,
    })
}

/// What broke, in a few words.
fn reason(session: &Inner, tape: &Tape, violation: &Violation) -> String {
    match violation.invariant {
        Invariant::I1 => {
            let page = Page(violation.object);
            let flags =
                PageFlags::from_bits_retain(tape.word(page.flags().address(), violation.step));
            let bad = flags.intersection(PageFlags::CHECK_AT_FREE);
            if bad == PageFlags::MLOCKED {
                "page freed while mlocked".to_owned()
            } else if bad.is_empty() {
                "page freed while in use".to_owned()
            } else {
                format!("page freed with {} set", phrase::names(bad))
            }
        }
        Invariant::I2 => with_repair(
            session,
            tape,
            "page stranded: mlocked, and no locked mapping has it",
        ),
        Invariant::I5 => "page stranded on the unevictable list".to_owned(),
        Invariant::I12 => {
            format!(
                "{} taken against the order",
                crate::sentence::lock_label(session, violation.object)
            )
        }
        other => {
            let statement = other.description().statement;
            format!("not true: {}", lower(statement))
        }
    }
}

/// What is wrong with a mark at the end of the run, and what comes of it.
fn with_repair(session: &Inner, tape: &Tape, wrong: &str) -> String {
    markings::at_end(session, tape).map_or_else(
        || wrong.to_owned(),
        |repair| format!("{wrong}; {}", markings::repaired(repair)),
    )
}

fn ended_well(session: &Inner, tape: &Tape) -> String {
    let Some(page) = session.words.main_page() else {
        return "every property held".to_owned();
    };
    let memory = tape.memory(tape.steps());
    match Memory(&memory).get(page.state()) {
        lockstep_mm::page::FrameState::Free => "page freed clean".to_owned(),
        _ => "every property held".to_owned(),
    }
}

fn lower(text: &str) -> String {
    with_first(text, str::make_ascii_lowercase)
}

/// What the kernel has printed up to a step.
pub(crate) fn log(session: &Inner, tape: &Tape, step: u32) -> Vec<String> {
    tape.trace()
        .marks()
        .iter()
        .filter(|mark| mark.name == BAD_PAGE && mark.step <= step)
        .flat_map(|mark| {
            let memory = tape.memory(mark.step);
            let comm = session.words.comm(mark.thread);
            bad_page_report(
                session.words.world(),
                Memory(&memory),
                Page(mark.object),
                comm,
            )
        })
        .gather()
}
