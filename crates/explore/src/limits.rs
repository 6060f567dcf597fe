//! How far a search may go, and what it has done so far.

/// What ends a search before it is through. A search that a limit has ended proves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// How many runs are made.
    pub runs: u64,
    /// How many states are kept.
    pub states: u64,
    /// How many steps are executed in all.
    pub steps: u64,
    /// How many steps one run has. What goes on for longer is taken to make no progress.
    pub depth: usize,
    /// How often a run changes from one thread to another, whether or not the one could go on. Only the searches that say so look at it.
    pub switches: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            runs: u64::MAX,
            states: 1 << 24,
            steps: u64::MAX,
            depth: 4096,
            switches: None,
        }
    }
}

/// A limit that was reached.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// [`Limits::runs`].
    Runs,
    /// [`Limits::states`].
    States,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::switches`].
    Switches,
}

impl Limit {
    /// In one word, as in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::States => "states",
            Self::Steps => "steps",
            Self::Depth => "depth",
            Self::Switches => "switches",
        }
    }
}

/// What a search has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Complete runs: for the search by classes the number of classes found.
    pub runs: u64,
    /// Runs that turned out to repeat another. An optimal search has none.
    pub blocked_runs: u64,
    /// Different states met, for searches that keep them.
    pub states: u64,
    /// Steps executed.
    pub steps: u64,
    /// The longest run, in steps.
    pub depth: usize,
}

/// Whether a search has more to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It has.
    Going,
    /// It has been through everything: what it found is all there is.
    Complete,
    /// A limit has ended it, or cut some run short: what it did not find may exist.
    Limited(Limit),
}
