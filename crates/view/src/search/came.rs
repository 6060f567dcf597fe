//! What came of one order, as far as a search tells orders apart.

use lockstep_mm::invariants::{Invariant, Outcome, Severity};

/// How a run ended, and what else is wrong with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Came {
    /// How it ended.
    pub outcome: Outcome,
    /// The properties that did not hold, one bit each by their place in [`Invariant::ALL`]. Those that an outcome stands for
    /// (a page freed with its mark, a mark nobody asks for, a missed one) and those that are repaired by themselves are not among them.
    broken: u32,
}

impl Came {
    /// An end, and the properties that did not hold.
    pub(super) fn new(outcome: Outcome, broken: impl Iterator<Item = Invariant>) -> Self {
        let told_by_the_outcome = [Invariant::I1, Invariant::I2, Invariant::I3];
        let mut bits = 0;
        for invariant in broken {
            let is_soft = invariant.description().severity == Severity::Soft;
            if !is_soft && !told_by_the_outcome.contains(&invariant) {
                bits |= 1 << place(invariant);
            }
        }
        Self {
            outcome,
            broken: bits,
        }
    }

    /// The properties that did not hold beside what the outcome says.
    pub fn broken(self) -> impl Iterator<Item = Invariant> {
        Invariant::ALL
            .iter()
            .map(|row| row.invariant)
            .filter(move |invariant| self.broken >> place(*invariant) & 1 == 1)
    }

    /// Whether the kernel is worse off for it, or the model is wrong.
    pub fn is_broken(self) -> bool {
        self.outcome.is_broken() || self.broken != 0
    }

    /// The end in the words of a run: `ok`, `stranded`, `bad-page by A`.
    pub fn words(self) -> String {
        words(self.outcome)
    }
}

/// An end in the words of a run.
pub(crate) fn words(outcome: Outcome) -> String {
    match outcome {
        Outcome::BadPage { by } => format!("{} by {}", outcome.word(), by.letter()),
        other => other.word().to_owned(),
    }
}

fn place(invariant: Invariant) -> usize {
    let mut rows = Invariant::ALL.iter();
    rows.position(|row| row.invariant == invariant).unwrap_or(0)
}
