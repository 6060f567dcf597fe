//! Which steps depend on each other, said beside what each operation touches.
//!
//! Two steps are *independent* if executing them in either order, one right after the other, leads to the same memory,
//! gives both the same values, and leaves both possible in both orders. A search runs one of several orders that differ
//! only in independent neighbours. So the direction of an error matters:
//!
//! * to call two independent steps dependent costs time: more orders count as different;
//! * to call two dependent steps independent is **unsound**: an order that ends differently is never run.
//!
//! Everything here is therefore decided by the operation alone, before it is executed, and in doubt for dependence:
//! a compare-and-exchange counts as a write although it may fail, and riders count although they may not ride.

use lockstep_machine::{Action, Address, Operation, ThreadId, Update};

/// How a step touches a word. Two touches in the same way commute, except [`Way::Write`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    /// Looks, and changes nothing.
    Read,
    /// Anything else: what it gives or leaves may depend on what was there.
    Write,
    /// Adds, and does not say what the sum is.
    Add,
    /// Sets bits, and does not say what they were.
    Set,
    /// Clears bits, and does not say what they were.
    Clear,
    /// Is one of the readers of a reader-writer lock: comes, tries, or goes.
    ///
    /// Readers do not see each other: none of the three is kept out or let in by a reader, waiting or not.
    Share,
}

/// One word, or some bits of it, that a step touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Touch {
    pub(crate) address: Address,
    pub(crate) bits: u64,
    pub(crate) way: Way,
}

impl Touch {
    fn conflicts(&self, other: &Self) -> bool {
        self.address == other.address
            && self.bits & other.bits != 0
            && (self.way != other.way || self.way == Way::Write)
    }
}

/// What a step touches: its word or lock, the word that names a bit lock's holder, and its riders.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Footprint {
    touches: [Option<Touch>; Footprint::LIMIT],
}

impl Footprint {
    const LIMIT: usize = 1 + Operation::RIDERS;

    /// What `operation` touches, whatever comes of it.
    pub(crate) fn of(operation: &Operation) -> Self {
        let mut touches = [None; Self::LIMIT];
        let (way, bits) = touch(operation);
        touches[0] = Some(Touch {
            address: operation.address,
            bits,
            way,
        });
        for (slot, rider) in touches[1..]
            .iter_mut()
            .zip(operation.riders.iter().flatten())
        {
            let (way, bits) = match rider.update {
                Update::Add(_) => (Way::Add, u64::MAX),
                Update::Store(_) => (Way::Write, u64::MAX),
                Update::SetBits(mask) => (Way::Set, mask),
                Update::ClearBits(mask) => (Way::Clear, mask),
            };
            *slot = Some(Touch {
                address: rider.address,
                bits,
                way,
            });
        }
        Self { touches }
    }

    /// Whether two steps of different threads that touch this depend on each other. Steps of one thread always do.
    pub(crate) fn depends(&self, other: &Self) -> bool {
        let mine = self.touches.iter().flatten();
        mine.into_iter()
            .any(|touch| other.touches.iter().flatten().any(|o| touch.conflicts(o)))
    }
}

/// How an operation touches its own word, and which bits of it.
///
/// A lock is touched by its first word alone; its other words change with no other operation.
fn touch(operation: &Operation) -> (Way, u64) {
    match operation.action {
        Action::Read => (Way::Read, operation.bits),
        Action::SetBits(mask) => (Way::Set, mask),
        Action::ClearBits(mask) => (Way::Clear, mask),
        // They give what was there before.
        Action::TestAndSet(mask) | Action::TestAndClear(mask) => (Way::Write, mask),
        // They give the old value, the sum, or whether they succeeded; or they store, and the last one stays.
        Action::Write(_)
        | Action::Exchange(_)
        | Action::CompareExchange(..)
        | Action::Add(_)
        | Action::AddUnlessZero(_) => (Way::Write, u64::MAX),
        // Who takes it first matters, and a release decides what a trylock gives.
        Action::SpinLock | Action::SpinUnlock => (Way::Write, u64::MAX),
        // Likewise; its bit may also be read, and the other bits of the word are not its business.
        Action::BitLock(mask) | Action::TryBitLock(mask) | Action::BitUnlock(mask) => {
            (Way::Write, mask)
        }
        Action::ReadLock | Action::TryReadLock | Action::ReadUnlock => (Way::Share, u64::MAX),
        // Asking keeps readers out and makes trylocks fail, and whether it is needed depends on who is there;
        // taking and releasing decide about everybody.
        Action::WriteLock | Action::WriteUnlock => (Way::Write, u64::MAX),
    }
}

