//! Shuttle and loom: given real threads, with their own atomics and locks in place of those of the standard library.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::measure::Done;
use crate::work::Work;

/// What a failed execution says.
const BAD_PAGE: &str = "a page was freed with its mark";

/// The programs, over the threads and locks of a library.
macro_rules! programs {
    ($library:ident) => {
        mod $library {
            use $library::sync::atomic::{AtomicU64, Ordering::SeqCst};
            use $library::sync::{Arc, Mutex, RwLock};
            use $library::thread::{self, JoinHandle};

            use crate::work::Work;

            struct Page {
                pte: AtomicU64,
                mapcount: AtomicU64,
                refcount: AtomicU64,
                mlocked: AtomicU64,
                lru: AtomicU64,
                lock: AtomicU64,
            }

            struct Memory {
                words: Vec<AtomicU64>,
                pages: Vec<Page>,
                ptl: Mutex<()>,
                lru_lock: Mutex<()>,
                mmap_sem: RwLock<()>,
            }

            pub(super) fn run(work: Work) {
                let (words, pages) = match work {
                    Work::LastZero(n) => (n + 1, 0),
                    Work::Indexer(_) => (128, 0),
                    Work::Readers(_) => (1, 0),
                    Work::Rmap(_, r, _) => (1, r),
                };
                let first = u64::from(pages > 0);
                let page = || Page {
                    pte: AtomicU64::new(1),
                    mapcount: AtomicU64::new(1),
                    refcount: AtomicU64::new(2),
                    mlocked: AtomicU64::new(0),
                    lru: AtomicU64::new(0),
                    lock: AtomicU64::new(1),
                };
                let memory = Arc::new(Memory {
                    words: (0..words).map(|_| AtomicU64::new(first)).collect(),
                    pages: (0..pages).map(|_| page()).collect(),
                    ptl: Mutex::new(()),
                    lru_lock: Mutex::new(()),
                    mmap_sem: RwLock::new(()),
                });
                let threads: Vec<JoinHandle<()>> = (0..work.threads())
                    .map(|thread| {
                        let memory = Arc::clone(&memory);
                        thread::spawn(move || body(work, thread, &memory))
                    })
                    .collect();
                for thread in threads {
                    let _ = thread.join();
                }
            }

            fn body(work: Work, thread: usize, memory: &Memory) {
                let words = &memory.words;
                match work {
                    Work::LastZero(n) if thread == 0 => {
                        let mut at = usize::from(n);
                        while words[at].load(SeqCst) != 0 {
                            at -= 1;
                        }
                    }
                    Work::LastZero(_) => {
                        let before = words[thread - 1].load(SeqCst);
                        words[thread].store(before + 1, SeqCst);
                    }
                    Work::Readers(_) if thread == 0 => words[0].store(1, SeqCst),
                    Work::Readers(_) => _ = words[0].load(SeqCst),
                    Work::Indexer(_) => {
                        for message in 1..=4 {
                            let number = message * 11 + thread;
                            let mut at = number * 7 % 128;
                            let put = |at: usize| {
                                words[at].compare_exchange(0, number as u64, SeqCst, SeqCst)
                            };
                            while put(at).is_err() {
                                at = (at + 1) % 128;
                            }
                        }
                    }
                    Work::Rmap(before, r, _) => {
                        let r = usize::from(r);
                        if thread < r {
                            reclaim(memory, before, &memory.pages[thread]);
                        } else if thread == r {
                            unmap(memory);
                        } else {
                            toggle(memory);
                        }
                    }
                }
            }

            fn reclaim(memory: &Memory, before: bool, page: &Page) {
                let flags = &memory.words[0];
                let ptl = memory.ptl.lock();
                if page.pte.load(SeqCst) != 0 && flags.load(SeqCst) != 0 {
                    if before {
                        drop(ptl);
                        if let Ok(held) = memory.mmap_sem.try_read() {
                            if flags.load(SeqCst) != 0 {
                                page.mlocked.swap(1, SeqCst);
                            }
                            drop(held);
                        }
                    } else {
                        page.mlocked.swap(1, SeqCst);
                        drop(ptl);
                    }
                } else {
                    drop(ptl);
                }
                page.lock.store(0, SeqCst);
                put_page(page);
            }

            fn unmap(memory: &Memory) {
                let page = &memory.pages[0];
                let ptl = memory.ptl.lock();
                if page.pte.load(SeqCst) != 0 {
                    page.pte.store(0, SeqCst);
                    if page.mapcount.fetch_sub(1, SeqCst) == 1
                        && page.mlocked.load(SeqCst) != 0
                        && page.mlocked.swap(0, SeqCst) != 0
                    {
                        let lru = memory.lru_lock.lock();
                        page.lru.store(1, SeqCst);
                        drop(lru);
                    }
                }
                drop(ptl);
                put_page(page);
            }

            fn toggle(memory: &Memory) {
                let (page, flags) = (&memory.pages[0], &memory.words[0]);
                let held = memory.mmap_sem.write();
                flags.fetch_xor(1, SeqCst);
                drop(held);
                let ptl = memory.ptl.lock();
                if page.pte.load(SeqCst) != 0 && flags.load(SeqCst) == 0 {
                    page.mlocked.swap(0, SeqCst);
                }
                drop(ptl);
            }

            fn put_page(page: &Page) {
                if page.refcount.fetch_sub(1, SeqCst) == 1 {
                    assert_eq!(page.mlocked.load(SeqCst), 0, "{}", super::BAD_PAGE);
                }
            }
        }
    };
}

