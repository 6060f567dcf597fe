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
    /// As text.
    pub text: String,
    /// As data, in JSON.
    pub json: String,
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
    /// The report that is shown.
    pub fn sheet(&self) -> Option<&Sheet> {
        let kind = self.prove.view.report()?;
        self.reports.sheets.iter().find(|sheet| {
            sheet.kind == kind
                && sheet.scenario == self.scenario
                && sheet.kernel == self.reports.kernel
        })
    }

    /// The report that is open over the stage.
    pub fn sheet_shown(&self) -> Option<&Sheet> {
        self.sheet().filter(|_| self.panel == Some(Panel::Prove))
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

    /// Has the report that is shown written, unless it is there as far as so much time gets it.
    fn write_report(&mut self, seconds: f64) {
        self.copied = None;
        self.reports.stop();
        let Some(kind) = self.prove.view.report() else {
            return;
        };
        let old = self.sheet().and_then(|sheet| sheet.written.clone());
        let is_enough = |old: &Shared<Written>| old.is_complete || seconds == AT_FIRST;
        if old.as_ref().is_some_and(is_enough) {
            return;
        }
        let kernel = self.reports.kernel;
        let is_other = |sheet: &Sheet| {
            sheet.kind != kind || sheet.scenario != self.scenario || sheet.kernel != kernel
        };
        self.reports.sheets.retain(is_other);
        let surplus = (self.reports.sheets.len() + 1).saturating_sub(KEPT);
        self.reports.sheets.drain(..surplus);
        let file = engine::choice(&self.scenario).map(|choice| choice.file().to_owned());
        self.reports.sheets.push(Sheet {
            kind,
            scenario: self.scenario.clone(),
            kernel,
            written: old,
            going: file.is_some().then_some(0),
            failed: None,
        });
        let ask = file.map(|file| Ask {
            kind,
            file,
            kernel: kernel.name(),
            seconds,
        });
        self.reports.wanted = (self.reports.wanted.0 + 1, ask);
    }
}
