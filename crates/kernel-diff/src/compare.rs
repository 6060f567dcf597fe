//! One program, on the model and on the real kernel, compared after every call.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Result, anyhow};
use lockstep_mm::kernel::Kernel;
use lockstep_syscalls::{Call, Config, Model, Refused};

use crate::Seen;
use crate::real::Worker;
use crate::rules::{self, Rule};

/// What can be compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sight {
    /// Everything.
    Flags,
    /// Answers, `VmLck`, mappings and whether pages are there: without the right to read the flags of pages.
    Mappings,
}

/// Something the model and the real kernel do not agree on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// What.
    pub what: What,
    /// On the model.
    pub model: String,
    /// On the real kernel.
    pub real: String,
}

/// What can be different.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// What the call came back with.
    Errno,
    /// `VmLck`, in pages.
    VmLck,
    /// Something about a page.
    Page {
        /// The page.
        at: u64,
        /// What, by its name in JSON.
        fact: &'static str,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, model, real } = self;
        match what {
            What::Errno => write!(f, "the call: {model} on the model, {real} on this Linux"),
            What::VmLck => write!(f, "VmLck: {model} pages on the model, {real} on this Linux"),
            What::Page { at, fact } => {
                write!(
                    f,
                    "page {at}, {fact}: {model} on the model, {real} on this Linux"
                )
            }
        }
    }
}

/// How things stand when a difference is met: all a rule may look at.
pub struct Case<'a> {
    /// The call just made.
    pub call: &'a Call,
    /// The model before the call.
    pub before: &'a Standing,
    /// The model after it.
    pub model: &'a Standing,
    /// The real kernel after it.
    pub real: &'a Seen,
    /// What the calls so far have left that newer kernels do not have.
    pub debts: &'a Debts,
}

/// The model at some moment, with what /proc does not tell.
pub struct Standing {
    /// What /proc tells.
    pub seen: Seen,
    /// The pages that are locked, and whether that is only once they have been touched.
    pub locked: BTreeMap<u64, bool>,
    /// The limit on locked memory where it counts, in pages.
    pub limit: Option<u64>,
}

impl Standing {
    fn of(model: &Model, state: lockstep_syscalls::State) -> Self {
        Self {
            seen: Seen {
                frames: (0..model.arena())
                    .map(|at| model.frame(at).map(u64::from))
                    .collect(),
                state,
            },
            locked: model.locked(),
            limit: model.limit(),
        }
    }

    /// How many pages show a frame.
    fn places(&self, frame: u64) -> usize {
        let shown = self.seen.frames.iter();
        shown.filter(|one| **one == Some(frame)).count()
    }

    /// Whether a frame is shown, and marked.
    fn is_marked(&self, frame: u64) -> bool {
        let mut pages = self.seen.frames.iter().zip(&self.seen.state.pages);
        pages.any(|(shown, page)| *shown == Some(frame) && page.mlocked)
    }

    /// The frame at a page.
    pub fn frame(&self, at: u64) -> Option<u64> {
        self.seen.frames.get(at as usize).copied().flatten()
    }
}

/// What the calls so far have left on Linux 4.4 that a newer kernel does not have.
#[derive(Clone, Default, Debug)]
pub struct Debts {
    /// How many pages have been counted as locked a second time.
    pub counted_again: u64,
    /// Frames that were there when their mapping was locked, and that no look has marked since.
    pub overlooked: BTreeSet<u64>,
    /// Frames of files that a fault has mapped into a locked mapping without a mark, and that no look has marked since.
    pub faulted_in: BTreeSet<u64>,
    /// Frames that lost their mark when one of two mappings got a copy of its own, and that no look has marked since.
    pub copied_away: BTreeSet<u64>,
}

