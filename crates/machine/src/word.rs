//! The flat memory's addresses, and the typed handles made of them.

use std::fmt;
use std::marker::PhantomData;

use crate::{Rider, Update};

/// The index of a 64-bit word in the machine's memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub u32);

impl Address {
    /// The index into the memory.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The word `words` further on.
    pub const fn offset(self, words: u32) -> Self {
        Self(self.0 + words)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

/// What a word can hold: anything that is 64 bits in other clothes.
pub trait Value: Copy {
    /// The value a word's bits stand for; every bit pattern means something.
    fn from_word(word: u64) -> Self;
    /// The bits to store.
    fn into_word(self) -> u64;
}

impl Value for u64 {
    fn from_word(word: u64) -> Self {
        word
    }
    fn into_word(self) -> u64 {
        self
    }
}

impl Value for i64 {
    fn from_word(word: u64) -> Self {
        word.cast_signed()
    }
    fn into_word(self) -> u64 {
        self.cast_unsigned()
    }
}

/// What is left of a word nobody wants to know.
impl Value for () {
    fn from_word(_: u64) -> Self {}
    fn into_word(self) -> u64 {
        0
    }
}

impl Value for bool {
    fn from_word(word: u64) -> Self {
        word != 0
    }
    fn into_word(self) -> u64 {
        u64::from(self)
    }
}

/// A shared word that holds a `T`.
pub struct Word<T> {
    address: Address,
    holds: PhantomData<fn() -> T>,
}

impl<T> Word<T> {
    /// The word at `address`.
    pub const fn at(address: Address) -> Self {
        Self {
            address,
            holds: PhantomData,
        }
    }

    /// Where it is.
    pub const fn address(self) -> Address {
        self.address
    }
}

impl<T: Value> Word<T> {
    /// Stores `value` here along with another step.
    pub fn stores(self, value: T) -> Rider {
        Rider {
            address: self.address,
            update: Update::Store(value.into_word()),
        }
    }

    /// Sets the bits of `mask` here along with another step.
    pub fn sets(self, mask: T) -> Rider {
        Rider {
            address: self.address,
            update: Update::SetBits(mask.into_word()),
        }
    }

    /// Clears the bits of `mask` here along with another step.
    pub fn clears(self, mask: T) -> Rider {
        Rider {
            address: self.address,
            update: Update::ClearBits(mask.into_word()),
        }
    }
}

impl Word<i64> {
    /// Adds to the counter here along with another step.
    pub fn adds(self, amount: i64) -> Rider {
        Rider {
            address: self.address,
            update: Update::Add(amount),
        }
    }
}

impl<T> Clone for Word<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Word<T> {}

impl<T> fmt::Debug for Word<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

/// A spinning lock: one word that names its holder. Whoever holds one must not sleep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpinLock(pub Address);

/// A sleeping reader-writer lock of three words: the writer that has it, how often each thread has it for reading, and the writers that wait.
///
/// A writer that had to ask keeps new readers out, and makes a read trylock fail, until it has had the lock:
/// the rule of the kernel's rwsem. Readers that wait do not queue up; they take it when no writer has it or waits for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RwSem(pub Address);

impl RwSem {
    /// How many words of memory it takes.
    pub const WORDS: u32 = 3;

    pub(crate) fn writer(self) -> Address {
        self.0
    }

    /// Four bits a thread, so one thread can have it for reading fifteen times.
    pub(crate) fn readers(self) -> Address {
        self.0.offset(1)
    }

    /// One bit a thread.
    pub(crate) fn waiting(self) -> Address {
        self.0.offset(2)
    }
}

/// A lock that is one bit of a word others use too. Taking it sleeps; trying does not.
///
/// The kernel's bit does not say who has it; a second word does, so that a reader can be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BitLock {
    /// The word the bit is in.
    pub word: Address,
    /// The bit, as a mask.
    pub mask: u64,
    /// The word that names the holder.
    pub owner: Address,
}
