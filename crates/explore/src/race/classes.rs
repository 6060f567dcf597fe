//! Every class of a search as it ends: the instances of races in it, and what came of it.
//!
//! Runs of a search share their beginnings, so what is known of the steps that a run shares with the one before is kept.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::panic::Location;
use std::rc::Rc;

use lockstep_machine::{Address, Effect, ThreadId};

use super::order::{Sync, bits, writes};
use super::{Access, Detector, Side};
use crate::clock::{Clock, join};
use crate::code::PlaceId;
use crate::dependence::Print;
use crate::hash::mix;
use crate::walk::{Model, Walk};

/// All that is known of the classes that have ended.
pub(super) struct Classes<O> {
    /// What each place does, by number.
    places: Vec<Option<Facts>>,
    steps: Vec<Step>,
    /// The steps of each thread, by their place in the run.
    own: [Vec<u32>; ThreadId::LIMIT],
    /// The races of the run, in the order of their later accesses.
    instances: Vec<Instance>,
    pub(super) pairs: Vec<PairFound>,
    known_pairs: BTreeMap<[&'static Location<'static>; 2], u32>,
    pub(super) pasts: Vec<Past>,
    known_pasts: BTreeMap<u64, u32>,
    pub(super) outcomes: Vec<O>,
    ended: u64,
}

/// What a place in the code does, as far as it does not depend on how that ends.
#[derive(Clone, Copy)]
struct Facts {
    print: Print,
    address: Address,
    bits: u64,
    location: &'static Location<'static>,
    /// `None` for a lock.
    access: Option<Access>,
}

/// One step of the current run.
struct Step {
    thread: ThreadId,
    facts: Facts,
    sync: Sync,
    writes: bool,
    /// What comes before it by dependence.
    dependence: Clock,
    /// What comes before it by synchronisation.
    order: Clock,
    /// A digest of the steps of its thread so far, with what comes before each.
    digest: u64,
    /// How many instances there were before it.
    instances: usize,
}

impl Step {
    fn number(&self) -> u16 {
        self.dependence[self.thread.index()]
    }

    fn is_before(&self, clock: &Clock) -> bool {
        clock[self.thread.index()] >= self.number()
    }
}

/// A race in the current run.
#[derive(Clone, Copy)]
struct Instance {
    pair: u32,
    /// Which side came first.
    first: usize,
    /// The step of each side, counted from 1.
    steps: [u32; 2],
    /// `None` if something else keeps the two in this order.
    past: Option<u32>,
}

/// The simplest run that ends in some way, kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) outcome: u16,
    pub(super) switches: u32,
    pub(super) run: Rc<[ThreadId]>,
    pub(super) steps: [u32; 2],
}

/// Two lines whose accesses race.
pub(super) struct PairFound {
    pub(super) sides: [Side; 2],
    pub(super) words: Vec<Address>,
    pub(super) orders: [Met; 2],
}

/// A past after which either of two accesses can be next.
pub(super) struct Past {
    pub(super) pair: u32,
    pub(super) orders: [Met; 2],
}

/// One order of two accesses: in how many classes it was met, and a run for each outcome.
#[derive(Default)]
pub(super) struct Met {
    pub(super) classes: u64,
    pub(super) runs: Vec<Kept>,
    last: u64,
}

impl Met {
    /// Notes that the current class has it.
    fn note(&mut self, class: &Class<'_>, steps: [u32; 2]) {
        if self.last != class.number {
            self.last = class.number;
            self.classes += 1;
        }
        match self
            .runs
            .binary_search_by_key(&class.outcome, |kept| kept.outcome)
        {
            Ok(at) if self.runs[at].switches > class.switches => self.runs[at] = class.kept(steps),
            Ok(_) => {}
            Err(at) => self.runs.insert(at, class.kept(steps)),
        }
    }

    /// The simplest run.
    pub(super) fn simplest(&self) -> Option<&Kept> {
        self.runs.iter().min_by_key(|kept| kept.switches)
    }
}

/// The class that has ended.
struct Class<'a> {
    /// Counted from 1.
    number: u64,
    outcome: u16,
    switches: u32,
    steps: &'a [Step],
    /// Made when it is first kept, which is seldom.
    run: OnceCell<Rc<[ThreadId]>>,
}

impl Class<'_> {
    fn kept(&self, steps: [u32; 2]) -> Kept {
        let run = || self.steps.iter().map(|step| step.thread).collect();
        Kept {
            outcome: self.outcome,
            switches: self.switches,
            run: Rc::clone(self.run.get_or_init(run)),
            steps,
        }
    }
}

