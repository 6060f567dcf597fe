//! One state of a program, with the way back to where it came from.
//!
//! A walk executes steps on the bare memory, follows each thread through the [`Code`], and can take back its last step.
//! All searches go through the states of a program in this way.

use lockstep_machine::run::End;
use lockstep_machine::{
    Address, Change, Effect, Fault, LockMode, Operation, Program, RwSem, ThreadId, bare,
};

use crate::code::{Code, Place, PlaceId};
use crate::dependence::Print;
use crate::hash::{mix, word_hash};

/// Threads that are exchangeable: those with the same number run the same code on the same things.
pub type Roles = [u8; ThreadId::LIMIT];

/// A program being searched.
pub trait Model: Program {
    /// Which threads are exchangeable: each gets the number of the first thread that it could change places with.
    ///
    /// To say so of threads that differ, in what they do or in what their own number means to them, is unsound.
    fn roles(&self) -> Roles {
        std::array::from_fn(|index| index as u8)
    }
}

/// A point that a thread passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Passed {
    /// Which.
    pub name: &'static str,
    /// What it is about.
    pub object: Address,
    /// Who passed it.
    pub thread: ThreadId,
    /// The step it came with, counted from 1; 0 is before the first.
    pub step: u32,
}

/// Something that a thread did wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// What.
    pub fault: Fault,
    /// Who.
    pub thread: ThreadId,
    /// The step it came with, counted from 1; 0 is before the first.
    pub step: u32,
}

/// One step of a walk, and what it takes to take it back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) thread: u8,
    /// It was one that could have been kept waiting.
    pub(crate) waits: bool,
    pub(crate) effect: Effect,
    place: PlaceId,
    asked: u16,
    /// Where its changes begin.
    pub(crate) changes: u32,
    marks: u32,
    faults: u32,
    hash: u64,
    met: u64,
}

/// One state of a program, and how it was reached.
pub struct Walk<'p, P> {
    pub(crate) program: &'p P,
    pub(crate) code: Code,
    pub(crate) words: Vec<u64>,
    pub(crate) changes: Vec<Change>,
    pub(crate) at: [PlaceId; ThreadId::LIMIT],
    /// The footprint of each thread's next step.
    pub(crate) prints: [Print; ThreadId::LIMIT],
    /// Threads that have asked for a lock and not got it yet, one bit each.
    asked: u16,
    /// Threads that have not ended, one bit each.
    live: u16,
    /// Threads whose next step may have to wait, one bit each.
    waits: u16,
    pub(crate) taken: Vec<Taken>,
    marks: Vec<Passed>,
    faults: Vec<Wrong>,
    /// For each thread, a digest of the points it passed and of what it did wrong, in order.
    met: [u64; ThreadId::LIMIT],
    /// A digest of the words that are not locks.
    hash: u64,
    roles: Roles,
    threads: usize,
}

impl<'p, P: Model> Walk<'p, P> {
    /// The first state of `program`.
    pub fn new(program: &'p P) -> Self {
        let threads = program.threads().min(ThreadId::LIMIT);
        let mut walk = Self {
            program,
            code: Code::new(),
            words: program.image().to_vec(),
            changes: Vec::new(),
            at: [0; ThreadId::LIMIT],
            prints: [0; ThreadId::LIMIT],
            asked: 0,
            live: 0,
            waits: 0,
            taken: Vec::new(),
            marks: Vec::new(),
            faults: Vec::new(),
            met: [0; ThreadId::LIMIT],
            hash: 0,
            roles: program.roles(),
            threads,
        };
        for index in 0..threads {
            let role = usize::from(walk.roles[index]);
            walk.at[index] = if role < index {
                walk.at[role]
            } else if let Some(thread) = ThreadId::new(index) {
                walk.code.start(program, thread)
            } else {
                0
            };
            walk.arrive(index);
        }
        walk
    }

    /// The program it goes through.
    pub fn program(&self) -> &'p P {
        self.program
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The memory now.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The points passed on the way here, in order.
    pub fn marks(&self) -> &[Passed] {
        &self.marks
    }

    /// What went wrong on the way here, in order. A deadlock is not among it: [`Walk::end`] says that.
    pub fn faults(&self) -> &[Wrong] {
        &self.faults
    }

