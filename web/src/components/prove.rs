//! The search of all orders: what it has found of the run on the stage, before and after the patch, and of a kernel of one's own.

use lockstep_view::search::{grouped, orders_words};
use yew::Callback;

use super::bench::bench;
use super::controls::{Choice, button, chosen, segments};
use super::dialog::dialog;
use super::icon::{Icon, icon};
use super::prove_words::{headline, outcome, seconds};
use super::report::report;
use super::share::{list, things};
use super::swatch::letter_chip;
use crate::edge::document;
use crate::element::{El, el, words};
use crate::engine;
use crate::model::prove::{Case, Hunt, Pair, State, View};
use crate::model::{Act, Mark, Model};
use crate::order;
use crate::worker::{Counts, End, Found, Verdict, Witness};

/// What is said under every search.
const HONESTY: &str = "This searches a model of the code, run one step at a time; memory reordering is not modelled. \
                       Broken means: a page is freed in a bad state, a page is kept for a lock that nobody has, \
                       threads wait for each other for good, or another property does not hold at the end.";

/// The parts there are.
const VIEWS: [(View, &str, &str); 6] = [
    (View::One, "one", "This run"),
    (View::Both, "both", "Before and after"),
    (View::Bench, "bench", "Patch bench"),
    (View::Races, "races", "Races"),
    (View::Locks, "locks", "Locks"),
    (View::Classes, "classes", "Classes"),
];

/// What a press of it asks of the searches.
pub(super) fn hunt(wish: Hunt) -> Act {
    Act::Prove(wish)
}

/// The dialog.
pub fn prove(model: &Model, act: &Callback<Act>) -> El {
    let view = model.prove.view;
    let choices = VIEWS.map(|(one, value, label)| Choice {
        value: value.into(),
        label: label.into(),
        group: "",
        is_chosen: one == view,
    });
    let on_view = chosen(act, |value| {
        let found = VIEWS.iter().find(|(_, name, _)| *name == value);
        found.map(|(view, ..)| hunt(Hunt::Show(*view)))
    });
    let inside = el("div.prove")
        .attr("data-view", VIEWS[view as usize].1)
        .child(segments(
            "prove-views",
            "What to search",
            &choices,
            &on_view,
        ))
        .child(match view {
            View::Bench => bench(model, act),
            View::One | View::Both => cases(model, act),
            View::Races | View::Locks | View::Classes => report(model, act),
        })
        .child(list(&things(model, &document::page()), model, act))
        .child((view.report().is_none()).then(|| words("p.prove-honesty", HONESTY)))
        // It is here with the dialog, before there is anything to say.
        .child(words(
            "p.hidden|role=status|aria-live=polite",
            match view.report() {
                Some(_) => &model.reports.voice,
                None => &model.prove.voice,
            },
        ));
    dialog("Every order", inside, act)
}

fn cases(model: &Model, act: &Callback<Act>) -> El {
    let prove = &model.prove;
    let title = prove
        .cases
        .first()
        .map(|case| engine::title(&case.scenario));
    let is_both = prove.view == View::Both;
    let is_over = !prove.cases.iter().any(|case| case.state == State::Idle);
    let start = match (is_both, is_over) {
        (_, true) => "Search again",
        (true, false) => "Search before and after",
        (false, false) => "Search all orders",
    };
    let button = if prove.is_going() {
        go("Stop", Hunt::Stop, act)
    } else {
        go(start, Hunt::Start, act)
    };
    let all = prove.cases.iter();
    el("div.prove-cases")
        .child(
            el("div.prove-top")
                .child(words("h3", title.unwrap_or_default()))
                .child(button),
        )
        .child(el("div.prove-columns").children(all.map(|case| one_case(case, is_both, act))))
}

/// The button that starts and stops; the dialog opens with the focus on it.
pub(super) fn go(text: &str, wish: Hunt, act: &Callback<Act>) -> El {
    button("prove-go", text, hunt(wish), act)
}

