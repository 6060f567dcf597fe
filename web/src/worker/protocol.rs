//! What the page asks of the worker, and what the worker tells the page.

use super::bytes::{Reader, Writer, parts};
use super::found::Found;

/// What the page asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ask {
    /// Search all orders of a scenario.
    Search {
        /// What answers are to be told under.
        job: u32,
        /// The file the scenario is in.
        file: String,
        /// The kernel, as links write it.
        kernel: String,
    },
    /// Search all orders of many scenarios on one kernel, those of two threads first.
    Bench {
        /// What answers are to be told under.
        job: u32,
        /// The files they are in.
        files: Vec<String>,
        /// The kernel, as links write it.
        kernel: String,
    },
    /// Work out which steps of an order one of them depends on.
    Needed {
        /// What the answer is to be told under.
        job: u32,
        /// The file the scenario is in.
        file: String,
        /// The kernel, as links write it.
        kernel: String,
        /// The order, as links write it.
        order: String,
        /// The step, counted from 1.
        step: u32,
    },
    /// Nothing that was asked before this matters any more. A search that goes on tells what it has found.
    Stop,
}

/// How far a search is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Orders run.
    pub orders: u64,
    /// Classes of equal orders met so far.
    pub classes: u64,
    /// States met so far, if the search by states goes along.
    pub states: u64,
    /// The steps of the longest order.
    pub depth: u32,
    /// For how long it has been going on, in milliseconds.
    pub milliseconds: u32,
    /// Whether an order that ends badly has been found.
    pub is_broken: bool,
    /// Whether every order is covered, and what is left is to make a failure simple.
    pub is_decided: bool,
}

parts! {
    Counts { orders, classes, states, depth, milliseconds, is_broken, is_decided }
}

/// What the worker tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Tell {
    /// It listens; it is of this build.
    Ready {
        /// Its [`BUILD`](super::BUILD).
        build: String,
    },
    /// A search goes on.
    Going {
        /// Which.
        job: u32,
        /// How far it is.
        counts: Counts,
    },
    /// A search is over.
    Done {
        /// Which.
        job: u32,
        /// What it has found.
        found: Found,
    },
    /// One scenario of a bench is done.
    Cell {
        /// Which bench.
        job: u32,
        /// The place of the file in the list.
        row: u32,
        /// What was found.
        found: Found,
    },
    /// All scenarios of a bench are done.
    Over {
        /// Which bench.
        job: u32,
    },
    /// Something asked for could not be done: a file could not be fetched, or the kernel cannot run it.
    Failed {
        /// What.
        job: u32,
        /// The place of the file in the list, if it was a bench.
        row: Option<u32>,
        /// Why, as a sentence.
        why: String,
    },
    /// The steps of an order that one of them depends on.
    Needed {
        /// What was asked.
        job: u32,
        /// The steps, counted from 1, in order.
        steps: Vec<u32>,
    },
    /// The worker met a fault of its own and has stopped.
    Crashed {
        /// Where and why, for whoever mends it.
        why: String,
    },
}

/// Writes and reads enums as messages: the number of the variant, then its fields.
macro_rules! messages {
    ($($of:ident { $($number:literal $variant:ident { $($field:ident),* })* })*) => { $(
        impl $of {
            /// As bytes.
            pub fn encode(&self) -> Vec<u8> {
                let mut to = Writer::default();
                match self {
                    $(Self::$variant { $($field),* } => {
                        let number: u32 = $number;
                        to.put(&number);
                        $(to.put($field);)*
                    })*
                }
                to.0
            }

            /// Reads what `encode` wrote; none if these are other bytes.
            pub fn decode(bytes: &[u8]) -> Option<Self> {
                let mut from = Reader(bytes);
                Some(match from.get::<u32>()? {
                    $($number => Self::$variant { $($field: from.get()?),* },)*
                    _ => return None,
                })
            }
        }
    )* };
}

messages! {
    Ask {
        0 Search { job, file, kernel }
        1 Bench { job, files, kernel }
        2 Stop {}
        3 Needed { job, file, kernel, order, step }
    }
    Tell {
        0 Ready { build }
        1 Going { job, counts }
        2 Done { job, found }
        3 Cell { job, row, found }
        4 Over { job }
        5 Failed { job, row, why }
        6 Crashed { why }
        7 Needed { job, steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::{End, Sample, Verdict, Witness};

    fn asks() -> Vec<Ask> {
        vec![
            Ask::Search {
                job: 7,
                file: "truncate-1f.scenario".to_owned(),
                kernel: "after,recheck=off".to_owned(),
            },
            Ask::Bench {
                job: u32::MAX,
                files: vec!["one".to_owned(), String::new()],
                kernel: "before".to_owned(),
            },
            Ask::Stop,
            Ask::Needed {
                job: 9,
                file: "truncate-1f.scenario".to_owned(),
                kernel: "before".to_owned(),
                order: "A42B21A41".to_owned(),
                step: 104,
            },
        ]
    }

    fn tells() -> Vec<Tell> {
        let found = Found {
            verdict: Verdict::Broken,
            end: End::Stopped,
            orders: u64::MAX,
            classes: Some(267),
            states: None,
            depth: 110,
            outcomes: vec!["ok".to_owned(), "bad-page by A".to_owned()],
            properties: vec!["\u{1f4a5}".to_owned()],
            witnesses: vec![Witness {
                order: "A42B21A41".to_owned(),
                switches: 2,
                outcome: "bad-page by A".to_owned(),
                is_simplest: true,
            }],
            sample: Some(Sample {
                order: "AB".to_owned(),
                places: vec![0, 300],
            }),
            milliseconds: 128,
            same_as: Some("after".to_owned()),
        };
        vec![
            Tell::Ready {
                build: "3f2a".to_owned(),
            },
            Tell::Going {
                job: 1,
                counts: Counts {
                    orders: 1_200,
                    is_broken: true,
                    ..Counts::default()
                },
            },
            Tell::Done {
                job: 1,
                found: found.clone(),
            },
            Tell::Cell {
                job: 2,
                row: 19,
                found,
            },
            Tell::Over { job: 2 },
            Tell::Failed {
                job: 3,
                row: Some(0),
                why: "gone".to_owned(),
            },
            Tell::Crashed {
                why: "at a place".to_owned(),
            },
            Tell::Needed {
                job: 9,
                steps: vec![1, 2, 300],
            },
        ]
    }

    #[test]
    fn messages_come_over_as_they_were() {
        for ask in asks() {
            assert_eq!(Ask::decode(&ask.encode()), Some(ask));
        }
        for tell in tells() {
            assert_eq!(Tell::decode(&tell.encode()), Some(tell));
        }
    }

    #[test]
    fn a_part_of_a_message_is_none() {
        for tell in tells() {
            let bytes = tell.encode();
            for end in 0..bytes.len() {
                assert_eq!(Tell::decode(&bytes[..end]), None, "{tell:?} up to {end}");
            }
        }
        for ask in asks() {
            let bytes = ask.encode();
            for end in 0..bytes.len() {
                assert_eq!(Ask::decode(&bytes[..end]), None, "{ask:?} up to {end}");
            }
        }
    }

    #[test]
    fn any_bytes_are_read_to_some_end() {
        let mut bytes = tells().iter().flat_map(Tell::encode).collect::<Vec<u8>>();
        for at in 0..bytes.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let was = std::mem::replace(&mut bytes[at], byte);
                for from in 0..bytes.len() {
                    _ = Tell::decode(&bytes[from..]);
                    _ = Ask::decode(&bytes[from..]);
                }
                bytes[at] = was;
            }
        }
    }
}