    /// After how many steps a word was last changed on the way here; `None` if it was not.
    pub fn last_change(&self, address: Address) -> Option<usize> {
        let mut changes = self.changes.iter();
        let at = changes.rposition(|change| change.address == address)?;
        let before = |taken: &Taken| taken.changes as usize <= at;
        Some(self.taken.partition_point(before))
    }

    /// A digest of the memory now. Who has which lock is left out of it.
    pub fn memory_digest(&self) -> u64 {
        self.hash
    }

    /// Who stepped, in order.
    pub fn order(&self) -> impl Iterator<Item = ThreadId> {
        self.taken
            .iter()
            .filter_map(|step| ThreadId::new(usize::from(step.thread)))
    }

    /// How many steps lead here.
    pub fn steps(&self) -> usize {
        self.taken.len()
    }

    /// How things stand, with nothing more to do.
    pub fn end(&self) -> End {
        if self.live == 0 {
            End::Finished
        } else if self.enabled() == 0 {
            End::Deadlock
        } else {
            End::Unfinished
        }
    }

    /// The threads that have not ended, one bit each.
    pub fn live(&self) -> u16 {
        self.live
    }

    /// The threads that can take a step, one bit each.
    #[inline]
    pub fn enabled(&self) -> u16 {
        let mut enabled = self.live & !self.waits;
        let mut waits = self.live & self.waits;
        while waits != 0 {
            let index = waits.trailing_zeros() as usize;
            waits &= waits - 1;
            let place = self.code.place(self.at[index]);
            if let Some(operation) = &place.operation
                && bare::is_ready(&self.words, operation, self.asked >> index & 1 == 1)
            {
                enabled |= 1 << index;
            }
        }
        enabled
    }

    pub(crate) fn place(&self, index: usize) -> &Place {
        self.code.place(self.at[index])
    }

    /// The footprint of a thread's next step.
    #[inline]
    pub(crate) fn print(&self, index: usize) -> Print {
        self.prints[index]
    }

    /// Whether a thread's next step is one that may have to wait.
    #[inline]
    pub(crate) fn may_wait(&self, index: usize) -> bool {
        self.waits >> index & 1 == 1
    }

    pub(crate) fn has_asked(&self, index: usize) -> bool {
        self.asked >> index & 1 == 1
    }

    /// What step `at`, counted from 0, did, and how that ended; `None` if it was a release that did nothing.
    pub(crate) fn done(&self, at: usize) -> Option<(Operation, Effect)> {
        self.did(at).map(|(operation, effect)| (*operation, effect))
    }

    /// The same without a copy.
    pub(crate) fn did(&self, at: usize) -> Option<(&Operation, Effect)> {
        let taken = self.taken.get(at)?;
        let place = self.code.place(taken.place);
        let operation = place.operation.as_ref().filter(|_| !place.inert)?;
        Some((operation, taken.effect))
    }

    /// Who took step `at`, counted from 0.
    pub(crate) fn stepped(&self, at: usize) -> Option<ThreadId> {
        ThreadId::new(usize::from(self.taken.get(at)?.thread))
    }

    /// Where its thread stood before step `at`, counted from 0.
    pub(crate) fn stood(&self, at: usize) -> Option<(PlaceId, &Place)> {
        let taken = self.taken.get(at)?;
        Some((taken.place, self.code.place(taken.place)))
    }

    /// Executes the next step of a thread, which must be able to take it.
    pub fn step(&mut self, index: usize) {
        let from = self.at[index];
        let place = self.code.place(from);
        let (Some(operation), Some(thread)) = (&place.operation, ThreadId::new(index)) else {
            return;
        };
        let changes = self.changes.len();
        let outcome = if place.inert {
            (Effect::Done, 0)
        } else {
            bare::apply(&mut self.words, &mut self.changes, thread, operation)
        };
        self.taken.push(Taken {
            thread: index as u8,
            waits: self.waits >> index & 1 == 1,
            effect: outcome.0,
            place: from,
            asked: self.asked,
            changes: changes as u32,
            marks: self.marks.len() as u32,
            faults: self.faults.len() as u32,
            hash: self.hash,
            met: self.met[index],
        });
        self.hash ^= digest_of(operation, &self.changes[changes..]);
        if outcome.0 == Effect::Asked {
            self.asked |= 1 << index;
            self.waits |= 1 << index;
            return;
        }
        self.asked &= !(1 << index);
        let role = usize::from(self.roles[index]);
        self.at[index] = self
            .code
            .follow(self.program, role, from, outcome, &self.words);
        self.arrive(index);
    }

