//! What modelled code is written against.

use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{
    Action, Address, Argument, BitLock, Function, Operation, Rider, RwSem, SpinLock, ThreadId,
    Value, Word,
};

/// One processor, running one thread.
///
/// Every `async` operation is one atomic step on a shared word or lock: the unit of interleaving.
/// Everything else takes no step, and may only touch what no other thread can see.
/// The line that awaits an operation is the one a reader is shown, so write one operation a line.
pub trait Cpu: Sized {
    /// Executes one step, with the value it gives; see [`Action`] for what that is.
    #[track_caller]
    fn step(&self, operation: Operation) -> impl Future<Output = u64> + Unpin;

    /// Who this is.
    fn thread(&self) -> ThreadId;

    /// Reads a word only this processor ever changes, such as its own pagevec, or one that never changes. No step.
    fn peek<T: Value>(&self, word: Word<T>) -> T;

    /// Declares that, of all this thread has done and seen, only `live` still matters to it, besides the line this is called from; its callers included.
    /// A search may then take two pasts that agree in this for one.
    /// It is never needed. A value left out makes a search miss orders; one too many only costs it time. No step.
    #[track_caller]
    fn settle(&self, live: &[u64]) {
        _ = live;
    }

    /// Notes that a function was entered; the returned [`Call`] notes that it is left, when it goes out of scope.
    #[track_caller]
    fn enter<const N: usize>(
        &self,
        function: &'static Function,
        arguments: [Argument; N],
    ) -> Call<'_, Self> {
        const {
            assert!(
                N <= Argument::LIMIT,
                "only three arguments of a call are kept"
            )
        };
        let mut kept = [None; Argument::LIMIT];
        for (slot, argument) in kept.iter_mut().zip(arguments) {
            *slot = Some(argument);
        }
        Call {
            cpu: self,
            frame: self.push_call(function, kept, Location::caller()),
        }
    }

    /// Notes a point passed, for whoever watches.
    fn mark(&self, name: &'static str, object: Address);

    /// The kernel's BUG: something impossible was found. The thread stops here for good.
    fn bug(&self, what: &'static str) -> impl Future<Output = ()>;

    /// For [`Cpu::enter`]: pushes a call and gives its index.
    fn push_call(
        &self,
        function: &'static Function,
        arguments: [Option<Argument>; Argument::LIMIT],
        location: &'static Location<'static>,
    ) -> u32;

    /// For [`Call`]: what the call returned.
    fn name_result(&self, frame: u32, result: &'static str);

    /// For [`Call`]: the call is over.
    fn pop_call(&self, frame: u32);

    /// Reads a word.
    #[track_caller]
    fn read<T: Value>(&self, word: Word<T>) -> impl Future<Output = T> {
        Typed::of(self.step(Operation::on(word.address(), Action::Read)))
    }

    /// Reads a word to look at some of its bits; the others come out as 0.
    #[track_caller]
    fn read_bits<T: Value>(&self, word: Word<T>, mask: T) -> impl Future<Output = T> {
        Typed::of(self.step(Operation::read_bits(word.address(), mask.into_word())))
    }

    /// Reads a word and gives whether any bit of `mask` is set.
    #[track_caller]
    fn test<T: Value>(&self, word: Word<T>, mask: T) -> impl Future<Output = bool> {
        Typed::of(self.step(Operation::read_bits(word.address(), mask.into_word())))
    }

    /// Stores a word.
    #[track_caller]
    fn write<T: Value>(&self, word: Word<T>, value: T) -> impl Future<Output = ()> {
        self.write_with(word, value, [])
    }

    /// Stores a word; the riders change with it.
    #[track_caller]
    fn write_with<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        value: T,
        riders: [Rider; N],
    ) -> impl Future<Output = ()> {
        Typed::of(
            self.step(Operation::on(word.address(), Action::Write(value.into_word())).with(riders)),
        )
    }

    /// Stores a word and gives what was there; the riders change with it.
    #[track_caller]
    fn exchange<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        value: T,
        riders: [Rider; N],
    ) -> impl Future<Output = T> {
        Typed::of(
            self.step(
                Operation::on(word.address(), Action::Exchange(value.into_word())).with(riders),
            ),
        )
    }

    /// Stores `new` if `old` is there, and gives whether it was; the riders change with it.
    #[track_caller]
    fn compare_exchange<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        old: T,
        new: T,
        riders: [Rider; N],
    ) -> impl Future<Output = bool> {
        Typed::of(
            self.step(
                Operation::on(
                    word.address(),
                    Action::CompareExchange(old.into_word(), new.into_word()),
                )
                .with(riders),
            ),
        )
    }

    /// Adds to a counter and gives the sum; the riders change with it.
    #[track_caller]
    fn add<const N: usize>(
        &self,
        word: Word<i64>,
        amount: i64,
        riders: [Rider; N],
    ) -> impl Future<Output = i64> {
        Typed::of(self.step(Operation::on(word.address(), Action::Add(amount)).with(riders)))
    }

    /// Adds to a counter unless it is 0, and gives whether it did; then the riders change with it.
    #[track_caller]
    fn add_unless_zero<const N: usize>(
        &self,
        word: Word<i64>,
        amount: i64,
        riders: [Rider; N],
    ) -> impl Future<Output = bool> {
        Typed::of(
            self.step(Operation::on(word.address(), Action::AddUnlessZero(amount)).with(riders)),
        )
    }

    /// Sets the bits of `mask`; the riders change with it.
    #[track_caller]
    fn set_bits<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        mask: T,
        riders: [Rider; N],
    ) -> impl Future<Output = ()> {
        Typed::of(
            self.step(
                Operation::on(word.address(), Action::SetBits(mask.into_word())).with(riders),
            ),
        )
    }

    /// Clears the bits of `mask`; the riders change with it.
    #[track_caller]
    fn clear_bits<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        mask: T,
        riders: [Rider; N],
    ) -> impl Future<Output = ()> {
        Typed::of(
            self.step(
                Operation::on(word.address(), Action::ClearBits(mask.into_word())).with(riders),
            ),
        )
    }

    /// Sets the bits of `mask` and gives whether any was set before; the riders change if none was.
    #[track_caller]
    fn test_and_set<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        mask: T,
        riders: [Rider; N],
    ) -> impl Future<Output = bool> {
        Typed::of(
            self.step(
                Operation::on(word.address(), Action::TestAndSet(mask.into_word())).with(riders),
            ),
        )
    }

    /// Clears the bits of `mask` and gives whether any was set before; the riders change if one was.
    #[track_caller]
    fn test_and_clear<T: Value, const N: usize>(
        &self,
        word: Word<T>,
        mask: T,
        riders: [Rider; N],
    ) -> impl Future<Output = bool> {
        Typed::of(self.step(
            Operation::on(word.address(), Action::TestAndClear(mask.into_word())).with(riders),
        ))
    }

    /// Takes a spinlock; waits for it.
    #[track_caller]
    fn spin_lock(&self, lock: SpinLock) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::spin(lock, Action::SpinLock)))
    }

    /// Releases a spinlock.
    #[track_caller]
    fn spin_unlock(&self, lock: SpinLock) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::spin(lock, Action::SpinUnlock)))
    }

    /// Takes a reader-writer lock for reading; sleeps until no writer has it or waits for it.
    #[track_caller]
    fn down_read(&self, lock: RwSem) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::rwsem(lock, Action::ReadLock)))
    }

    /// Takes a reader-writer lock for reading if no writer has it or waits for it; gives whether it did.
    #[track_caller]
    fn down_read_trylock(&self, lock: RwSem) -> impl Future<Output = bool> {
        Typed::of(self.step(Operation::rwsem(lock, Action::TryReadLock)))
    }

    /// Releases a reader-writer lock held for reading.
    #[track_caller]
    fn up_read(&self, lock: RwSem) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::rwsem(lock, Action::ReadUnlock)))
    }

    /// Takes a reader-writer lock for writing; asks for it, in a step of its own, and sleeps if somebody has it.
    #[track_caller]
    fn down_write(&self, lock: RwSem) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::rwsem(lock, Action::WriteLock)))
    }

    /// Releases a reader-writer lock held for writing.
    #[track_caller]
    fn up_write(&self, lock: RwSem) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::rwsem(lock, Action::WriteUnlock)))
    }

    /// Takes a bit lock; sleeps until it is free.
    #[track_caller]
    fn bit_lock(&self, lock: BitLock) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::bit(lock, Action::BitLock(lock.mask))))
    }

    /// Takes a bit lock if it is free; gives whether it did.
    #[track_caller]
    fn bit_trylock(&self, lock: BitLock) -> impl Future<Output = bool> {
        Typed::of(self.step(Operation::bit(lock, Action::TryBitLock(lock.mask))))
    }

    /// Releases a bit lock.
    #[track_caller]
    fn bit_unlock(&self, lock: BitLock) -> impl Future<Output = ()> {
        Typed::of(self.step(Operation::bit(lock, Action::BitUnlock(lock.mask))))
    }
}

/// A call in progress; it is over when this goes out of scope.
#[must_use = "the call is over as soon as this is dropped: bind it to a name"]
pub struct Call<'cpu, C: Cpu> {
    cpu: &'cpu C,
    frame: u32,
}

impl<C: Cpu> Call<'_, C> {
    /// Notes under which name a reader will know what the call returned, and gives the result back.
    pub fn returns<T: Copy + Into<&'static str>>(&self, result: T) -> T {
        self.cpu.name_result(self.frame, result.into());
        result
    }
}

impl<C: Cpu> Drop for Call<'_, C> {
    fn drop(&mut self) {
        self.cpu.pop_call(self.frame);
    }
}

/// A step whose value is read as a `T`. A type of its own, and not an `async` block, since there is one at every step of every function.
struct Typed<S, T> {
    step: S,
    gives: PhantomData<fn() -> T>,
}

impl<S, T> Typed<S, T> {
    fn of(step: S) -> Self {
        Self {
            step,
            gives: PhantomData,
        }
    }
}

impl<S: Future<Output = u64> + Unpin, T: Value> Future for Typed<S, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.step).poll(context).map(T::from_word)
    }
}
