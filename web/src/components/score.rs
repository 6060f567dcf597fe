//! The score: the whole run at once, and the handle on time.

use lockstep_machine::Gather;
use lockstep_view::scene::{Score as Run, VerdictKind};
use yew::Callback;

use super::controls::{button, chosen};
use super::score_rows::{Scale, is_ghost, lanes, thread_lane};
use super::swatch::percent;
use crate::element::{El, Event, el, words};
use crate::kept::kept;
use crate::model::{Act, Model, ZOOMS};

/// How many columns are kept free after an order that has not finished.
const ROOM: u32 = 6;

/// How many columns the score of a model has, those not yet filled counted in.
pub fn scale(model: &Model) -> Scale {
    let steps = model.stage.steps();
    let columns = if model.stage.score.is_finished {
        steps.max(1)
    } else {
        (steps + ROOM).max(16)
    };
    Scale { columns }
}

/// The score.
pub fn score(model: &Model, act: &Callback<Act>) -> El {
    let (score, cursor) = (&model.stage.score, model.cursor);
    let (steps, scale) = (model.stage.steps(), scale(model));
    let mut rows = el("div.rows|role=img").attr("aria-label", &score.summary);
    for row in &score.threads {
        let is_ghost = is_ghost(score, cursor, model.preview, row.thread);
        let carried = model.carried.as_ref();
        let carried = carried.filter(|carried| carried.thread == row.thread);
        let needed = model.needed().map(|steps| &steps[..]);
        let lane = thread_lane(row, score, cursor, is_ghost, carried, needed, scale);
        rows = rows.child(lane);
    }
    let stage = model.stage.clone();
    let rows = rows.node(kept(model.stage.address(), move || {
        lanes(&stage.score, stage.steps(), scale)
    }));
    let told = format!("Step {cursor} of {steps}. {}", model.scene.explain.spoken);
    let seek = chosen(act, |value| value.parse().ok().map(Act::Scrub));
    let slider = el("input.scrub|type=range|min=0|step=1|aria-label=Step")
        .number("max", steps)
        .value(&cursor.to_string())
        .on(Event::Input, seek)
        .attr("aria-valuetext", &told);
    let inner = el("div.score-inner")
        .child(ruler(score, cursor, scale, act))
        .child(rows)
        .child(over(score, cursor, scale))
        .child(slider);
    let zoom = ZOOMS.get(model.zoom).copied().unwrap_or(100);
    let style = format!("--columns:{};--steps:{steps};--zoom:{zoom}", scale.columns);
    el("section.score|aria-label=Score")
        .attr("style", &style)
        .flag("data-dense", scale.columns * 100 > 84 * zoom)
        .child(el("div.score-scroll").child(inner))
}

/// What lies over the rows: where threads change, and where the reader is.
fn over(score: &Run, cursor: u32, scale: Scale) -> El {
    let switches = score.columns.iter().filter(|column| column.is_switch);
    let switches = switches.map(|column| {
        let x = percent(scale.left(column.step.0));
        el("line|y1=0|y2=100%").attr("x1", &x).attr("x2", &x)
    });
    let now = format!("transform:translateX({})", percent(scale.right(cursor)));
    el("div.over|aria-hidden=true")
        .child(el("svg.switches").children(switches))
        .child(el("div.now").attr("style", &now))
}

/// The named moments, as flags above their steps, and the mark of the verdict.
fn ruler(score: &Run, cursor: u32, scale: Scale, act: &Callback<Act>) -> El {
    let here = score.beats.iter().rposition(|beat| beat.step.0 <= cursor);
    let wanted = score.beats.iter().map(|beat| scale.middle(beat.step.0));
    let places = spread(&wanted.gather());
    let flags = score.beats.iter().zip(places).enumerate();
    let flags = flags.map(|(index, (beat, place))| {
        let name = format!("{}, step {}", beat.title, beat.step.0);
        el("button.flag|type=button")
            .key(&beat.id)
            .press(Act::Jump(beat.step.0), act)
            .attr("data-beat", &beat.id)
            .flag("data-here", here == Some(index))
            .attr("style", &format!("left:{place}"))
            .attr("title", &beat.title)
            .child(words("span|aria-hidden=true", &(index + 1).to_string()))
            .child(words("span.hidden", &name))
    });
    let end = score.verdict.as_ref().map(|verdict| {
        let (class, sign) = match verdict.kind {
            VerdictKind::Broken | VerdictKind::Deadlock => ("end-broken", "\u{2715}"),
            VerdictKind::Harmless => ("end-harmless", "\u{2248}"),
            _ => ("end-clean", "\u{2713}"),
        };
        let place = percent(scale.right(verdict.step.0));
        words("span.end|aria-hidden=true", sign)
            .class(class)
            .attr("style", &format!("left:{place}"))
    });
    el("div.ruler|role=group|aria-label=Key moments")
        .child(words("span.row-label", "Key moments").child(zooms(act)))
        .child(el("div.ruler-plot").children(flags).child(end))
}

/// The hands on the width of the score.
fn zooms(act: &Callback<Act>) -> El {
    let zoom =
        |text, name, wish| button("zoom", text, Act::Zoom(wish), act).attr("aria-label", name);
    el("span.zooms")
        .child(zoom("\u{2212}", "Narrower score", Some(false)))
        .child(zoom("fit", "Fit the score", None))
        .child(zoom("+", "Wider score", Some(true)))
}

/// The least distance between two flags, in pixels.
const APART: usize = 22;

/// Where flags are that would like to be at these places: there, or as far right of those before them as keeps them apart, and
/// never so far that the rest has no room. The browser works it out, as only it knows how wide all this is.
fn spread(wanted: &[u32]) -> Vec<String> {
    let last = wanted.len().saturating_sub(1);
    let place = |index: usize| {
        let after = (0..=index).map(|before| {
            let pushed = (index - before) * APART;
            format!("{} + {pushed}px", percent(wanted[before]))
        });
        let room = (last - index) * APART;
        format!("min(max({}),100% - {room}px)", after.joined(","))
    };
    (0..wanted.len()).map(place).gather()
}

#[cfg(test)]
mod tests {
    use super::super::swatch::WHOLE;
    use super::*;

    #[test]
    fn flags_keep_apart_and_inside() {
        assert_eq!(
            spread(&[WHOLE / 10, WHOLE]),
            [
                "min(max(10.000% + 0px),100% - 22px)",
                "min(max(10.000% + 22px,100.000% + 0px),100% - 0px)"
            ]
        );
        assert!(spread(&[]).is_empty());
    }
}
