//! How long searches are lived with: a line that says how far they are, on a terminal, and an interrupt that ends them with what is known.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use lockstep_explore::{Counts, Model, Observer, Property, Search};

/// How many steps go by between two looks at the clock: some tens of milliseconds.
const TURN: u64 = 100_000;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Takes an interrupt from now on for a wish to know what is known. A second one ends the program at once.
fn listen() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // Where it cannot be listened for, an interrupt does what it always does.
        _ = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::Relaxed) {
                std::process::exit(2);
            }
        });
    });
}

/// Whether somebody wants it over.
pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// A search in progress.
pub(crate) struct Watch {
    bar: ProgressBar,
    started: Instant,
    limit: Option<Duration>,
}

/// What ended a search that a clock or a person ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cut {
    /// The limit of time.
    Time,
    /// An interrupt.
    Stopped,
}

impl Cut {
    /// In one word, as in results.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Stopped => "stopped",
        }
    }
}

impl Watch {
    /// Starts to watch; the line shows only where a person can see it.
    pub(crate) fn new(what: &str, seconds: Option<f64>) -> Self {
        listen();
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_prefix(what.to_owned());
        Self {
            bar,
            started: Instant::now(),
            limit: seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        }
    }

    /// How long it has taken, in milliseconds.
    pub(crate) fn milliseconds(&self) -> f64 {
        (self.started.elapsed().as_secs_f64() * 1e6).round() / 1e3
    }

    /// Drives a search to its end, or until it is cut short.
    pub(crate) fn drive<P: Model, Q: Property<P>>(
        &self,
        search: &mut Search<'_, P, Q>,
        observer: &mut impl Observer,
    ) -> Option<Cut> {
        while search.step(TURN, observer) {
            let findings = search.findings();
            self.show(&findings.counts, findings.chance.runs);
            if let Some(cut) = self.cut() {
                return Some(cut);
            }
        }
        self.bar.finish_and_clear();
        None
    }

    /// Shows how far a search is that somebody else drives, and says whether it is to go on.
    pub(crate) fn goes_on(&self, counts: &Counts) -> bool {
        self.show(counts, 0);
        self.cut().is_none()
    }

    /// What ends the search now, if anything does.
    fn cut(&self) -> Option<Cut> {
        let is_over = |limit| self.started.elapsed() > limit;
        if is_interrupted() {
            Some(Cut::Stopped)
        } else {
            self.limit.is_some_and(is_over).then_some(Cut::Time)
        }
    }

    fn show(&self, counts: &Counts, chance: u64) {
        let Counts {
            runs,
            states,
            steps,
            ..
        } = counts;
        self.bar.set_message(match (states, chance) {
            (0, 0) => format!("{runs} orders, {steps} steps;"),
            (0, _) => format!("{runs} orders, after {chance} by chance; {steps} steps;"),
            _ => format!("{states} states, {steps} steps;"),
        });
        self.bar.tick();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
