//! What the machine does with toy programs: the meaning of each lock, and the mistakes it names.

use expect_test::{Expect, expect};
use lockstep_machine::toy::{Body, Toy};
use lockstep_machine::{Blocked, Effect, Machine, Readiness, Schedule, run};

/// Runs `schedule` on `bodies` and compares how each step ended, who can go on, and what went wrong, with what is written.
fn check<const N: usize>(bodies: [Body; N], schedule: &str, expected: Expect) {
    let mut machine = Machine::new(&Toy::new(bodies));
    let schedule: Schedule = schedule.parse().expect("the test's schedule");
    let report = run::strict(&mut machine, &schedule);
    let mut text = String::new();
    machine.with_trace(|trace| {
        for event in trace.events() {
            text += &format!("{} {:?}", event.thread, event.operation.action);
            match event.effect {
                Effect::Done if event.value != 0 => text += &format!(" -> {}", event.value),
                Effect::Done => {}
                other => text += &format!(" {other:?}"),
            }
            text += "\n";
        }
        for record in trace.faults() {
            text += &format!(
                "step {} {}: {:?}\n",
                record.step, record.thread, record.fault
            );
        }
    });
    if let Some(refusal) = report.refusal {
        text += &format!("refused: {} {}\n", refusal.thread, readiness(refusal.why));
    }
    for thread in machine.threads() {
        text += &format!("{thread} {}\n", readiness(machine.readiness(thread)));
    }
    text += &format!("{} {:?}\n", report.executed, report.end);
    expected.assert_eq(&text);
}

fn readiness(readiness: Readiness) -> String {
    match readiness {
        Readiness::Blocked(Blocked {
            lock,
            wanted,
            holders,
            behind_writer,
            since,
        }) => {
            format!(
                "waits for {lock:?} ({wanted:?}), holders {holders:b}, since step {since}{}",
                if behind_writer {
                    ", behind a writer"
                } else {
                    ""
                }
            )
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn an_update_is_lost() {
    check(
        [Body::Increment, Body::Increment],
        "ABAB",
        expect![[r#"
            A Read
            B Read
            A Write(1)
            B Write(1)
            A Finished
            B Finished
            ABAB Finished
        "#]],
    );
}

#[test]
fn a_spinlock_keeps_the_update() {
    check(
        [Body::LockedIncrement, Body::LockedIncrement],
        "AB",
        expect![[r#"
            A SpinLock
            refused: B waits for @1 (Spin), holders 1, since step 1
            A Ready
            B waits for @1 (Spin), holders 1, since step 1
            A Unfinished
        "#]],
    );
    check(
        [Body::LockedIncrement, Body::LockedIncrement],
        "A.",
        expect![[r#"
            A SpinLock
            A Read
            A Write(1)
            A SpinUnlock
            B SpinLock
            B Read -> 1
            B Write(2)
            B SpinUnlock
            A Finished
            B Finished
            A4B4 Finished
        "#]],
    );
}

#[test]
fn a_waiting_writer_stops_trylocks_and_new_readers() {
    check(
        [Body::Read, Body::Write, Body::TryRead, Body::Read],
        "ABC",
        expect![[r#"
            A ReadLock -> 1
            B WriteLock Asked
            C TryReadLock Failed
            A Ready
            B waits for @3 (Write), holders 1, since step 1
            C Finished
            D waits for @3 (Read), holders 10, since step 0, behind a writer
            ABC Unfinished
        "#]],
    );
    check(
        [Body::Read, Body::Write, Body::TryRead, Body::Read],
        "ABABCBD2",
        expect![[r#"
            A ReadLock -> 1
            B WriteLock Asked
            A ReadUnlock
            B WriteLock
            C TryReadLock Failed
            B WriteUnlock
            D ReadLock -> 1
            D ReadUnlock
            A Finished
            B Finished
            C Finished
            D Finished
            ABABCBD2 Finished
        "#]],
    );
}

#[test]
fn a_free_rwsem_is_taken_without_asking() {
    check(
        [Body::Write, Body::TryRead],
        "ABAB",
        expect![[r#"
            A WriteLock
            B TryReadLock Failed
            A WriteUnlock
            refused: B Finished
            A Finished
            B Finished
            ABA Finished
        "#]],
    );
}

#[test]
fn a_bit_lock_names_its_holder() {
    check(
        [Body::TakeBit, Body::TakeBit],
        "AB",
        expect![[r#"
            A BitLock(1) -> 1
            refused: B waits for @7 (Bit), holders 1, since step 1
            A Ready
            B waits for @7 (Bit), holders 1, since step 1
            A Unfinished
        "#]],
    );
}

#[test]
fn mistakes_are_named() {
    check(
        [Body::SleepInAtomic],
        ".",
        expect![[r#"
        A SpinLock
        A ReadLock -> 1
        A ReadUnlock
        A SpinUnlock
        step 2 A: SleepInAtomic { wanted: @3, spinlock: @1 }
        A Finished
        A4 Finished
    "#]],
    );
    check(
        [Body::LockedIncrement, Body::WrongUnlock],
        "AB",
        expect![[r#"
            A SpinLock
            B SpinUnlock
            step 2 B: UnlockByNonHolder { lock: @1, holder: Some(ThreadId(0)) }
            A Ready
            B Finished
            AB Unfinished
        "#]],
    );
    check(
        [Body::WrongUnlock],
        ".",
        expect![[r#"
        A SpinUnlock
        step 1 A: UnlockByNonHolder { lock: @1, holder: None }
        A Finished
        A Finished
    "#]],
    );
    check(
        [Body::KeepLock, Body::KeepLock],
        ".",
        expect![[r#"
        A SpinLock
        step 1 A: EndedHolding { lock: @1 }
        step 1 B: Deadlock { threads: 2 }
        A Finished
        B waits for @1 (Spin), holders 1, since step 1
        A Deadlock
    "#]],
    );
    check(
        [Body::LockTwice],
        ".",
        expect![[r#"
        A SpinLock
        step 1 A: RecursiveLock { lock: @1 }
        step 1 A: Deadlock { threads: 1 }
        A waits for @1 (Spin), holders 1, since step 1
        A Deadlock
    "#]],
    );
    check(
        [Body::Bug],
        ".",
        expect![[r#"
        step 0 A: Bug { what: "an impossible state" }
        A Finished
         Finished
    "#]],
    );
    check(
        [Body::OutOfMemory],
        ".",
        expect![[r#"
        A Read
        step 1 A: OutOfMemory { address: @8 }
        A Finished
        A Finished
    "#]],
    );
}

#[test]
fn crossed_locks_deadlock() {
    check(
        [
            Body::TakeBoth(Toy::SPIN, Toy::OTHER_SPIN),
            Body::TakeBoth(Toy::OTHER_SPIN, Toy::SPIN),
        ],
        "AB.",
        expect![[r#"
            A SpinLock
            B SpinLock
            step 2 A: Deadlock { threads: 3 }
            A waits for @2 (Spin), holders 10, since step 2
            B waits for @1 (Spin), holders 1, since step 2
            AB Deadlock
        "#]],
    );
}
