//! What can come of every scenario in every order, on every kernel with a name: found by search, by two engines, and shown by runs.

use std::collections::BTreeSet;
use std::rc::Rc;

use expect_test::expect_file;
use lockstep_explore::{Dpor, Engine, Findings, Limits, Plan, Progress, Property, Search, Walk};
use lockstep_machine::Machine;
use lockstep_mm::invariants::{Severity, Watch};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::world::Memory;
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::search::{self, Answer, Came, Question, Row, Searched, Verdict};
use lockstep_view::{Mode, Session};

const PRESETS: [&str; 3] = ["before", "after", "shared-i-mmap"];

fn kernel(text: &str) -> Kernel {
    parse_kernel(text).expect("a kernel")
}

fn searched(scenario: &Scenario, kernel: Kernel) -> Searched {
    Searched::new(scenario.build(kernel).expect("builds").setting)
}

fn findings(program: &Searched, engine: Engine) -> Findings<Came> {
    let question = Question::new(program.setting().setup.world);
    let plan = Plan {
        engine: Some(engine),
        ..Plan::default()
    };
    let findings = Search::new(program, &question, plan).run(&mut ());
    assert!(findings.is_complete);
    assert_eq!(findings.counts.blocked_runs, 0);
    findings
}

/// Those of two threads: their classes are few enough to go through them again and again.
fn of_two_threads() -> impl Iterator<Item = Scenario> {
    library()
        .into_iter()
        .filter(|scenario| scenario.threads.len() <= 2)
}

#[test]
fn every_order_ends_as_the_notes_say() {
    let mut told = String::new();
    for scenario in of_two_threads() {
        for preset in PRESETS {
            let found = findings(&searched(&scenario, kernel(preset)), Engine::Classes);
            let Answer {
                verdict,
                outcomes,
                properties,
                classes,
                witness,
                ..
            } = search::answer(&scenario.id, preset, &found);
            assert_eq!(properties, [""; 0], "{} {preset}", scenario.id);
            assert_eq!(verdict == Verdict::Broken, witness.is_some());
            let shown = witness.map_or(String::new(), |witness| {
                assert!(witness.simplest);
                format!("; {} in {}", witness.outcome, witness.schedule)
            });
            told += &format!(
                "{} {preset}: {} ({} classes{shown})\n",
                scenario.id,
                outcomes.join(", "),
                classes.unwrap_or(0),
            );
        }
    }
    expect_file!["search.txt"].assert_eq(&told);
}

#[test]
fn a_search_finds_what_random_orders_have_found_and_no_less() {
    let random = include_str!("../../scenario/tests/outcomes.txt");
    let known = include_str!("search.txt");
    let outcomes = |text: &'static str| -> BTreeSet<String> {
        let ends = |line: &str| {
            let line = line.split(" (").next().unwrap_or(line);
            let (what, ends) = line.split_once(": ").expect("a colon");
            let mut ends: Vec<_> = ends.split(", ").collect();
            ends.sort_unstable();
            format!("{what}: {}", ends.join(", "))
        };
        text.lines().map(ends).collect()
    };
    let random = outcomes(random);
    let known = outcomes(known);
    assert!(!known.is_empty());
    let missing: Vec<_> = known.difference(&random).collect();
    assert_eq!(missing, [] as [&String; 0]);
}

#[test]
fn classes_and_states_agree() {
    for scenario in of_two_threads() {
        for preset in ["before", "after"] {
            let program = searched(&scenario, kernel(preset));
            let by_classes = findings(&program, Engine::Classes);
            let by_states = findings(&program, Engine::States);
            assert_eq!(
                by_classes.outcomes, by_states.outcomes,
                "{} {preset}",
                scenario.id
            );
            assert_eq!(by_classes.witnesses, by_states.witnesses);
        }
    }
}

