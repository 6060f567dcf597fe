//! The lock graph as SVG: the locks as a ladder, the edges as arcs beside it.
//!
//! Arcs along the documented order are on the left, arcs against it on the right. An arc is the wider the more rungs it
//! passes, and where several meet a rung they touch it in the order in which they part, so that no two cross there.

use super::locks::moment;
use super::{Html, Links};
use crate::reports::locks::{LockEdge, LockOrder, LockReport, told};
use crate::search::grouped;

/// The width and height of a rung, and the room from one to the next, in units of the picture.
const RUNG: (i32, i32) = (148, 44);
const PITCH: i32 = 72;
/// How far an arc to the next rung goes aside, and how much farther one does for each rung it passes.
const BULGE: i32 = 34;
const STRIDE: i32 = 42;
/// The room beside the widest arc, for half of its number.
const MARGIN: i32 = 24;
/// The room between two ends of arcs on one rung.
const PORT: i32 = 8;

/// An edge, laid out.
struct Arc<'a> {
    edge: &'a LockEdge,
    /// The rungs it leads from and to.
    ends: [i32; 2],
    is_right: bool,
}

impl Arc<'_> {
    fn bulge(&self) -> i32 {
        let span = (self.ends[0] - self.ends[1]).abs();
        BULGE + STRIDE * (span - 1).max(0)
    }
}

pub(super) fn graph(html: &mut Html, report: &LockReport, links: Links<'_>) {
    let rung = |name: &str| (0..).zip(&report.locks).find(|(_, row)| row.lock == name);
    let rung = |name: &str| rung(name).map(|(rung, _)| rung);
    let arcs: Vec<Arc<'_>> = report
        .edges
        .iter()
        .filter_map(|edge| {
            Some(Arc {
                edge,
                ends: [rung(&edge.held)?, rung(&edge.wanted)?],
                is_right: edge.order == LockOrder::Against,
            })
        })
        .collect();
    let room = |is_right: bool| {
        let side = arcs.iter().filter(|arc| arc.is_right == is_right);
        side.map(|arc| arc.bulge() + MARGIN).max().unwrap_or(2)
    };
    let (left, right) = (room(false), room(true));
    let width = left + RUNG.0 + right;
    let height = top(report.locks.len() as i32) - PITCH + RUNG.1 + 2;
    let view = format!("0 0 {width} {height}");
    let style = format!("max-inline-size:{width}px");
    let attributes = [
        ("viewBox", view.as_str()),
        ("style", style.as_str()),
        ("role", "group"),
        ("aria-label", "Lock graph"),
    ];
    html.within("svg", &attributes, |html| {
        let curves = arcs
            .iter()
            .map(|arc| (arc.edge, Curve::of(&arcs, arc, left)));
        let curves: Vec<(&LockEdge, Curve)> = curves.collect();
        for (edge, curve) in &curves {
            one_arc(html, report, edge, curve, links);
        }
        // Over all arcs, so that none runs through a number.
        html.within("g", &[("aria-hidden", "true")], |html| {
            for (edge, curve) in &curves {
                count(html, edge, curve);
            }
        });
        for (at, row) in (0..).zip(&report.locks) {
            let middle = (left + RUNG.0 / 2).to_string();
            let top = top(at);
            let (width, height) = (RUNG.0.to_string(), RUNG.1.to_string());
            html.within(
                "rect.lock-rung",
                &[
                    ("x", &left.to_string()),
                    ("y", &top.to_string()),
                    ("width", &width),
                    ("height", &height),
                    ("rx", "6"),
                ],
                |_| {},
            );
            let text = |html: &mut Html, head: &str, y: i32, words: &str| {
                let place = [("x", middle.as_str()), ("y", &y.to_string())];
                html.within(head, &place, |html| html.say(words));
            };
            text(html, "text.lock-name", top + 19, &row.lock);
            text(html, "text.lock-kind", top + 35, told::waiting(row));
        }
    });
}

