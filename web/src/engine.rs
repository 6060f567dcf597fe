//! The one door to the model: a scenario on a kernel, run in some order, as data for the page.
//!
//! Nothing else in this crate knows where scores and scenes come from. The scenarios were parsed when the page was built
//! and are part of it as bytes; running one costs so little that nothing here is worth remembering.

use std::rc::Rc;

use lockstep_mm::kernel::Kernel as Switches;
use lockstep_scenario::{Scenario, compiled, parse_kernel};
use lockstep_view::scene::{Headline, Row, Scene, Score, StepNo};
use lockstep_view::text::{Account, mail, markdown};
use lockstep_view::{Mode, Run};

use crate::order::Schedule;

/// The scenarios, as the build script found them.
static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.postcard"));

thread_local! {
    // Bytes that cannot be read would be a fault of the build; the page then says that it has no scenario.
    static SCENARIOS: Vec<Rc<Scenario>> =
        compiled::decode(LIBRARY).unwrap_or_default().into_iter().map(Rc::new).collect();
}

/// The code that runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kernel(Switches);

impl Default for Kernel {
    fn default() -> Self {
        Self::BEFORE
    }
}

impl Kernel {
    /// The parent of the commit.
    pub const BEFORE: Self = Self(Switches::BEFORE);
    /// The commit.
    pub const AFTER: Self = Self(Switches::AFTER);

    /// As links and parameters write it: `before`, `after,i-mmap=shared`.
    pub fn name(self) -> String {
        self.0.to_string()
    }

    /// Whether the patch is in.
    pub fn is_patched(self) -> bool {
        self.0.mlock == Switches::AFTER.mlock
    }

    /// The same switches with or without the patch.
    pub fn patched(self, is_patched: bool) -> Self {
        let preset = if is_patched {
            Switches::AFTER
        } else {
            Switches::BEFORE
        };
        Self(Switches {
            mlock: preset.mlock,
            early_exit: preset.early_exit,
            ..self.0
        })
    }

    /// Reads what [`Kernel::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        parse_kernel(text).ok().map(Self)
    }
}

/// A scenario the page has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
}

/// The scenarios the page has, the one it opens with first.
pub fn scenarios() -> Vec<Choice> {
    SCENARIOS.with(|all| {
        all.iter()
            .map(|one| Choice {
                id: one.id.clone(),
                title: one.title.clone(),
            })
            .collect()
    })
}

/// The id of the scenario the page opens with; empty if it has none.
pub fn opening() -> String {
    SCENARIOS.with(|all| all.first().map(|one| one.id.clone()).unwrap_or_default())
}

/// The code a scenario opens with.
pub fn kernel_of(scenario: &str) -> Kernel {
    SCENARIOS
        .with(|all| {
            all.iter()
                .find(|one| one.id == scenario)
                .and_then(|one| Kernel::parse(&one.kernel))
        })
        .unwrap_or_default()
}

/// A scenario opened on a kernel.
#[derive(Clone, Debug)]
pub struct Session {
    inner: lockstep_view::Session,
    fingerprint: Rc<str>,
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.inner.kernel() == other.inner.kernel()
            && self.inner.scenario().id == other.inner.scenario().id
    }
}

impl Session {
    /// Opens a scenario, unless there is none of that name or this kernel cannot run it.
    pub fn open(scenario: &str, kernel: Kernel) -> Option<Self> {
        let found = SCENARIOS.with(|all| all.iter().find(|one| one.id == scenario).cloned())?;
        let inner = lockstep_view::Session::new(found, kernel.0).ok()?;
        let fingerprint = inner.fingerprint().into();
        Some(Self { inner, fingerprint })
    }

    /// What stands above the stage.
    pub fn headline(&self) -> Headline {
        self.inner.headline()
    }

    /// The order the scenario opens with on this kernel. It goes on to the end: on other code there may be more to do.
    pub fn opening(&self) -> Schedule {
        let mut order = self.inner.default_run().executed().clone();
        order.finish = true;
        order
    }

    /// Runs an order as far as it goes; a step that is not possible yet is put off until it is.
    pub fn run(&self, asked: &Schedule) -> Played {
        Played {
            run: self.inner.run(asked, Mode::Deferring),
        }
    }

    /// Six hexadecimal digits that change when the model does.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// An executed run.
#[derive(Clone, Debug)]
pub struct Played {
    run: Run,
}

impl Played {
    /// The whole run as a score.
    pub fn score(&self) -> Score {
        self.run.score().clone()
    }

    /// One moment of it.
    pub fn scene(&self, cursor: StepNo) -> Scene {
        self.run.scene(cursor)
    }

    /// The run as a table.
    pub fn transcript(&self) -> Vec<Row> {
        self.run.transcript().to_vec()
    }

    /// The order that was executed.
    pub fn executed(&self) -> &Schedule {
        self.run.executed()
    }

    /// How many of the steps that were asked for could not be made at all.
    pub fn left_out(&self) -> usize {
        self.run
            .report()
            .deferrals
            .iter()
            .filter(|deferral| deferral.taken.is_none())
            .count()
    }

    /// The run as two columns of text, for mail.
    pub fn mail(&self) -> String {
        self.told(|account| mail::mail(account, mail::Detail::Concise))
    }

    /// The run as a Markdown table.
    pub fn markdown(&self) -> String {
        self.told(markdown::markdown)
    }

    fn told(&self, tell: impl FnOnce(&Account<'_>) -> String) -> String {
        let headline = self.run.headline();
        let end = self.run.scene(StepNo(self.run.steps()));
        tell(&Account {
            headline: &headline,
            score: self.run.score(),
            rows: self.run.transcript(),
            end: &end,
        })
    }
}
