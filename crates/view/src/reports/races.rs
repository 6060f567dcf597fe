//! The race report: what a race detector would find in any order of a scenario, and whether it matters.

mod text;
pub(super) mod told;

use lockstep_explore::Dpor;
use lockstep_explore::race::{Decision, Example, Pair, Races, Side};
use lockstep_machine::{Event, Schedule, Trace};

use super::searched::Searching;
use super::words::{Words, name};
use super::{Call, Extent};
use crate::scene::{VerdictKind, VerdictMark};
use crate::search::{self, Came, Question, Searched};
use crate::session::{Inner, Mode, Session};
use crate::{facts, locks, places, value};

/// The version of the schema, in the first field of every object.
pub const SCHEMA: &str = "lockstep-races/1";

/// All races of a scenario on a kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct RaceReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The id of the scenario.
    pub scenario: String,
    /// The kernel as people write it.
    pub kernel: String,
    /// How much was searched.
    #[cfg_attr(feature = "json", serde(flatten))]
    pub extent: Extent,
    /// The outcomes of all orders.
    pub outcomes: Vec<String>,
    /// Whether one of these is broken: that need not be for a race to decide.
    pub breaks: bool,
    /// The pairs: harmful ones first, then in the order of their lines.
    pub pairs: Vec<RacePair>,
}

/// Whether it matters which of two racing accesses comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[cfg_attr(
    feature = "json",
    derive(serde::Serialize),
    serde(rename_all = "kebab-case")
)]
pub enum RaceVerdict {
    /// After some past their order decides about something broken.
    Harmful,
    /// After no past.
    Harmless,
    /// The search was ended before it could tell.
    Unknown,
}

/// Two lines of the model whose accesses race.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct RacePair {
    /// Whether it matters.
    pub verdict: RaceVerdict,
    /// The word they race about in the run that is shown: `vm_flags of V_A`.
    pub word: String,
    /// How many bytes the kernel's word has.
    pub size: u32,
    /// Further words that the same two lines race about.
    pub also: Vec<String>,
    /// The two accesses in the run that is shown, in the order in which they are made there.
    pub sides: [RaceSide; 2],
    /// What comes of all classes in which they race in this order, and of those in which they do in the other.
    pub orders: [RaceOrder; 2],
    /// After how many pasts both could be next.
    pub pasts: u64,
    /// After how many of these their order decides about something broken.
    pub deciding: u64,
    /// The run that is shown: for a harmful pair the one that breaks.
    pub run: RaceRun,
    /// For a harmful pair, what can come of this order and of the other, both right after the past of the run that is shown.
    pub after_past: Option<[Vec<String>; 2]>,
    /// For a harmful pair, a run with the other order after the same past.
    pub other_run: Option<RaceRun>,
}

/// One of the two accesses.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct RaceSide {
    /// `read`, `write`, or `atomic write`.
    pub access: String,
    /// Its thread's letter.
    pub thread: char,
    /// The name of the thread in the scenario.
    pub name: String,
    /// The name of the process that the kernel would print.
    pub comm: String,
    /// The step.
    pub step: u32,
    /// The file of the model, inside `crates/mm/src`.
    pub file: String,
    /// Its line.
    pub line: u32,
    /// The calls around it, innermost first.
    pub stack: Vec<Call>,
    /// The locks its thread has, in the order it took them.
    pub held: Vec<String>,
    /// What it changes, `VM_LOCKED 1 -> 0`; or what it reads, `VM_LOCKED is 1`.
    pub value: String,
}

/// What comes of one order of a pair.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct RaceOrder {
    /// How many classes have it.
    pub classes: u64,
    /// Their outcomes.
    pub outcomes: Vec<String>,
}

/// A run, by its order.
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct RaceRun {
    /// The order, for `lockstep run --schedule`.
    pub schedule: String,
    /// How it ends.
    pub outcome: String,
    /// The step that breaks it, and what breaks.
    pub broken: Option<(u32, String)>,
}

/// Whether two accesses race in some order; `None` if as many classes as there may be do not tell.
///
/// The first race that is found is enough, so where there is one this takes far less than the report.
pub fn is_racy(
    program: &Searched,
    question: &Question,
    searching: &mut Searching<'_>,
) -> Option<bool> {
    let races = Races::new(question, Words(program.setting().setup.world));
    let mut search = Dpor::new(program, &races, searching.limits());
    let mut is_found = false;
    let extent = Searching {
        classes: searching.classes,
        go_on: &mut |counts| {
            is_found = !races.pairs().is_empty();
            !is_found && (searching.go_on)(counts)
        },
    }
    .run(&mut search);
    match is_found || !races.pairs().is_empty() {
        true => Some(true),
        false => extent.complete.then_some(false),
    }
}

impl RaceReport {
    /// Searches all orders of a scenario for races.
    pub fn search(session: &Session, searching: &mut Searching<'_>) -> Self {
        let inner = session.inner();
        let setting = &inner.built.setting;
        let world = setting.setup.world;
        let (program, question) = (Searched::new(setting.clone()), Question::new(world));
        let races = Races::new(&question, Words(world));
        let mut search = Dpor::new(&program, &races, searching.limits());
        let extent = searching.run(&mut search);
        let outcomes = search.outcomes().set();
        let told = |pair| told(session, inner, &extent, pair);
        let mut pairs: Vec<RacePair> = races.pairs().iter().filter_map(told).collect();
        pairs.sort_by_key(|pair| pair.verdict);
        Self {
            schema: SCHEMA,
            scenario: inner.scenario.id.clone(),
            kernel: inner.kernel.to_string(),
            extent,
            breaks: outcomes.iter().any(|came| came.is_broken()),
            outcomes: words(&outcomes),
            pairs,
        }
    }

