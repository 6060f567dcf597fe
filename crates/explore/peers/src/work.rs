//! The programs, by name, and one meaning of them in bytes: what each thread does next, for searches that are given states.
//!
//! They are the toys of `lockstep-explore`, written once more from their definitions, with a program counter for each thread.
//! So the number of states is a second opinion about the first.

use std::fmt;

/// A program that all searches are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Work {
    /// One looks for the last zero of so many.
    LastZero(u8),
    /// One writes what so many read.
    Readers(u8),
    /// So many fill a hash table.
    Indexer(u8),
    /// The race of the commit, before it or after, with so many reclaimers and togglers.
    Rmap(bool, u8, u8),
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastZero(n) => write!(f, "lastzero {n}"),
            Self::Readers(n) => write!(f, "readers {n}"),
            Self::Indexer(n) => write!(f, "indexer {n}"),
            Self::Rmap(true, r, m) => write!(f, "before {r} {m}"),
            Self::Rmap(false, r, m) => write!(f, "after {r} {m}"),
        }
    }
}

impl Work {
    /// What [`Work::fmt`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let name = parts.next()?;
        let mut number = || parts.next()?.parse::<u8>().ok();
        let first = number()?;
        Some(match name {
            "lastzero" => Self::LastZero(first),
            "readers" => Self::Readers(first),
            "indexer" => Self::Indexer(first),
            "before" => Self::Rmap(true, first, number()?),
            "after" => Self::Rmap(false, first, number()?),
            _ => return None,
        })
    }

    /// Whether it has a failure, so that the time to find it is what counts.
    pub(crate) fn fails(self) -> bool {
        matches!(self, Self::Rmap(true, ..))
    }

    pub(crate) fn threads(self) -> usize {
        match self {
            Self::LastZero(n) | Self::Readers(n) => usize::from(n) + 1,
            Self::Indexer(n) => usize::from(n),
            Self::Rmap(_, r, m) => usize::from(r + 1 + m),
        }
    }

    /// Which threads are exchangeable.
    fn alike(self) -> std::ops::Range<usize> {
        match self {
            Self::Readers(_) => 1..self.threads(),
            Self::Rmap(_, r, _) => usize::from(r) + 1..self.threads(),
            _ => 0..0,
        }
    }

    pub(crate) fn start(self) -> State {
        let mut at = vec![0; self.threads()];
        let words = match self {
            Self::LastZero(n) => {
                at[0] = u16::from(n);
                vec![0; usize::from(n) + 1]
            }
            Self::Readers(_) => vec![0],
            Self::Indexer(n) => {
                for (thread, at) in (0..n).zip(&mut at) {
                    *at = indexer_place(1, number(1, thread) * 7 % SIZE);
                }
                vec![0; usize::from(SIZE)]
            }
            Self::Rmap(_, r, _) => {
                let mut words = vec![0; PAGES + PAGE * usize::from(r)];
                words[FLAGS] = 1;
                for page in words[PAGES..].chunks_mut(PAGE) {
                    page[PTE] = 1;
                    page[MAPCOUNT] = 1;
                    page[REFCOUNT] = 2;
                    page[PAGE_LOCK] = 1;
                }
                words
            }
        };
        State { words, at }
    }

    /// The state after the next step of a thread; `None` if it has ended or must wait.
    pub(crate) fn next(self, state: &State, thread: usize) -> Option<State> {
        if state.at[thread] == DONE {
            return None;
        }
        let mut next = state.clone();
        let at = state.at[thread];
        next.at[thread] = match self {
            Self::LastZero(_) if thread == 0 => match next.words[usize::from(at)] {
                0 => DONE,
                _ => at - 1,
            },
            Self::LastZero(_) if at == 0 => u16::from(next.words[thread - 1]) + 1,
            Self::LastZero(_) => {
                next.words[thread] = at as u8;
                DONE
            }
            Self::Readers(_) => {
                if thread == 0 {
                    next.words[0] = 1;
                }
                DONE
            }
            Self::Indexer(_) => {
                let (message, slot) = (at as u8 >> 5, at >> 8);
                let number = number(message, thread as u8);
                match &mut next.words[usize::from(slot)] {
                    empty if *empty == 0 => {
                        *empty = number as u8;
                        match message {
                            4 => DONE,
                            _ => indexer_place(
                                message + 1,
                                self::number(message + 1, thread as u8) * 7 % SIZE,
                            ),
                        }
                    }
                    _ => indexer_place(message, (slot + 1) % SIZE),
                }
            }
            Self::Rmap(before, r, _) => {
                let r = usize::from(r);
                let words = &mut next.words;
                if thread < r {
                    reclaim(before, at, words, PAGES + thread * PAGE)?
                } else if thread == r {
                    unmap(at, words)?
                } else {
                    toggle(at, words)?
                }
            }
        };
        Some(next)
    }

    /// The same state with exchangeable threads in order.
    pub(crate) fn representative(self, state: &State) -> State {
        let mut same = state.clone();
        same.at[self.alike()].sort_unstable();
        same
    }
}

