//! Schedules and scripts: the text form, refusals, and the change of order when somebody has to wait.

use expect_test::{Expect, expect};
use lockstep_machine::script::{Field, Goal, Line, Waiting, compile};
use lockstep_machine::toy::{Body, Toy};
use lockstep_machine::{Machine, Schedule, ThreadId, run};
use proptest::prelude::*;

fn thread(letter: char) -> ThreadId {
    ThreadId::from_letter(letter).expect("a letter")
}

#[test]
fn bad_schedules_say_where_and_why() {
    let check = |text: &str, expected: Expect| {
        let error = text.parse::<Schedule>().expect_err("a bad schedule");
        expected.assert_eq(&format!("{error}"));
    };
    check(
        "A3x",
        expect![
            "character 3, 'x', is no thread; threads are the letters A to P, each followed by how many steps it takes"
        ],
    );
    check(
        "3A",
        expect!["character 1 is a count with no thread in front; write A3, not 3A"],
    );
    check(
        "A03",
        expect!["the count at character 2 starts with 0; counts are 1 or more"],
    );
    check(
        "A.B",
        expect!["character 3 comes after the dot, which ends a schedule"],
    );
    check(
        "A99999999999999999999",
        expect!["at character 1 the schedule gets longer than 65536 steps"],
    );
    check(
        "ÄB",
        expect![
            "character 1, 'Ä', is no thread; threads are the letters A to P, each followed by how many steps it takes"
        ],
    );
}

#[test]
fn letters_that_must_wait_are_put_off() {
    let mut machine = Machine::new(&Toy::new([Body::LockedIncrement, Body::LockedIncrement]));
    let report = run::deferring(&mut machine, &"AB2A3.".parse().expect("a schedule"));
    let waits: Vec<_> = report
        .deferrals
        .iter()
        .map(|d| (d.step, d.thread.letter(), d.taken))
        .collect();
    assert_eq!(report.executed.to_string(), "A4B4");
    assert_eq!(waits, [(1, 'B', Some(5)), (1, 'B', Some(6))]);
}

#[test]
fn scripts_become_schedules() {
    let check = |waiting: Waiting, lines: &[(char, Goal)], expected: Expect| {
        let mut machine = Machine::new(&Toy::new([Body::LockedIncrement, Body::LockedIncrement]));
        let lines: Vec<_> = lines
            .iter()
            .map(|(letter, goal)| Line {
                thread: thread(*letter),
                goal: goal.clone(),
            })
            .collect();
        let text = match compile(&mut machine, &lines, waiting) {
            Ok(compiled) => format!(
                "{} {:?} {:?}",
                compiled.schedule, compiled.line_ends, compiled.changes
            ),
            Err(unmet) => format!("{unmet:?}"),
        };
        expected.assert_eq(&text);
    };
    let spin = || vec![Toy::SPIN.0];
    let counter = Field {
        address: Toy::COUNTER,
        mask: u64::MAX,
    };
    check(
        Waiting::Refuse,
        &[
            ('A', Goal::Lock(spin())),
            ('A', Goal::Enter("increment".into())),
            ('A', Goal::Equals(counter, 1)),
            ('A', Goal::Unlock(spin())),
            ('B', Goal::Leave("increment".into())),
            ('B', Goal::End),
        ],
        expect!["A4B4 [1, 1, 3, 4, 7, 8] []"],
    );
    check(
        Waiting::Refuse,
        &[('A', Goal::Read(vec![counter])), ('B', Goal::Steps(1))],
        expect![
            "Unmet { line: 1, step: 2, why: Waits(Blocked { lock: @1, wanted: Spin, holders: 1, behind_writer: false, since: 1 }), enabled: [ThreadId(0)] }"
        ],
    );
    check(
        Waiting::LetHolderRun,
        &[('A', Goal::Read(vec![counter])), ('B', Goal::End)],
        expect![
            "A4B4 [2, 8] [OrderChange { line: 1, step: 3, thread: ThreadId(1), blocked: Blocked { lock: @1, wanted: Spin, holders: 1, behind_writer: false, since: 1 }, steps: 2 }]"
        ],
    );
    check(
        Waiting::Refuse,
        &[('A', Goal::Write(vec![counter])), ('A', Goal::Lock(spin()))],
        expect!["Unmet { line: 1, step: 4, why: Ended, enabled: [ThreadId(1)] }"],
    );
    check(
        Waiting::Refuse,
        &[('C', Goal::Steps(1))],
        expect![
            "Unmet { line: 0, step: 0, why: NoSuchThread, enabled: [ThreadId(0), ThreadId(1)] }"
        ],
    );
}

proptest! {
    #[test]
    fn a_schedule_prints_and_parses_back(letters in prop::collection::vec(0usize..ThreadId::LIMIT, 0..60), finish: bool) {
        let mut schedule: Schedule = letters.iter().filter_map(|index| ThreadId::new(*index)).collect();
        schedule.finish = finish;
        prop_assert_eq!(schedule.to_string().parse::<Schedule>(), Ok(schedule));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,40}") {
        _ = text.parse::<Schedule>();
    }

    #[test]
    fn locks_exclude_in_every_order(order in prop::collection::vec(0usize..4, 0..80)) {
        let mut machine = Machine::new(&Toy::new([Body::LockedIncrement; 4]));
        let mut wishes: Schedule = order.iter().filter_map(|index| ThreadId::new(*index)).collect();
        wishes.finish = true;
        let report = run::deferring(&mut machine, &wishes);
        prop_assert_eq!(report.end, run::End::Finished);
        prop_assert_eq!(machine.word(Toy::COUNTER), 4);
        let mut again = Machine::new(&Toy::new([Body::LockedIncrement; 4]));
        prop_assert!(run::strict(&mut again, &report.executed).refusal.is_none());
    }
}
