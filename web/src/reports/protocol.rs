//! What the page and a report's worker say to each other.

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

/// Which report.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The pairs of accesses that race, and whether they matter.
    Races,
    /// What is locked under what.
    Locks,
    /// One order of each class.
    Classes,
    /// No report on all orders, but one run in every form there is.
    Run,
}

impl Kind {
    /// As the page says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Races => "races",
            Self::Locks => "locks",
            Self::Classes => "classes",
            Self::Run => "run",
        }
    }
}

/// What the page asks for.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Ask {
    /// The report.
    pub kind: Kind,
    /// The file of the scenario, beside the page.
    pub file: String,
    /// The kernel, as links write it.
    pub kernel: String,
    /// The order, as links write it; empty unless it is about one run.
    pub order: String,
    /// How long the search may take, in seconds.
    pub seconds: f64,
}

/// A text to be taken away.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// What it is called.
    pub name: &'static str,
    /// What it is for.
    pub hint: &'static str,
    /// The text itself.
    pub text: String,
}

/// What the worker tells. One of the fields is there, or all of a finished report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Tell {
    /// The worker is there: its build.
    pub build: Option<String>,
    /// How many classes of orders have been searched so far.
    pub classes: Option<f64>,
    /// The report is finished: as HTML, or empty if it is none to be looked at.
    pub html: Option<String>,
    /// As text.
    pub texts: Vec<Text>,
    /// As data, with its schema in it.
    #[serde(with = "serde_wasm_bindgen::preserve")]
    pub report: JsValue,
    /// Whether all orders are in it.
    pub is_complete: bool,
    /// It came to nothing, and why.
    pub why: Option<String>,
}
