//! What must be true of everything told, whatever the order of the steps.

use std::rc::Rc;

use lockstep_machine::{Schedule, ThreadId};
use lockstep_scenario::parse_kernel;
use lockstep_view::scene::{Fact, FactId, LockMode, Scene, SetBy, StepNo, ThreadState};
use lockstep_view::{Mode, Run, Session};
use proptest::prelude::*;

const KERNELS: &[&str] = &[
    "before",
    "after",
    "before,i-mmap=shared",
    "after,i-mmap=shared",
];

fn any_run() -> impl Strategy<Value = Run> {
    let letters = prop::collection::vec((0usize..2, 1usize..12), 0..24);
    (0usize..2, 0..KERNELS.len(), letters, any::<bool>()).prop_map(
        |(scenario, kernel, letters, finish)| {
            let found = lockstep_scenario::library().swap_remove(scenario);
            let kernel = parse_kernel(KERNELS[kernel]).expect("a kernel");
            let session = Session::new(Rc::new(found), kernel).expect("it can be built");
            let steps = letters
                .into_iter()
                .flat_map(|(thread, count)| std::iter::repeat_n(thread, count));
            let mut schedule: Schedule = steps.filter_map(ThreadId::new).collect();
            schedule.finish = finish;
            session.run(&schedule, Mode::Deferring)
        },
    )
}

fn facts(scene: &Scene) -> impl Iterator<Item = &Fact> {
    scene.groups.iter().flat_map(|group| &group.facts)
}

