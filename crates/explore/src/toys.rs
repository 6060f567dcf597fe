//! Programs whose number of classes is known, from papers or on paper: for tests, benchmarks and comparisons.

mod rmap;

pub use rmap::{BadPage, Order, rmap};

use lockstep_machine::{
    Address, Cpu, EmulatedCpu, Program, RwSem, SpinLock, ThreadBody, ThreadId, Word,
};

use crate::walk::{Model, Roles};

type Body = Box<dyn Fn(EmulatedCpu) -> ThreadBody>;

/// A program made of closures.
#[derive(Default)]
pub struct Toy {
    image: Vec<u64>,
    bodies: Vec<Body>,
    roles: Option<Roles>,
}

impl Toy {
    /// A program with a memory of zeros and no thread yet.
    pub fn new(words: usize) -> Self {
        Self {
            image: vec![0; words],
            ..Self::default()
        }
    }

    /// Adds a thread.
    pub fn thread<F: Future<Output = ()> + 'static>(
        &mut self,
        body: impl Fn(EmulatedCpu) -> F + 'static,
    ) {
        self.bodies.push(Box::new(move |cpu| Box::pin(body(cpu))));
    }

    /// Adds words to its memory, behind those it has.
    pub fn grow(&mut self, words: usize) {
        self.image.extend(std::iter::repeat_n(0, words));
    }

    /// Says that thread `index` could change places with `other`.
    pub fn same(&mut self, index: usize, other: usize) {
        let roles = self
            .roles
            .get_or_insert_with(|| std::array::from_fn(|index| index as u8));
        roles[index] = roles[other];
    }

    /// The same program with all threads told apart.
    pub fn without_symmetry(mut self) -> Self {
        self.roles = None;
        self
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
        match self.bodies.get(thread.index()) {
            Some(body) => body(cpu),
            None => Box::pin(std::future::ready(())),
        }
    }
}

impl Model for Toy {
    fn roles(&self) -> Roles {
        self.roles
            .unwrap_or_else(|| std::array::from_fn(|index| index as u8))
    }
}

fn word(index: u32) -> Word<u64> {
    Word::at(Address(index))
}

/// One thread looks for the last zero in an array while `n` others each make one element one more than its neighbour.
///
/// Abdulla et al., POPL 2014. It has (n + 3) * 2^(n - 2) classes.
pub fn lastzero(n: u32) -> Toy {
    let mut toy = Toy::new(n as usize + 1);
    toy.thread(move |cpu| async move {
        let mut at = n;
        while cpu.read(word(at)).await != 0 {
            at -= 1;
        }
        cpu.settle(&[]);
    });
    for index in 1..=n {
        toy.thread(move |cpu| async move {
            let before = cpu.read(word(index - 1)).await;
            cpu.write(word(index), before + 1).await;
        });
    }
    toy
}

/// One thread writes a word that `n` others read: 2^n classes, since each reads before or after.
///
/// Abdulla et al., POPL 2014.
pub fn readers(n: usize) -> Toy {
    let mut toy = Toy::new(1);
    toy.thread(|cpu| async move {
        cpu.write(word(0), 1).await;
    });
    for _ in 0..n {
        toy.thread(|cpu| async move {
            cpu.read(word(0)).await;
            cpu.settle(&[]);
        });
    }
    for index in 2..=n {
        toy.same(index, 1);
    }
    toy
}

/// `n` threads put four numbers each into a hash table of 128 places; up to 11 threads never meet.
///
/// Flanagan and Godefroid, POPL 2005.
pub fn indexer(n: u64) -> Toy {
    const SIZE: u64 = 128;
    let mut toy = Toy::new(SIZE as usize);
    for thread in 0..n {
        toy.thread(move |cpu| async move {
            for message in 1..=4 {
                let number = message * 11 + thread;
                let mut at = number * 7 % SIZE;
                while !cpu.compare_exchange(word(at as u32), 0, number, []).await {
                    at = (at + 1) % SIZE;
                }
            }
        });
    }
    toy
}

/// Threads that each give their inode a block, for the numbers in `threads`; those 13 apart want the same one.
///
/// Flanagan and Godefroid, POPL 2005, where `filesystem(n)` has the threads 0 to n - 1.
/// A machine has 16 threads; one whose inode nobody else has and whose block nobody else wants can be left out, as it changes nothing about the others.
pub fn filesystem(threads: impl IntoIterator<Item = u32>) -> Toy {
    const BLOCKS: u32 = 26;
    const INODES: u32 = 32;
    let inode_lock = |index: u32| SpinLock(Address(index));
    let block_lock = |index: u32| SpinLock(Address(INODES + index));
    let inode = |index: u32| word(INODES + BLOCKS + index);
    let busy = |index: u32| word(2 * INODES + BLOCKS + index);
    let mut toy = Toy::new((2 * INODES + 2 * BLOCKS) as usize);
    for thread in threads {
        toy.thread(move |cpu| async move {
            let mine = thread % INODES;
            cpu.spin_lock(inode_lock(mine)).await;
            if cpu.read(inode(mine)).await == 0 {
                let mut block = mine * 2 % BLOCKS;
                loop {
                    cpu.spin_lock(block_lock(block)).await;
                    if cpu.read(busy(block)).await == 0 {
                        cpu.write(busy(block), 1).await;
                        cpu.write(inode(mine), u64::from(block) + 1).await;
                        cpu.spin_unlock(block_lock(block)).await;
                        break;
                    }
                    cpu.spin_unlock(block_lock(block)).await;
                    block = (block + 1) % BLOCKS;
                }
            }
            cpu.spin_unlock(inode_lock(mine)).await;
        });
    }
    toy
}

/// `n` philosophers around a table, each taking the fork to the left, then the one to the right.
///
/// With everybody holding the left one, nobody goes on.
pub fn dining(n: u32) -> Toy {
    let mut toy = Toy::new(n as usize);
    for index in 0..n {
        toy.thread(move |cpu| async move {
            let (left, right) = (SpinLock(Address(index)), SpinLock(Address((index + 1) % n)));
            cpu.spin_lock(left).await;
            cpu.spin_lock(right).await;
            cpu.spin_unlock(right).await;
            cpu.spin_unlock(left).await;
        });
    }
    toy
}

/// `n` threads that each store their number under one lock: n! classes, one for each order of the sections.
pub fn locked_stores(n: u64) -> Toy {
    let mut toy = Toy::new(2);
    let lock = SpinLock(Address(0));
    for index in 0..n {
        toy.thread(move |cpu| async move {
            cpu.spin_lock(lock).await;
            cpu.write(word(1), index + 1).await;
            cpu.spin_unlock(lock).await;
        });
    }
    toy
}

/// Readers and writers of one reader-writer lock that do nothing with it.
pub fn read_write(readers: usize, writers: usize, tries: usize) -> Toy {
    let lock = RwSem(Address(0));
    let mut toy = Toy::new(RwSem::WORDS as usize);
    for _ in 0..readers {
        toy.thread(move |cpu| async move {
            cpu.down_read(lock).await;
            cpu.up_read(lock).await;
        });
    }
    for _ in 0..writers {
        toy.thread(move |cpu| async move {
            cpu.down_write(lock).await;
            cpu.up_write(lock).await;
        });
    }
    for _ in 0..tries {
        toy.thread(move |cpu| async move {
            if cpu.down_read_trylock(lock).await {
                cpu.up_read(lock).await;
            }
        });
    }
    toy
}
