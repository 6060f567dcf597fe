//! The report on lock order as HTML: what is to be said, the graph, and every edge with the calls that make it.

use super::graph::graph;
use super::{Html, Links, Moment};
use crate::reports::HONESTY;
use crate::reports::locks::{LockCycle, LockEdge, LockReport, LockWay, told};

pub(super) fn write(html: &mut Html, report: &LockReport, links: Links<'_>) {
    html.within("div.report", &[], |html| {
        for line in told::conclusions(report) {
            html.words("p.report-sum", &line);
        }
        for cycle in &report.cycles {
            standstill(html, report, cycle, links);
        }
        let extent = format!("Searched: {}.", report.extent.told());
        html.words("p.report-extent", &extent);
        html.within("div.lock-order", &[], |html| {
            if !report.locks.is_empty() {
                html.within("figure.lock-graph", &[], |html| {
                    graph(html, report, links);
                    html.words("figcaption", LEGEND);
                });
            }
            html.within("div.lock-edges", &[], |html| {
                for edge in &report.edges {
                    one_edge(html, report, edge, links);
                }
            });
        });
        html.words("p.report-extent", HONESTY);
    });
}

const LEGEND: &str = "From outermost to innermost, in the documented order. An arrow leads from a lock that was held to one \
     that was asked for: on the left along the order, on the right against it; solid if whoever asks waits, dashed if it only \
     tries. The number says in how many classes of orders. Press an arrow for the first run that makes it.";

/// The two-thread run that closes a circle, to be played.
fn standstill(html: &mut Html, report: &LockReport, cycle: &LockCycle, links: Links<'_>) {
    let Some(run) = &cycle.run else {
        return;
    };
    let to = links(&Moment {
        scenario: &run.scenario,
        kernel: &report.kernel,
        schedule: &run.schedule,
        step: 0,
    });
    html.within("p.report-ways", &[], |html| {
        html.link("a.prove-way", &to, "Play this deadlock");
    });
}

fn one_edge(html: &mut Html, report: &LockReport, edge: &LockEdge, links: Links<'_>) {
    html.within("details.lock-edge", &[], |html| {
        html.within("summary", &[], |html| {
            html.within("b", &[], |html| {
                html.say(&format!("{} \u{203a} {}", edge.held, edge.wanted));
            });
            html.words("span", &told::how(edge));
        });
        html.within("ul", &[], |html| {
            for way in &edge.ways {
                html.within("li", &[], |html| one_way(html, report, way, links));
            }
        });
    });
}

fn one_way(html: &mut Html, report: &LockReport, way: &LockWay, links: Links<'_>) {
    html.within("p.lock-path", &[], |html| {
        for (place, function) in way.path.iter().enumerate() {
            html.say(if place == 0 { "" } else { " \u{203a} " });
            html.words("code", function);
        }
    });
    if let Some(words) = told::only_here(report, way) {
        html.words("b.pill", &words);
    }
    html.within("p", &[], |html| {
        let step = match way.step {
            Some(step) => format!("step {step}"),
            None => "the end of the order".to_owned(),
        };
        if report.scenarios.len() > 1 {
            html.say(&format!("{}: ", way.scenario));
        }
        html.say(&format!("{} asks at ", way.thread));
        html.link("a", &links(&moment(report, way)), &step);
        html.say(&format!(", {}", told::since(way)));
    });
}

/// The moment at which a way asks for its second lock.
pub(super) fn moment<'a>(report: &'a LockReport, way: &'a LockWay) -> Moment<'a> {
    Moment {
        scenario: &way.scenario,
        kernel: &report.kernel,
        schedule: &way.schedule,
        // Without a step it waits for good, and the order ends with that.
        step: way.step.unwrap_or(u32::MAX),
    }
}