impl Debts {
    /// Adds what one call leaves.
    fn add(&mut self, call: &Call, before: &Standing, after: &Standing) {
        // A mapping in the place of another is counted as what it is.
        let recounts = !matches!(call, Call::Mmap { .. });
        for (at, onfault) in &after.locked {
            let was = before.locked.get(at);
            self.counted_again += u64::from(recounts && was.is_some_and(|was| was != onfault));
            if let (None, Some(frame)) = (was, before.frame(*at))
                && after.frame(*at) == Some(frame)
            {
                self.overlooked.insert(frame);
            }
        }
        for (page, frame) in after.seen.state.pages.iter().zip(&after.seen.frames) {
            let Some(frame) = frame else { continue };
            let is_new = before.frame(page.page) != Some(*frame);
            if is_new && page.lo && !page.anon {
                self.faulted_in.insert(*frame);
            }
            if page.mlocked {
                self.overlooked.remove(frame);
                self.faulted_in.remove(frame);
                self.copied_away.remove(frame);
            }
            let left = before.frame(page.page).filter(|_| is_new);
            if let Some(left) = left
                && page.anon
                && after.locked.contains_key(&page.page)
                && before.is_marked(left)
                && after.places(left) == 1
                && !after.is_marked(left)
            {
                self.copied_away.insert(left);
            }
        }
        // A frame that is nowhere any more can come back as another page.
        let frames = &after.seen.frames;
        for kept in [
            &mut self.overlooked,
            &mut self.faulted_in,
            &mut self.copied_away,
        ] {
            kept.retain(|frame| frames.contains(&Some(*frame)));
        }
    }
}

/// What came of a program.
#[derive(Default, Debug)]
pub struct Compared {
    /// How many calls were compared.
    pub calls: usize,
    /// How many single facts were equal.
    pub equal: usize,
    /// How often each rule excused a difference, by the rule's name.
    pub excused: BTreeMap<&'static str, usize>,
    /// The first call after which something was different that no rule excuses, by its place, and what was.
    pub unexplained: Option<(usize, Vec<Difference>)>,
}

/// Runs a program on both, and compares after every call, up to the first difference no rule excuses.
///
/// Where a rule says that the two have gone different ways, the program ends there.
///
/// # Errors
/// If either cannot run it.
pub fn compare(worker: &Worker, calls: &[Call], kernel: Kernel, sight: Sight) -> Result<Compared> {
    let config = Config {
        kernel,
        has_driver_page: false,
    };
    let broken = |Refused(why)| anyhow!("the model cannot run this: {why}");
    let mut model = Model::new(calls, config).map_err(broken)?;
    let mut real = worker.start(model.arena())?;
    let start = model.call(&Call::Drain {}).map_err(broken)?;
    let mut before = Standing::of(&model, start);
    let mut debts = Debts::default();
    let mut compared = Compared::default();
    for (index, call) in calls.iter().enumerate() {
        let errno = model.call(call).map_err(broken)?.errno;
        let mut state = model.call(&Call::Drain {}).map_err(broken)?;
        state.errno = errno;
        let after = Standing::of(&model, state);
        let seen = real.call(call)?;
        debts.add(call, &before, &after);
        compared.calls += 1;
        let case = Case {
            call,
            before: &before,
            model: &after,
            real: &seen,
            debts: &debts,
        };
        let (equal, different) = differences(&after.seen, &seen, sight);
        compared.equal += equal;
        let mut unexplained = Vec::new();
        let mut parted = false;
        for difference in different {
            match rules::excuse(&case, &difference) {
                Some(Rule { name, parts, .. }) => {
                    *compared.excused.entry(name).or_default() += 1;
                    parted = *parts;
                }
                None => unexplained.push(difference),
            }
            if parted {
                break;
            }
        }
        if !unexplained.is_empty() {
            compared.unexplained = Some((index, unexplained));
        }
        if parted || compared.unexplained.is_some() {
            break;
        }
        before = after;
    }
    Ok(compared)
}

/// How many facts are equal, and those that are not, the answer first.
fn differences(model: &Seen, real: &Seen, sight: Sight) -> (usize, Vec<Difference>) {
    let told = |errno: &Option<String>| errno.clone().unwrap_or_else(|| "ok".to_owned());
    let (one, other) = (&model.state, &real.state);
    let mut equal = 0;
    let mut different = Vec::new();
    let mut compare = |what, model: String, real: String| {
        if model == real {
            equal += 1;
        } else {
            different.push(Difference { what, model, real });
        }
    };
    compare(What::Errno, told(&one.errno), told(&other.errno));
    compare(
        What::VmLck,
        one.vmlck_pages.to_string(),
        other.vmlck_pages.to_string(),
    );
    for (model, real) in one.pages.iter().zip(&other.pages) {
        for ((fact, of_model), (_, of_real)) in model.facts().into_iter().zip(real.facts()) {
            if sight == Sight::Flags || matches!(fact, "mapped" | "lo" | "present") {
                let what = What::Page {
                    at: model.page,
                    fact,
                };
                compare(what, of_model.to_string(), of_real.to_string());
            }
        }
    }
    (equal, different)
}
