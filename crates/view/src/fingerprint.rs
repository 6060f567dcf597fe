//! A short number that changes when the model does.
//!
//! It is taken over what the scenario's opening run does on every preset kernel, so that moving or rewording code changes
//! nothing, and anything that could make an old link replay differently does.

use std::rc::Rc;

use lockstep_machine::{Action, Update};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::program::Bodies;
use lockstep_scenario::{Fnv, Scenario};

use crate::run::Run;
use crate::session::Session;

/// The fingerprint of a scenario with the model it runs in: six hexadecimal digits.
pub(crate) fn of(scenario: &Rc<Scenario>, bodies: Bodies) -> String {
    let mut hash = Fnv::default();
    numbers(&mut hash, &[scenario.digest()]);
    for (_, kernel) in Kernel::PRESETS {
        if let Ok(session) = Session::with(Rc::clone(scenario), *kernel, bodies) {
            add_run(&mut hash, &session.default_run());
        }
    }
    format!("{:06x}", folded(hash.0))
}

fn add_run(hash: &mut Fnv, run: &Run) {
    let trace = run.trace();
    for event in trace.events() {
        let (kind, value) = action(event.operation.action);
        numbers(hash, &[event.thread.index() as u64, kind, value]);
        numbers(
            hash,
            &[
                u64::from(event.operation.address.0),
                event.operation.bits,
                event.effect as u64,
                event.value,
            ],
        );
        for rider in event.operation.riders.iter().flatten() {
            let (kind, value) = update(rider.update);
            numbers(hash, &[u64::from(rider.address.0), kind, value]);
        }
        for change in trace.changes(event) {
            numbers(hash, &[u64::from(change.address.0), change.from, change.to]);
        }
        for frame in trace.stack(event.frame).take(1) {
            hash.bytes(frame.function.name.as_bytes());
        }
    }
}

fn action(action: Action) -> (u64, u64) {
    match action {
        Action::Read => (0, 0),
        Action::Write(value) => (1, value),
        Action::Exchange(value) => (2, value),
        Action::CompareExchange(old, value) => (3, old ^ value.rotate_left(32)),
        Action::Add(amount) => (4, amount.cast_unsigned()),
        Action::AddUnlessZero(amount) => (5, amount.cast_unsigned()),
        Action::SetBits(mask) => (6, mask),
        Action::ClearBits(mask) => (7, mask),
        Action::TestAndSet(mask) => (8, mask),
        Action::TestAndClear(mask) => (9, mask),
        Action::SpinLock => (10, 0),
        Action::SpinUnlock => (11, 0),
        Action::ReadLock => (12, 0),
        Action::TryReadLock => (13, 0),
        Action::ReadUnlock => (14, 0),
        Action::WriteLock => (15, 0),
        Action::WriteUnlock => (16, 0),
        Action::BitLock(mask) => (17, mask),
        Action::TryBitLock(mask) => (18, mask),
        Action::BitUnlock(mask) => (19, mask),
    }
}

fn update(update: Update) -> (u64, u64) {
    match update {
        Update::Add(amount) => (0, amount.cast_unsigned()),
        Update::Store(value) => (1, value),
        Update::SetBits(mask) => (2, mask),
        Update::ClearBits(mask) => (3, mask),
    }
}

fn numbers(hash: &mut Fnv, numbers: &[u64]) {
    for number in numbers {
        hash.bytes(&number.to_le_bytes());
    }
}

/// All 64 bits, folded into 24.
fn folded(hash: u64) -> u64 {
    (hash ^ hash >> 24 ^ hash >> 48) & 0xff_ffff
}
