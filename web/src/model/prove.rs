//! The searches a reader has asked for, and how they stand: of the run on the stage, and of every scenario on a kernel of one's own.
//!
//! What the worker is to do follows from here as everything else does: [`Prove::wanted`] is the list of what it should be
//! asked now, and a new list makes the one before it void.

use std::rc::Rc;

use lockstep_scenario::sort_few;
use lockstep_view::scene::ThreadId;
use lockstep_view::search::grouped;

use super::report::Inquiry;
use super::{Mark, Model, Panel};
use crate::engine::{self, Kernel, Session};
use crate::order;
use crate::shared::Shared;
use crate::worker::{Ask, Counts, Found, Sample, Tell};

/// How long nothing is said of a search that goes on, in milliseconds.
const SILENCE: u32 = 5_000;
/// How many pairs of equal orders are shown.
const PAIRS: usize = 3;

/// What can be asked of the searches.
#[derive(Clone, PartialEq, Debug)]
pub enum Hunt {
    /// Open them on the run that is on the stage, and search.
    Open,
    /// Show another part.
    Show(View),
    /// Search.
    Start,
    /// Stop.
    Stop,
    /// Set a switch of the patch bench, by its name and value.
    Set(&'static str, String),
    /// Set all switches of the patch bench.
    Preset(Kernel),
    /// The worker has told something.
    Told(Rc<Tell>),
    /// The worker could not be started, and why.
    Lost(String),
    /// Open an order on the stage, on its own code or on the same without the patch, or with it.
    Walk(Box<Mark>, bool),
    /// Something about the reports.
    Report(Inquiry),
}

/// What of the searches is shown.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum View {
    /// One run's scenario, on its kernel.
    #[default]
    One,
    /// The same scenario before and after the patch.
    Both,
    /// Every scenario on a kernel of one's own.
    Bench,
    /// The report on what races.
    Races,
    /// The report on what is locked under what.
    Locks,
    /// The list of all classes of orders.
    Classes,
}

/// How a search stands.
#[derive(Clone, PartialEq, Debug)]
pub enum State {
    /// Nobody has asked.
    Idle,
    /// It has been asked for.
    Asked,
    /// It goes on.
    Going(Counts),
    /// It is over.
    Done(Shared<Found>, Shared<Vec<Pair>>),
    /// It came to nothing: why, and how many orders had been tried.
    Failed(String, u64),
}

/// Two steps, one right after the other, that could have come the other way round.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pair {
    /// Which step the first of them is, counted from 1.
    pub step: u32,
    /// Of each the thread, its name and what it does.
    pub steps: [(ThreadId, String, String); 2],
}

/// One scenario on one kernel.
#[derive(Clone, PartialEq, Debug)]
pub struct Case {
    /// The scenario.
    pub scenario: String,
    /// The kernel.
    pub kernel: Kernel,
    /// The steps of each thread, if nobody is in its way.
    pub steps: Vec<u32>,
    /// What answers are told under.
    pub job: u32,
    /// How it stands.
    pub state: State,
}

/// Everything about the searches.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Prove {
    /// What is shown.
    pub view: View,
    /// The search of the run on the stage, or the two of before and after.
    pub cases: Vec<Case>,
    /// The kernel of the bench.
    pub kernel: Kernel,
    /// What answers for the bench are told under; 0 if none goes on.
    pub bench: u32,
    /// How every scenario stands on that kernel.
    pub cells: Vec<State>,
    /// What the worker should be doing, and a number that grows with every list.
    pub wanted: (u32, Vec<Ask>),
    /// What is to be said of the searches.
    pub voice: String,
    /// When something was last said, in milliseconds of the search that goes on.
    pub said: u32,
    /// The last number a search was told under.
    pub jobs: u32,
}

impl Case {
    fn new(scenario: &str, kernel: Kernel) -> Self {
        let session = Session::open(scenario, kernel);
        Self {
            scenario: scenario.to_owned(),
            kernel,
            steps: session.map_or_else(Vec::new, |session| session.steps_of_threads()),
            job: 0,
            state: State::Idle,
        }
    }

