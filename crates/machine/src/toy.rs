//! Small programs with answers known on paper, for the tests and benchmarks of this crate and of those that search.

use crate::gather::Gather;
use crate::{
    Action, Address, Argument, BitLock, Cpu, EmulatedCpu, Function, Operation, Program, RwSem,
    SpinLock, ThreadBody, ThreadId, Word,
};

/// A small program.
pub struct Toy {
    image: Vec<u64>,
    bodies: Vec<Body>,
}

/// What a thread of a [`Toy`] does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Body {
    /// Reads the counter, then stores one more: two steps that should have been one.
    Increment,
    /// The same inside the spinlock.
    LockedIncrement,
    /// Takes the first lock, the second, and drops them.
    TakeBoth(SpinLock, SpinLock),
    /// Takes the rwsem for writing and drops it.
    Write,
    /// Takes the rwsem for reading and drops it.
    Read,
    /// Tries the rwsem for reading, drops it if it got it.
    TryRead,
    /// Takes the bit lock and drops it.
    TakeBit,
    /// Takes the rwsem for reading while it has the spinlock, which is a mistake.
    SleepInAtomic,
    /// Drops a spinlock it does not have, which is a mistake.
    WrongUnlock,
    /// Ends with the spinlock, which is a mistake.
    KeepLock,
    /// Takes the spinlock twice, which is a mistake.
    LockTwice,
    /// Finds something impossible.
    Bug,
    /// Reads a word that is not there.
    OutOfMemory,
}

const INCREMENT: Function = Function {
    name: "increment",
    file: "toy.rs",
    line: 1,
};

impl Toy {
    /// The counter [`Body::Increment`] counts in.
    pub const COUNTER: Address = Address(0);
    /// The spinlock.
    pub const SPIN: SpinLock = SpinLock(Address(1));
    /// Another spinlock.
    pub const OTHER_SPIN: SpinLock = SpinLock(Address(2));
    /// The reader-writer lock.
    pub const RWSEM: RwSem = RwSem(Address(3));
    /// The bit lock: bit 0 of word 6, with its holder in word 7.
    pub const BIT: BitLock = BitLock {
        word: Address(6),
        mask: 1,
        owner: Address(7),
    };
    const WORDS: usize = 8;

    /// A program of the given threads.
    pub fn new(bodies: impl IntoIterator<Item = Body>) -> Self {
        Self {
            image: vec![0; Self::WORDS],
            bodies: bodies.into_iter().gather(),
        }
    }

    /// Threads that each add one to a counter in two steps, so that one can overwrite what another did.
    pub fn lost_update(threads: usize) -> Self {
        Self::new(std::iter::repeat_n(Body::Increment, threads))
    }

    /// Two threads that take two locks in opposite orders.
    pub fn crossed_locks() -> Self {
        Self::new([
            Body::TakeBoth(Self::SPIN, Self::OTHER_SPIN),
            Body::TakeBoth(Self::OTHER_SPIN, Self::SPIN),
        ])
    }
}

impl Program for Toy {
    fn image(&self) -> &[u64] {
        &self.image
    }

    fn threads(&self) -> usize {
        self.bodies.len()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let body = self.bodies.get(thread.index()).copied();
        Box::pin(async move {
            if let Some(body) = body {
                run(&cpu, body).await;
            }
        })
    }
}

async fn run<C: Cpu>(cpu: &C, body: Body) {
    match body {
        Body::Increment => increment(cpu).await,
        Body::LockedIncrement => {
            cpu.spin_lock(Toy::SPIN).await;
            increment(cpu).await;
            cpu.spin_unlock(Toy::SPIN).await;
        }
        Body::TakeBoth(first, second) => {
            cpu.spin_lock(first).await;
            cpu.spin_lock(second).await;
            cpu.spin_unlock(second).await;
            cpu.spin_unlock(first).await;
        }
        Body::Write => {
            cpu.down_write(Toy::RWSEM).await;
            cpu.up_write(Toy::RWSEM).await;
        }
        Body::Read => {
            cpu.down_read(Toy::RWSEM).await;
            cpu.up_read(Toy::RWSEM).await;
        }
        Body::TryRead => {
            if cpu.down_read_trylock(Toy::RWSEM).await {
                cpu.up_read(Toy::RWSEM).await;
            }
        }
        Body::TakeBit => {
            cpu.bit_lock(Toy::BIT).await;
            cpu.bit_unlock(Toy::BIT).await;
        }
        Body::SleepInAtomic => {
            cpu.spin_lock(Toy::SPIN).await;
            cpu.down_read(Toy::RWSEM).await;
            cpu.up_read(Toy::RWSEM).await;
            cpu.spin_unlock(Toy::SPIN).await;
        }
        Body::WrongUnlock => cpu.spin_unlock(Toy::SPIN).await,
        Body::KeepLock => cpu.spin_lock(Toy::SPIN).await,
        Body::LockTwice => {
            cpu.spin_lock(Toy::SPIN).await;
            cpu.spin_lock(Toy::SPIN).await;
        }
        Body::Bug => {
            cpu.bug("an impossible state").await;
            increment(cpu).await;
        }
        Body::OutOfMemory => {
            _ = cpu
                .step(Operation::on(Address(Toy::WORDS as u32), Action::Read))
                .await
        }
    }
}

async fn increment<C: Cpu>(cpu: &C) {
    let call = cpu.enter(&INCREMENT, [Argument::Object(Toy::COUNTER)]);
    let counter = Word::<u64>::at(Toy::COUNTER);
    let before = cpu.read(counter).await;
    cpu.write(counter, before + 1).await;
    call.returns("done");
}