/// Whether an operation can be kept waiting, once it has asked if it [asks](lockstep_machine::Effect::Asked).
///
/// Two rules about such a step `b` hold, or a search silently misses orders (`lock; x = i; unlock` by two threads has two, and
/// the release of the one always comes right before the acquire of the other, so no two neighbours can be swapped):
///
/// 1. `b` races with each step that it could come before once everything has happened that does not depend on that step, unless that step
///    comes before another such one: for a lock the previous acquire, unless that comes before `b`'s own thread got to `b`.
///    Never with a release, before which the lock is taken; and whether the step came right before `b` in the run at hand does not matter;
/// 2. moved in front of that step, `b` no longer depends on what came in through the release.
pub(crate) fn may_wait(operation: &Operation, asked: bool) -> bool {
    match operation.action {
        Action::SpinLock | Action::BitLock(_) | Action::ReadLock => true,
        Action::WriteLock => asked,
        _ => false,
    }
}

/// The words that decide whether an operation has to wait.
pub(crate) fn deciding_words(operation: &Operation) -> (Address, u32) {
    match operation.action {
        Action::ReadLock | Action::WriteLock => (operation.address, lockstep_machine::RwSem::WORDS),
        _ => (operation.address, 1),
    }
}

/// All kinds of footprints that a program's steps have, each with a number, and which of them depend on each other.
#[derive(Default)]
pub(crate) struct Footprints {
    known: Vec<Footprint>,
    /// For each, those that depend on it.
    dependent: Matrix,
    /// The same as lists.
    neighbours: Vec<Vec<Print>>,
    /// For each, those on which everything depends that depends on it.
    covers: Matrix,
}

/// The number of a footprint.
pub(crate) type Print = u16;

impl Footprints {
    /// The number of the footprint of `operation`.
    pub(crate) fn number(&mut self, operation: &Operation) -> Print {
        let footprint = Footprint::of(operation);
        if let Some(at) = self.known.iter().position(|known| *known == footprint) {
            return at as Print;
        }
        let number = self.known.len();
        self.known.push(footprint);
        self.neighbours.push(Vec::new());
        self.dependent.grow();
        self.covers.grow();
        for other in 0..=number {
            if self.known[other].depends(&footprint) {
                self.dependent.set(other, number);
                self.dependent.set(number, other);
                self.neighbours[other].push(number as Print);
                if other != number {
                    self.neighbours[number].push(other as Print);
                }
            }
        }
        for index in 0..self.neighbours[number].len() {
            let other = usize::from(self.neighbours[number][index]);
            // Whatever does not depend on the new one no longer covers what does.
            self.covers.keep(other, self.dependent.row(number));
        }
        for other in 0..=number {
            let [mine, theirs] = [number, other].map(|print| self.dependent.row(print));
            let (covered, covering) = (is_part(mine, theirs), is_part(theirs, mine));
            if covered {
                self.covers.set(number, other);
            }
            if covering {
                self.covers.set(other, number);
            }
        }
        number as Print
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.known.len()
    }

    /// Whether two steps with these footprints depend on each other.
    #[inline]
    pub(crate) fn depend(&self, a: Print, b: Print) -> bool {
        self.dependent.has(usize::from(a), usize::from(b))
    }

    /// All that depend on a step with this footprint, to be asked often.
    #[inline]
    pub(crate) fn dependent(&self, print: Print) -> Row<'_> {
        Row(self.dependent.row(usize::from(print)))
    }

    /// Those of `threads`, one bit each, whose step, with the footprint in `at`, does not depend on one with the footprint `print`.
    #[inline]
    pub(crate) fn independent(
        &self,
        threads: u16,
        at: &[Print; ThreadId::LIMIT],
        print: Print,
    ) -> u16 {
        let dependent = self.dependent(print);
        let (mut left, mut independent) = (threads, threads);
        while left != 0 {
            let index = left.trailing_zeros() as usize;
            left &= left - 1;
            if dependent.has(at[index]) {
                independent &= !(1 << index);
            }
        }
        independent
    }

    /// All that depend on a step with this footprint.
    #[inline]
    pub(crate) fn neighbours(&self, print: Print) -> &[Print] {
        &self.neighbours[usize::from(print)]
    }

    /// Whether all known steps that depend on one with the footprint `print` depend on one with the footprint `by` too.
    ///
    /// Then whoever looks for what comes before a step need not look further back than a step `by` that does.
    #[inline]
    pub(crate) fn is_covered(&self, print: Print, by: Print) -> bool {
        self.covers.has(usize::from(print), usize::from(by))
    }
}