programs!(loom);
programs!(shuttle);

/// Counts executions: neither library tells how many there were before a failure.
static EXECUTIONS: AtomicU64 = AtomicU64::new(0);

/// Whether an execution failed as the program fails, and not because the library does not know something.
static IS_BAD_PAGE: AtomicBool = AtomicBool::new(false);

/// Runs a search that panics if it finds something.
fn search(work: Work, search: impl FnOnce()) -> Done {
    EXECUTIONS.store(0, Ordering::Relaxed);
    IS_BAD_PAGE.store(false, Ordering::Relaxed);
    panic::set_hook(Box::new(|info| {
        if info.to_string().contains(BAD_PAGE) {
            IS_BAD_PAGE.store(true, Ordering::Relaxed);
        }
    }));
    let panicked = panic::catch_unwind(AssertUnwindSafe(search)).is_err();
    let found = IS_BAD_PAGE.load(Ordering::Relaxed);
    Done {
        count: EXECUTIONS.load(Ordering::Relaxed),
        found,
        is_right: found == work.fails() && panicked == found,
    }
}

fn execution(work: Work, run: fn(Work)) -> impl Fn() + Send + Sync + 'static {
    move || {
        EXECUTIONS.fetch_add(1, Ordering::Relaxed);
        run(work);
    }
}

/// How many threads loom knows, the one that starts the others included.
const LOOM_THREADS: usize = 5;

pub(crate) fn loom(work: Work) -> Option<Done> {
    (work.threads() < LOOM_THREADS).then(|| {
        search(work, || {
            ::loom::model::Builder::new().check(execution(work, loom::run))
        })
    })
}

fn with_shuttle(work: Work, scheduler: impl ::shuttle::scheduler::Scheduler + 'static) -> Done {
    let mut config = ::shuttle::Config::new();
    config.failure_persistence = ::shuttle::FailurePersistence::None;
    search(work, || {
        ::shuttle::Runner::new(scheduler, config).run(execution(work, shuttle::run));
    })
}

pub(crate) fn shuttle_all(work: Work) -> Done {
    with_shuttle(work, ::shuttle::scheduler::DfsScheduler::new(None, false))
}

pub(crate) fn shuttle_chance(work: Work, seed: u64) -> Done {
    let scheduler = ::shuttle::scheduler::PctScheduler::new_from_seed(seed, 3, 100_000);
    with_shuttle(work, scheduler)
}