impl<O> Default for Classes<O> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            steps: Vec::new(),
            own: Default::default(),
            instances: Vec::new(),
            pairs: Vec::new(),
            known_pairs: BTreeMap::new(),
            pasts: Vec::new(),
            known_pasts: BTreeMap::new(),
            outcomes: Vec::new(),
            ended: 0,
        }
    }
}

impl<O: Clone + Ord> Classes<O> {
    /// A class has ended: `walk` stands at the end of one of its runs.
    pub(super) fn end<P: Model>(
        &mut self,
        walk: &Walk<'_, P>,
        detector: &impl Detector,
        outcome: &O,
    ) {
        self.ended += 1;
        let shared = walk
            .order()
            .zip(&self.steps)
            .take_while(|(thread, step)| *thread == step.thread)
            .count();
        self.back_to(shared);
        for at in shared..walk.steps() {
            self.push(walk, at, detector);
        }
        let outcome = self.outcome(outcome);
        self.note(outcome);
    }

    fn outcome(&mut self, outcome: &O) -> u16 {
        let known = self.outcomes.iter().position(|known| known == outcome);
        known.unwrap_or_else(|| {
            self.outcomes.push(outcome.clone());
            self.outcomes.len() - 1
        }) as u16
    }

    fn back_to(&mut self, steps: usize) {
        if let Some(step) = self.steps.get(steps) {
            self.instances.truncate(step.instances);
        }
        self.steps.truncate(steps);
        for own in &mut self.own {
            while own.last().is_some_and(|at| *at as usize >= steps) {
                own.pop();
            }
        }
    }

    fn facts<P: Model>(
        &mut self,
        walk: &Walk<'_, P>,
        at: usize,
        detector: &impl Detector,
    ) -> Option<Facts> {
        let (id, place): (PlaceId, _) = walk.stood(at)?;
        if let Some(Some(known)) = self.places.get(id as usize) {
            return Some(*known);
        }
        let (operation, site) = (place.operation?, place.site?);
        let calls = walk.code.stacks.calls(site.stack);
        let facts = Facts {
            print: place.print,
            address: operation.address,
            bits: bits(&operation),
            location: site.location,
            access: (operation.lock_mode().is_none()).then(|| detector.access(&operation, calls)),
        };
        if self.places.len() <= id as usize {
            self.places.resize(id as usize + 1, None);
        }
        self.places[id as usize] = Some(facts);
        Some(facts)
    }

    /// Adds the step `at` of the walk, and the races it is the later access of.
    fn push<P: Model>(&mut self, walk: &Walk<'_, P>, at: usize, detector: &impl Detector) {
        let thread = walk.taken.get(at).map(|taken| usize::from(taken.thread));
        let Some((facts, thread)) = self
            .facts(walk, at, detector)
            .zip(thread.and_then(ThreadId::new))
        else {
            return;
        };
        // A release that did nothing has no effect on the order either.
        let (sync, writes) = match walk.done(at) {
            Some((operation, effect)) => {
                let access = facts.access.filter(|_| effect == Effect::Done);
                (
                    Sync::of(&operation, effect, access),
                    writes(&operation, effect),
                )
            }
            None => (Sync::NONE, false),
        };
        let depends = |step: &Step| walk.code.prints.depend(step.facts.print, facts.print);
        let mut dependence = self.before(thread, |last| last.dependence, depends);
        let mut order = self.before(thread, |last| last.order, |_| false);
        if sync.acquires() {
            for step in &self.steps {
                if step.facts.address == facts.address
                    && step.facts.bits & facts.bits != 0
                    && sync.comes_after(step.sync)
                {
                    join(&mut order, &step.order);
                }
            }
        }
        dependence[thread.index()] += 1;
        order[thread.index()] += 1;
        let mut digest = mix(thread.index() as u64);
        for part in dependence {
            digest = mix(digest ^ u64::from(part));
        }
        let before = self.own[thread.index()].last();
        digest = digest.wrapping_add(before.map_or(0, |at| self.steps[*at as usize].digest));
        let step = Step {
            thread,
            facts,
            sync,
            writes,
            dependence,
            order,
            digest,
            instances: self.instances.len(),
        };
        let may_race = facts.access.is_some_and(|access| access != Access::Exempt);
        for earlier in 0..self.steps.len() {
            if may_race && races(&self.steps[earlier], &step) {
                self.instance(earlier, &step, depends);
            }
        }
        self.own[thread.index()].push(at as u32);
        self.steps.push(step);
    }

    /// The clock of the last step of a thread, joined with those of all steps that `with` holds for.
    fn before(
        &self,
        thread: ThreadId,
        clock_of: impl Fn(&Step) -> Clock,
        with: impl Fn(&Step) -> bool,
    ) -> Clock {
        let own = self.own[thread.index()].last();
        let mut clock = own.map_or([0; ThreadId::LIMIT], |at| {
            clock_of(&self.steps[*at as usize])
        });
        for step in self.steps.iter().rev() {
            if !step.is_before(&clock) && with(step) {
                join(&mut clock, &clock_of(step));
            }
        }
        clock
    }

