//! What the search as a whole promises: chance finds what there is to find, the simplest order is the simplest, engines agree.

mod common;

use std::collections::BTreeMap;

use lockstep_explore::toys::{self, Order, Toy};
use lockstep_explore::{
    Ending, Engine, Findings, Limit, Limits, Minimize, Pct, Plan, Progress, Property, Search, Walk,
    brute, slice,
};
use lockstep_machine::Schedule;

use common::NoBadPage;

const BAD_PAGE: (Ending, bool) = (Ending::Finished, true);

fn search(toy: &Toy, plan: Plan) -> Findings<(Ending, bool)> {
    Search::new(toy, &NoBadPage, plan).run(&mut ())
}

fn by(engine: Engine) -> Plan {
    Plan {
        engine: Some(engine),
        ..Plan::default()
    }
}

#[test]
fn chance_finds_every_failure_there_is() {
    let mut runs = Vec::new();
    for (reclaimers, togglers) in [(1, 0), (1, 1), (1, 2), (1, 3), (2, 2), (1, 4)] {
        let toy = toys::rmap(Order::Before, reclaimers, togglers);
        let limits = Limits {
            runs: 1_000,
            ..Limits::default()
        };
        let mut chance = Pct::new(&toy, &NoBadPage, limits, 1);
        assert!(chance.find(&mut ()), "{reclaimers} {togglers}");
        assert!(chance.outcomes().set().contains(&BAD_PAGE));
        runs.push(chance.counts().runs);
    }
    // The same seed makes the same runs everywhere.
    assert_eq!(runs, RUNS_TO_THE_FAILURE);
    let sound = toys::rmap(Order::After, 1, 2);
    let limits = Limits {
        runs: 1_000,
        ..Limits::default()
    };
    assert!(!Pct::new(&sound, &NoBadPage, limits, 1).find(&mut ()));
}

/// How many runs it takes with seed 1.
const RUNS_TO_THE_FAILURE: [u64; 6] = [9, 53, 23, 143, 2, 2];

/// For each end the fewest changes of thread, and with so many the fewest steps.
type Simplest = BTreeMap<(Ending, bool), (usize, usize)>;

/// The simplest of the orders that change thread at most so often, by looking at all of them; and whether there are others.
fn simplest_by_brute_force(toy: &Toy, most: usize) -> (Simplest, bool) {
    fn go(walk: &mut Walk<'_, Toy>, most: usize, all: &mut Simplest, more: &mut bool) {
        let schedule: Schedule = walk.order().collect();
        if schedule.switches() > most {
            *more = true;
            return;
        }
        let enabled = walk.enabled();
        if enabled == 0 {
            let this = (schedule.switches(), schedule.len());
            let best = all.entry(NoBadPage.outcome(walk)).or_insert(this);
            *best = this.min(*best);
        }
        for index in 0..walk.threads() {
            if enabled >> index & 1 == 1 {
                walk.step(index);
                go(walk, most, all, more);
                walk.back();
            }
        }
    }
    let (mut all, mut more) = (BTreeMap::new(), false);
    go(&mut Walk::new(toy), most, &mut all, &mut more);
    (all, more)
}

#[test]
fn the_simplest_order_is_the_simplest() {
    let cases = [
        (toys::rmap(Order::Before, 1, 0), BAD_PAGE),
        (toys::rmap(Order::Before, 1, 0), (Ending::Finished, false)),
        (toys::dining(2), (Ending::Deadlock, false)),
        (toys::dining(3), (Ending::Deadlock, false)),
        (toys::locked_stores(3), (Ending::Finished, false)),
        (toys::rmap(Order::After, 1, 0), BAD_PAGE),
    ];
    for (toy, wanted) in cases {
        let (known, _) = simplest_by_brute_force(&toy, usize::MAX);
        let known = known.get(&wanted).copied();
        let mut minimize = Minimize::new(&toy, &NoBadPage, [wanted], Limits::default());
        assert_eq!(minimize.run(), Progress::Complete);
        let found = minimize.simplest(&wanted);
        let found = found.map(|order| (order.switches(), order.len()));
        assert_eq!(found, known, "{wanted:?}");
    }
}

