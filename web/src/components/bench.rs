//! The patch bench: every switch of the kernel, and what comes of it in every scenario.

use lockstep_view::search::grouped;
use yew::Callback;

use super::controls::{Choice, button, chosen, select};
use super::icon::{Icon, icon};
use super::prove::{go, hunt, sign, walk};
use super::prove_words::{outcome, seconds, summary};
use crate::element::{El, Event, el, words};
use crate::engine::{self, Kernel};
use crate::model::prove::{Hunt, State};
use crate::model::{Act, Model};
use crate::worker::{Found, Verdict};

/// The kernels to start from.
const PRESETS: [(&str, Kernel); 3] = [
    ("Before", Kernel::BEFORE),
    ("After", Kernel::AFTER),
    ("Shared i_mmap", Kernel::SHARED_I_MMAP),
];

/// The bench.
pub fn bench(model: &Model, act: &Callback<Act>) -> El {
    let kernel = model.prove.kernel;
    let presets = PRESETS.map(|(name, preset)| {
        button("prove-way", name, hunt(Hunt::Preset(preset)), act)
            .flag("aria-pressed", preset == kernel)
    });
    let switches = kernel.switches().map(|(switch, value)| {
        let name = switch.name;
        if switch.values == ["on", "off"] {
            toggle(name, switch.meaning, value == "on", act)
        } else {
            let choices = switch.values.iter().map(|one| Choice {
                value: (*one).into(),
                label: (*one).into(),
                group: "",
                is_chosen: *one == value,
            });
            let on_choice = chosen(act, move |value| Some(hunt(Hunt::Set(name, value))));
            let label = el("span.switch-name")
                .child(words("code", name))
                .child(words("small", switch.meaning));
            select("switch", label, choices.collect(), on_choice)
        }
    });
    let patch = el("section.bench-patch|aria-label=The patch")
        .child(el("div.bench-presets|role=group|aria-label=Start from").children(presets))
        .children(switches);
    el("div.bench").child(patch).child(table(model, act))
}

fn toggle(name: &'static str, meaning: &str, is_on: bool, act: &Callback<Act>) -> El {
    let value = if is_on { "off" } else { "on" };
    let wish = hunt(Hunt::Set(name, value.to_owned()));
    let input = el("input|type=checkbox")
        .checked(is_on)
        .wish(Event::Change, wish, act);
    el("label.switch")
        .child(
            el("span.switch-name")
                .child(words("code", name))
                .child(words("small", meaning)),
        )
        .child(input)
}

/// What comes of it, a row a scenario.
fn table(model: &Model, act: &Callback<Act>) -> El {
    let prove = &model.prove;
    let again = if prove.bench != 0 {
        go("Stop", Hunt::Stop, act)
    } else {
        go("Search again", Hunt::Start, act)
    };
    let top = el("div.prove-top")
        .child(
            el("div")
                .child(words("code.prove-kernel", &prove.kernel.name()))
                .child(words("h3", &summary(prove))),
        )
        .child(again);
    let rows: Vec<_> = engine::scenarios().zip(&prove.cells).collect();
    let same = |one: &(engine::Choice, &State), other: &(engine::Choice, &State)| {
        one.0.statement == other.0.statement
    };
    let groups = rows.chunk_by(same).map(|part| {
        let title = part.first().map_or("", |(choice, _)| choice.statement);
        let rows = part
            .iter()
            .map(|(choice, cell)| row(*choice, cell, prove.kernel, act));
        el("section.bench-group")
            .child(words("h4", title))
            .child(el("ul").children(rows))
    });
    el("div.bench-table").child(top).children(groups)
}

fn row(choice: engine::Choice, cell: &State, kernel: Kernel, act: &Callback<Act>) -> El {
    let (class, drawing, word, told) = match cell {
        State::Done(found, _) => {
            let (class, drawing) = sign(found);
            (class, Some(drawing), word(found), told(found))
        }
        State::Failed(why, _) => ("", Some(Icon::Tilde), "failed", why.clone()),
        State::Idle => ("", None, "not searched", String::new()),
        State::Asked | State::Going(_) => ("", None, "searching", String::new()),
    };
    let way = match cell {
        State::Done(found, _) => found
            .witnesses
            .first()
            .and_then(|witness| walk(choice.id, kernel, witness, false)),
        _ => None,
    };
    let way = way.map(|wish| {
        button("prove-way", "Walk it", wish, act)
            .attr("aria-label", &format!("Walk it: {}", choice.title))
    });
    let verdict = el("span.bench-verdict")
        .class(class)
        .child(drawing.map(icon))
        .child(words("b", word));
    el("li.bench-row")
        .attr("data-scenario", choice.id)
        .attr("data-verdict", word)
        .child(words("span.bench-title", choice.title))
        .child(verdict)
        .child(words("span.bench-told", &told))
        .child(way)
}

fn word(found: &Found) -> &'static str {
    match found.verdict {
        Verdict::Broken => "broken",
        Verdict::Harmless => "harmless",
        Verdict::Clean => "holds",
        Verdict::Unproved => "not proved",
    }
}

/// What was found, and how far it reaches.
fn told(found: &Found) -> String {
    let how = match &found.same_as {
        Some(other) => format!("as with {other}"),
        None => seconds(found.milliseconds),
    };
    match (found.verdict, found.witnesses.first()) {
        (Verdict::Broken, Some(witness)) => {
            let shortest = if witness.is_simplest {
                ""
            } else {
                ", not the shortest"
            };
            let plural = if witness.switches == 1 { "" } else { "es" };
            format!(
                "{}; {} context switch{plural}{shortest}",
                outcome(&witness.outcome),
                witness.switches
            )
        }
        (Verdict::Unproved, _) => format!("none broke in {} orders; {how}", grouped(found.orders)),
        _ => match (found.classes, found.states) {
            (Some(1), _) => format!("1 class; {how}"),
            (Some(classes), _) => format!("{} classes; {how}", grouped(classes)),
            (None, Some(states)) => format!("{} states; {how}", grouped(states)),
            (None, None) => how,
        },
    }
}
