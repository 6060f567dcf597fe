//! `lockstep locks`: the order of locks in a scenario, or in all of them.

use std::rc::Rc;

use lockstep_mm::kernel::Kernel;
use lockstep_scenario::{Scenario, library, parse_kernel};
use lockstep_view::Session;
use lockstep_view::reports::Searching;
use lockstep_view::reports::locks::LockReport;

use crate::args::Locks;
use crate::draw::Failure;
use crate::progress::Watch;
use crate::{Done, News, outside, races};

/// Searches, and tells what was found.
pub(crate) fn run(asked: &Locks) -> Result<Done, Failure> {
    let named = asked.scenario.as_deref().map(outside::scenario);
    let mut scenarios: Vec<Scenario> = named.transpose()?.into_iter().collect();
    let kernel = match (scenarios.first(), &asked.search.kernel) {
        (Some(scenario), kernel) => outside::kernel(scenario, kernel.as_deref())?,
        (None, Some(text)) => {
            parse_kernel(text).map_err(|problems| Failure::wrong("--kernel", text, problems))?
        }
        (None, None) => Kernel::AFTER,
    };
    if asked.all {
        let others = library().into_iter();
        let new = |other: &Scenario| scenarios.iter().all(|known| known.id != other.id);
        let others: Vec<Scenario> = others.filter(new).collect();
        scenarios.extend(others);
    }
    let refused =
        |error| Failure::refused(format!("cannot make the world on {kernel}: {error}"), "");
    let sessions: Result<Vec<Session>, _> = scenarios
        .into_iter()
        .map(|scenario| Session::new(Rc::new(scenario), kernel))
        .collect();
    let what = asked.scenario.as_deref().unwrap_or("all scenarios");
    let watch = Watch::new(what, asked.search.limit_time);
    let mut searching = Searching {
        classes: asked.search.limit.unwrap_or(u64::MAX),
        go_on: &mut |counts| watch.goes_on(&counts),
    };
    let report = sessions
        .and_then(|sessions| LockReport::search(&sessions, &mut searching))
        .map_err(refused)?;
    Ok(Done {
        news: News::of(report.is_broken(), report.extent.complete),
        text: if asked.search.json {
            races::json(&report)?
        } else {
            report.text()
        },
    })
}
