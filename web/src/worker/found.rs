//! What a search has found, as it travels to the page.

use lockstep_explore::{Engine, Findings};
use lockstep_view::search::{self, Came};

use super::bytes::{parts, places};
use super::protocol::Counts;

/// What can be said of all orders together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Some order ends badly.
    Broken,
    /// None ends badly, although threads race for a word, or a mark may be missed until reclaim repairs it.
    Harmless,
    /// None ends badly, and there is nothing else to be said.
    Clean,
    /// None of those that were tried ends badly, and they are not all.
    Unproved,
}

/// How a search came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Every order is covered.
    Complete,
    /// A limit was reached, or the first failure was all that was asked for.
    Limited,
    /// Somebody stopped it.
    Stopped,
}

/// An order that ends badly.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The order, as links write it.
    pub order: String,
    /// How often the thread changes.
    pub switches: u32,
    /// How it ends: `bad-page by A`.
    pub outcome: String,
    /// Whether it is known to be the simplest that ends so.
    pub is_simplest: bool,
}

/// An order that was run, and where in it neighbours could change places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sample {
    /// The order, as links write it.
    pub order: String,
    /// The places, counted from 0: this step and the one after it touch different things.
    pub places: Vec<u32>,
}

/// What a search has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// What can be said of all orders.
    pub verdict: Verdict,
    /// How it came to its end.
    pub end: End,
    /// How many orders were run, those drawn at random included.
    pub orders: u64,
    /// How many classes of equal orders there are, if it was classes that answered.
    pub classes: Option<u64>,
    /// How many states were met, if it was states that answered.
    pub states: Option<u64>,
    /// The steps of the longest order.
    pub depth: u32,
    /// Every way to end that was met.
    pub outcomes: Vec<String>,
    /// The ids of properties that do not hold at the end of some order, beside what the outcomes say.
    pub properties: Vec<String>,
    /// One order for each way to end badly; the simplest first.
    pub witnesses: Vec<Witness>,
    /// An order to show on it why one order stands for many.
    pub sample: Option<Sample>,
    /// How long it took, in milliseconds.
    pub milliseconds: u32,
    /// The kernel it was found on, if not on this one: the two differ in nothing that any order looks at.
    pub same_as: Option<String>,
}

places!(Verdict: Broken, Harmless, Clean, Unproved);
places!(End: Complete, Limited, Stopped);
parts! {
    Witness { order, switches, outcome, is_simplest }
    Sample { order, places }
    Found {
        verdict, end, orders, classes, states, depth, outcomes, properties, witnesses, sample, milliseconds, same_as
    }
}

impl Found {
    /// What is known of a search that was stopped before anything broke.
    pub fn stopped(counts: Counts) -> Self {
        Self {
            verdict: Verdict::Unproved,
            end: End::Stopped,
            orders: counts.orders,
            classes: None,
            states: None,
            depth: counts.depth,
            outcomes: Vec::new(),
            properties: Vec::new(),
            witnesses: Vec::new(),
            sample: None,
            milliseconds: counts.milliseconds,
            same_as: None,
        }
    }

    /// What there is to tell of an answer.
    pub(super) fn of(answer: &search::Answer, end: End, orders: u64) -> Self {
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let witnesses = answer.witnesses.iter().map(|witness| Witness {
            order: witness.schedule.clone(),
            switches: short(witness.switches),
            outcome: witness.outcome.clone(),
            is_simplest: witness.simplest,
        });
        let properties = answer.properties.iter();
        Self {
            verdict: match answer.verdict {
                search::Verdict::Broken => Verdict::Broken,
                search::Verdict::Harmless => Verdict::Harmless,
                search::Verdict::Clean => Verdict::Clean,
                search::Verdict::Unproved => Verdict::Unproved,
            },
            end,
            orders,
            classes: answer.classes.filter(|_| answer.complete),
            states: answer.states.filter(|_| answer.complete),
            depth: short(answer.depth),
            outcomes: answer.outcomes.clone(),
            properties: properties.map(|id| (*id).to_owned()).collect(),
            witnesses: witnesses.collect(),
            sample: None,
            milliseconds: answer.milliseconds.clamp(0.0, 4e9) as u32,
            same_as: None,
        }
    }
}

/// How many orders a search has run in all.
pub(super) fn orders_of(findings: &Findings<Came>) -> u64 {
    let chance = match findings.engine {
        // These are the counts of the engine that answers already.
        Engine::Chance => 0,
        Engine::Classes | Engine::States => findings.chance.runs,
    };
    findings.counts.runs + chance
}
