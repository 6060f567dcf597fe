//! Gathering the edges of several searches, and making the report of them.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_explore::Dpor;
use lockstep_explore::lockdep::{LockKind, Locks, Made, Slept, Standstill, Way, cycles};
use lockstep_machine::Function;
use lockstep_mm::kernel::Kernel;

use super::{LockCycle, LockEdge, LockReport, LockRow, LockStandstill, LockWay, SCHEMA};
use crate::locks::mode_words;
use crate::reports::Extent;
use crate::reports::kinds::{Kinds, LockOrder, disables_interrupts, label, order, sleeps};
use crate::reports::searched::Searching;
use crate::search::{Question, Searched};
use crate::session::Session;

/// What two edges have in common that are one in the report: held, wanted, whether it waits, whether both are the same lock.
type Key = (LockKind, LockKind, bool, bool);

/// What is known of some scenarios on a kernel.
#[derive(Default)]
pub(super) struct Gathered {
    scenarios: Vec<String>,
    extent: Option<Extent>,
    edges: BTreeMap<Key, Edge>,
    made: Vec<lockstep_explore::lockdep::Edge>,
    standstills: Vec<(String, Standstill)>,
    slept: Vec<(String, Slept)>,
}

struct Edge {
    order: LockOrder,
    classes: u64,
    modes: BTreeSet<&'static str>,
    ways: Vec<LockWay>,
}

impl Gathered {
    /// Adds all orders of a scenario.
    pub(super) fn add(&mut self, session: &Session, searching: &mut Searching<'_>) {
        let inner = session.inner();
        let setting = &inner.built.setting;
        let world = setting.setup.world;
        let (program, question) = (Searched::new(setting.clone()), Question::new(world));
        let locks = Locks::new(&question, Kinds(world));
        let mut search = Dpor::new(&program, &locks, searching.limits());
        let extent = searching.run(&mut search);
        self.extent = Some(match self.extent.take() {
            None => extent,
            Some(sum) => Extent {
                classes: sum.classes + extent.classes,
                steps: sum.steps + extent.steps,
                complete: sum.complete && extent.complete,
            },
        });
        let scenario = &inner.scenario.id;
        self.scenarios.push(scenario.clone());
        for made in locks.edges() {
            self.made.push(made.edge);
            self.edge(scenario, &made, |way| order(&world, way.locks));
        }
        let named = |standstill| (scenario.clone(), standstill);
        self.standstills
            .extend(locks.standstills().into_iter().map(named));
        let named = |slept| (scenario.clone(), slept);
        self.slept.extend(locks.slept().into_iter().map(named));
    }

    fn edge(&mut self, scenario: &str, made: &Made, order: impl Fn(&Way) -> LockOrder) {
        let edge = &made.edge;
        let Some(first) = made.ways.first() else {
            return;
        };
        let key = (edge.held, edge.wanted, edge.waits, edge.is_same);
        let known = self.edges.entry(key).or_insert_with(|| Edge {
            order: order(first),
            classes: 0,
            modes: BTreeSet::new(),
            ways: Vec::new(),
        });
        known.classes += made.classes;
        for way in &made.ways {
            known.modes.insert(mode_words(way.modes[1]).trim());
            let way = told(scenario, way);
            let is_known =
                |known: &LockWay| (&known.path, &known.held_in) == (&way.path, &way.held_in);
            if !known.ways.iter().any(is_known) {
                known.ways.push(way);
            }
        }
    }

    /// Whether the edge is made here in this way.
    fn makes(&self, key: &Key, way: &LockWay) -> bool {
        let edge = self.edges.get(key);
        edge.is_some_and(|edge| {
            let mut ways = edge.ways.iter();
            ways.any(|known| known.path == way.path && known.held_in == way.held_in)
        })
    }