    /// Takes back the last step.
    pub fn back(&mut self) {
        let Some(taken) = self.taken.pop() else {
            return;
        };
        let index = usize::from(taken.thread);
        while self.changes.len() > taken.changes as usize {
            if let Some(change) = self.changes.pop()
                && let Some(word) = self.words.get_mut(change.address.index())
            {
                *word = change.from;
            }
        }
        self.at[index] = taken.place;
        self.prints[index] = self.code.place(taken.place).print;
        self.asked = taken.asked;
        self.hash = taken.hash;
        self.met[index] = taken.met;
        self.marks.truncate(taken.marks as usize);
        self.faults.truncate(taken.faults as usize);
        self.live |= 1 << index;
        self.waits &= !(1 << index);
        self.waits |= u16::from(taken.waits) << index;
    }

    /// Takes back all steps beyond the first `steps`.
    pub fn back_to(&mut self, steps: usize) {
        while self.taken.len() > steps {
            self.back();
        }
    }

    /// Notes what a thread's new place says.
    fn arrive(&mut self, index: usize) {
        let place = self.code.place(self.at[index]);
        let bit = 1 << index;
        self.prints[index] = place.print;
        if place.operation.is_some() {
            self.live |= bit;
        } else {
            self.live &= !bit;
        }
        if place.waits {
            self.waits |= bit;
        } else {
            self.waits &= !bit;
        }
        // A writer that waits without asking is where others are once they have asked.
        if place.waits_unasked {
            self.asked |= bit;
        }
        if place.marks.is_empty() && place.faults.is_empty() {
            return;
        }
        let Some(thread) = ThreadId::new(index) else {
            return;
        };
        self.met[index] = mix(self.met[index] ^ place.met);
        let step = self.taken.len() as u32;
        for (name, object) in &place.marks {
            self.marks.push(Passed {
                name,
                object: *object,
                thread,
                step,
            });
        }
        for fault in &place.faults {
            self.faults.push(Wrong {
                fault: *fault,
                thread,
                step,
            });
        }
    }

    /// What makes this state the same as another: the memory, and for each thread where it stands, the points it passed, and what it did wrong.
    ///
    /// Exchangeable threads may have changed places. Two states that differ have the same digest with a probability of 1 in 2^64.
    pub fn identity(&self) -> u64 {
        self.identity_with(self.stances())
    }

    /// The same for whoever keeps the sum of all [stances](Self::stance).
    #[inline]
    pub(crate) fn identity_with(&self, stances: u64) -> u64 {
        self.hash ^ mix(stances)
    }

    /// The sum of all stances. A step changes that of its thread alone.
    pub(crate) fn stances(&self) -> u64 {
        (0..self.threads).fold(0, |sum, index| sum.wrapping_add(self.stance(index)))
    }

    /// The part of it that is about one thread; the same for an exchangeable one in its place.
    #[inline]
    pub(crate) fn stance(&self, index: usize) -> u64 {
        let stands = u64::from(self.at[index]) << 1 | u64::from(self.has_asked(index));
        let role = u64::from(self.roles[index]) << 48;
        mix(role ^ stands ^ self.met[index] ^ 0x5eed)
    }
}

/// How changes made by `operation` change the digest of the words. Who has a lock is left out: it follows from where the threads stand,
/// and would make exchangeable threads different.
#[inline]
fn digest_of(operation: &Operation, changes: &[Change]) -> u64 {
    let is_about_lock = operation.lock_mode().is_some();
    changes
        .iter()
        .filter(|change| !is_about_lock || !is_lock_word(operation, change.address))
        .fold(0, |digest, change| {
            let of = |value| word_hash(change.address.0, value);
            digest ^ of(change.from) ^ of(change.to)
        })
}

/// Whether `address` is a word that only says who has, or wants, the lock of `operation`.
fn is_lock_word(operation: &Operation, address: Address) -> bool {
    match operation.lock_mode() {
        Some(LockMode::Bit) => address == operation.owner,
        Some(LockMode::Read | LockMode::Write) => {
            address.0.wrapping_sub(operation.address.0) < RwSem::WORDS
        }
        _ => address == operation.address,
    }
}
