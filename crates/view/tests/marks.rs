//! How the two properties about marks stand from step to step: true now, somebody on the way, nobody coming.

use std::fmt::Write as _;
use std::rc::Rc;

use expect_test::{Expect, expect};
use lockstep_machine::Schedule;
use lockstep_scenario::parse_kernel;
use lockstep_view::scene::StepNo;
use lockstep_view::{Mode, Run, Session};

fn session(scenario: &str, kernel: &str) -> Session {
    let found = lockstep_scenario::library()
        .into_iter()
        .find(|known| known.id == scenario);
    let kernel = parse_kernel(kernel).expect("a kernel");
    Session::new(Rc::new(found.expect("a built-in scenario")), kernel).expect("it can be built")
}

/// Each stretch of steps over which a property is told the same.
fn check(run: &Run, expected: Expect) {
    let mut told = String::new();
    for id in ["mlocked-is-locked", "locked-is-mlocked"] {
        let mut last = String::new();
        for step in 0..=run.steps() {
            let scene = run.scene(StepNo(step));
            let property = scene.properties.iter().find(|property| property.id == id);
            let how = &property.expect("it is always watched").how;
            if *how != last {
                writeln!(told, "{id} from {step}: {how}").expect("a string takes it");
                last.clone_from(how);
            }
        }
    }
    writeln!(told, "{}", run.scene(StepNo(run.steps())).verdict.spoken).expect("a string takes it");
    expected.assert_eq(&told);
}

fn scripted(scenario: &str, kernel: &str, script: &str) -> Run {
    let session = session(scenario, kernel);
    let scripted = session.scripted(script).expect("the script fits");
    session.run_scripted(&scripted)
}

#[test]
fn a_late_mark_that_nobody_takes_back() {
    check(
        &scripted("truncate-cow-vs-reclaim", "before", "reclaim-named"),
        expect![[r#"
            mlocked-is-locked from 0: true now
            mlocked-is-locked from 64: not now, and nobody is on the way: nothing puts that right, and the page is freed as a bad page
            mlocked-is-locked from 102: true now
            mlocked-is-locked from 104: holds
            locked-is-mlocked from 0: not now: Truncate is on the way, at step 46
            locked-is-mlocked from 46: true now
            locked-is-mlocked from 104: holds
            Broken at step 101: page freed while mlocked.
        "#]],
    );
}

#[test]
fn a_mark_in_time_is_taken_back_by_the_remover() {
    check(
        &scripted("truncate-cow-vs-reclaim", "after", "reclaim-named"),
        expect![[r#"
            mlocked-is-locked from 0: true now
            mlocked-is-locked from 49: not now: Truncate is on the way, at step 52
            mlocked-is-locked from 52: true now
            mlocked-is-locked from 93: holds
            locked-is-mlocked from 0: not now: Reclaim is on the way, at step 40
            locked-is-mlocked from 40: true now
            locked-is-mlocked from 93: holds
            Ended well: page freed clean.
        "#]],
    );
}

#[test]
fn a_run_that_stops_early_is_followed_as_it_would_go_on() {
    let order: Schedule = "A40B21".parse().expect("a schedule");
    check(
        &session("truncate-cow-vs-reclaim", "before").run(&order, Mode::Deferring),
        expect![[r#"
            mlocked-is-locked from 0: true now
            locked-is-mlocked from 0: not now: Truncate is on the way, at step 46
            locked-is-mlocked from 46: true now
            Still open.
        "#]],
    );
}