fn top(rung: i32) -> i32 {
    rung * PITCH + 2
}

/// Where an arc touches one of its rungs: the others that do are above or below it, as they part from it.
fn port(arcs: &[Arc<'_>], arc: &Arc<'_>, end: usize) -> i32 {
    let here = arc.ends[end];
    // Those that go up leave above those that go down; of those that go up the nearest first, of those down the farthest.
    let rank = |other: i32, place: usize| match other < here {
        true => (0, here - other, place),
        false => (1, -other, place),
    };
    let own = arcs.iter().position(|one| std::ptr::eq(one, arc));
    let mine = rank(arc.ends[1 - end], own.unwrap_or(0) * 2 + end);
    let (mut above, mut all) = (0, 0);
    for (place, one) in arcs.iter().enumerate() {
        for side in [0, 1] {
            if one.is_right == arc.is_right && one.ends[side] == here {
                all += 1;
                above += i32::from(rank(one.ends[1 - side], place * 2 + side) < mine);
            }
        }
    }
    let port = PORT.min((RUNG.1 - 8) / all.max(1));
    top(here) + RUNG.1 / 2 + above * port - (all.max(1) - 1) * port / 2
}

/// Where an arc runs.
struct Curve {
    /// Where it begins and ends, up and down.
    ends: [i32; 2],
    /// The side of the rungs it touches, the tip's root, its handles, and how far it gets.
    x: i32,
    root: i32,
    handle: i32,
    apex: i32,
}

impl Curve {
    fn of(arcs: &[Arc<'_>], arc: &Arc<'_>, left: i32) -> Self {
        let x = if arc.is_right { left + RUNG.0 } else { left };
        let aside = |by: i32| if arc.is_right { x + by } else { x - by };
        Self {
            ends: [0, 1].map(|end| port(arcs, arc, end)),
            x,
            root: aside(7),
            // A curve goes three quarters of the way to its handles.
            handle: aside(arc.bulge() * 4 / 3),
            apex: aside(arc.bulge()),
        }
    }

    fn line(&self) -> String {
        let Self {
            ends: [from, to],
            x,
            root,
            handle,
            ..
        } = self;
        format!("M{x} {from}C{handle} {from} {handle} {to} {root} {to}")
    }

    fn tip(&self) -> String {
        let Self {
            ends: [_, to],
            x,
            root,
            ..
        } = self;
        format!("M{x} {to}L{root} {}L{root} {}z", to - 4, to + 4)
    }
}

fn one_arc(html: &mut Html, report: &LockReport, edge: &LockEdge, curve: &Curve, links: Links<'_>) {
    let class = match (edge.breaks_the_order(), edge.waits) {
        (true, _) => "a.lock-arc.lock-bad",
        (false, true) => "a.lock-arc",
        (false, false) => "a.lock-arc.lock-tries",
    };
    let name = format!("{}, then {}: {}", edge.held, edge.wanted, told::how(edge));
    let href = edge.ways.first().map(|way| links(&moment(report, way)));
    let mut attributes = vec![("aria-label", name.as_str())];
    attributes.extend(href.as_deref().map(|href| ("href", href)));
    html.within(class, &attributes, |html| {
        html.words("title", &name);
        let line = curve.line();
        for (class, path) in [
            ("path.lock-touch", &line),
            ("path.lock-line", &line),
            ("path.lock-head", &curve.tip()),
        ] {
            html.within(class, &[("d", path)], |_| {});
        }
    });
}

/// In how many classes an edge was made, on its arc; the name of the arc says it too.
fn count(html: &mut Html, edge: &LockEdge, curve: &Curve) {
    let (x, y) = (curve.apex, i32::midpoint(curve.ends[0], curve.ends[1]) + 4);
    html.within(
        "text.lock-count",
        &[("x", &x.to_string()), ("y", &y.to_string())],
        |html| html.say(&grouped(edge.classes)),
    );
}
