//! The one door to the model: a scenario on a kernel, run in some order, as data for the page.
//!
//! Nothing else in this crate knows where scores and scenes come from.

use std::rc::Rc;

use lockstep_view::scene::{Headline, Row, Scene, Score, StepNo};

use crate::fixture;

/// The code that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Kernel {
    /// The parent of the commit.
    #[default]
    Before,
    /// The commit.
    After,
}

impl Kernel {
    /// As links and parameters write it.
    pub fn name(self) -> &'static str {
        match self {
            Kernel::Before => "before",
            Kernel::After => "after",
        }
    }

    /// The other one.
    pub fn flipped(self) -> Self {
        match self {
            Kernel::Before => Kernel::After,
            Kernel::After => Kernel::Before,
        }
    }

    /// Reads what [`Kernel::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "before" => Some(Kernel::Before),
            "after" => Some(Kernel::After),
            _ => None,
        }
    }
}

/// A scenario opened on a kernel.
#[derive(Clone, PartialEq, Debug)]
pub struct Session {
    kernel: Kernel,
}

/// The scenario the page opens with.
pub const OPENING: &str = "truncate-cow-vs-reclaim";

/// The scenarios there are: id and title.
pub fn scenarios() -> Vec<(String, String)> {
    vec![(OPENING.to_owned(), "Truncation against reclaim".to_owned())]
}

impl Session {
    /// Opens a scenario, unless there is none of that name.
    pub fn open(scenario: &str, kernel: Kernel) -> Option<Self> {
        (scenario == OPENING).then_some(Session { kernel })
    }

    /// The session to show if the opening scenario were missing.
    pub fn fallback() -> Self {
        Session {
            kernel: Kernel::Before,
        }
    }

    /// What stands above the stage.
    pub fn headline(&self) -> Headline {
        fixture::headline(self.kernel)
    }

    /// The order the scenario opens with.
    pub fn opening(&self) -> String {
        fixture::OPENING.to_owned()
    }

    /// Runs an order as far as it goes.
    pub fn run(&self, asked: &str) -> Played {
        Played {
            inner: Rc::new(fixture::Run::new(self.kernel, asked)),
        }
    }

    /// Six hex digits that change when the model does.
    pub fn fingerprint() -> String {
        "f1c7u3".to_owned()
    }
}

/// An executed run.
#[derive(Clone, Debug)]
pub struct Played {
    inner: Rc<fixture::Run>,
}

impl PartialEq for Played {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Played {
    /// The whole run as a score.
    pub fn score(&self) -> Score {
        self.inner.score()
    }

    /// One moment of it.
    pub fn scene(&self, cursor: StepNo) -> Scene {
        self.inner.scene(cursor)
    }

    /// The run as a table.
    pub fn transcript(&self) -> Vec<Row> {
        self.inner.transcript()
    }

    /// The run as two columns of text, for mail.
    pub fn mail(&self) -> String {
        "A Reclaim | B Truncate\n".to_owned()
    }
}
