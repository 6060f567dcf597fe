//! The reports a reader has opened, and how they stand.
//!
//! What the worker is to do follows from here, as with the searches: [`Reports::wanted`] is what it should be at, and a new
//! number there makes the one before it void.

use super::prove::View;
use super::{Model, Panel};
use crate::engine::{self, Kernel};
use crate::reports::{Ask, Kind};
use crate::shared::Shared;

/// How long a report may take at first, in seconds.
const AT_FIRST: f64 = 20.0;
/// How many reports are kept.
const KEPT: usize = 8;

/// What can be asked of the reports.
#[derive(Clone, PartialEq, Debug)]
pub enum Inquiry {
    /// Show the report on another kernel.
    On(Kernel),
    /// Search on, however long it takes.
    Whole,
    /// Give up.
    Stop,
    /// The worker has searched so many classes.
    Going(u64),
    /// The worker has finished.
    Done(Shared<Written>),
    /// It came to nothing, and why.
    Failed(String),
}

/// A finished report.
#[derive(Clone, PartialEq, Debug)]
pub struct Written {
    /// As the page shows it.
    pub html: String,
    /// Each text to be taken away: its name, what it is for, and itself.
    pub texts: Vec<[String; 3]>,
    /// Whether all orders are in it.
    pub is_complete: bool,
}

/// A report on a scenario and a kernel.
#[derive(Clone, PartialEq, Debug)]
pub struct Sheet {
    /// Which.
    pub kind: Kind,
    /// The scenario.
    pub scenario: String,
    /// The kernel.
    pub kernel: Kernel,
    /// The order, if it is about one run; otherwise empty.
    pub order: String,
    /// What is there to read; it stays while a longer search goes on.
    pub written: Option<Shared<Written>>,
    /// How many classes have been searched, while it goes on.
    pub going: Option<u64>,
    /// Why there is nothing new to read.
    pub failed: Option<String>,
}

/// All of them.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Reports {
    /// The kernel they are about.
    pub kernel: Kernel,
    /// Those that were opened, the last one last.
    pub sheets: Vec<Sheet>,
    /// What the worker should be doing, and a number that grows with every change of it.
    pub wanted: (u32, Option<Ask>),
    /// What is to be said of them.
    pub voice: String,
}

impl View {
    /// The report it shows, if it is one.
    pub fn report(self) -> Option<Kind> {
        match self {
            Self::Races => Some(Kind::Races),
            Self::Locks => Some(Kind::Locks),
            Self::Classes => Some(Kind::Classes),
            _ => None,
        }
    }
}

impl Reports {
    /// The report that is being written.
    fn current(&mut self) -> Option<&mut Sheet> {
        self.sheets.iter_mut().find(|sheet| sheet.going.is_some())
    }

    /// Whether one is being written.
    pub fn is_going(&self) -> bool {
        self.wanted.1.is_some()
    }

    /// Gives up what is being written.
    pub fn stop(&mut self) {
        if let Some(sheet) = self.current() {
            sheet.going = None;
        }
        if self.is_going() {
            self.wanted = (self.wanted.0 + 1, None);
        }
    }

    fn end(&mut self, told: String) {
        self.wanted.1 = None;
        self.voice = told;
    }

    fn hear(&mut self, inquiry: Inquiry) {
        let Some(sheet) = self.current() else {
            return;
        };
        match inquiry {
            Inquiry::Going(classes) => sheet.going = Some(classes),
            Inquiry::Done(written) => {
                sheet.going = None;
                sheet.written = Some(written);
                self.end("The report is there.".to_owned());
            }
            Inquiry::Failed(why) => {
                sheet.going = None;
                sheet.failed = Some(why.clone());
                self.end(why);
            }
            Inquiry::On(_) | Inquiry::Whole | Inquiry::Stop => {}
        }
    }
}

impl Model {
    /// What is shown that has to be written, and what it is about.
    fn question(&self) -> Option<Sheet> {
        let (kind, kernel, order) = match self.panel? {
            Panel::Prove => (
                self.prove.view.report()?,
                self.reports.kernel,
                String::new(),
            ),
            Panel::Share => {
                let order = self.stage.played.executed();
                (Kind::Run, self.kernel, order.to_string())
            }
            _ => return None,
        };
        Some(Sheet {
            kind,
            scenario: self.scenario.clone(),
            kernel,
            order,
            written: None,
            going: None,
            failed: None,
        })
    }

    /// What is shown of that.
    pub fn sheet(&self) -> Option<&Sheet> {
        let question = self.question()?;
        let mut sheets = self.reports.sheets.iter();
        sheets.find(|sheet| sheet.is_about(&question))
    }

    pub(super) fn inquire(&mut self, inquiry: Inquiry) {
        match inquiry {
            Inquiry::On(kernel) => {
                self.reports.kernel = kernel;
                self.write_report(AT_FIRST);
            }
            Inquiry::Whole => self.write_report(f64::MAX),
            Inquiry::Stop => self.reports.stop(),
            told => self.reports.hear(told),
        }
    }

    /// Shows a report about the run on the stage, on its kernel.
    pub(super) fn open_report(&mut self) {
        self.reports.kernel = self.kernel;
        self.write_report(AT_FIRST);
    }

    /// Has the run on the stage written in all the forms it can be taken away in.
    pub(super) fn write_run(&mut self) {
        self.write_report(AT_FIRST);
    }

    /// Has the report that is shown written, unless it is there as far as so much time gets it.
    fn write_report(&mut self, seconds: f64) {
        self.copied = None;
        self.reports.stop();
        let Some(mut sheet) = self.question() else {
            return;
        };
        let old = self.sheet().and_then(|sheet| sheet.written.clone());
        let is_enough = |old: &Shared<Written>| old.is_complete || seconds == AT_FIRST;
        if old.as_ref().is_some_and(is_enough) {
            return;
        }
        self.reports.sheets.retain(|other| !other.is_about(&sheet));
        let surplus = (self.reports.sheets.len() + 1).saturating_sub(KEPT);
        self.reports.sheets.drain(..surplus);
        let file = engine::choice(&self.scenario).map(|choice| choice.file().to_owned());
        let ask = file.map(|file| Ask {
            kind: sheet.kind,
            file,
            kernel: sheet.kernel.name(),
            order: sheet.order.clone(),
            seconds,
        });
        sheet.written = old;
        sheet.going = ask.is_some().then_some(0);
        self.reports.sheets.push(sheet);
        self.reports.wanted = (self.reports.wanted.0 + 1, ask);
    }
}

impl Sheet {
    /// Whether another is about the same.
    fn is_about(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.kernel == other.kernel
            && self.scenario == other.scenario
            && self.order == other.order
    }
}
