//! What must be true of the memory manager, and what came of a run.
//!
//! The properties are pure functions of a memory ([`memory`](self) properties) or of one executed step and what led to it.
//! [`Watch`] asks each at the moments it is meant for, and [`Watch::outcome`] says in one word how the run ended.

mod event;
mod marking;
mod state;

pub use event::rung;
pub use marking::{Marking, marking};

use lockstep_machine::{Address, Fault, ThreadId, Trace};

use crate::kernel::Kernel;
use crate::page_alloc::BAD_PAGE;
use crate::world::{Memory, World};

/// How bad it is when a property does not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Severity {
    /// The kernel would print, leak or misbehave.
    Harmful,
    /// It is legal, and repaired later.
    Soft,
    /// The model itself is wrong, or a rule of locking was broken.
    Model,
}

/// When a property must hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// After every step.
    Step,
    /// When a page is freed.
    AtFree,
    /// When no thread is inside the memory manager.
    Quiet,
}

/// A property, by its short name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(
    missing_docs,
    reason = "each is described by its row of the table below"
)]
pub enum Invariant {
    I1,
    I2,
    I3,
    I4,
    I5,
    I6,
    I7,
    I8,
    I9,
    I10,
    I11,
    I12,
    I13,
    I14,
    I15,
    I16,
    I17,
    I18,
    I19,
    I20,
    Bug,
}

/// What there is to say about a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Description {
    /// Which.
    pub invariant: Invariant,
    /// Its short name, as in results.
    pub id: &'static str,
    /// When it must hold.
    pub when: When,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// The property.
    pub statement: &'static str,
    /// Why it matters.
    pub reason: &'static str,
}

impl Invariant {
    /// All of them.
    pub const ALL: &[Description] = &[
        row(
            Self::I1,
            "I1",
            When::AtFree,
            Severity::Harmful,
            "A freed page is never mlocked",
            "The allocator finds the mark, reports a bad page, and never uses the frame again.",
        ),
        row(
            Self::I2,
            "I2",
            When::Quiet,
            Severity::Harmful,
            "A mlocked page is mapped by a locked mapping",
            "Otherwise reclaim skips it for ever, for no reason: it is stranded.",
        ),
        row(
            Self::I3,
            "I3",
            When::Quiet,
            Severity::Soft,
            "A page in a locked mapping is mlocked",
            "A missed mark is repaired by reclaim, which asks the mappings before it takes a page away.",
        ),
        row(
            Self::I4,
            "I4",
            When::Quiet,
            Severity::Soft,
            "A mlocked page on a list is on the unevictable one",
            "Elsewhere reclaim looks at it in vain, and then moves it.",
        ),
        row(
            Self::I5,
            "I5",
            When::Quiet,
            Severity::Harmful,
            "A page on the unevictable list is mlocked, or its file is locked as a whole",
            "Reclaim never looks there, so nobody would find it again.",
        ),
        row(
            Self::I6,
            "I6",
            When::Step,
            Severity::Model,
            "PG_lru is set exactly while the page is on a list",
            "It is what makes isolating a page exclusive.",
        ),
        row(
            Self::I7,
            "I7",
            When::Step,
            Severity::Model,
            "No page is active and unevictable at once",
            "The lists exclude each other.",
        ),
        row(
            Self::I8,
            "I8",
            When::Step,
            Severity::Model,
            "mapcount is the number of entries that map the page",
            "They may differ only inside one hold of a page-table lock.",
        ),
        row(
            Self::I9,
            "I9",
            When::Step,
            Severity::Model,
            "Every reference stands for something",
            "The count never disagrees with what holds the page.",
        ),
        row(
            Self::I10,
            "I10",
            When::Step,
            Severity::Harmful,
            "Whoever marks a page while walking the reverse map holds the page-table lock, and the entry is there",
            "This is the whole patch: the remover of the entry comes later and sees the mark.",
        ),
        row(
            Self::I11,
            "I11",
            When::Step,
            Severity::Model,
            "Whoever marks a page has the page lock",
            "Only a page nobody else knows yet needs none.",
        ),
        row(
            Self::I12,
            "I12",
            When::Step,
            Severity::Model,
            "Locks are taken in order, and nobody sleeps with a spinlock",
            "Otherwise threads can wait for each other in a circle. A trylock never waits and may break the order.",
        ),
        row(
            Self::I13,
            "I13",
            When::Step,
            Severity::Model,
            "vm_flags is stored with mmap_sem held for writing, or when nobody runs in the process any more",
            "The word is not atomic.",
        ),
        row(
            Self::I14,
            "I14",
            When::Step,
            Severity::Model,
            "SWAP_MLOCK is only said when the page has been seen mlocked",
            "Otherwise reclaim puts a page it should not touch onto a list it scans.",
        ),
        row(
            Self::I15,
            "I15",
            When::Quiet,
            Severity::Soft,
            "NR_MLOCK is the number of mlocked pages",
            "A bad page leaves it one too high for good.",
        ),
        row(
            Self::I16,
            "I16",
            When::Quiet,
            Severity::Model,
            "locked_vm is the size of the locked mappings",
            "It is what the limit on locked memory is held against.",
        ),
        row(
            Self::I17,
            "I17",
            When::Quiet,
            Severity::Model,
            "All locks are free and all pins dropped",
            "Somebody left without tidying up.",
        ),
        row(
            Self::I18,
            "I18",
            When::Step,
            Severity::Model,
            "A mapping that a walk of the reverse map looks at stays allocated",
            "Whoever frees it takes it out of the reverse map first, and waits there for the walk.",
        ),
        row(
            Self::I19,
            "I19",
            When::Quiet,
            Severity::Harmful,
            "Nothing beyond the end of a file is mapped, and of what was cached there nothing is left",
            "Truncation promises it.",
        ),
        row(
            Self::I20,
            "I20",
            When::Step,
            Severity::Model,
            "SWAP_MLOCK ends the walk",
            "The other mappings need not be asked.",
        ),
        row(
            Self::Bug,
            "BUG",
            When::Step,
            Severity::Model,
            "No function finds something impossible",
            "The kernel would stop here.",
        ),
    ];

