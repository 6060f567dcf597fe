//! One search, in slices: how far it goes, when it looks up, what it tells on the way.
//!
//! It is a future, because a search borrows the program it searches and both have to last from slice to slice.

use lockstep_explore::{Event, Findings, Limits, Plan, Search, swaps};
use lockstep_machine::{Schedule, ThreadId};
use lockstep_view::reports::Searching;
use lockstep_view::reports::races::is_racy;
use lockstep_view::search::{self, Came, Question, Searched};

use super::found::{End, Found, Sample, orders_of};
use super::protocol::Counts;

/// How long a slice is, in milliseconds: what a stop waits for at most.
const SLICE: f64 = 12.0;
/// How long nothing is told, in milliseconds: ten times a second is as often as anybody reads.
const QUIET: f64 = 100.0;
/// How many steps are made between two looks at the clock.
const BUDGET: u64 = 2_000;
/// Among how many classes a race is looked for: where threads race, one of the first few shows it.
const RACES: u64 = 2_000;
/// Among how many of the first orders the sample is chosen.
const SAMPLED: u32 = 64;

/// What a search needs of the world.
pub trait Clock {
    /// Milliseconds since whenever.
    fn now(&self) -> f64;
    /// Lets the world have its turn; tells whether to go on afterwards.
    fn turn(&self) -> impl Future<Output = bool>;
}

/// How a reader's own search goes: as far as the memory of a browser lets it.
pub fn prove_plan() -> Plan {
    Plan {
        limits: Limits {
            runs: 20_000_000,
            states: 4_000_000,
            ..Limits::default()
        },
        ..Plan::default()
    }
}

/// How one scenario among many is searched: with up to two threads as far as it takes, with more only a while, and the first
/// failure is enough.
pub fn bench_plan(threads: usize) -> Plan {
    if threads <= 2 {
        return prove_plan();
    }
    Plan {
        first_failure: true,
        simplest: false,
        limits: Limits {
            runs: 20_000,
            ..Limits::default()
        },
        ..Plan::default()
    }
}

/// Searches a program until it is through, a limit is reached, or the clock says to stop.
pub(super) async fn search(
    (scenario, kernel): (&str, &str),
    program: &Searched,
    plan: Plan,
    clock: &impl Clock,
    mut tell: impl FnMut(Counts),
) -> (search::Answer, Found) {
    let question = Question::new(program.setting().setup.world);
    let mut search = Search::new(program, &question, plan);
    let mut watch = Watch::default();
    let begun = clock.now();
    let mut told = begun;
    let mut is_stopped = false;
    let mut goes_on = true;
    while goes_on && !is_stopped {
        let slice = clock.now();
        let mut now = slice;
        while goes_on && now - slice < SLICE {
            goes_on = search.step(BUDGET, &mut |event| watch.see(event));
            now = clock.now();
        }
        if goes_on {
            if now - told >= QUIET {
                told = now;
                tell(counts(&search.findings(), search.is_decided(), now - begun));
            }
            is_stopped = !clock.turn().await;
        }
    }
    let findings = search.findings();
    let mut answer = with_races(search::answer(scenario, kernel, &findings), program);
    answer.milliseconds = clock.now() - begun;
    let end = match is_stopped {
        // What is found of every order stays found, however the way to a simpler failure ended.
        true if !findings.is_complete => End::Stopped,
        _ if findings.is_complete => End::Complete,
        _ => End::Limited,
    };
    let mut found = Found::of(&answer, end, orders_of(&findings));
    found.sample = watch.sample(program);
    (answer, found)
}

/// The same, having looked for a race if there is nothing worse to be said.
fn with_races(answer: search::Answer, program: &Searched) -> search::Answer {
    if answer.verdict != search::Verdict::Clean {
        return answer;
    }
    let question = Question::new(program.setting().setup.world);
    let mut searching = Searching {
        classes: RACES,
        go_on: &mut |_| true,
    };
    let is_racy = is_racy(program, &question, &mut searching);
    answer.with_race(is_racy)
}

fn counts(findings: &Findings<Came>, is_decided: bool, milliseconds: f64) -> Counts {
    Counts {
        orders: orders_of(findings),
        classes: match findings.engine {
            lockstep_explore::Engine::Classes => findings.counts.runs,
            _ => 0,
        },
        states: findings.counts.states,
        depth: u32::try_from(findings.counts.depth).unwrap_or(u32::MAX),
        milliseconds: milliseconds as u32,
        is_broken: !findings.witnesses.is_empty(),
        is_decided,
    }
}

/// Follows the first orders, and keeps the one among them that changes threads most often: it has most to show.
#[derive(Default)]
struct Watch {
    order: Vec<u8>,
    best: Vec<u8>,
    most: usize,
    runs: u32,
}

impl Watch {
    #[inline]
    fn see(&mut self, event: Event) {
        if self.runs >= SAMPLED {
            return;
        }
        match event {
            Event::Step { thread, depth } => {
                self.order.truncate(depth);
                self.order.push(thread as u8);
            }
            Event::Run { .. } => self.end(),
            _ => {}
        }
    }

