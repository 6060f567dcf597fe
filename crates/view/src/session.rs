//! A scenario on a kernel, ready to be run in any order.

use std::rc::Rc;

use lockstep_machine::script::{self, Compiled, Unmet, Waiting};
use lockstep_machine::{Gather, Machine, Schedule, run as drive};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::program::{self, Bodies};
use lockstep_scenario::{BuildError, Built, Diagnostic, Meant, Scenario, ScriptLines, explain};

use crate::facts::{self, Group};
use crate::fingerprint;
use crate::partings;
use crate::run::Run;
use crate::scene::{FactId, Headline};
use crate::tape::Tape;
use crate::vocabulary::{Field, Vocabulary};

/// What to do with a step of a schedule that is not possible.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// Stop there and say so: for whoever must know that exactly this order exists.
    Strict,
    /// Put it off until it is possible: for showing an order made for another kernel, or by an older link.
    Deferring,
}

/// A scenario on a kernel. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Session {
    inner: Rc<Inner>,
}

/// What the derivations of this crate work on.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) scenario: Rc<Scenario>,
    pub(crate) kernel: Kernel,
    pub(crate) built: Built,
    pub(crate) words: Vocabulary,
    pub(crate) groups: Vec<Group>,
    /// The facts that get a waveform.
    pub(crate) lanes: Vec<Field>,
    /// The locks that get a lane; none means that the run decides.
    pub(crate) lock_lanes: Vec<lockstep_machine::Address>,
}

/// A script made into an order on one kernel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scripted {
    /// The order, every step of it possible; the default policy goes on where it ends.
    pub schedule: Schedule,
    /// Where the order had to differ from what the script asks for, in words.
    pub changes: Vec<String>,
    compiled: Compiled,
}

/// Why there is no order for a script.
#[derive(Clone, PartialEq, Debug)]
pub enum ScriptError {
    /// The scenario has no script of this id; these are the ones it has.
    NoSuchScript(Vec<String>),
    /// The script cannot be read, or a line of it cannot be met; the diagnostics point into its text.
    Script {
        /// The text.
        text: String,
        /// What is wrong.
        problems: Vec<Diagnostic>,
    },
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchScript(known) => {
                write!(f, "there is no such script; there are {}", known.join(", "))
            }
            Self::Script { problems, .. } => {
                let all = problems
                    .iter()
                    .map(|problem| &*problem.message)
                    .joined("; ");
                f.write_str(&all)
            }
        }
    }
}

impl std::error::Error for ScriptError {}

impl Session {
    /// Makes the world of `scenario` on `kernel`.
    ///
    /// # Errors
    /// What in the scenario cannot be built.
    pub fn new(scenario: Rc<Scenario>, kernel: Kernel) -> Result<Self, BuildError> {
        Self::with(scenario, kernel, program::every)
    }

    /// The same, the threads run by `bodies`.
    ///
    /// # Errors
    /// What in the scenario cannot be built.
    pub fn with(
        scenario: Rc<Scenario>,
        kernel: Kernel,
        bodies: Bodies,
    ) -> Result<Self, BuildError> {
        let built = scenario.build_with(kernel, bodies)?;
        let words = Vocabulary::new(&scenario, &built);
        let fields = |meant: &[Meant]| -> Vec<Field> {
            meant
                .iter()
                .flat_map(|meant| named_fields(&words, meant))
                .gather()
        };
        let resolved = &built.resolved;
        let wanted: Vec<FactId> = fields(&resolved.facts)
            .into_iter()
            .map(|field| field.id)
            .gather();
        let mut lanes = fields(&resolved.lanes);
        if lanes.is_empty() {
            lanes = fields(&resolved.usual_lanes);
        }
        let lock_lanes = resolved
            .lanes
            .iter()
            .filter(|meant| named_fields(&words, meant).is_empty())
            .flat_map(|meant| meant.locks.iter().copied())
            .gather();
        let groups = facts::groups(&words, &built.setting.setup.image, &wanted);
        let inner = Inner {
            scenario,
            kernel,
            words,
            groups,
            lanes,
            lock_lanes,
            built,
        };
        Ok(Self {
            inner: Rc::new(inner),
        })
    }