    /// What there is to say about it.
    pub fn description(self) -> &'static Description {
        const NONE: Description = row(Invariant::Bug, "", When::Step, Severity::Model, "", "");
        Self::ALL
            .iter()
            .find(|row| row.invariant == self)
            .unwrap_or(&NONE)
    }
}

const fn row(
    invariant: Invariant,
    id: &'static str,
    when: When,
    severity: Severity,
    statement: &'static str,
    reason: &'static str,
) -> Description {
    Description {
        invariant,
        id,
        when,
        severity,
        statement,
        reason,
    }
}

/// What does not hold in a world that nobody is in, such as one that set-up calls have made.
pub fn broken_at_rest(world: &World, memory: Memory<'_>) -> Vec<(Invariant, Address)> {
    let mut broken = Vec::new();
    state::every_step(world, memory, &mut broken);
    state::when_quiet(world, memory, &Trace::default(), &mut broken);
    broken
}

/// A property that did not hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// The object it is about.
    pub object: Address,
    /// The step after which it did not hold, counted from 1.
    pub step: u32,
    /// Who made that step.
    pub thread: ThreadId,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Outcome {
    /// A page was freed in a bad state, by whoever dropped the last reference.
    BadPage {
        /// Who that was.
        by: ThreadId,
    },
    /// A mlocked page is left that no locked mapping has.
    Stranded,
    /// A page of a locked mapping is left without the mark.
    Missed,
    /// Everything is as it should be.
    Ok,
    /// Every thread that has not ended waits for another.
    Deadlock,
    /// Somebody has not ended.
    Unfinished,
}

impl Outcome {
    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadPage { .. } => "bad-page",
            Self::Stranded => "stranded",
            Self::Missed => "missed",
            Self::Ok => "ok",
            Self::Deadlock => "deadlock",
            Self::Unfinished => "unfinished",
        }
    }

    /// Whether the kernel is worse off for it. A missed mark is not: reclaim repairs it.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::BadPage { .. } | Self::Stranded | Self::Deadlock)
    }
}

/// Watches a run, step by step.
#[derive(Clone, Debug)]
pub struct Watch {
    world: World,
    kernel: Kernel,
    violations: Vec<Violation>,
    marks_seen: usize,
    faults_seen: usize,
}

impl Watch {
    /// Starts to watch a run of `kernel` in `world`.
    pub fn new(world: World, kernel: Kernel) -> Self {
        Self {
            world,
            kernel,
            violations: Vec::new(),
            marks_seen: 0,
            faults_seen: 0,
        }
    }

    /// What did not hold so far, in order. A property that stays broken is named once for each object.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Looks at the step just executed; `quiet` says that every thread has ended.
    pub fn step(&mut self, memory: Memory<'_>, trace: &Trace, quiet: bool) {
        let Some(event) = trace.events().last() else {
            return;
        };
        let (step, thread) = (trace.steps(), event.thread);
        let mut found = Vec::new();
        state::every_step(&self.world, memory, &mut found);
        event::last_step(&self.world, self.kernel, memory, trace, &mut found);
        if quiet {
            state::when_quiet(&self.world, memory, trace, &mut found);
        }
        for mark in trace
            .marks()
            .iter()
            .skip(self.marks_seen)
            .filter(|mark| mark.name == BAD_PAGE)
        {
            found.push((Invariant::I1, mark.object));
        }
        self.marks_seen = trace.marks().len();
        for record in trace.faults().iter().skip(self.faults_seen) {
            found.extend(broken_by(record.fault));
        }
        self.faults_seen = trace.faults().len();
        for (invariant, object) in found {
            if !self
                .violations
                .iter()
                .any(|known| (known.invariant, known.object) == (invariant, object))
            {
                self.violations.push(Violation {
                    invariant,
                    object,
                    step,
                    thread,
                });
            }
        }
    }

    /// How the run ended, if it ends here; `quiet` says that every thread has ended.
    pub fn outcome(&self, trace: &Trace, quiet: bool) -> Outcome {
        let broken = |invariant| {
            self.violations
                .iter()
                .any(|violation| violation.invariant == invariant)
        };
        if let Some(mark) = trace.marks().iter().find(|mark| mark.name == BAD_PAGE) {
            return Outcome::BadPage { by: mark.thread };
        }
        match quiet {
            _ if trace
                .faults()
                .iter()
                .any(|record| matches!(record.fault, Fault::Deadlock { .. })) =>
            {
                Outcome::Deadlock
            }
            false => Outcome::Unfinished,
            true if broken(Invariant::I2) => Outcome::Stranded,
            true if broken(Invariant::I3) => Outcome::Missed,
            true => Outcome::Ok,
        }
    }
}

/// The property a fault of the machine breaks. A deadlock is an outcome, not a property.
fn broken_by(fault: Fault) -> Option<(Invariant, Address)> {
    match fault {
        Fault::SleepInAtomic { wanted, .. } => Some((Invariant::I12, wanted)),
        Fault::UnlockByNonHolder { lock, .. }
        | Fault::EndedHolding { lock }
        | Fault::TooManyLocks { lock }
        | Fault::RecursiveLock { lock } => Some((Invariant::I17, lock)),
        Fault::Bug { .. } => Some((Invariant::Bug, Address(0))),
        Fault::OutOfMemory { address } => Some((Invariant::Bug, address)),
        Fault::Deadlock { .. } => None,
    }
}
