//! The whole search of a program: which engine goes when, and what they have found together.
//!
//! The question decides. Whether something can break at all is asked of chance first, which finds most failures within a few runs.
//! What can come of a program is then answered by classes, which give each outcome with an order that leads to it. A program
//! with very many classes may have few states, so from some number of classes on both engines go on by turns, and the one
//! that gets through first answers. At last each failure gets the simplest order that shows it.

use lockstep_machine::Schedule;

use crate::dpor::Dpor;
use crate::few_switches::FewSwitches;
use crate::limits::{Counts, Limit, Limits, Progress};
use crate::minimize::Minimize;
use crate::observer::Observer;
use crate::pct::Pct;
use crate::property::{Outcomes, Property};
use crate::stateful::Stateful;
use crate::walk::Model;

/// A way of searching.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Engine {
    /// Orders drawn at random, by [`Pct`].
    Chance,
    /// One order of each class of equivalent ones, by [`Dpor`].
    Classes,
    /// Each state once, by [`Stateful`]; with a limit of switches those of the orders within it, by [`FewSwitches`].
    States,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Chance, Self::Classes, Self::States];

    /// In one word, as in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Chance => "chance",
            Self::Classes => "classes",
            Self::States => "states",
        }
    }
}

/// What is searched, how, and how far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// The engine that has to answer; `None` leaves it to the search.
    pub engine: Option<Engine>,
    /// Whether the first failure ends the search: then the outcomes are not all there are.
    pub first_failure: bool,
    /// How many runs chance gets at the start.
    pub chances: u64,
    /// Whether failures get the simplest order that shows them.
    pub simplest: bool,
    /// How far each engine goes. With a limit of switches no order beyond it is looked at: then states answer, whatever else is asked for.
    pub limits: Limits,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            engine: None,
            first_failure: false,
            chances: 100,
            simplest: true,
            limits: Limits::default(),
        }
    }
}

/// From this number of classes on, the search by states goes along. It takes twice the time of the search by classes for a step,
/// so it has to be worth it: up to here the classes alone take less than half a second.
const MANY_CLASSES: u64 = 400_000;
/// How many steps each of the two goes at a time.
const TURN: u64 = 100_000;
/// How many steps are spent on the simplest orders, for each failure. What was found first is kept if they do not do.
const SIMPLEST_STEPS: u64 = 20_000_000;
/// Where chance starts. Any number would do; this one has always been it, so that results can be compared.
const SEED: u64 = 0x6c6f_636b;

/// An order that ends badly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness<O> {
    /// How it ends.
    pub outcome: O,
    /// The order.
    pub schedule: Schedule,
    /// Whether it is known that no order with this end has fewer changes of thread, nor as many and fewer steps.
    pub is_simplest: bool,
}

/// What a search has found so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Findings<O> {
    /// The engine that answers.
    pub engine: Engine,
    /// The limit that has ended the search, if one has; then it proves nothing.
    pub limit: Option<Limit>,
    /// Whether every order has been covered.
    pub is_complete: bool,
    /// The outcomes that were met.
    pub outcomes: Vec<O>,
    /// What the engine that answers has done.
    pub counts: Counts,
    /// The runs that chance has made.
    pub chance: Counts,
    /// An order for each outcome that is a failure, the simplest first.
    pub witnesses: Vec<Witness<O>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Chance,
    Classes,
    States,
    FewSwitches,
    ByTurns,
    /// Making the failures simple.
    Simplest,
    Done,
}

/// A search, to be driven by [`Search::step`].
pub struct Search<'p, P: Model, Q: Property<P>> {
    program: &'p P,
    property: &'p Q,
    plan: Plan,
    stage: Stage,
    engine: Engine,
    limit: Option<Limit>,
    is_complete: bool,
    chance: Pct<'p, P, Q>,
    classes: Dpor<'p, P, Q>,
    states: Option<Stateful<'p, P, Q>>,
    /// In place of all others if the switches are limited.
    few: Option<FewSwitches<'p, P, Q>>,
    minimize: Option<Minimize<'p, P, Q>>,
    witnesses: Vec<Witness<Q::Outcome>>,
}

