//! The machine's forms of lines, goals and fields, as they are written to bytes.
//!
//! The machine knows nothing of bytes, so each form has a mirror here and a way back; the way there is for builds only.

use lockstep_machine::script::{Field, Goal, Line};
use lockstep_machine::{Address, ThreadId};
use serde::Serialize;

use crate::reader::{Read, Reader, read_fields};
use crate::resolved::Meant;
use crate::{Moment, ScriptLines, SourceLine};

/// A [`Line`] of a script, with its [`SourceLine`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Stretch {
    said: Sentence,
    number: u32,
    span: (u32, u32),
}

/// A [`Moment`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Sentence {
    thread: Option<u8>,
    goal: Aim,
    is_next: bool,
}

/// A [`Goal`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
enum Aim {
    Steps(u32),
    End,
    Blocked,
    Lock(Vec<u32>),
    Unlock(Vec<u32>),
    Enter(String),
    Leave(String),
    Read(Vec<(u32, u64)>),
    Write(Vec<(u32, u64)>),
    Equals((u32, u64), u64),
}

/// A [`Meant`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(super) struct Meaning {
    fields: Vec<(u32, u64)>,
    locks: Vec<u32>,
}

read_fields! {
    Stretch { said, number, span }
    Sentence { thread, goal, is_next }
    Meaning { fields, locks }
}

impl Read for Aim {
    fn read(from: &mut Reader<'_>) -> Self {
        match from.get::<u32>() {
            0 => Self::Steps(from.get()),
            2 => Self::Blocked,
            3 => Self::Lock(from.get()),
            4 => Self::Unlock(from.get()),
            5 => Self::Enter(from.get()),
            6 => Self::Leave(from.get()),
            7 => Self::Read(from.get()),
            8 => Self::Write(from.get()),
            9 => Self::Equals(from.get(), from.get()),
            _ => Self::End,
        }
    }
}

/// The lines of a script.
pub(super) fn script(lines: &[Stretch]) -> ScriptLines {
    let mut script = ScriptLines {
        lines: Vec::new(),
        sources: Vec::new(),
    };
    for line in lines {
        let moment = line.said.moment();
        // Lines for any thread are for beats; no script has one.
        let Some(thread) = moment.thread else {
            continue;
        };
        script.lines.push(Line {
            thread,
            goal: moment.goal,
        });
        script.sources.push(SourceLine {
            number: line.number as usize,
            span: line.span.0 as usize..line.span.1 as usize,
        });
    }
    script
}

impl Sentence {
    pub(super) fn moment(&self) -> Moment {
        Moment {
            thread: self
                .thread
                .and_then(|thread| ThreadId::new(usize::from(thread))),
            goal: self.goal.goal(),
            is_next: self.is_next,
        }
    }
}

impl Aim {
    fn goal(&self) -> Goal {
        match self {
            Self::Steps(count) => Goal::Steps(*count),
            Self::End => Goal::End,
            Self::Blocked => Goal::Blocked,
            Self::Lock(locks) => Goal::Lock(addresses(locks)),
            Self::Unlock(locks) => Goal::Unlock(addresses(locks)),
            Self::Enter(name) => Goal::Enter(name.clone()),
            Self::Leave(name) => Goal::Leave(name.clone()),
            Self::Read(all) => Goal::Read(fields(all)),
            Self::Write(all) => Goal::Write(fields(all)),
            Self::Equals(one, value) => Goal::Equals(field(one), *value),
        }
    }
}

impl Meaning {
    pub(super) fn meant(&self) -> Meant {
        Meant {
            fields: fields(&self.fields),
            locks: addresses(&self.locks),
        }
    }
}

fn addresses(all: &[u32]) -> Vec<Address> {
    all.iter().copied().map(Address).collect()
}

fn fields(all: &[(u32, u64)]) -> Vec<Field> {
    all.iter().map(field).collect()
}

fn field((address, mask): &(u32, u64)) -> Field {
    Field {
        address: Address(*address),
        mask: *mask,
    }
}

#[cfg(feature = "build")]
mod write {
    //! The way there.

    use super::*;

    impl Stretch {
        pub(in crate::prepared) fn of(script: &ScriptLines) -> Vec<Self> {
            let lines = script.lines.iter().zip(&script.sources);
            lines
                .map(|(line, source)| Self {
                    said: Sentence {
                        thread: Some(line.thread.index() as u8),
                        goal: Aim::of(&line.goal),
                        is_next: false,
                    },
                    number: source.number as u32,
                    span: (source.span.start as u32, source.span.end as u32),
                })
                .collect()
        }
    }

    impl Sentence {
        pub(in crate::prepared) fn of(moment: &Moment) -> Self {
            Self {
                thread: moment.thread.map(|thread| thread.index() as u8),
                goal: Aim::of(&moment.goal),
                is_next: moment.is_next,
            }
        }
    }

    impl Aim {
        fn of(goal: &Goal) -> Self {
            match goal {
                Goal::Steps(count) => Self::Steps(*count),
                Goal::End => Self::End,
                Goal::Blocked => Self::Blocked,
                Goal::Lock(locks) => Self::Lock(numbers(locks)),
                Goal::Unlock(locks) => Self::Unlock(numbers(locks)),
                Goal::Enter(name) => Self::Enter(name.clone()),
                Goal::Leave(name) => Self::Leave(name.clone()),
                Goal::Read(all) => Self::Read(pairs(all)),
                Goal::Write(all) => Self::Write(pairs(all)),
                Goal::Equals(one, value) => Self::Equals(pair(one), *value),
            }
        }
    }

    impl Meaning {
        pub(in crate::prepared) fn of(meant: &Meant) -> Self {
            Self {
                fields: pairs(&meant.fields),
                locks: numbers(&meant.locks),
            }
        }
    }

    fn numbers(all: &[Address]) -> Vec<u32> {
        all.iter().map(|address| address.0).collect()
    }

    fn pairs(all: &[Field]) -> Vec<(u32, u64)> {
        all.iter().map(pair).collect()
    }

    fn pair(field: &Field) -> (u32, u64) {
        (field.address.0, field.mask)
    }
}