#[test]
fn every_witness_runs_to_the_end_it_is_for() {
    for scenario in of_two_threads() {
        let scenario = Rc::new(scenario);
        for preset in PRESETS {
            let kernel = kernel(preset);
            let found = findings(&searched(&scenario, kernel), Engine::Classes);
            let session = Session::new(Rc::clone(&scenario), kernel).expect("builds");
            for witness in &found.witnesses {
                let run = session.run(&witness.schedule, Mode::Strict);
                assert!(run.report().refusal.is_none());
                assert_eq!(run.outcome(), witness.outcome.outcome);
            }
        }
    }
}

/// Makes one order of each class once more on a machine, and watches every rule of the model.
struct Watched<'q>(&'q Question);

impl Property<Searched> for Watched<'_> {
    type Outcome = Came;

    fn outcome(&self, walk: &Walk<'_, Searched>) -> Came {
        let came = self.0.outcome(walk);
        let program = walk.program();
        let setup = &program.setting().setup;
        let mut machine = Machine::new(program);
        let mut watch = Watch::new(setup.world, setup.kernel);
        for thread in walk.order() {
            machine.step(thread).expect("it has been possible");
            machine.with_memory(|memory| {
                machine.with_trace(|trace| watch.step(Memory(memory), trace, machine.finished()));
            });
        }
        let outcome = machine.with_trace(|trace| watch.outcome(trace, machine.finished()));
        assert_eq!(outcome, came.outcome);
        for violation in watch.violations() {
            let row = violation.invariant.description();
            assert_ne!(row.severity, Severity::Model, "{} {violation:?}", row.id);
        }
        came
    }

    fn is_broken(&self, came: &Came) -> bool {
        self.0.is_broken(came)
    }
}

#[test]
fn the_rules_of_the_model_hold_in_every_class() {
    for scenario in of_two_threads() {
        // The two exits have ten thousand classes each; a thousand are as good as the two thousand of the others.
        let limits = Limits {
            runs: 1_000,
            ..Limits::default()
        };
        for preset in ["before", "after"] {
            let program = searched(&scenario, kernel(preset));
            let question = Question::new(program.setting().setup.world);
            let watched = Watched(&question);
            let mut search = Dpor::new(&program, &watched, limits);
            assert_ne!(search.run(&mut ()), Progress::Going);
        }
    }
}

#[test]
fn what_must_hold_after_every_step_holds_in_every_state() {
    for id in [
        "truncate-cow-vs-reclaim",
        "mlock-vs-reclaim",
        "munlock-vs-munlock",
    ] {
        let scenario = library().into_iter().find(|one| one.id == id).expect(id);
        for preset in ["before", "after"] {
            let program = searched(&scenario, kernel(preset));
            let question = Question::at_every_step(program.setting().setup.world);
            let plan = Plan {
                engine: Some(Engine::States),
                ..Plan::default()
            };
            assert!(
                Search::new(&program, &question, plan)
                    .run(&mut ())
                    .is_complete
            );
            assert!(question.broken_on_the_way().is_empty(), "{id} {preset}");
        }
    }
}

#[test]
fn a_kernel_that_differs_where_nobody_looks_is_not_searched_again() {
    let scenario = library().into_iter().next().expect("a scenario");
    let mut row = Row::new(Rc::new(scenario.clone()));
    let mut reused = 0;
    for column in search::one_switch_apart() {
        let cell = row
            .cell(column.kernel, Plan::default(), |answer, _| answer)
            .expect("builds");
        assert_eq!(cell.answer.kernel, column.kernel.to_string());
        if let Some(other) = cell.same_as {
            reused += 1;
            let found = findings(&searched(&scenario, column.kernel), Engine::Classes);
            let alone = search::answer(&scenario.id, &cell.answer.kernel, &found);
            assert_eq!(
                alone.outcomes, cell.answer.outcomes,
                "{} as {other}",
                column.text
            );
            assert_eq!(alone.classes, cell.answer.classes);
        }
    }
    assert!(reused > 10, "{reused}");
}