    /// Whether a pair is harmful.
    pub fn is_harmful(&self) -> bool {
        let harmful = |pair: &RacePair| pair.verdict == RaceVerdict::Harmful;
        self.pairs.iter().any(harmful)
    }

    /// The report as text: the pairs in a list, then each in full.
    pub fn text(&self) -> String {
        text::text(self)
    }
}

/// Each once: ends that differ in a property beside the outcome have the same words.
fn words(outcomes: &[Came]) -> Vec<String> {
    let mut words: Vec<String> = outcomes.iter().map(|came| came.words()).collect();
    words.dedup();
    words
}

/// What is said of a pair; `None` if its run cannot be made again, which would be an error of the search.
fn told(session: &Session, inner: &Inner, extent: &Extent, pair: &Pair<Came>) -> Option<RacePair> {
    let decision: Option<&Decision<Came>> = pair.decision.as_ref().filter(|_| extent.complete);
    let shown: &Example = decision.map_or(&pair.example, |decision| &decision.broken.0);
    let first = usize::from(shown.steps[1] < shown.steps[0]);
    let in_order = [first, 1 - first];
    let run = session.run(&shown.schedule, Mode::Strict);
    let trace = run.trace();
    let side = |of: usize| side(inner, trace, shown.steps[of], &pair.sides[of]);
    let event = |of: usize| at(trace, shown.steps[of]);
    let address = event(0)?.operation.address;
    let (word, size) = name(&inner.words, address);
    let also = pair.words.iter().filter(|other| **other != address);
    Some(RacePair {
        verdict: match decision {
            Some(_) => RaceVerdict::Harmful,
            None if extent.complete => RaceVerdict::Harmless,
            None => RaceVerdict::Unknown,
        },
        word,
        size,
        also: also.map(|other| name(&inner.words, *other).0).collect(),
        sides: [side(in_order[0])?, side(in_order[1])?],
        orders: in_order.map(|first| RaceOrder {
            classes: pair.orders[first].classes,
            outcomes: words(&pair.orders[first].outcomes),
        }),
        pasts: pair.pasts,
        deciding: pair.deciding,
        run: told_run(session, &shown.schedule)?,
        after_past: decision.map(|decision| in_order.map(|first| words(&decision.outcomes[first]))),
        other_run: decision.and_then(|decision| told_run(session, &decision.other.schedule)),
    })
}

/// A run in words; `None` if it cannot be made.
fn told_run(session: &Session, schedule: &Schedule) -> Option<RaceRun> {
    let run = session.run(schedule, Mode::Strict);
    if run.report().refusal.is_some() {
        return None;
    }
    let is_broken =
        |mark: &&VerdictMark| matches!(mark.kind, VerdictKind::Broken | VerdictKind::Deadlock);
    let mark = run.score().verdict.as_ref().filter(is_broken);
    Some(RaceRun {
        schedule: schedule.to_string(),
        outcome: search::words(run.outcome()),
        broken: mark.map(|mark| (mark.step.0, mark.text.clone())),
    })
}

fn at(trace: &Trace, step: u32) -> Option<&Event> {
    trace.events().get((step as usize).checked_sub(1)?)
}

fn side(inner: &Inner, trace: &Trace, step: u32, side: &Side) -> Option<RaceSide> {
    let event = at(trace, step)?;
    let place = places::of_event(trace, event);
    let access = match (side.writes, side.is_plain) {
        (false, true) => "read",
        (false, false) => "atomic read",
        (true, true) => "write",
        (true, false) => "atomic write",
    };
    Some(RaceSide {
        access: access.to_owned(),
        thread: event.thread.letter(),
        name: inner.words.thread(event.thread).to_owned(),
        comm: inner.words.comm(event.thread).to_owned(),
        step,
        file: place.file,
        line: place.line,
        stack: trace
            .stack(event.frame)
            .map(|frame| Call::of(frame.function))
            .collect(),
        held: event
            .held
            .iter()
            .map(|held| {
                let lock = locks::lock(&inner.words, held.lock);
                format!("{}{}", lock.label, locks::mode_words(held.mode))
            })
            .collect(),
        value: if side.writes {
            changed(inner, trace, event)
        } else {
            read(inner, event)
        },
    })
}

/// What a step changed of its own word.
fn changed(inner: &Inner, trace: &Trace, event: &Event) -> String {
    let own = |change: &&lockstep_machine::Change| change.address == event.operation.address;
    let own: Vec<_> = trace.changes(event).iter().filter(own).copied().collect();
    let changes = facts::changes(inner, &own);
    if changes.is_empty() {
        return "unchanged".to_owned();
    }
    let one = |change: &crate::scene::Change| {
        format!("{} {} -> {}", change.label, change.from, change.to)
    };
    changes.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What a step read, as far as it looked.
fn read(inner: &Inner, event: &Event) -> String {
    let fields = inner.words.fields(event.operation.address).into_iter();
    let looked = fields.filter(|field| field.part.mask & event.operation.bits == field.part.mask);
    let one = |field: crate::vocabulary::Field| {
        let now = value::text(&inner.words, field.part.show, field.part.of(event.value));
        format!("{} is {now}", field.label)
    };
    let all: Vec<String> = looked.map(one).collect();
    all.join(", ")
}