/// A set of footprints.
#[derive(Clone, Copy)]
pub(crate) struct Row<'p>(&'p [u64]);

impl Row<'_> {
    #[inline]
    pub(crate) fn has(self, print: Print) -> bool {
        let at = usize::from(print);
        self.0
            .get(at / 64)
            .is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }
}

/// A square of bits, in rows.
#[derive(Default)]
struct Matrix {
    bits: Vec<u64>,
    rows: usize,
    /// How many words one row has.
    width: usize,
}

impl Matrix {
    /// Adds an empty row and an empty column.
    fn grow(&mut self) {
        if self.rows == self.width * 64 {
            let width = (self.width * 2).max(1);
            let mut wider = vec![0; self.rows * width];
            for row in 0..self.rows {
                wider[row * width..][..self.width].copy_from_slice(self.row(row));
            }
            (self.bits, self.width) = (wider, width);
        }
        self.rows += 1;
        self.bits.resize(self.rows * self.width, 0);
    }

    #[inline]
    fn row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.width..][..self.width]
    }

    fn set(&mut self, row: usize, column: usize) {
        self.bits[row * self.width + column / 64] |= 1 << (column % 64);
    }

    /// Clears in a row what is not in `mask`.
    fn keep(&mut self, row: usize, mask: &[u64]) {
        let width = self.width;
        for (bits, mask) in self.bits[row * width..][..width].iter_mut().zip(mask) {
            *bits &= mask;
        }
    }

    #[inline]
    fn has(&self, row: usize, column: usize) -> bool {
        self.bits[row * self.width + column / 64] >> (column % 64) & 1 == 1
    }
}

/// Whether all bits of `part` are in `whole`.
fn is_part(part: &[u64], whole: &[u64]) -> bool {
    part.iter()
        .zip(whole)
        .all(|(part, whole)| part & !whole == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_machine::{BitLock, Rider, RwSem, SpinLock};

    const WORD: Address = Address(1);

    fn depend(a: Operation, b: Operation) -> bool {
        let there = Footprint::of(&a).depends(&Footprint::of(&b));
        assert_eq!(there, Footprint::of(&b).depends(&Footprint::of(&a)));
        there
    }

    #[test]
    fn reads_commute_and_writes_do_not() {
        let read = Operation::on(WORD, Action::Read);
        let write = Operation::on(WORD, Action::Write(1));
        assert!(!depend(read, read));
        assert!(depend(read, write));
        assert!(depend(write, write));
        assert!(!depend(write, Operation::on(Address(2), Action::Write(1))));
    }

    #[test]
    fn different_bits_of_a_word_are_different_things() {
        let set = |mask| Operation::on(WORD, Action::SetBits(mask));
        assert!(!depend(set(1), Operation::read_bits(WORD, 2)));
        assert!(depend(set(1), Operation::read_bits(WORD, 3)));
        assert!(!depend(set(1), set(1)));
        assert!(depend(set(1), Operation::on(WORD, Action::TestAndSet(1))));
    }

    #[test]
    fn sums_commute_unless_somebody_looks() {
        let rides = |update| {
            Operation::on(Address(7), Action::Read).with([Rider {
                address: WORD,
                update,
            }])
        };
        assert!(!depend(rides(Update::Add(1)), rides(Update::Add(-1))));
        assert!(depend(rides(Update::Add(1)), rides(Update::Store(0))));
        assert!(depend(
            rides(Update::Add(1)),
            Operation::on(WORD, Action::Add(1))
        ));
    }

    #[test]
    fn readers_do_not_see_each_other() {
        let on = |action| Operation::rwsem(RwSem(WORD), action);
        assert!(!depend(on(Action::ReadLock), on(Action::ReadUnlock)));
        assert!(!depend(on(Action::TryReadLock), on(Action::ReadLock)));
        assert!(depend(on(Action::WriteLock), on(Action::TryReadLock)));
        assert!(depend(on(Action::WriteUnlock), on(Action::ReadLock)));
        let spin = |action| Operation::spin(SpinLock(WORD), action);
        assert!(depend(spin(Action::SpinLock), spin(Action::SpinUnlock)));
        let lock = BitLock {
            word: WORD,
            mask: 1,
            owner: Address(9),
        };
        let bit = Operation::bit(lock, Action::BitLock(1));
        assert!(depend(bit, Operation::read_bits(WORD, 1)));
        assert!(!depend(bit, Operation::read_bits(WORD, 2)));
    }
}