/// The memory, and where each thread is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct State {
    pub(crate) words: Vec<u8>,
    at: Vec<u16>,
}

impl State {
    pub(crate) fn threads(&self) -> usize {
        self.at.len()
    }

    /// How many pages there are, in the race.
    pub(crate) fn pages(&self) -> usize {
        (self.words.len() - PAGES) / PAGE
    }

    /// Whether a page was freed with its mark.
    pub(crate) fn is_bad(&self) -> bool {
        self.at.contains(&BAD)
    }
}

/// Where a thread is that has ended.
const DONE: u16 = u16::MAX;
/// Where a thread is that has freed a page with its mark.
const BAD: u16 = 99;

const SIZE: u16 = 128;

fn number(message: u8, thread: u8) -> u16 {
    u16::from(message) * 11 + u16::from(thread)
}

fn indexer_place(message: u8, slot: u16) -> u16 {
    slot << 8 | u16::from(message) << 5
}

const PTL: usize = 0;
const LRU_LOCK: usize = 1;
const WRITER: usize = 2;
const READERS: usize = 3;
const FLAGS: usize = 4;
const PAGES: usize = 5;
const PAGE: usize = 6;
const PTE: usize = 0;
const MAPCOUNT: usize = 1;
const REFCOUNT: usize = 2;
const MLOCKED: usize = 3;
const LRU: usize = 4;
const PAGE_LOCK: usize = 5;

/// Sets a word and says where that leads.
fn set(value: u8, word: &mut u8, to: u16) -> Option<u16> {
    *word = value;
    Some(to)
}

fn lock(word: &mut u8, to: u16) -> Option<u16> {
    (*word == 0).then(|| *word = 1).map(|()| to)
}

fn reclaim(before: bool, at: u16, words: &mut [u8], page: usize) -> Option<u16> {
    Some(match at {
        0 => lock(&mut words[PTL], 1)?,
        1 if words[page + PTE] != 0 => 2,
        1 => 9,
        2 if words[FLAGS] == 0 => 9,
        2 if before => 4,
        2 => 3,
        3 => set(1, &mut words[page + MLOCKED], 9)?,
        4 => set(0, &mut words[PTL], 5)?,
        5 if words[WRITER] != 0 => 10,
        5 => set(words[READERS] + 1, &mut words[READERS], 6)?,
        6 if words[FLAGS] == 0 => 8,
        6 => 7,
        7 => set(1, &mut words[page + MLOCKED], 8)?,
        8 => set(words[READERS] - 1, &mut words[READERS], 10)?,
        9 => set(0, &mut words[PTL], 10)?,
        10 => set(0, &mut words[page + PAGE_LOCK], 11)?,
        _ => put_page(at, words, page)?,
    })
}

fn unmap(at: u16, words: &mut [u8]) -> Option<u16> {
    let page = PAGES;
    Some(match at {
        0 => lock(&mut words[PTL], 1)?,
        1 if words[page + PTE] != 0 => 2,
        1 => 9,
        2 => set(0, &mut words[page + PTE], 3)?,
        3 => set(0, &mut words[page + MAPCOUNT], 4)?,
        4 if words[page + MLOCKED] == 0 => 9,
        4 => 5,
        5 if words[page + MLOCKED] == 0 => 9,
        5 => set(0, &mut words[page + MLOCKED], 6)?,
        6 => lock(&mut words[LRU_LOCK], 7)?,
        7 => set(1, &mut words[page + LRU], 8)?,
        8 => set(0, &mut words[LRU_LOCK], 9)?,
        9 => set(0, &mut words[PTL], 11)?,
        _ => put_page(at, words, page)?,
    })
}

fn put_page(at: u16, words: &mut [u8], page: usize) -> Option<u16> {
    let count = words[page + REFCOUNT];
    match at {
        11 => set(
            count - 1,
            &mut words[page + REFCOUNT],
            if count == 1 { 12 } else { DONE },
        ),
        12 if words[page + MLOCKED] != 0 => Some(BAD),
        12 => Some(DONE),
        _ => None,
    }
}

fn toggle(at: u16, words: &mut [u8]) -> Option<u16> {
    let page = PAGES;
    Some(match at {
        0 if words[READERS] != 0 => return None,
        0 => lock(&mut words[WRITER], 1)?,
        1 => set(1 - words[FLAGS], &mut words[FLAGS], 2)?,
        2 => set(0, &mut words[WRITER], 3)?,
        3 => lock(&mut words[PTL], 4)?,
        4 if words[page + PTE] != 0 => 5,
        4 => 7,
        5 if words[FLAGS] == 0 => 6,
        5 => 7,
        6 => set(0, &mut words[page + MLOCKED], 7)?,
        _ => set(0, &mut words[PTL], DONE)?,
    })
}
