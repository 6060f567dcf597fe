//! `lockstep races` and `lockstep classes`: the data races of a scenario, and its classes of orders.

use std::rc::Rc;

use lockstep_view::Session;
use lockstep_view::reports::Searching;
use lockstep_view::reports::classes::ClassReport;
use lockstep_view::reports::races::RaceReport;
use serde::Serialize;

use crate::args::Races;
use crate::draw::Failure;
use crate::progress::Watch;
use crate::{Done, News, outside};

/// Searches for races, and tells what was found.
pub(crate) fn run(asked: &Races) -> Result<Done, Failure> {
    let report = searched(asked, RaceReport::search)?;
    Ok(Done {
        news: News::of(report.is_harmful(), report.extent.complete),
        text: if asked.search.json {
            json(&report)?
        } else {
            report.text()
        },
    })
}

/// Searches, and lists the classes of orders.
pub(crate) fn classes(asked: &Races) -> Result<Done, Failure> {
    let report = searched(asked, ClassReport::search)?;
    Ok(Done {
        news: News::of(report.breaks, report.extent.complete),
        text: if asked.search.json {
            json(&report)?
        } else {
            report.text()
        },
    })
}

/// A report on the scenario that was asked about, as far as the limits let it get.
fn searched<R>(
    asked: &Races,
    search: impl FnOnce(&Session, &mut Searching<'_>) -> R,
) -> Result<R, Failure> {
    let scenario = outside::scenario(&asked.scenario)?;
    let kernel = outside::kernel(&scenario, asked.search.kernel.as_deref())?;
    let session = Session::new(Rc::new(scenario), kernel).map_err(|error| {
        Failure::refused(format!("cannot make the world on {kernel}: {error}"), "")
    })?;
    let watch = Watch::new(&asked.scenario, asked.search.limit_time);
    let mut searching = Searching {
        classes: asked.search.limit.unwrap_or(u64::MAX),
        go_on: &mut |counts| watch.goes_on(&counts),
    };
    Ok(search(&session, &mut searching))
}

/// A report as JSON, indented, ending in a new line.
pub(crate) fn json(report: &impl Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(report)
        .map(|text| text + "\n")
        .map_err(|error| Failure::refused(format!("cannot write JSON: {error}"), ""))
}