    /// The scenario.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.inner.scenario
    }

    /// The kernel.
    pub fn kernel(&self) -> Kernel {
        self.inner.kernel
    }

    /// What everything is derived from.
    pub(crate) fn inner(&self) -> &Rc<Inner> {
        &self.inner
    }

    /// A machine with the program loaded, for whoever runs it without telling anybody.
    pub fn machine(&self) -> Machine {
        Machine::new(&self.inner.built.setting)
    }

    /// The scenario made into a world and its names, for whoever explains what people write.
    pub fn built(&self) -> &Built {
        &self.inner.built
    }

    /// Runs an order.
    pub fn run(&self, schedule: &Schedule, mode: Mode) -> Run {
        let mut machine = self.machine();
        let report = match mode {
            Mode::Strict => drive::strict(&mut machine, schedule),
            Mode::Deferring => drive::deferring(&mut machine, schedule),
        };
        let notes = partings::notes(&self.inner, &machine, &report);
        let parting = partings::of_report(&self.inner, &report);
        self.told(report, notes, parting)
    }

    /// The order one of the scenario's scripts comes to on this kernel. Where a thread has to wait, whoever is in its way runs.
    ///
    /// # Errors
    /// If there is no such script, or no order that fits it.
    pub fn scripted(&self, id: &str) -> Result<Scripted, ScriptError> {
        let scripts = &self.inner.scenario.scripts;
        match scripts.iter().find(|script| script.id == id) {
            Some(script) => self.compile(&script.text, Waiting::LetHolderRun),
            None => Err(ScriptError::NoSuchScript(
                scripts.iter().map(|script| script.id.clone()).gather(),
            )),
        }
    }

    /// The order any script comes to on this kernel.
    ///
    /// # Errors
    /// If it cannot be read, or if no order fits it.
    pub fn compile(&self, text: &str, waiting: Waiting) -> Result<Scripted, ScriptError> {
        let names = &self.inner.built.names;
        let wrong = |problems| ScriptError::Script {
            text: text.to_owned(),
            problems,
        };
        let lines = lockstep_scenario::parse_script(text, names).map_err(wrong)?;
        let mut machine = self.machine();
        self.compile_lines(&mut machine, &lines, waiting)
            .map_err(|unmet| wrong(vec![explain::unmet(names, &lines, &machine, &unmet)]))
    }

    /// The order the lines of a script come to, run on a machine that is at its start.
    fn compile_lines(
        &self,
        machine: &mut Machine,
        lines: &ScriptLines,
        waiting: Waiting,
    ) -> Result<Scripted, Unmet> {
        let names = &self.inner.built.names;
        let compiled = script::compile(machine, &lines.lines, waiting)?;
        let changes = compiled
            .changes
            .iter()
            .map(|change| explain::order_change(names, lines, machine, change))
            .gather();
        let mut schedule = compiled.schedule.clone();
        schedule.finish = true;
        Ok(Scripted {
            schedule,
            changes,
            compiled,
        })
    }

    /// Runs what a script has been made into.
    pub fn run_scripted(&self, scripted: &Scripted) -> Run {
        let mut machine = self.machine();
        let report = drive::strict(&mut machine, &scripted.schedule);
        let parting = scripted
            .compiled
            .changes
            .first()
            .map(|change| partings::of_change(&self.inner, change));
        self.told(report, scripted.changes.clone(), parting)
    }

    /// The run a page opens with: the scenario's opening script, or the default policy if it has none that fits.
    pub fn default_run(&self) -> Run {
        match self.opening() {
            Some(scripted) => self.run_scripted(&scripted),
            None => {
                let mut schedule = Schedule::new();
                schedule.finish = true;
                self.run(&schedule, Mode::Deferring)
            }
        }
    }

    /// The order of the scenario's opening script, if there is one that fits.
    fn opening(&self) -> Option<Scripted> {
        let Inner {
            scenario, built, ..
        } = &*self.inner;
        let lines = built.resolved.scripts.get(scenario.opening_place())?;
        let lines = lines.as_ref().ok()?;
        self.compile_lines(&mut self.machine(), lines, Waiting::LetHolderRun)
            .ok()
    }

    /// What stands above the stage.
    pub fn headline(&self) -> Headline {
        let scenario = &self.inner.scenario;
        Headline {
            scenario: scenario.id.clone(),
            title: scenario.title.clone(),
            stakes: scenario.stakes.clone(),
            notice: scenario.notice.clone(),
            setup: scenario.setup_texts(),
            kernel: kernel_words(self.inner.kernel),
        }
    }

    /// Six hexadecimal digits that change when the model, or what it is told to do, does.
    ///
    /// A link carries them, so that a page can say whether it replays the very same run.
    pub fn fingerprint(&self) -> String {
        fingerprint::of(&self.inner.scenario, self.inner.built.setting.bodies())
    }

    fn told(
        &self,
        report: drive::Report,
        notes: Vec<String>,
        parting: Option<crate::scene::Parting>,
    ) -> Run {
        let tape = Tape::record(&self.inner.built, &report.executed);
        Run::new(Rc::clone(&self.inner), report, tape, notes, parting)
    }
}

impl Inner {
    /// The memory before the first step.
    pub(crate) fn image(&self) -> &[u64] {
        &self.built.setting.setup.image
    }

    /// Whether a fact is on screen.
    pub(crate) fn is_shown(&self, id: &FactId) -> bool {
        self.groups.iter().any(|group| group.has(id))
    }
}

/// The kernel in words: "before the patch", "after the patch", and what differs from that.
pub(crate) fn kernel_words(kernel: Kernel) -> String {
    let text = kernel.to_string();
    let (preset, switches) = text.split_once(',').unwrap_or((&text, ""));
    let words = match preset {
        "shared-i-mmap" => "before the patch, with i_mmap_rwsem shared".to_owned(),
        _ => format!("{preset} the patch"),
    };
    if switches.is_empty() {
        words
    } else {
        let joint = if words.contains(", with") {
            " and"
        } else {
            ", with"
        };
        format!("{words}{joint} {}", switches.replace(',', ", "))
    }
}

/// The fields a name of the scenario means.
fn named_fields(words: &Vocabulary, meant: &Meant) -> Vec<Field> {
    meant
        .fields
        .iter()
        .flat_map(|found| {
            words
                .fields(found.address)
                .into_iter()
                .filter(move |field| field.part.mask & found.mask == field.part.mask)
        })
        .gather()
}