impl<'p, P: Model, Q: Property<P>> Search<'p, P, Q> {
    /// Gets ready to search `program`.
    pub fn new(program: &'p P, property: &'p Q, plan: Plan) -> Self {
        let runs = match plan.engine {
            Some(Engine::Chance) => plan.limits.runs,
            _ => plan.chances.min(plan.limits.runs),
        };
        let chances = Limits {
            runs,
            ..plan.limits
        };
        let few = plan
            .limits
            .switches
            .map(|_| FewSwitches::new(program, property, plan.limits));
        let (stage, engine) = match few {
            Some(_) => (Stage::FewSwitches, Engine::States),
            None => (Stage::Chance, Engine::Chance),
        };
        Self {
            program,
            property,
            plan,
            stage,
            engine,
            limit: None,
            is_complete: false,
            chance: Pct::new(program, property, chances, SEED),
            classes: Dpor::new(program, property, plan.limits),
            states: None,
            few,
            minimize: None,
            witnesses: Vec::new(),
        }
    }

    /// Goes on for about `budget` steps; gives whether there is more to do.
    pub fn step(&mut self, budget: u64, observer: &mut impl Observer) -> bool {
        match self.stage {
            Stage::Chance => self.by_chance(budget, observer),
            Stage::Classes => {
                let progress = self.classes.step(budget.min(TURN), observer);
                let many = self.classes.counts().runs > MANY_CLASSES;
                match progress {
                    Progress::Going if many && self.plan.engine.is_none() => {
                        self.stage = Stage::ByTurns;
                    }
                    other => self.after(Engine::Classes, other),
                }
            }
            Stage::States => {
                let progress = self.states().step(budget, observer);
                self.after(Engine::States, progress);
            }
            Stage::FewSwitches => {
                if let Some(few) = &mut self.few {
                    let progress = few.step(budget, observer);
                    self.after(Engine::States, progress);
                }
            }
            Stage::ByTurns => self.by_turns(budget, observer),
            Stage::Simplest => self.simplify(budget),
            Stage::Done => {}
        }
        self.stage != Stage::Done
    }

    /// Searches to the end, or to a limit.
    pub fn run(&mut self, observer: &mut impl Observer) -> Findings<Q::Outcome> {
        while self.step(u64::MAX, observer) {}
        self.findings()
    }

    /// Whether every engine is through, and what is left is to make failures simple.
    pub fn is_decided(&self) -> bool {
        matches!(self.stage, Stage::Simplest | Stage::Done)
    }

    /// What it has found so far.
    pub fn findings(&self) -> Findings<Q::Outcome> {
        let (counts, answered) = match (self.engine, &self.few, &self.states) {
            (Engine::Chance, ..) => (self.chance.counts(), None),
            (Engine::Classes, ..) => (self.classes.counts(), Some(self.classes.outcomes())),
            (Engine::States, Some(few), _) => (few.counts(), Some(few.outcomes())),
            (Engine::States, None, Some(states)) => (states.counts(), Some(states.outcomes())),
            (Engine::States, None, None) => (Counts::default(), None),
        };
        let mut outcomes = answered.map(Outcomes::set).unwrap_or_default();
        if !self.is_complete {
            for met in self.all_outcomes() {
                outcomes.extend(met.set());
            }
            outcomes.sort();
            outcomes.dedup();
        }
        let witnesses = if self.is_decided() {
            self.witnesses.clone()
        } else {
            self.failures()
        };
        Findings {
            engine: self.engine,
            limit: self.limit,
            is_complete: self.is_complete,
            outcomes,
            counts,
            chance: self.chance.counts(),
            witnesses,
        }
    }

    /// What every engine has met, the one that went first first.
    fn all_outcomes(&self) -> impl Iterator<Item = &Outcomes<Q::Outcome>> {
        let states = self.states.as_ref().map(Stateful::outcomes);
        let few = self.few.as_ref().map(FewSwitches::outcomes);
        let first = [self.chance.outcomes(), self.classes.outcomes()];
        first.into_iter().chain(states).chain(few)
    }