    /// The report, compared with what is known of another kernel.
    pub(super) fn report(self, other: &Self, kernels: [Kernel; 2]) -> LockReport {
        let kinds = self.edges.keys().flat_map(|key| [key.0, key.1]);
        let kinds: BTreeSet<LockKind> = kinds.collect();
        let [kernel, compared_with] = kernels.map(|kernel| kernel.to_string());
        LockReport {
            schema: SCHEMA,
            kernel,
            compared_with,
            locks: kinds
                .into_iter()
                .map(|kind| LockRow {
                    lock: label(kind).to_owned(),
                    sleeps: sleeps(kind),
                    disables_interrupts: disables_interrupts(kind),
                })
                .collect(),
            cycles: cycles(self.made.iter().copied())
                .into_iter()
                .map(|kinds| self.cycle(&kinds))
                .collect(),
            problems: self.problems(),
            scenarios: self.scenarios,
            extent: self.extent.unwrap_or(Extent {
                classes: 0,
                steps: 0,
                complete: true,
            }),
            edges: self
                .edges
                .into_iter()
                .map(|(key, edge)| LockEdge {
                    held: label(key.0).to_owned(),
                    wanted: label(key.1).to_owned(),
                    modes: edge
                        .modes
                        .iter()
                        .filter(|mode| !mode.is_empty())
                        .map(|mode| (*mode).to_owned())
                        .collect(),
                    waits: key.2,
                    is_same_lock: key.3,
                    order: edge.order,
                    classes: edge.classes,
                    ways: edge
                        .ways
                        .into_iter()
                        .map(|way| LockWay {
                            on_the_other: other.makes(&key, &way),
                            ..way
                        })
                        .collect(),
                })
                .collect(),
        }
    }

    /// The circle among these kinds, with the run that has the fewest threads waiting in it.
    fn cycle(&self, kinds: &[LockKind]) -> LockCycle {
        let inside = |(_, standstill): &&(String, Standstill)| {
            let mut waiting = standstill.waiting.iter();
            waiting.all(|(_, kind)| kinds.contains(kind))
        };
        let found = self.standstills.iter().filter(inside);
        let run = found.min_by_key(|(_, standstill)| standstill.waiting.len());
        let named = |kind: &LockKind| label(*kind).to_owned();
        LockCycle {
            locks: kinds.iter().map(named).collect(),
            run: run.map(|(scenario, standstill)| LockStandstill {
                scenario: scenario.clone(),
                schedule: standstill.schedule.to_string(),
                waiting: standstill
                    .waiting
                    .iter()
                    .map(|(thread, kind)| (thread.letter(), named(kind)))
                    .collect(),
            }),
        }
    }

    /// What is wrong about sleeping and interrupts.
    fn problems(&self) -> Vec<String> {
        let slept = self.slept.iter().map(|(scenario, slept)| {
            format!(
                "{} may sleep and is asked for with {} held: {scenario}, step {} of {}",
                label(slept.wanted),
                label(slept.spinlock),
                slept.step,
                slept.schedule
            )
        });
        let interrupts = self.edges.iter().filter_map(|(key, edge)| {
            let (held, wanted, waits, _) = *key;
            if !disables_interrupts(held) {
                return None;
            }
            let why = if disables_interrupts(wanted) {
                "whose release switches interrupts on again under the first"
            } else if waits {
                "which others take with interrupts on: one that wants the first would wait for good"
            } else {
                return None;
            };
            let way = edge.ways.first()?;
            Some(format!(
                "with {} held and interrupts off, {} is taken, {why}: {}, {}",
                label(held),
                label(wanted),
                way.scenario,
                way.schedule
            ))
        });
        slept.chain(interrupts).collect()
    }
}

/// A way in words.
fn told(scenario: &str, way: &Way) -> LockWay {
    let name = |function: &&'static Function| function.name.to_owned();
    let shared = way
        .held_in
        .iter()
        .rev()
        .zip(way.wanted_in.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    // The innermost call that both have in common, and what was called from there.
    let inside = (way.wanted_in.len() + 1).saturating_sub(shared.max(1));
    let path = way.wanted_in.iter().take(inside).rev().map(name).collect();
    LockWay {
        path,
        held_in: way.held_in.first().map_or_else(String::new, name),
        scenario: scenario.to_owned(),
        schedule: way.schedule.to_string(),
        thread: way.thread.letter(),
        since: way.since,
        step: way.step,
        on_the_other: false,
    }
}