fn value<'s>(scene: &'s Scene, id: &FactId) -> Option<&'s str> {
    facts(scene)
        .find(|fact| fact.id == *id)
        .map(|fact| fact.value.as_str())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn changes_are_what_differs_between_two_moments(run in any_run()) {
        let mut before = run.scene(StepNo(0));
        prop_assert!(facts(&before).all(|fact| !fact.is_changed));
        for step in 1..=run.steps() {
            let now = run.scene(StepNo(step));
            for fact in facts(&now) {
                let was = value(&before, &fact.id);
                prop_assert_eq!(fact.is_changed, was != Some(&fact.value), "{} at {}", fact.label, step);
                prop_assert_eq!(fact.previous.as_deref(), was.filter(|_| fact.is_changed));
                let told = now.explain.changes.iter().any(|change| change.fact.as_ref() == Some(&fact.id));
                prop_assert_eq!(told, fact.is_changed);
            }
            for change in &now.explain.changes {
                prop_assert_ne!(&change.from, &change.to);
                if let Some(id) = &change.fact {
                    prop_assert_eq!(value(&before, id), Some(change.from.as_str()));
                    prop_assert_eq!(value(&now, id), Some(change.to.as_str()));
                }
            }
            before = now;
        }
    }

    #[test]
    fn a_fact_names_the_step_that_made_it_true(run in any_run(), at in any::<prop::sample::Index>()) {
        let step = at.index(run.steps() as usize + 1) as u32;
        for fact in facts(&run.scene(StepNo(step))) {
            if let SetBy::Step { step: by, thread, .. } = &fact.set_by {
                let then = run.scene(*by);
                let same = facts(&then).find(|known| known.id == fact.id).expect("facts stay where they are");
                prop_assert!(same.is_changed);
                prop_assert_eq!(&same.value, &fact.value);
                prop_assert_eq!(Some(*thread), then.explain.thread);
            } else {
                let start = run.scene(StepNo(0));
                prop_assert_eq!(Some(fact.value.as_str()), value(&start, &fact.id));
            }
        }
    }

    #[test]
    fn a_preview_is_what_then_happens(run in any_run()) {
        for step in 0..run.steps() {
            let (now, then) = (run.scene(StepNo(step)), run.scene(StepNo(step + 1)));
            let Some(thread) = then.explain.thread else { continue };
            let card = &now.threads[usize::from(thread.0)];
            prop_assert_eq!(&card.state, &ThreadState::Runnable);
            prop_assert_eq!(&card.next_place, &then.explain.place);
            let next = card.next.as_ref().expect("a thread that can run has a next step");
            for effect in &next.effects {
                prop_assert_eq!(value(&then, &effect.fact), Some(effect.value.as_str()));
            }
            let changed = facts(&then).filter(|fact| fact.is_changed).count();
            prop_assert_eq!(next.effects.len(), changed);
        }
    }

    #[test]
    fn locks_agree_with_threads_and_bars(run in any_run()) {
        let score = run.score();
        for step in 0..=run.steps() {
            let scene = run.scene(StepNo(step));
            for lock in &scene.locks {
                let holds = |thread: u8| scene.threads[usize::from(thread)].holds.iter().find(|hold| hold.lock == lock.id);
                for owner in &lock.owners {
                    prop_assert_eq!(holds(owner.thread.0).map(|hold| (hold.mode, hold.since)), Some((owner.mode, owner.since)));
                }
                let exclusive = lock.owners.iter().filter(|owner| owner.mode == LockMode::Exclusive).count();
                prop_assert!(exclusive == 0 || lock.owners.len() == 1);
                for waiter in &lock.waiters {
                    let card = &scene.threads[usize::from(waiter.thread.0)];
                    let waits = matches!(&card.state, ThreadState::Blocked(wait) if wait.lock == lock.id && wait.since == waiter.since);
                    prop_assert!(waits);
                }
            }
            for lane in &score.lock_lanes {
                let held = lane.bars.iter().filter(|bar| bar.from.0 <= step && bar.to.is_none_or(|to| step < to.0)).count();
                let owners = scene.locks.iter().find(|lock| lock.id == lane.lock).map_or(0, |lock| lock.owners.len());
                prop_assert_eq!(held, owners, "{} at {}", &lane.label, step);
            }
        }
    }

    #[test]
    fn a_score_has_no_holes(run in any_run()) {
        let score = run.score();
        prop_assert_eq!(score.columns.len() as u32, run.steps());
        prop_assert_eq!(run.transcript().len() as u32, run.steps());
        for lane in &score.lanes {
            let mut next = 0;
            for span in &lane.spans {
                prop_assert_eq!(span.from.0, next);
                prop_assert!(span.to >= span.from);
                next = span.to.0 + 1;
            }
            prop_assert_eq!(next, run.steps() + 1);
        }
        for wait in &score.waits {
            prop_assert!(wait.from <= wait.to && wait.to.0 <= run.steps());
            for step in wait.from.0..wait.to.0 {
                let scene = run.scene(StepNo(step));
                let waits = matches!(&scene.threads[usize::from(wait.thread.0)].state, ThreadState::Blocked(now) if now.lock == wait.lock);
                prop_assert!(waits, "{:?} at {}", wait, step);
            }
        }
        if let Some(verdict) = &score.verdict {
            prop_assert_eq!(run.scene(verdict.step).verdict.kind, verdict.kind);
        }
    }

    #[test]
    fn sentences_are_short_and_name_what_there_is(run in any_run()) {
        for column in &run.score().columns {
            let words = column.sentence.split_whitespace().count();
            prop_assert!((2..=22).contains(&words), "{}", column.sentence);
            prop_assert!(column.sentence.ends_with('.') && !column.spoken.contains('_'));
            for leak in ["page_table_lock_word", "@", "NULL", "the lock at"] {
                prop_assert!(!column.sentence.contains(leak), "{}", column.sentence);
            }
        }
    }

    #[test]
    fn going_beyond_the_end_stays_at_the_end(run in any_run(), cursor in any::<u32>()) {
        let end = run.scene(StepNo(run.steps()));
        prop_assert_eq!(run.scene(StepNo(cursor.max(run.steps()))), end);
    }

    #[test]
    fn the_same_order_is_told_the_same_way(run in any_run(), at in any::<prop::sample::Index>()) {
        let headline = run.headline();
        let scenario = lockstep_scenario::library().into_iter().find(|known| known.id == headline.scenario);
        let kernel = KERNELS.iter().filter_map(|kernel| parse_kernel(kernel).ok());
        for kernel in kernel {
            let session = Session::new(Rc::new(scenario.clone().expect("it is built in")), kernel).expect("it can be built");
            if session.headline().kernel != headline.kernel {
                continue;
            }
            let mut again = session.run(run.executed(), Mode::Strict);
            prop_assert!(again.report().refusal.is_none());
            let step = StepNo(at.index(run.steps() as usize + 1) as u32);
            prop_assert_eq!(again.scene(step), run.scene(step));
            prop_assert_eq!(again.transcript(), run.transcript());
            // However it came to the order, a run of its steps in that order parts from nothing.
            prop_assert!(again.score().parting.is_none());
            again = session.run(run.executed(), Mode::Deferring);
            prop_assert_eq!(&again.score().columns, &run.score().columns);
        }
    }
}
