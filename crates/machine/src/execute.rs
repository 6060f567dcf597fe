//! What each operation means: when it can be executed, and what it then does to the memory.
//!
//! Both halves stand side by side because they must agree: [`blocked`] says what [`apply`] may rely on.

use crate::{Action, Address, Effect, LockMode, Operation, Rider, RwSem, ThreadId, Update};

/// Memory as the operations see it; every change is reported to `changed`.
pub(crate) struct Words<'m> {
    pub(crate) words: &'m mut [u64],
    pub(crate) changed: &'m mut Vec<crate::Change>,
}

impl Words<'_> {
    fn get(&self, address: Address) -> u64 {
        self.words.get(address.index()).copied().unwrap_or(0)
    }

    fn set(&mut self, address: Address, to: u64) {
        if let Some(word) = self.words.get_mut(address.index())
            && *word != to
        {
            self.changed.push(crate::Change {
                address,
                from: *word,
                to,
            });
            *word = to;
        }
    }

    fn ride(&mut self, riders: &[Option<Rider>]) {
        for rider in riders.iter().flatten() {
            let old = self.get(rider.address);
            let new = match rider.update {
                Update::Add(amount) => old.wrapping_add_signed(amount),
                Update::Store(value) => value,
                Update::SetBits(mask) => old | mask,
                Update::ClearBits(mask) => old & !mask,
            };
            self.set(rider.address, new);
        }
    }
}

/// How many bits of [`RwSem::readers`] count one thread's read holds.
const READER_BITS: u32 = 4;

fn reader_unit(thread: ThreadId) -> u64 {
    1 << (READER_BITS * thread.index() as u32)
}

/// The threads that keep `operation` from being executed, one bit each, the first of them by name; `None` if nothing does.
///
/// `asked` says that a writer has executed the step of asking already.
pub(crate) fn blocked(words: &[u64], operation: &Operation, asked: bool) -> Option<Holders> {
    let get = |address: Address| words.get(address.index()).copied().unwrap_or(0);
    let holders = match operation.action {
        Action::SpinLock => Holders::one(get(operation.address)),
        Action::BitLock(mask) if get(operation.address) & mask != 0 => {
            Holders::one(get(operation.owner))
        }
        Action::ReadLock => {
            let lock = RwSem(operation.address);
            let writer = Holders::one(get(lock.writer()));
            if writer.threads != 0 {
                writer
            } else {
                Holders {
                    threads: get(lock.waiting()) as u16,
                    mode: LockMode::Write,
                    waiting: true,
                }
            }
        }
        Action::WriteLock if asked => writer_blocked(words, operation.address),
        _ => Holders::default(),
    };
    (holders.threads != 0).then_some(holders)
}

/// Who keeps a writer out.
fn writer_blocked(words: &[u64], address: Address) -> Holders {
    let get = |address: Address| words.get(address.index()).copied().unwrap_or(0);
    let lock = RwSem(address);
    let writer = Holders::one(get(lock.writer()));
    if writer.threads != 0 {
        return Holders {
            mode: LockMode::Write,
            ..writer
        };
    }
    let counts = get(lock.readers());
    let threads = (0..ThreadId::LIMIT)
        .filter(|index| counts >> (READER_BITS * *index as u32) & 0xf != 0)
        .fold(0, |threads, index| threads | 1 << index);
    Holders {
        threads,
        mode: LockMode::Read,
        waiting: false,
    }
}

/// Who stands in the way of an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Holders {
    /// One bit a thread.
    pub(crate) threads: u16,
    /// How they have it, as far as the lock's words tell.
    pub(crate) mode: LockMode,
    /// They do not have it yet: they are writers that wait for it.
    pub(crate) waiting: bool,
}

impl Default for Holders {
    fn default() -> Self {
        Self {
            threads: 0,
            mode: LockMode::Spin,
            waiting: false,
        }
    }
}

impl Holders {
    fn one(token: u64) -> Self {
        Self {
            threads: ThreadId::from_token(token).map_or(0, |thread| 1 << thread.index()),
            mode: LockMode::Write,
            waiting: false,
        }
    }
}

/// Executes `operation`, which must not be [`blocked`], and gives how it ended and the value it yields.
pub(crate) fn apply(
    words: &mut Words<'_>,
    thread: ThreadId,
    operation: &Operation,
) -> (Effect, u64) {
    let at = operation.address;
    let old = words.get(at);
    let mut succeeded = true;
    let value = match operation.action {
        Action::Read => old & operation.bits,
        Action::Write(value) => {
            words.set(at, value);
            0
        }
        Action::Exchange(value) => {
            words.set(at, value);
            old
        }
        Action::CompareExchange(expected, value) => {
            succeeded = old == expected;
            if succeeded {
                words.set(at, value);
            }
            u64::from(succeeded)
        }
        Action::Add(amount) => {
            words.set(at, old.wrapping_add_signed(amount));
            words.get(at)
        }
        Action::AddUnlessZero(amount) => {
            succeeded = old != 0;
            if succeeded {
                words.set(at, old.wrapping_add_signed(amount));
            }
            u64::from(succeeded)
        }
        Action::SetBits(mask) => {
            words.set(at, old | mask);
            0
        }
        Action::ClearBits(mask) => {
            words.set(at, old & !mask);
            0
        }
        Action::TestAndSet(mask) => {
            words.set(at, old | mask);
            let was_set = old & mask != 0;
            if !was_set {
                words.ride(&operation.riders);
            }
            return (Effect::Done, u64::from(was_set));
        }
        Action::TestAndClear(mask) => {
            words.set(at, old & !mask);
            let was_set = old & mask != 0;
            if was_set {
                words.ride(&operation.riders);
            }
            return (Effect::Done, u64::from(was_set));
        }
        Action::SpinLock => {
            words.set(at, thread.token());
            0
        }
        Action::SpinUnlock => {
            words.set(at, 0);
            0
        }
        Action::ReadLock | Action::TryReadLock => {
            let lock = RwSem(at);
            succeeded = words.get(lock.writer()) == 0 && words.get(lock.waiting()) == 0;
            if succeeded {
                words.set(
                    lock.readers(),
                    words.get(lock.readers()).wrapping_add(reader_unit(thread)),
                );
            }
            u64::from(succeeded)
        }
        Action::ReadUnlock => {
            let lock = RwSem(at);
            words.set(
                lock.readers(),
                words.get(lock.readers()).wrapping_sub(reader_unit(thread)),
            );
            0
        }
        Action::WriteLock => {
            let lock = RwSem(at);
            let waits = 1u64 << thread.index();
            if writer_blocked(words.words, at).threads != 0 {
                words.set(lock.waiting(), words.get(lock.waiting()) | waits);
                return (Effect::Asked, 0);
            }
            words.set(lock.waiting(), words.get(lock.waiting()) & !waits);
            words.set(lock.writer(), thread.token());
            0
        }
        Action::WriteUnlock => {
            words.set(RwSem(at).writer(), 0);
            0
        }
        Action::BitLock(mask) | Action::TryBitLock(mask) => {
            succeeded = old & mask == 0;
            if succeeded {
                words.set(at, old | mask);
                words.set(operation.owner, thread.token());
            }
            u64::from(succeeded)
        }
        Action::BitUnlock(mask) => {
            words.set(at, old & !mask);
            words.set(operation.owner, 0);
            0
        }
    };
    if succeeded {
        words.ride(&operation.riders);
    }
    (
        if succeeded {
            Effect::Done
        } else {
            Effect::Failed
        },
        value,
    )
}