    /// Notes that the steps `earlier` and `later`, which comes next, race.
    fn instance(&mut self, earlier: usize, later: &Step, depends: impl Fn(&Step) -> bool) {
        let first = &self.steps[earlier];
        let of = |step: &Step| Side {
            location: step.facts.location,
            thread: step.thread,
            writes: step.writes,
            is_plain: step.facts.access == Some(Access::Plain),
        };
        let (mut sides, mut steps) = (
            [of(first), of(later)],
            [earlier as u32 + 1, self.steps.len() as u32 + 1],
        );
        let swapped = (sides[1].location, sides[1].thread) < (sides[0].location, sides[0].thread);
        if swapped {
            sides.swap(0, 1);
            steps.swap(0, 1);
        }
        let past = self.past(earlier, later, depends);
        let address = later.facts.address;
        let pair = *self
            .known_pairs
            .entry(sides.map(|side| side.location))
            .or_insert_with(|| {
                self.pairs.push(PairFound {
                    sides,
                    words: Vec::new(),
                    orders: Default::default(),
                });
                self.pairs.len() as u32 - 1
            });
        let words = &mut self.pairs[pair as usize].words;
        if let Err(at) = words.binary_search(&address) {
            words.insert(at, address);
        }
        let past = past.map(|digest| {
            *self.known_pasts.entry(digest).or_insert_with(|| {
                self.pasts.push(Past {
                    pair,
                    orders: Default::default(),
                });
                self.pasts.len() as u32 - 1
            })
        });
        self.instances.push(Instance {
            pair,
            first: usize::from(swapped),
            steps,
            past,
        });
    }

    /// A digest of what has to come before either of two racing steps; `None` if the later one cannot do without the earlier.
    fn past(&self, earlier: usize, later: &Step, depends: impl Fn(&Step) -> bool) -> Option<u64> {
        let first = &self.steps[earlier];
        let is_other = |step: &Step| {
            (step.thread, step.number()) != (first.thread, first.number()) && depends(step)
        };
        let mut clock = self.before(later.thread, |last| last.dependence, is_other);
        if first.is_before(&clock) {
            return None;
        }
        let mut before = first.dependence;
        before[first.thread.index()] -= 1;
        join(&mut clock, &before);
        let threads = [first.thread.index(), later.thread.index()];
        let mut digest = mix(1 << threads[0] | 1 << threads[1]);
        for (own, count) in self.own.iter().zip(clock) {
            let last = usize::from(count).checked_sub(1).and_then(|at| own.get(at));
            digest = digest.wrapping_add(last.map_or(0, |at| self.steps[*at as usize].digest));
        }
        Some(mix(digest))
    }

    /// Notes what came of the run for each race in it.
    fn note(&mut self, outcome: u16) {
        if self.instances.is_empty() {
            return;
        }
        let switches = |two: &&[Step]| two[0].thread != two[1].thread;
        let class = Class {
            number: self.ended,
            outcome,
            switches: self.steps.windows(2).filter(switches).count() as u32,
            steps: &self.steps,
            run: OnceCell::new(),
        };
        for instance in &self.instances {
            let Instance {
                pair, first, steps, ..
            } = *instance;
            self.pairs[pair as usize].orders[first].note(&class, steps);
            if let Some(past) = instance.past {
                self.pasts[past as usize].orders[first].note(&class, steps);
            }
        }
    }
}

#[cfg(test)]
impl<O> Classes<O> {
    /// The races of the run, by the threads and the numbers of their steps, and whether the order is free.
    pub(super) fn instances(&self) -> impl Iterator<Item = String> {
        self.instances.iter().map(|instance| {
            let mut sides = instance.steps.map(|step| {
                let step = &self.steps[step as usize - 1];
                (step.thread, step.number())
            });
            // Which of the two came first belongs to the class as well.
            if instance.first == 1 {
                sides.swap(0, 1);
            }
            format!("{sides:?} {}", instance.past.is_some())
        })
    }
}

/// Whether two steps of a run race.
fn races(earlier: &Step, later: &Step) -> bool {
    let (Some(one), Some(other)) = (earlier.facts.access, later.facts.access) else {
        return false;
    };
    earlier.thread != later.thread
        && earlier.facts.address == later.facts.address
        && earlier.facts.bits & later.facts.bits != 0
        && (earlier.writes || later.writes)
        && (one == Access::Plain || other == Access::Plain)
        && one != Access::Exempt
        && later.order[earlier.thread.index()] < earlier.order[earlier.thread.index()]
}
