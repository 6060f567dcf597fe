//! The reports over all orders, whole: what races, and what is locked under what, each with links into the page.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result};
use lockstep_view::Session;
use lockstep_view::reports::Searching;
use lockstep_view::reports::html::Moment;
use lockstep_view::reports::locks::LockReport;
use lockstep_view::reports::races::RaceReport;

use crate::markup::address;
use crate::runs::kernel;
use crate::scenarios::Scenarios;

/// What a report looks like: the same as in the page.
const STYLES: &str = "web/css/report.css";

/// The races of a scenario on a kernel.
pub(crate) fn races(
    project: &Path,
    scenarios: &Scenarios,
    id: &str,
    kernel: &str,
) -> Result<String> {
    let session = session(scenarios, id, kernel)?;
    let report = RaceReport::search(&session, &mut everything(&mut |_| true));
    styled(project, &report.html(&link))
}

/// The order of the locks in a scenario on a kernel.
pub(crate) fn locks(
    project: &Path,
    scenarios: &Scenarios,
    id: &str,
    kernel: &str,
) -> Result<String> {
    let sessions = [session(scenarios, id, kernel)?];
    let report = LockReport::search(&sessions, &mut everything(&mut |_| true));
    let report = report.context("the world cannot be made")?;
    styled(project, &report.html(&link))
}

fn session(scenarios: &Scenarios, id: &str, name: &str) -> Result<Session> {
    let scenario = Rc::clone(scenarios.get(id)?);
    Session::new(scenario, kernel(name)?).context("the world cannot be made")
}

fn everything(go_on: &mut dyn FnMut(lockstep_explore::Counts) -> bool) -> Searching<'_> {
    Searching {
        classes: u64::MAX,
        go_on,
    }
}

/// The report with its styles. It is one line, so that Markdown takes it for HTML to its end.
fn styled(project: &Path, html: &str) -> Result<String> {
    let styles = fs::read_to_string(project.join(STYLES));
    let styles = styles.with_context(|| format!("could not read {STYLES}"))?;
    // The page has its styles in layers. Those of the book are in none, and would win over any layer.
    let inside = styles
        .split_once('{')
        .and_then(|(_, rest)| rest.rsplit_once('}'));
    let (inside, _) = inside.with_context(|| format!("{STYLES} is not one layer"))?;
    let styles: Vec<&str> = inside.split_whitespace().collect();
    Ok(format!(
        "<div class=\"whole-report\"><style>{}</style>{html}</div>\n",
        styles.join(" ")
    ))
}

/// A moment of a run, in the page of the site.
fn link(moment: &Moment<'_>) -> String {
    format!(
        "../index.html#/lab?v=1&s={}&p={}&r={}&c={}",
        address(moment.scenario),
        address(moment.kernel),
        address(moment.schedule),
        moment.step
    )
}