/// One scenario on one kernel, and what is known of it.
fn one_case(case: &Case, is_one_of_two: bool, act: &Callback<Act>) -> El {
    let body = match &case.state {
        State::Idle => el("div.prove-state").child(words("p", "Not searched yet.")),
        State::Asked => el("div.prove-state").child(words("p", "The search is starting.")),
        State::Going(counts) => going(counts),
        State::Done(found, pairs) => done(case, found, pairs, act),
        State::Failed(why, orders) => failed(why, *orders),
    };
    el("section.prove-case")
        .attr("aria-label", &case.kernel.name())
        .class_if(is_one_of_two, "prove-one-of-two")
        .child(naive(case))
        .child(body)
}

/// The kernel, and in how many orders its threads could be run.
fn naive(case: &Case) -> El {
    let mut note = match case.steps.len() {
        1 => "one thread of ".to_owned(),
        more => format!("{more} threads of "),
    };
    for (at, steps) in case.steps.iter().enumerate() {
        note += match case.steps.len() - at {
            _ if at == 0 => "",
            1 => " and ",
            _ => ", ",
        };
        note += &steps.to_string();
    }
    note += " steps, if none ever waited";
    let number = orders_words(&case.steps);
    let orders = if number == "1" { "order" } else { "orders" };
    el("div.prove-naive")
        .child(words("code.prove-kernel", &case.kernel.name()))
        .child(
            el("p.prove-number")
                .child(words("b", &number))
                .text(" ")
                .child(words("span", orders)),
        )
        .child(words("p.prove-note", &note))
}

/// The counters of a search that goes on.
fn going(counts: &Counts) -> El {
    let so_far = match (counts.is_broken, counts.is_decided) {
        (true, true) => "Broken. Every order is covered; looking for the shortest that fails.",
        (true, false) => "An order breaks it. The search goes on for every other way to fail.",
        (false, _) => "None has broken so far.",
    };
    let rate = counts.orders * 1000 / u64::from(counts.milliseconds.max(1));
    let mut list = el("dl.prove-counts");
    for (name, number) in [
        ("orders tried", grouped(counts.orders)),
        ("classes", grouped(counts.classes)),
        ("states", grouped(counts.states)),
        ("longest order", format!("{} steps", counts.depth)),
        ("time", seconds(counts.milliseconds)),
        ("orders a second", grouped(rate)),
    ] {
        let is_shown = number != "0";
        list = list.child(is_shown.then(|| {
            el("div")
                .child(words("dt", name))
                .child(words("dd", &number))
        }));
    }
    el("div.prove-state")
        .child(words("p", so_far).class_if(counts.is_broken, "prove-is-broken"))
        .child(list)
}

/// The sign and the class of a verdict.
pub(super) fn sign(found: &Found) -> (&'static str, Icon) {
    match found.verdict {
        Verdict::Broken => ("verdict-broken", Icon::Cross),
        Verdict::Harmless => ("verdict-harmless", Icon::Tilde),
        Verdict::Clean => ("verdict-clean", Icon::Check),
        Verdict::Unproved => ("verdict-unfinished", Icon::Tilde),
    }
}

fn done(case: &Case, found: &Found, pairs: &[Pair], act: &Callback<Act>) -> El {
    let (class, drawing) = sign(found);
    let told = headline(found, &case.steps);
    let (first, rest) = told.split_once(". ").unwrap_or((&told, ""));
    let verdict = el("div.prove-verdict")
        .class(class)
        .child(icon(drawing))
        .child(
            words("p", "")
                .child(words("b", &format!("{first}.")))
                .text(" ")
                .text(rest),
        );
    let ends: Vec<String> = found.outcomes.iter().map(|word| outcome(word)).collect();
    let among = if found.end == End::Complete {
        "Every end there is: "
    } else {
        "Ends met: "
    };
    let ends = (!ends.is_empty()).then(|| {
        words("p.prove-ends", among)
            .text(&ends.join("; "))
            .text(".")
    });
    let properties = (!found.properties.is_empty()).then(|| {
        let broken = found.properties.join(", ");
        words("p.prove-ends", "Properties that do not hold at an end: ")
            .child(words("code", &broken))
    });
    let witnesses = found.witnesses.iter().map(|one| witness(case, one, act));
    let reports = [
        (View::Races, "What races"),
        (View::Locks, "What is locked under what"),
    ];
    let reports =
        reports.map(|(view, name)| button("prove-way", name, hunt(Hunt::Show(view)), act));
    el("div.prove-state")
        .child(verdict)
        .child(ends)
        .child(properties)
        .child((!found.witnesses.is_empty()).then(|| el("ul.prove-witnesses").children(witnesses)))
        .child(
            (found.classes.is_some() && found.end == End::Complete)
                .then(|| why_enough(found, pairs, act)),
        )
        .child(el("div.prove-ways").children(reports))
}