    fn states(&mut self) -> &mut Stateful<'p, P, Q> {
        let (program, property, limits) = (self.program, self.property, self.plan.limits);
        self.states
            .get_or_insert_with(|| Stateful::new(program, property, limits))
    }

    fn by_chance(&mut self, budget: u64, observer: &mut impl Observer) {
        let progress = self.chance.step(budget, observer);
        let is_over = self.plan.first_failure && self.chance.is_broken();
        match (progress, self.plan.engine) {
            _ if is_over => self.decide(),
            (Progress::Going, _) => {}
            (other, Some(Engine::Chance)) => self.after(Engine::Chance, other),
            (_, Some(Engine::States)) => self.stage = Stage::States,
            (_, Some(Engine::Classes) | None) => self.stage = Stage::Classes,
        }
        if self.stage == Stage::Classes {
            self.engine = Engine::Classes;
        }
        if self.stage == Stage::States {
            self.engine = Engine::States;
        }
    }

    fn by_turns(&mut self, budget: u64, observer: &mut impl Observer) {
        let turn = budget.min(TURN);
        let classes = self.classes.step(turn, observer);
        if classes == Progress::Complete {
            return self.after(Engine::Classes, classes);
        }
        let states = self.states().step(turn, observer);
        match (classes, states) {
            (_, Progress::Complete) => self.after(Engine::States, states),
            (Progress::Limited(_), Progress::Limited(_)) => self.after(Engine::Classes, classes),
            _ => self.after(Engine::Classes, Progress::Going),
        }
    }

    /// Goes on to what comes after an engine's turn.
    fn after(&mut self, engine: Engine, progress: Progress) {
        self.engine = engine;
        match progress {
            Progress::Going => {
                let broken = |outcome: &Q::Outcome| self.property.is_broken(outcome);
                if self.plan.first_failure && self.findings().outcomes.iter().any(broken) {
                    self.decide();
                }
            }
            Progress::Complete => {
                self.is_complete = true;
                self.decide();
            }
            Progress::Limited(limit) => {
                self.limit = Some(limit);
                self.decide();
            }
        }
    }

    /// The failures known, each with the order that was found first.
    fn failures(&self) -> Vec<Witness<Q::Outcome>> {
        let mut found: Vec<Witness<Q::Outcome>> = Vec::new();
        for (outcome, reached) in self.all_outcomes().flat_map(Outcomes::iter) {
            let is_known = found.iter().any(|witness| witness.outcome == *outcome);
            if self.property.is_broken(outcome) && !is_known {
                found.push(Witness {
                    outcome: outcome.clone(),
                    schedule: reached.witness.clone(),
                    is_simplest: false,
                });
            }
        }
        found
    }

    fn decide(&mut self) {
        self.witnesses = self.failures();
        self.witnesses
            .sort_by(|one, other| one.outcome.cmp(&other.outcome));
        self.stage = if self.plan.simplest && !self.witnesses.is_empty() {
            Stage::Simplest
        } else {
            Stage::Done
        };
        self.settle_order();
    }

    fn simplify(&mut self, budget: u64) {
        let failures = self.witnesses.iter();
        let wanted = failures.map(|witness| witness.outcome.clone());
        let (program, property, plan) = (self.program, self.property, &self.plan);
        let minimize = self.minimize.get_or_insert_with(|| {
            let limits = Limits {
                steps: SIMPLEST_STEPS.saturating_mul(wanted.len() as u64),
                ..plan.limits
            };
            Minimize::new(program, property, wanted, limits)
        });
        let progress = minimize.step(budget);
        for witness in self.witnesses.iter_mut().filter(|known| !known.is_simplest) {
            if let Some(schedule) = minimize.simplest(&witness.outcome) {
                witness.schedule = schedule.clone();
                witness.is_simplest = true;
            }
        }
        if progress != Progress::Going {
            self.minimize = None;
            self.stage = Stage::Done;
            self.settle_order();
        }
    }

    /// Once all are known, the simplest failure comes first.
    fn settle_order(&mut self) {
        if self.stage == Stage::Done {
            self.witnesses
                .sort_by_key(|witness| (witness.schedule.switches(), witness.schedule.len()));
        }
    }
}
