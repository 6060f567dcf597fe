//! All classes of orders as HTML: how they end, and one order of each to be walked.

use super::{Html, Links, Moment};
use crate::reports::HONESTY;
use crate::reports::classes::{ClassReport, ClassesOfAnEnd, ONE_OF_EACH};
use crate::search::grouped;

/// How many orders of an outcome are listed; nobody reads more, and all of them are in the other forms.
const LISTED: usize = 200;

pub(super) fn write(html: &mut Html, report: &ClassReport, links: Links<'_>) {
    html.within("div.report", &[], |html| {
        let ends: Vec<String> = report.ends.iter().map(ClassesOfAnEnd::told).collect();
        html.words("p.report-sum", &format!("{}.", ends.join("; ")));
        html.words(
            "p.report-extent",
            &format!("Searched: {}. {ONE_OF_EACH}", report.extent.told()),
        );
        for (place, end) in report.ends.iter().enumerate() {
            let open: &[_] = if place == 0 { &[("open", "")] } else { &[] };
            html.within("details.race", open, |html| {
                html.words("summary", &end.told());
                html.within("ol.class-orders", &[], |html| {
                    for order in end.orders.iter().take(LISTED) {
                        let to = links(&Moment {
                            scenario: &report.scenario,
                            kernel: &report.kernel,
                            schedule: order,
                            step: 0,
                        });
                        html.within("li", &[], |html| html.link("a", &to, order));
                    }
                });
                if let Some(left @ 1..) = end.orders.len().checked_sub(LISTED) {
                    let left = grouped(left as u64);
                    html.words(
                        "p",
                        &format!("And {left} more: they are in the text and in the JSON."),
                    );
                }
            });
        }
        html.words("p.report-extent", HONESTY);
    });
}
