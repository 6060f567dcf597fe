//! Who steps next, as a value with a short printable form.

use std::fmt;
use std::str::FromStr;

use crate::ThreadId;

/// Who steps next, in order: `A5B4A2.` is five steps of A, four of B, two of A, and then the default policy to the end.
///
/// The same text is in a link, an embed's attribute, on the command line and in the message of a failing test.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Schedule {
    runs: Vec<(ThreadId, u32)>,
    /// Whether the default policy goes on where the letters end; see [`run::finish`](crate::run::finish).
    pub finish: bool,
}

impl Schedule {
    /// How many steps a schedule can have.
    pub const LIMIT: usize = 65_536;

    /// No steps.
    pub fn new() -> Self {
        Self::default()
    }

    /// The runs: a thread and how many steps it takes in a row.
    pub fn runs(&self) -> &[(ThreadId, u32)] {
        &self.runs
    }

    /// One thread a step.
    pub fn steps(&self) -> impl Iterator<Item = ThreadId> {
        self.runs
            .iter()
            .flat_map(|(thread, count)| std::iter::repeat_n(*thread, *count as usize))
    }

    /// How many steps the letters name.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|(_, count)| *count as usize).sum()
    }

    /// Whether the letters name no step.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How often the thread changes.
    pub fn switches(&self) -> usize {
        self.runs.len().saturating_sub(1)
    }

    /// Adds a step of `thread`.
    pub fn push(&mut self, thread: ThreadId) {
        match self.runs.last_mut() {
            Some((last, count)) if *last == thread => *count += 1,
            _ => self.runs.push((thread, 1)),
        }
    }

    /// The first `steps` steps, without a policy to go on.
    pub fn prefix(&self, steps: usize) -> Self {
        self.steps().take(steps).collect()
    }
}

impl FromIterator<ThreadId> for Schedule {
    fn from_iter<I: IntoIterator<Item = ThreadId>>(steps: I) -> Self {
        let mut schedule = Self::new();
        for thread in steps {
            schedule.push(thread);
        }
        schedule
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (thread, count) in &self.runs {
            match count {
                1 => write!(f, "{thread}")?,
                _ => write!(f, "{thread}{count}")?,
            }
        }
        if self.finish {
            f.write_str(".")
        } else {
            Ok(())
        }
    }
}

/// A text that is no schedule, and where it stops being one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScheduleError {
    /// The bytes that cannot be read.
    pub at: std::ops::Range<usize>,
    /// What is wrong with them.
    pub problem: ScheduleProblem,
}

/// What is wrong with a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScheduleProblem {
    /// Neither a thread's letter nor its count nor the final dot.
    NotALetter(char),
    /// A count with no letter in front.
    CountFirst,
    /// A count of 0, or one that starts with 0.
    LeadingZero,
    /// More than [`Schedule::LIMIT`] steps.
    TooLong,
    /// Something after the dot.
    AfterTheDot,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.at.start + 1;
        match self.problem {
            ScheduleProblem::NotALetter(found) => write!(
                f,
                "character {place}, {found:?}, is no thread; threads are the letters A to P, each followed by how many steps it takes"
            ),
            ScheduleProblem::CountFirst => write!(
                f,
                "character {place} is a count with no thread in front; write A3, not 3A"
            ),
            ScheduleProblem::LeadingZero => write!(
                f,
                "the count at character {place} starts with 0; counts are 1 or more"
            ),
            ScheduleProblem::TooLong => write!(
                f,
                "at character {place} the schedule gets longer than {} steps",
                Schedule::LIMIT
            ),
            ScheduleProblem::AfterTheDot => write!(
                f,
                "character {place} comes after the dot, which ends a schedule"
            ),
        }
    }
}

impl std::error::Error for ScheduleError {}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let mut schedule = Self::new();
        let mut total = 0usize;
        let mut chars = text.char_indices().peekable();
        while let Some((start, letter)) = chars.next() {
            let fail = |end: usize, problem| {
                Err(ScheduleError {
                    at: start..end,
                    problem,
                })
            };
            let end = start + letter.len_utf8();
            if schedule.finish {
                return fail(text.len(), ScheduleProblem::AfterTheDot);
            }
            if letter == '.' {
                schedule.finish = true;
                continue;
            }
            let Some(thread) = ThreadId::from_letter(letter) else {
                return fail(
                    end,
                    if letter.is_ascii_digit() {
                        ScheduleProblem::CountFirst
                    } else {
                        ScheduleProblem::NotALetter(letter)
                    },
                );
            };
            let mut count = None::<usize>;
            while let Some((at, digit)) = chars.next_if(|(_, next)| next.is_ascii_digit()) {
                if digit == '0' && count.is_none() {
                    return Err(ScheduleError {
                        at: at..at + 1,
                        problem: ScheduleProblem::LeadingZero,
                    });
                }
                count = Some(
                    count
                        .unwrap_or(0)
                        .saturating_mul(10)
                        .saturating_add(digit as usize - '0' as usize),
                );
            }
            let count = count.unwrap_or(1);
            total = total.saturating_add(count);
            if total > Self::LIMIT {
                return fail(end, ScheduleProblem::TooLong);
            }
            match schedule.runs.last_mut() {
                Some((last, before)) if *last == thread => *before += count as u32,
                _ => schedule.runs.push((thread, count as u32)),
            }
        }
        Ok(schedule)
    }
}
