//! The race of commit b87537d9e2fe in a few words of memory: reclaim marks a page while its last mapping goes away.
//!
//! What the model of the memory manager does in a hundred steps is done here in ten, for comparison with other searches.

use lockstep_machine::{Action, Address, Cpu, EmulatedCpu, Operation, RwSem, SpinLock, Word};

use super::Toy;
use crate::property::{Ending, Ends, Property};
use crate::walk::Walk;

/// Which lock reclaim holds when it marks the page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// mmap_sem, tried after the page-table lock was dropped: the code before the commit.
    Before,
    /// The page-table lock: the code after it.
    After,
}

/// Whether a page is freed with its mark, or somebody does not end: for [`rmap`], and no harm for any other toy.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct BadPage;

impl Property<Toy> for BadPage {
    type Outcome = bool;

    fn outcome(&self, walk: &Walk<'_, Toy>) -> bool {
        !walk.marks().is_empty() || Ends.outcome(walk) != Ending::Finished
    }

    fn is_broken(&self, outcome: &bool) -> bool {
        *outcome
    }
}

const PTL: SpinLock = SpinLock(Address(0));
const LRU_LOCK: SpinLock = SpinLock(Address(1));
const MMAP_SEM: RwSem = RwSem(Address(2));
const VM_FLAGS: Word<u64> = Word::at(Address(5));
/// The flag is the highest bit, so that adding it turns it over in one step.
const LOCKED: u64 = 1 << 63;
const PAGES: u32 = 6;

/// The words of one page.
#[derive(Clone, Copy)]
struct Page(u32);

impl Page {
    const WORDS: u32 = 6;

    fn at(self, index: u32) -> Address {
        Address(PAGES + self.0 * Self::WORDS + index)
    }

    fn pte(self) -> Word<u64> {
        Word::at(self.at(0))
    }

    fn mapcount(self) -> Word<i64> {
        Word::at(self.at(1))
    }

    fn refcount(self) -> Word<i64> {
        Word::at(self.at(2))
    }

    fn mlocked(self) -> Word<u64> {
        Word::at(self.at(3))
    }

    fn lru(self) -> Word<u64> {
        Word::at(self.at(4))
    }

    fn lock(self) -> Word<u64> {
        Word::at(self.at(5))
    }
}

/// `reclaimers` that look at a page each, one thread that unmaps the first page, and `togglers` that mlock or munlock.
pub fn rmap(order: Order, reclaimers: u32, togglers: u32) -> Toy {
    let mut toy = Toy::new((PAGES + reclaimers * Page::WORDS) as usize);
    toy.image[VM_FLAGS.address().index()] = LOCKED;
    for page in (0..reclaimers).map(Page) {
        for (address, value) in [(0, 1), (1, 1), (2, 2), (5, 1)] {
            toy.image[page.at(address).index()] = value;
        }
        toy.thread(move |cpu| async move { reclaim(&cpu, order, page).await });
    }
    toy.thread(|cpu| async move { unmap(&cpu, Page(0)).await });
    let first = toy.bodies.len();
    for _ in 0..togglers {
        toy.thread(|cpu| async move { toggle(&cpu, Page(0)).await });
    }
    for index in first..toy.bodies.len() {
        toy.same(index, first);
    }
    toy
}

async fn reclaim(cpu: &EmulatedCpu, order: Order, page: Page) {
    cpu.spin_lock(PTL).await;
    let mapped = cpu.read(page.pte()).await != 0;
    if mapped && cpu.read(VM_FLAGS).await & LOCKED != 0 {
        match order {
            Order::After => {
                cpu.test_and_set(page.mlocked(), 1, []).await;
                cpu.settle(&[]);
                cpu.spin_unlock(PTL).await;
            }
            Order::Before => {
                cpu.spin_unlock(PTL).await;
                if cpu.down_read_trylock(MMAP_SEM).await {
                    if cpu.read(VM_FLAGS).await & LOCKED != 0 {
                        cpu.test_and_set(page.mlocked(), 1, []).await;
                    }
                    cpu.settle(&[]);
                    cpu.up_read(MMAP_SEM).await;
                }
            }
        }
    } else {
        cpu.settle(&[]);
        cpu.spin_unlock(PTL).await;
    }
    cpu.settle(&[]);
    cpu.write(page.lock(), 0).await;
    put_page(cpu, page).await;
}

async fn unmap(cpu: &EmulatedCpu, page: Page) {
    cpu.spin_lock(PTL).await;
    if cpu.read(page.pte()).await != 0 {
        cpu.write(page.pte(), 0).await;
        if cpu.add(page.mapcount(), -1, []).await == 0
            && cpu.read(page.mlocked()).await != 0
            && cpu.test_and_clear(page.mlocked(), 1, []).await
        {
            cpu.spin_lock(LRU_LOCK).await;
            cpu.write(page.lru(), 1).await;
            cpu.spin_unlock(LRU_LOCK).await;
        }
    }
    cpu.settle(&[]);
    cpu.spin_unlock(PTL).await;
    put_page(cpu, page).await;
}

async fn toggle(cpu: &EmulatedCpu, page: Page) {
    cpu.step(Operation::write_lock_unasked(MMAP_SEM)).await;
    cpu.step(Operation::on(VM_FLAGS.address(), Action::Add(i64::MIN)))
        .await;
    cpu.settle(&[]);
    cpu.up_write(MMAP_SEM).await;
    cpu.spin_lock(PTL).await;
    if cpu.read(page.pte()).await != 0 && cpu.read(VM_FLAGS).await & LOCKED == 0 {
        cpu.test_and_clear(page.mlocked(), 1, []).await;
    }
    cpu.settle(&[]);
    cpu.spin_unlock(PTL).await;
}

/// Drops a reference; whoever drops the last one frees the page, which must not be marked.
async fn put_page(cpu: &EmulatedCpu, page: Page) {
    if cpu.add(page.refcount(), -1, []).await == 0 && cpu.read(page.mlocked()).await != 0 {
        cpu.mark("bad page", page.at(0));
    }
    cpu.settle(&[]);
}
