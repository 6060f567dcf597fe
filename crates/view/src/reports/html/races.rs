//! The race report as HTML: the pairs in a list, each opening into its two accesses side by side.

use super::{Html, Links, Moment};
use crate::reports::HONESTY;
use crate::reports::races::told::{self, AFTER_PAST, function, joined, who};
use crate::reports::races::{RaceOrder, RacePair, RaceReport, RaceRun, RaceSide, RaceVerdict};
use crate::search::grouped;

pub(super) fn write(html: &mut Html, report: &RaceReport, links: Links<'_>) {
    html.within("div.report", &[], |html| {
        for line in told::summary(report).lines() {
            html.words("p.report-sum", line);
        }
        let extent = format!(
            "Searched: {}. Outcomes: {}.",
            report.extent.told(),
            joined(&report.outcomes)
        );
        html.words("p.report-extent", &extent);
        for (place, pair) in report.pairs.iter().enumerate() {
            // The first is the worst, and what the reader came for.
            let open: &[_] = if place == 0 { &[("open", "")] } else { &[] };
            html.within("details.race", open, |html| {
                summary(html, pair);
                body(html, report, pair, links);
            });
        }
        html.words("p.report-extent", HONESTY);
    });
}

fn summary(html: &mut Html, pair: &RacePair) {
    let (class, word) = match pair.verdict {
        RaceVerdict::Harmful => ("b.pill.pill-bad", "harmful"),
        RaceVerdict::Harmless => ("b.pill", "harmless"),
        RaceVerdict::Unknown => ("b.pill.pill-open", "not known"),
    };
    html.within("summary", &[], |html| {
        html.words(class, word);
        html.within("span.race-title", &[], |html| {
            html.words("code.race-word", &pair.word);
            html.within("span", &[], |html| {
                for (place, side) in pair.sides.iter().enumerate() {
                    html.say(if place == 0 { "" } else { ", " });
                    html.say(&format!("{} in ", side.access));
                    html.words("code", function(side));
                }
            });
        });
    });
}

fn body(html: &mut Html, report: &RaceReport, pair: &RacePair, links: Links<'_>) {
    let moment = |schedule: &str, step: u32| {
        links(&Moment {
            scenario: &report.scenario,
            kernel: &report.kernel,
            schedule,
            step,
        })
    };
    html.within("div.race-sides", &[], |html| {
        for side in &pair.sides {
            one_side(html, pair, side, &moment(&pair.run.schedule, side.step));
        }
    });
    html.words("p.race-ordered", "Ordered by: nothing.");
    if !pair.also.is_empty() {
        let also = format!("The same lines also race about {}.", pair.also.join(", "));
        html.words("p", &also);
    }
    if let (Some(leads), Some((step, _))) = (told::leads_to(pair), &pair.run.broken) {
        html.within("p.race-leads", &[], |html| {
            html.link("a", &moment(&pair.run.schedule, *step), &leads);
            html.say(".");
        });
    }
    html.words("p", &told::decides(pair));
    if let Some(sets) = &pair.after_past {
        html.words("p.report-over", AFTER_PAST);
        html.within("table.race-orders", &[], |html| {
            for (side, outcomes) in pair.sides.iter().zip(sets) {
                order(html, pair, side, outcomes, None);
            }
        });
    }
    html.words("p.report-over", told::over_all_classes(report, pair));
    html.within("table.race-orders", &[], |html| {
        for (side, RaceOrder { classes, outcomes }) in pair.sides.iter().zip(&pair.orders) {
            order(html, pair, side, outcomes, Some(*classes));
        }
    });
    html.within("p.report-ways", &[], |html| {
        let both = pair.sides.each_ref().map(|side| side.step);
        let before = both[0].min(both[1]).saturating_sub(1);
        let way = |html: &mut Html, run: &RaceRun, what: &str| {
            let words = format!("{what}, which ends {}", run.outcome);
            html.link("a.prove-way", &moment(&run.schedule, before), &words);
        };
        way(html, &pair.run, "Walk this order");
        if let Some(other) = &pair.other_run {
            way(html, other, "Walk the other");
        }
    });
}

fn one_side(html: &mut Html, pair: &RacePair, side: &RaceSide, to: &str) {
    let class = match side.thread {
        'A' => "thread-a",
        'B' => "thread-b",
        'C' => "thread-c",
        _ => "thread-d",
    };
    html.within(&format!("section.race-side.{class}"), &[], |html| {
        html.within("h4", &[], |html| {
            html.within(
                &format!("span.letter.{class}"),
                &[("aria-hidden", "true")],
                |html| html.say(&side.thread.to_string()),
            );
            html.words("span", &side.name);
            html.link("a", to, &format!("step {}", side.step));
        });
        html.within("p.race-access", &[], |html| {
            html.words("b", &side.access);
            html.say(" of ");
            html.words("code", &pair.word);
            html.say(&format!(", {} bytes", pair.size));
        });
        html.words("p.race-value", &side.value);
        html.within("p", &[], |html| {
            html.words("span.race-label", "holds ");
            html.say(&match side.held.as_slice() {
                [] => "no lock".to_owned(),
                held => held.join(", "),
            });
        });
        html.within("ol.race-stack", &[], |html| {
            for (depth, call) in side.stack.iter().enumerate() {
                html.within("li", &[], |html| {
                    html.words("code", &call.function);
                    html.words("span", &call.kernel);
                    if depth == 0 {
                        let line = format!("model: {}:{}", side.file, side.line);
                        html.words("span.race-model", &line);
                    }
                });
            }
        });
    });
}

fn order(
    html: &mut Html,
    pair: &RacePair,
    side: &RaceSide,
    outcomes: &[String],
    classes: Option<u64>,
) {
    html.within("tr", &[], |html| {
        html.within("th", &[("scope", "row")], |html| {
            html.say(&format!("{} first", who(pair, side)));
        });
        html.words("td", &joined(outcomes));
        if let Some(classes) = classes {
            html.words("td", &format!("{} classes", grouped(classes)));
        }
    });
}