    /// Whether it is being searched.
    pub fn is_going(&self) -> bool {
        matches!(self.state, State::Asked | State::Going(_))
    }
}

impl Prove {
    /// Whether anything is being searched.
    pub fn is_going(&self) -> bool {
        self.bench != 0 || self.cases.iter().any(Case::is_going)
    }

    /// The kernel that is searched in a part, if it is not that of the stage.
    pub(super) fn kernel_of(&self, view: View) -> Option<Kernel> {
        (view == View::Bench).then_some(self.kernel)
    }

    fn want(&mut self, asks: Vec<Ask>) {
        let all = std::iter::once(Ask::Stop).chain(asks);
        self.wanted = (self.wanted.0 + 1, all.collect());
        self.said = 0;
    }

    pub(super) fn job(&mut self) -> u32 {
        self.jobs += 1;
        self.jobs
    }

    /// Gives up what goes on at once; the worker may still tell what it has found until then.
    fn stop(&mut self) {
        if self.is_going() {
            self.bench = 0;
            self.want(Vec::new());
            for cell in &mut self.cells {
                if *cell == State::Asked {
                    *cell = State::Idle;
                }
            }
            for case in &mut self.cases {
                match &case.state {
                    // One that has not begun may not be answered at all.
                    State::Asked => case.state = State::Idle,
                    // What is known of it is known already; the worker will say how far it has come since.
                    State::Going(counts) if !counts.is_broken => {
                        let found = Shared::new(Found::stopped(*counts));
                        case.state = State::Done(found, Shared::new(Vec::new()));
                    }
                    _ => {}
                }
            }
        }
    }

    fn start_cases(&mut self) {
        let mut asks = Vec::new();
        for at in 0..self.cases.len() {
            let job = self.job();
            let case = &mut self.cases[at];
            case.job = job;
            let Some(choice) = engine::choice(&case.scenario).filter(|_| !case.steps.is_empty())
            else {
                let why = "This kernel cannot run this scenario.".to_owned();
                case.state = State::Failed(why, 0);
                continue;
            };
            case.state = State::Asked;
            asks.push(Ask::Search {
                job,
                file: choice.file().to_owned(),
                kernel: case.kernel.name(),
            });
        }
        self.bench = 0;
        self.want(asks);
    }

    fn start_bench(&mut self) {
        let files: Vec<String> = engine::scenarios()
            .map(|choice| choice.file().to_owned())
            .collect();
        self.cells = vec![State::Asked; files.len()];
        let job = self.job();
        self.bench = job;
        self.want(vec![Ask::Bench {
            job,
            files,
            kernel: self.kernel.name(),
        }]);
    }

    /// Says something of a search that goes on, now and then.
    fn say_now_and_then(&mut self, counts: Counts) {
        if counts.milliseconds.saturating_sub(self.said) >= SILENCE {
            self.said = counts.milliseconds;
            let so_far = if counts.is_broken {
                "One breaks it."
            } else {
                "None broken."
            };
            let orders = grouped(counts.orders);
            self.voice = format!("Searching. {orders} orders tried. {so_far}");
        }
    }

    fn fail_all(&mut self, why: &str) {
        if !self.is_going() {
            return;
        }
        for case in self.cases.iter_mut().filter(|case| case.is_going()) {
            let orders = match &case.state {
                State::Going(counts) => counts.orders,
                _ => 0,
            };
            case.state = State::Failed(why.to_owned(), orders);
        }
        if self.bench != 0 {
            self.bench = 0;
            for cell in self.cells.iter_mut().filter(|cell| **cell == State::Asked) {
                *cell = State::Failed(why.to_owned(), 0);
            }
        }
        self.voice = why.to_owned();
    }