#[test]
fn within_a_limit_of_switches_all_outcomes_are_found_and_nothing_is_proved() {
    let toys = [
        (toys::rmap(Order::Before, 1, 0), 7),
        (toys::rmap(Order::Before, 1, 1), 4),
        (toys::rmap(Order::Before, 2, 2), 4),
        (toys::rmap(Order::After, 1, 1), 4),
        (toys::dining(2), 7),
        (toys::dining(3), 4),
        (toys::read_write(1, 1, 1), 6),
    ];
    let mut proved = 0;
    for (toy, most) in toys {
        for most in 0..=most {
            let (known, more) = simplest_by_brute_force(&toy, most);
            let limits = Limits {
                switches: Some(most as u32),
                ..Limits::default()
            };
            let found = search(
                &toy,
                Plan {
                    limits,
                    ..Plan::default()
                },
            );
            assert_eq!(found.outcomes, Vec::from_iter(known.keys().copied()));
            // It can be through although orders with more changes exist: then those lead through no other states.
            assert!(more || found.is_complete);
            let limit = (!found.is_complete).then_some(Limit::Switches);
            assert_eq!(found.limit, limit);
            if found.is_complete {
                proved += 1;
                let all = brute::enumerate(&toy, &NoBadPage, &Limits::default(), true);
                assert_eq!(found.outcomes, all.outcomes.set());
            }
            let failures = known.into_iter();
            let failures = failures.filter(|(outcome, _)| NoBadPage.is_broken(outcome));
            let mut witnesses: Vec<_> = found
                .witnesses
                .iter()
                .map(|witness| {
                    assert!(witness.is_simplest);
                    let order = &witness.schedule;
                    (witness.outcome, (order.switches(), order.len()))
                })
                .collect();
            witnesses.sort();
            assert_eq!(witnesses, Vec::from_iter(failures), "{most}");
        }
    }
    assert_eq!(proved, 10);
}

#[test]
fn what_it_answers_does_not_depend_on_the_engine_nor_on_the_slices() {
    let toys = [
        toys::rmap(Order::Before, 1, 1),
        toys::rmap(Order::After, 2, 1),
        toys::dining(3),
        toys::readers(5),
    ];
    for toy in &toys {
        let whole = search(toy, Plan::default());
        assert!(whole.is_complete);
        assert_eq!(whole.engine, Engine::Classes);
        let found = brute::enumerate(toy, &NoBadPage, &Limits::default(), true);
        assert_eq!(whole.outcomes, found.outcomes.set());
        let states = search(toy, by(Engine::States));
        assert_eq!(
            (states.outcomes, states.is_complete),
            (whole.outcomes.clone(), true)
        );
        assert_eq!(states.witnesses, whole.witnesses);
        let mut sliced = Search::new(toy, &NoBadPage, Plan::default());
        while sliced.step(7, &mut ()) {}
        assert_eq!(sliced.findings(), whole);
        for witness in &whole.witnesses {
            assert!(witness.is_simplest);
            let mut walk = Walk::new(toy);
            for thread in witness.schedule.steps() {
                assert!(walk.enabled() >> thread.index() & 1 == 1);
                walk.step(thread.index());
            }
            assert_eq!(NoBadPage.outcome(&walk), witness.outcome);
        }
    }
}

#[test]
fn many_classes_with_few_states_are_answered_by_states() {
    let toy = toys::rmap(Order::After, 2, 4);
    let found = search(&toy, Plan::default());
    assert_eq!((found.engine, found.is_complete), (Engine::States, true));
    assert_eq!(found.outcomes, [(Ending::Finished, false)]);
}

#[test]
fn a_limit_is_never_a_proof() {
    let toy = toys::rmap(Order::After, 1, 2);
    let limited = |engine, limits| {
        let plan = Plan {
            limits,
            ..by(engine)
        };
        let found = search(&toy, plan);
        assert!(!found.is_complete);
        found.limit
    };
    let none = Limits::default();
    let cases = [
        (Engine::Classes, Limits { runs: 5, ..none }, Limit::Runs),
        (Engine::Classes, Limits { depth: 9, ..none }, Limit::Depth),
        (Engine::Classes, Limits { steps: 99, ..none }, Limit::Steps),
        (Engine::States, Limits { states: 99, ..none }, Limit::States),
        (Engine::States, Limits { depth: 9, ..none }, Limit::Depth),
        (Engine::Chance, Limits { runs: 99, ..none }, Limit::Runs),
    ];
    for (engine, limits, limit) in cases {
        assert_eq!(limited(engine, limits), Some(limit), "{engine:?}");
    }
}

#[test]
fn the_first_failure_can_be_enough() {
    let toy = toys::rmap(Order::Before, 1, 2);
    let plan = Plan {
        first_failure: true,
        ..Plan::default()
    };
    let found = search(&toy, plan);
    assert_eq!((found.engine, found.is_complete), (Engine::Chance, false));
    assert_eq!(found.witnesses.len(), 1);
    // One change into the gap, one back, and one for each of the two who come too late to matter.
    assert_eq!(found.witnesses[0].schedule.switches(), 4);
}

#[test]
fn what_a_step_needs_is_what_leads_to_it() {
    // Two writers of different words under different locks, and a third thread that looks at one of them: the other is not needed.
    let toy = toys::locked_stores(2);
    let order: Schedule = "A3B3".parse().expect("a schedule");
    // The second store comes after the first section, through the lock.
    assert_eq!(
        slice::needed(&toy, &order, 5),
        [true, true, true, true, true, false]
    );
    assert_eq!(
        slice::needed(&toy, &order, 2),
        [true, true, false, false, false, false]
    );
    assert_eq!(slice::needed(&toy, &order, 0), [false; 6]);
    let apart = toys::dining(4);
    let order: Schedule = "A4C4".parse().expect("a schedule");
    let needed = slice::needed(&apart, &order, 8);
    assert_eq!(needed, [false, false, false, false, true, true, true, true]);
}
