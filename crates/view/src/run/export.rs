//! The run as the object programs read: [`Export`].

use lockstep_machine::{Action, Effect, Event, Gather};
use lockstep_mm::world::Object;
use lockstep_mm::{invariants, repair};

use super::{Kept, Run};
use crate::session::Inner;
use crate::tape::net;
use crate::text::json::{
    Export, ExportChange, ExportSource, ExportStep, ExportThread, ExportViolation, Outcome, Repair,
    SCHEMA,
};
use crate::{markings, value, verdicts};

impl Run {
    /// The run for programs.
    pub fn export(&self) -> Export {
        let Kept {
            session,
            tape,
            report,
            ..
        } = &*self.kept;
        let rows = self.transcript();
        Export {
            schema: SCHEMA,
            scenario: session.scenario.id.clone(),
            kernel: session.kernel.to_string(),
            schedule: report.executed.to_string(),
            threads: tape
                .threads()
                .map(|thread| ExportThread {
                    thread: thread.letter(),
                    name: self.thread_name(thread).to_owned(),
                })
                .gather(),
            steps: rows
                .iter()
                .zip(tape.trace().events())
                .map(|(row, event)| ExportStep {
                    n: row.step.0,
                    thread: event.thread.letter(),
                    op: op(event).to_owned(),
                    object: object(session, event),
                    source: ExportSource {
                        file: row.place.file.clone(),
                        line: row.place.line,
                        function: row.place.function.clone(),
                    },
                    changes: changes(session, tape.trace().changes(event)),
                    sentence: row.what.clone(),
                })
                .gather(),
            outcome: outcome(tape.outcome()),
            by: match tape.outcome() {
                invariants::Outcome::BadPage { by } => Some(by.letter()),
                _ => None,
            },
            repair: markings::at_end(session, tape).map(repair),
            violations: tape
                .violations()
                .iter()
                .map(|violation| ExportViolation {
                    invariant: verdicts::id(violation.invariant),
                    step: violation.step,
                    thread: violation.thread.letter(),
                })
                .gather(),
            log: self.log(),
        }
    }
}

/// The word for what a step did. New ones may come; none changes its meaning.
fn op(event: &Event) -> &'static str {
    match event.operation.action {
        _ if event.effect == Effect::Asked => "ask",
        Action::Read => "read",
        Action::Write(_) => "write",
        Action::Exchange(_) => "exchange",
        Action::CompareExchange(..) => "compare-exchange",
        Action::Add(_) => "add",
        Action::AddUnlessZero(_) => "add-unless-zero",
        Action::SetBits(_) => "set",
        Action::ClearBits(_) => "clear",
        Action::TestAndSet(_) => "test-and-set",
        Action::TestAndClear(_) => "test-and-clear",
        Action::SpinLock | Action::BitLock(_) => "lock",
        Action::TryBitLock(_) => "trylock",
        Action::SpinUnlock | Action::BitUnlock(_) => "unlock",
        Action::ReadLock => "read-lock",
        Action::TryReadLock => "read-trylock",
        Action::ReadUnlock => "read-unlock",
        Action::WriteLock => "write-lock",
        Action::WriteUnlock => "write-unlock",
    }
}

/// What a step was about, in the words scripts use.
fn object(session: &Inner, event: &Event) -> String {
    let names = &session.built.names;
    match event.operation.lock_mode() {
        Some(_) => names.lock(event.operation.lock()),
        None => names.field(event.operation.address, event.operation.bits),
    }
}

/// Every named value that is different after a step, whether or not it is on screen.
fn changes(session: &Inner, made: &[lockstep_machine::Change]) -> Vec<ExportChange> {
    let mut told = Vec::new();
    for change in net(made) {
        let Some(place) = session.words.place(change.address) else {
            continue;
        };
        for field in session.words.fields(change.address) {
            let (from, to) = (field.part.of(change.from), field.part.of(change.to));
            if from != to {
                let text = |value| value::text(&session.words, field.part.show, value);
                told.push(ExportChange {
                    object: kind(session, place.object),
                    field: field.part.key.to_owned(),
                    from: text(from),
                    to: text(to),
                });
            }
        }
    }
    told
}

/// The kind of an object, and its name if the scenario is not about it.
fn kind(session: &Inner, object: Object) -> String {
    let kind = match object {
        Object::Zone => "zone",
        Object::Page(_) => "page",
        Object::Mm(_) => "process",
        Object::Pte { .. } => "pte",
        Object::Vma(_) => "vma",
        Object::File(_) => "file",
        Object::CacheSlot { .. } => "page cache",
        Object::AnonVma(_) => "anon_vma",
        Object::SwapSlot(_) | Object::Pagevec(_) => return session.words.object(object),
    };
    if session.words.is_main(object) {
        kind.to_owned()
    } else {
        format!("{kind} {}", session.words.object(object))
    }
}

fn repair(repair: repair::Repair) -> Repair {
    match repair {
        repair::Repair::Reclaim => Repair::Reclaim,
        repair::Repair::LastUnmap => Repair::LastUnmap,
        repair::Repair::Never { bad_page: true } => Repair::BadPage,
        repair::Repair::Never { bad_page: false } => Repair::Never,
    }
}

fn outcome(outcome: invariants::Outcome) -> Outcome {
    match outcome {
        invariants::Outcome::BadPage { .. } => Outcome::BadPage,
        invariants::Outcome::Stranded => Outcome::Stranded,
        invariants::Outcome::Missed => Outcome::Missed,
        invariants::Outcome::Ok => Outcome::Ok,
        invariants::Outcome::Deadlock => Outcome::Deadlock,
        invariants::Outcome::Unfinished => Outcome::Unfinished,
    }
}