    fn hear(&mut self, tell: &Tell) {
        match tell {
            Tell::Ready { .. } => {}
            Tell::Going { job, counts } => {
                if let Some(case) = self.cases.iter_mut().find(|case| case.job == *job) {
                    case.state = State::Going(*counts);
                    self.say_now_and_then(*counts);
                }
            }
            Tell::Done { job, found } => {
                if let Some(case) = self.cases.iter_mut().find(|case| case.job == *job) {
                    let pairs = pairs(&case.scenario, case.kernel, found.sample.as_ref());
                    case.state = State::Done(Shared::new(found.clone()), Shared::new(pairs));
                    self.voice = crate::components::prove_words::headline(found, &case.steps);
                }
            }
            Tell::Cell { job, row, found } if *job == self.bench => {
                if let Some(cell) = self.cells.get_mut(*row as usize) {
                    let found = Shared::new(found.clone());
                    *cell = State::Done(found, Shared::new(Vec::new()));
                }
            }
            Tell::Over { job } if *job == self.bench => {
                self.bench = 0;
                self.voice = crate::components::prove_words::summary(self);
            }
            Tell::Failed {
                job,
                row: Some(row),
                why,
            } if *job == self.bench => {
                if let Some(cell) = self.cells.get_mut(*row as usize) {
                    *cell = State::Failed(why.clone(), 0);
                }
            }
            Tell::Failed {
                job,
                row: None,
                why,
            } => {
                if let Some(case) = self.cases.iter_mut().find(|case| case.job == *job) {
                    case.state = State::Failed(why.clone(), 0);
                    self.voice = why.clone();
                }
            }
            // What is told of a bench that is no longer wanted.
            Tell::Cell { .. } | Tell::Over { .. } | Tell::Failed { .. } => {}
            // That is about a run, not about all orders.
            Tell::Needed { .. } => {}
            Tell::Crashed { why } => {
                let why = format!("The search stopped with an internal error ({why}).");
                self.fail_all(&why);
            }
        }
    }
}

impl Model {
    pub(super) fn hunt(&mut self, hunt: Hunt) {
        match hunt {
            Hunt::Open => {
                self.panel = Some(Panel::Prove);
                self.copied = None;
                let view = match self.prove.view {
                    View::Bench => View::One,
                    other => other,
                };
                self.show_search(view);
                let mut cases = self.prove.cases.iter();
                let is_new = cases.any(|case| case.state == State::Idle);
                if is_new && view.report().is_none() && !self.prove.is_going() {
                    self.prove.start_cases();
                }
            }
            Hunt::Show(view) => {
                self.panel = Some(Panel::Prove);
                self.prove.stop();
                self.reports.stop();
                self.show_search(view);
            }
            Hunt::Start if self.prove.view == View::Bench => self.prove.start_bench(),
            Hunt::Start => self.prove.start_cases(),
            Hunt::Stop => self.prove.stop(),
            Hunt::Set(name, value) => {
                let kernel = self.prove.kernel.with(name, &value);
                self.set_bench(kernel);
            }
            Hunt::Preset(kernel) => self.set_bench(kernel),
            Hunt::Told(tell) => {
                self.slice.hear(&tell);
                self.prove.hear(&tell);
            }
            Hunt::Lost(why) => {
                self.slice.fail(&why);
                self.prove.fail_all(&why);
            }
            Hunt::Walk(mark, is_flipped) => self.walk(*mark, is_flipped),
            Hunt::Report(inquiry) => self.inquire(inquiry),
        }
    }

    /// The part that is open over the stage.
    pub(super) fn search_shown(&self) -> Option<View> {
        (self.panel == Some(Panel::Prove)).then_some(self.prove.view)
    }

    /// Opens the part that a link asks for, or none.
    pub(super) fn open_search(&mut self, view: Option<View>, bench: Option<Kernel>) {
        let Some(view) = view else {
            if self.search_shown().is_some() {
                self.open_panel(None);
            }
            return;
        };
        self.prove.view = view;
        if view != View::Bench {
            return self.hunt(Hunt::Open);
        }
        self.panel = Some(Panel::Prove);
        let kernel = bench.unwrap_or(self.kernel);
        if self.prove.cells.is_empty() || self.prove.kernel != kernel {
            self.set_bench(kernel);
        }
    }

