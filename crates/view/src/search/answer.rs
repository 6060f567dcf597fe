//! What a search has to say, as plain data.

use lockstep_explore::{Counts, Findings};
use lockstep_machine::Schedule;
use lockstep_mm::invariants::{Invariant, Outcome, Severity};

use super::Came;

/// The version of the schema, in the first field of every object.
pub const SCHEMA: &str = "lockstep-check/1";

/// What can be said of all orders together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
#[cfg_attr(feature = "json", serde(rename_all = "kebab-case"))]
pub enum Verdict {
    /// Some order ends badly.
    Broken,
    /// No order ends badly, although threads race for a word, or a mark may be missed until reclaim repairs it.
    Harmless,
    /// No order ends badly, and there is nothing else to be said; unless it [is open](Answer::is_race_open) whether threads race.
    Clean,
    /// No order that was tried ends badly, and a limit was reached: it may be that one does.
    Unproved,
}

impl Verdict {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Harmless => "harmless",
            Self::Clean => "clean",
            Self::Unproved => "unproved",
        }
    }
}

/// An order that ends badly.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct WitnessOrder {
    /// The order, as `lockstep run --schedule` takes it.
    pub schedule: String,
    /// How often the thread changes.
    pub switches: usize,
    /// How many steps it has.
    pub steps: usize,
    /// How it ends.
    pub outcome: String,
    /// Whether it is known to be the simplest that ends so: no order has fewer changes, nor as many and fewer steps.
    pub simplest: bool,
}

/// What a search of one scenario on one kernel has found. The field `milliseconds` is for whoever took the time.
#[derive(Clone, PartialEq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Answer {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The id of the scenario.
    pub scenario: String,
    /// The kernel as it is written after `--kernel`.
    pub kernel: String,
    /// The engine that answered: `chance`, `classes`, `states`.
    pub engine: &'static str,
    /// What can be said.
    pub verdict: Verdict,
    /// Every outcome that some order reaches; if the search is not complete, those that were met.
    pub outcomes: Vec<String>,
    /// The ids of properties that do not hold at the end of some order, beside what the outcomes say.
    pub properties: Vec<&'static str>,
    /// How many classes of equivalent orders were found, if the engine counts them.
    pub classes: Option<u64>,
    /// How many runs to an end were made.
    pub runs: u64,
    /// How many runs were given up because they would have repeated another: none, or the search is at fault.
    pub blocked_runs: u64,
    /// How many different states were met, if the engine keeps them. With a limit of switches, who made the last step makes a difference too.
    pub states: Option<u64>,
    /// How many steps were executed.
    pub steps: u64,
    /// The longest run, in steps.
    pub depth: usize,
    /// Whether every order has been covered.
    pub complete: bool,
    /// The limit that ended the search, if one did.
    pub limit: Option<&'static str>,
    /// Whether threads race for a word; `None` if nobody looked, or did not get to know. It is only looked for where there is nothing worse to be said.
    pub races: Option<bool>,
    /// The simplest order that ends badly.
    pub witness: Option<WitnessOrder>,
    /// One order for each way to end badly, that one included; the simplest first.
    pub witnesses: Vec<WitnessOrder>,
    /// How long it took.
    pub milliseconds: f64,
}

impl Answer {
    /// The same with a property that does not hold after some step, which `order` leads to.
    pub fn with_broken_step(mut self, invariant: Invariant, order: &Schedule) -> Self {
        let row = invariant.description();
        self.properties.push(row.id);
        if row.severity != Severity::Soft {
            self.verdict = Verdict::Broken;
            self.witnesses.push(WitnessOrder {
                schedule: order.to_string(),
                switches: order.switches(),
                steps: order.len(),
                outcome: row.id.to_owned(),
                simplest: false,
            });
            self.witness = self.witnesses.first().cloned();
        }
        self
    }

    /// Whether a race was found, if that is known; it makes a clean answer a harmless one.
    pub fn with_race(mut self, is_there: Option<bool>) -> Self {
        self.races = is_there;
        if self.races == Some(true) && self.verdict == Verdict::Clean {
            self.verdict = Verdict::Harmless;
        }
        self
    }

    /// Whether all that is left to be said is if threads race, and that is not known.
    pub fn is_race_open(&self) -> bool {
        self.verdict == Verdict::Clean && self.races.is_none()
    }
}

/// What `findings` have to say of a scenario on a kernel.
pub fn answer(scenario: &str, kernel: &str, findings: &Findings<Came>) -> Answer {
    use lockstep_explore::Engine;
    let Counts {
        runs,
        blocked_runs,
        states,
        steps,
        depth,
    } = findings.counts;
    let mut outcomes: Vec<String> = findings.outcomes.iter().map(|came| came.words()).collect();
    outcomes.dedup();
    let mut properties: Vec<&'static str> = findings
        .outcomes
        .iter()
        .flat_map(|came| came.broken())
        .map(|invariant| invariant.description().id)
        .collect();
    properties.sort_unstable();
    properties.dedup();
    let witnesses: Vec<WitnessOrder> = findings
        .witnesses
        .iter()
        .map(|witness| order(&witness.schedule, witness.outcome, witness.is_simplest))
        .collect();
    Answer {
        schema: SCHEMA,
        scenario: scenario.to_owned(),
        kernel: kernel.to_owned(),
        engine: findings.engine.word(),
        verdict: verdict(findings),
        outcomes,
        properties,
        classes: (findings.engine == Engine::Classes).then_some(runs),
        runs,
        blocked_runs,
        states: (findings.engine == Engine::States).then_some(states),
        steps,
        depth,
        complete: findings.is_complete,
        limit: findings.limit.map(|limit| limit.word()),
        races: None,
        witness: witnesses.first().cloned(),
        witnesses,
        milliseconds: 0.0,
    }
}

fn order(schedule: &Schedule, came: Came, simplest: bool) -> WitnessOrder {
    WitnessOrder {
        schedule: schedule.to_string(),
        switches: schedule.switches(),
        steps: schedule.len(),
        outcome: came.words(),
        simplest,
    }
}

fn verdict(findings: &Findings<Came>) -> Verdict {
    let mut all = findings.outcomes.iter();
    if all.any(|came| came.is_broken()) {
        return Verdict::Broken;
    }
    if !findings.is_complete {
        return Verdict::Unproved;
    }
    let mut all = findings.outcomes.iter();
    match all.any(|came| came.outcome == Outcome::Missed) {
        true => Verdict::Harmless,
        false => Verdict::Clean,
    }
}
