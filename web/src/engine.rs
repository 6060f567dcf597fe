//! The one door to the model: a scenario on a kernel, run in some order, as data for the page.
//!
//! Nothing else in this crate knows where scores and scenes come from. The scenarios were parsed when the page was built;
//! it has the one it opens with in itself, and gets every other as a file of its own when somebody asks for it. Running one
//! costs so little that nothing here is worth remembering.

use std::cell::RefCell;
use std::rc::Rc;

use lockstep_machine::Gather;
use lockstep_mm::kernel::{Kernel as Switches, Switch};
use lockstep_mm::program::{self, Bodies};
use lockstep_scenario::{Scenario, compiled, parse_kernel};
use lockstep_view::scene::{Headline, Row, Scene, Score, StepNo};
use lockstep_view::{Mode, Run, Target};

use crate::later;
use crate::order::Schedule;
use crate::shared::Shared;

/// Of every scenario there is the id, the title, the statement it belongs to and the file it is in.
const TABLE: &[[&str; 4]] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// The files by name. It is a constant and not a static, so that the program holds only those it uses.
pub(crate) const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/scenario_files.rs"));

/// The scenario the page opens with; a build without any has no page to make.
static OPENING: &[u8] = FILES[0].1;

thread_local! {
    static SCENARIOS: RefCell<Vec<Rc<Scenario>>> = RefCell::new(read(OPENING));
}

/// Bytes that cannot be read are damaged or of another version of the page, and hold no scenario for this one.
fn read(bytes: &[u8]) -> Vec<Rc<Scenario>> {
    let scenarios = compiled::decode(bytes).unwrap_or_default();
    scenarios.into_iter().map(Rc::new).gather()
}

/// What runs the threads of a scenario, if it is here. The first can begin with less, on the kernels that one gets to without links.
fn bodies(scenario: &str) -> Option<Bodies> {
    match later::get() {
        Some(later) => Some(later.bodies()),
        None => (scenario == opening()).then_some(program::reclaim_and_truncation),
    }
}

/// A scenario that has been taken in.
fn found(id: &str) -> Option<Rc<Scenario>> {
    SCENARIOS.with_borrow(|all| all.iter().find(|one| one.id == id).cloned())
}

/// All the files, for the build, which puts them beside the page.
#[cfg(feature = "prerender")]
pub fn files() -> &'static [(&'static str, &'static [u8])] {
    FILES
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

    /// The trees of November and December 2014.
    pub const SHARED_I_MMAP: Self = Self(Switches::SHARED_I_MMAP);

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

    /// The same with one switch set; as it is if there is no such switch, or it has no such value.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        // A setting that is refused leaves the others as they are.
        _ = self.0.set(name, value);
        self
    }

    /// Every switch there is, and its value.
    pub fn switches(self) -> impl Iterator<Item = (&'static Switch, &'static str)> {
        Switch::ALL
            .iter()
            .map(move |switch| (switch, self.0.value(switch)))
    }

    /// Reads what [`Kernel::name`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        parse_kernel(text).ok().map(Self)
    }
}

/// A scenario there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The title of the statement it belongs to.
    pub statement: &'static str,
    /// The file it is in.
    file: &'static str,
}

impl Choice {
    /// The name of the file it is in, beside the page.
    pub fn file(self) -> &'static str {
        self.file
    }
}

/// The scenarios there are, the one the page opens with first.
pub fn scenarios() -> impl Iterator<Item = Choice> {
    TABLE.iter().map(|&[id, title, statement, file]| Choice {
        id,
        title,
        statement,
        file,
    })
}

/// A scenario by its id.
pub fn choice(id: &str) -> Option<Choice> {
    scenarios().find(|one| one.id == id)
}

/// The id of the scenario the page opens with.
pub fn opening() -> &'static str {
    TABLE[0][0]
}

/// The title of a scenario.
pub fn title(id: &str) -> &str {
    choice(id).map_or(id, |one| one.title)
}

/// The file a scenario has to be fetched from; none if the page has it, or has never heard of it.
pub fn file_of(id: &str) -> Option<&'static str> {
    let one = choice(id)?;
    found(id).is_none().then_some(one.file)
}

/// Takes in a scenario that was fetched; tells whether it could be read.
pub fn take_in(bytes: &[u8]) -> bool {
    let new = read(bytes);
    let is_any = !new.is_empty();
    SCENARIOS.with_borrow_mut(|all| {
        for scenario in new {
            // Two wishes for one scenario may have been on their way at once.
            if all.iter().all(|one| one.id != scenario.id) {
                all.push(scenario);
            }
        }
    });
    is_any
}

/// The code a scenario opens with.
pub fn kernel_of(scenario: &str) -> Kernel {
    let kernel = found(scenario).and_then(|one| Kernel::parse(&one.kernel));
    kernel.unwrap_or_default()
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
        let inner =
            lockstep_view::Session::with(found(scenario)?, kernel.0, bodies(scenario)?).ok()?;
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

    /// How many steps each thread makes if nobody is ever in its way: one after the other, as far as that goes.
    pub fn steps_of_threads(&self) -> Vec<u32> {
        let mut steps = vec![0; self.inner.scenario().threads.len()];
        let mut order = Schedule::new();
        order.finish = true;
        for thread in self.run(&order).executed().steps() {
            if let Some(count) = steps.get_mut(thread.index()) {
                *count += 1;
            }
        }
        steps
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
    pub fn score(&self) -> Shared<Score> {
        Rc::clone(self.run.score()).into()
    }

    /// One moment of it.
    pub fn scene(&self, cursor: StepNo) -> Scene {
        self.run.scene(cursor)
    }

    /// The run as a table.
    pub fn transcript(&self) -> Shared<Vec<Row>> {
        Rc::clone(self.run.transcript()).into()
    }

    /// The order that was executed.
    pub fn executed(&self) -> &Schedule {
        self.run.executed()
    }

    /// The places a step can be carried to.
    pub fn targets(&self, step: StepNo) -> Vec<Target> {
        self.run.targets(step)
    }

    /// The order in which a step is another one instead.
    pub fn moved(&self, step: StepNo, to: StepNo) -> Option<Schedule> {
        self.run.moved(step, to)
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_mm::program::Path;

    #[test]
    fn the_opening_scenario_runs_without_the_other_paths() {
        let scenario = found(opening()).expect("the page has it");
        for (name, kernel) in Switches::PRESETS {
            let built = scenario.build(*kernel).expect("it can be built");
            for path in &built.setting.paths {
                let is_known = matches!(path, Path::Reclaim { .. } | Path::Truncate { .. });
                assert!(is_known, "{path:?} on {name}");
            }
            let opened = |bodies| {
                let session = lockstep_view::Session::with(Rc::clone(&scenario), *kernel, bodies);
                let session = session.expect("it can be built");
                let rows = Rc::clone(session.default_run().transcript());
                (session.fingerprint(), rows)
            };
            let (few, every) = (program::reclaim_and_truncation, program::every);
            assert_eq!(opened(few), opened(every), "{name}");
        }
    }
}