/// An order that fails, and the ways to it.
fn witness(case: &Case, witness: &Witness, act: &Callback<Act>) -> El {
    let other = if case.kernel.is_patched() {
        "Compare with Before"
    } else {
        "Compare with After"
    };
    let walk = |is_flipped| walk(&case.scenario, case.kernel, witness, is_flipped);
    let ways = el("div.prove-ways")
        .child(walk(false).map(|wish| button("prove-way", "Walk it", wish, act)))
        .child(walk(true).map(|wish| button("prove-way", other, wish, act)));
    let shortest = if witness.is_simplest {
        ", the shortest"
    } else {
        ""
    };
    let plural = if witness.switches == 1 { "" } else { "es" };
    el("li")
        .child(words(
            "p",
            &format!("Ends with {}.", outcome(&witness.outcome)),
        ))
        .child(
            el("p.prove-order")
                .child(words("code", &witness.order))
                .child(words(
                    "span",
                    &format!("{} context switch{plural}{shortest}", witness.switches),
                )),
        )
        .child(ways)
}

/// The wish to open an order that fails.
pub(super) fn walk(
    scenario: &str,
    kernel: engine::Kernel,
    witness: &Witness,
    is_flipped: bool,
) -> Option<Act> {
    let asked = order::read(&witness.order).ok()?;
    let mark = Mark {
        scenario: scenario.to_owned(),
        kernel,
        asked,
        cursor: 0,
    };
    Some(hunt(Hunt::Walk(Box::new(mark), is_flipped)))
}

/// Why so few orders stand for so many.
fn why_enough(found: &Found, pairs: &[Pair], act: &Callback<Act>) -> El {
    let classes = found.classes.map_or_else(String::new, grouped);
    let is_one = found.classes == Some(1);
    let why = if is_one {
        "Why one order is enough"
    } else {
        ""
    };
    let title = match why {
        "" => format!("Why {classes} are enough"),
        one => one.to_owned(),
    };
    let told = if pairs.is_empty() {
        "No step of one thread can change places with its neighbour of another: there is nothing to leave out."
    } else {
        "Two neighbouring steps that touch different things can change places, and nothing notices: the memory is the same, \
         and every thread has seen the same. Orders that differ in nothing else are one class, and the search runs one of each. \
         These pairs come from an order it ran; each was tried both ways."
    };
    let all = button(
        "prove-way",
        "All of them",
        hunt(Hunt::Show(View::Classes)),
        act,
    );
    el("details.prove-why")
        .child(words("summary", &title))
        .child(words("p", told))
        .child((!pairs.is_empty()).then(|| el("ul.prove-pairs").children(pairs.iter().map(pair))))
        .child(all)
}

/// Two steps, both ways.
fn pair(pair: &Pair) -> El {
    let [first, second] = &pair.steps;
    let line = |(thread, name, text): &(_, String, String)| {
        el("p.prove-step")
            .child(letter_chip(*thread))
            .child(words("span", &format!("{name} {text}")))
    };
    el("li")
        .child(words(
            "p.prove-place",
            &format!("Steps {} and {}", pair.step, pair.step + 1),
        ))
        .child(el("div").child(line(first)).child(line(second)))
        .child(words("p.prove-same", "is the same as"))
        .child(el("div").child(line(second)).child(line(first)))
}

fn failed(why: &str, orders: u64) -> El {
    let tried = (orders > 0).then(|| {
        let tried = format!(
            "{} orders had been tried. None of this is a proof.",
            grouped(orders)
        );
        words("p", &tried)
    });
    el("div.prove-state")
        .child(
            el("div.prove-verdict.verdict-unfinished")
                .child(icon(Icon::Tilde))
                .child(words("p", why)),
        )
        .child(tried)
        .child(words(
            "p",
            "Your run is safe. \u{201c}Search again\u{201d} starts the search anew.",
        ))
}