    fn end(&mut self) {
        self.runs += 1;
        let changes = self.order.windows(2).filter(|pair| pair[0] != pair[1]);
        let changes = changes.count();
        if changes > self.most {
            self.most = changes;
            self.best.clone_from(&self.order);
        }
    }

    fn sample(&self, program: &Searched) -> Option<Sample> {
        let threads = self.best.iter();
        let order: Schedule = threads
            .filter_map(|thread| ThreadId::new(usize::from(*thread)))
            .collect();
        let places = swaps(program, &order);
        (!places.is_empty()).then(|| Sample {
            order: order.to_string(),
            places,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::ready;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use lockstep_mm::kernel::Kernel;
    use lockstep_scenario::{Scenario, compiled};

    use super::*;
    use crate::engine;
    use crate::worker::Verdict;

    /// A clock that goes on by a millisecond a look, and says stop after so many turns.
    struct Turns(Cell<f64>, Cell<u32>);

    impl Clock for Turns {
        fn now(&self) -> f64 {
            self.0.set(self.0.get() + 1.0);
            self.0.get()
        }

        fn turn(&self) -> impl Future<Output = bool> {
            let left = self.1.get();
            self.1.set(left.saturating_sub(1));
            ready(left > 1)
        }
    }

    fn scenario(id: &str) -> Scenario {
        let file = engine::choice(id).expect("a scenario").file();
        let (_, bytes) = engine::FILES
            .iter()
            .find(|(name, _)| *name == file)
            .expect("its file");
        compiled::decode(bytes).expect("scenarios").remove(0)
    }

    fn searched(id: &str, kernel: Kernel, turns: u32) -> (Found, Vec<Counts>) {
        let setting = scenario(id).build(kernel).expect("builds").setting;
        let program = Searched::new(setting);
        let clock = Turns(Cell::new(0.0), Cell::new(turns));
        let mut told = Vec::new();
        let tell = |counts| told.push(counts);
        let name = kernel.to_string();
        let found = {
            let search = pin!(search((id, &name), &program, prove_plan(), &clock, tell));
            match search.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready((_, found)) => found,
                Poll::Pending => panic!("the clock never waits"),
            }
        };
        (found, told)
    }

    const ENDLESS: u32 = u32::MAX;

    #[test]
    fn the_commit_is_proved_and_its_parent_is_not() {
        let (after, _) = searched("truncate-cow-vs-reclaim", Kernel::AFTER, ENDLESS);
        assert_eq!(
            (after.verdict, after.end, after.classes),
            (Verdict::Harmless, End::Complete, Some(267))
        );
        let (before, _) = searched("truncate-cow-vs-reclaim", Kernel::BEFORE, ENDLESS);
        assert_eq!(
            (before.verdict, before.end),
            (Verdict::Broken, End::Complete)
        );
        let simplest = &before.witnesses[0];
        assert_eq!((simplest.switches, simplest.is_simplest), (2, true));
        assert!(before.orders > before.classes.unwrap_or(0));
    }

    #[test]
    fn only_where_no_threads_race_is_it_clean() {
        let (alone, _) = searched("munlock-double-mapping", Kernel::AFTER, ENDLESS);
        assert_eq!(alone.verdict, Verdict::Clean);
        let (exits, _) = searched("exit-vs-exit", Kernel::BEFORE, ENDLESS);
        assert_eq!(
            (exits.verdict, exits.outcomes),
            (Verdict::Harmless, vec!["ok".to_owned()])
        );
    }

    #[test]
    fn what_a_stop_leaves_is_no_proof() {
        let id = "reclaim-exit-truncate-anon";
        let (found, told) = searched(id, Kernel::AFTER, 12);
        assert_eq!(
            (found.verdict, found.end),
            (Verdict::Unproved, End::Stopped)
        );
        assert_eq!(found.classes, None);
        assert!(found.orders > 100, "{}", found.orders);
        assert!(!told.is_empty());
        assert!(told.is_sorted_by_key(|counts| counts.orders));
    }

    #[test]
    fn the_sample_is_an_order_with_places_in_it() {
        let (found, _) = searched("truncate-cow-vs-reclaim", Kernel::AFTER, ENDLESS);
        let Sample { order, places } = found.sample.expect("two threads have something to swap");
        let order: Schedule = order.parse().expect("an order");
        let steps: Vec<ThreadId> = order.steps().collect();
        assert!(order.switches() > 4);
        for at in places {
            let at = at as usize;
            assert_ne!(steps[at], steps[at + 1], "{at}");
        }
    }

    #[test]
    fn one_thread_has_one_order() {
        let (found, _) = searched("munlock-double-mapping", Kernel::AFTER, ENDLESS);
        assert_eq!(found.classes, Some(1));
        assert_eq!(found.sample, None);
    }
}