    fn set_bench(&mut self, kernel: Kernel) {
        self.prove.kernel = kernel;
        self.prove.start_bench();
    }

    /// Gets the part that is shown in line with the run on the stage.
    fn show_search(&mut self, view: View) {
        let old = std::mem::take(&mut self.prove.cases);
        let kernels = match view {
            View::One => vec![self.kernel],
            View::Both => vec![self.kernel.patched(false), self.kernel.patched(true)],
            View::Bench => {
                self.prove.cases = old;
                self.prove.view = view;
                let is_whole = |cell: &State| matches!(cell, State::Done(..));
                if self.prove.cells.is_empty() {
                    self.prove.kernel = self.kernel;
                }
                if !self.prove.cells.iter().all(is_whole) || self.prove.cells.is_empty() {
                    self.prove.start_bench();
                }
                return;
            }
            View::Races | View::Locks | View::Classes => {
                self.prove.cases = old;
                self.prove.view = view;
                self.open_report();
                return;
            }
        };
        let case = |kernel: Kernel| {
            let same = |case: &&Case| case.kernel == kernel && case.scenario == self.scenario;
            let known = old.iter().find(same).cloned();
            known.unwrap_or_else(|| Case::new(&self.scenario, kernel))
        };
        let cases = kernels.into_iter().map(case).collect();
        self.prove.cases = cases;
        self.prove.view = view;
    }

    /// Brings the searches in line with the dialog that is open from now on.
    pub(super) fn open_panel(&mut self, panel: Option<Panel>) {
        if panel != Some(Panel::Prove) {
            self.prove.stop();
            self.reports.stop();
        }
        self.panel = panel;
        self.query.clear();
        self.copied = None;
    }

    /// Opens an order on the stage, as any other.
    fn walk(&mut self, mark: Mark, is_flipped: bool) {
        self.open_panel(None);
        if Session::open(&mark.scenario, mark.kernel).is_none() {
            return;
        }
        let is_patched = mark.kernel.is_patched();
        self.is_playing = false;
        self.leave();
        self.take_up(mark);
        if is_flipped {
            // From its end, so that the place where the two part is in sight.
            let steps = self.stage.steps();
            self.show(steps);
            self.use_patch(!is_patched);
        }
        self.say();
    }
}

/// The order of a sample as told on the stage, at a few places that are not alike.
fn pairs(scenario: &str, kernel: Kernel, sample: Option<&Sample>) -> Vec<Pair> {
    let told = sample.and_then(|sample| {
        let session = Session::open(scenario, kernel)?;
        let asked = order::read(&sample.order).ok()?;
        Some((session.run(&asked).score(), &sample.places))
    });
    let Some((score, places)) = told else {
        return Vec::new();
    };
    let mut found: Vec<Pair> = Vec::new();
    // Pairs in which something changes say more than two looks.
    for is_telling in [true, false] {
        for place in places {
            let at = *place as usize;
            let Some([first, second]) = score
                .columns
                .get(at..at + 2)
                .and_then(|pair| <&[_; 2]>::try_from(pair).ok())
            else {
                continue;
            };
            if (first.is_effect && second.is_effect) != is_telling || found.len() == PAIRS {
                continue;
            }
            let steps = [first, second].map(|column| {
                let rows = score.threads.iter();
                let row = rows.clone().find(|row| row.thread == column.thread);
                let name = row.map_or_else(String::new, |row| row.name.clone());
                (column.thread, name, column.text.clone())
            });
            let is_known = found.iter().any(|pair| {
                let mut both = pair.steps.iter().zip(&steps);
                both.any(|(one, other)| one.2 == other.2)
            });
            if !is_known {
                found.push(Pair {
                    step: first.step.0,
                    steps,
                });
            }
        }
    }
    sort_few(&mut found, |pair| u64::from(pair.step));
    found
}
