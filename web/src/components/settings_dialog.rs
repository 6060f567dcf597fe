//! Theme, motion, size of text, single-key shortcuts.

use lockstep_machine::Gather;
use yew::Callback;

use super::controls::{Choice, chosen, select};
use super::dialog::dialog;
use crate::element::{El, Event, el, words};
use crate::model::{Act, Model};
use crate::settings::{Motion, Size, Theme};

/// What is said where there is no storage.
const FORGETS: &str =
    "This browser does not let the page remember settings. They hold until it is closed.";

/// The settings dialog.
pub fn settings_dialog(model: &Model, act: &Callback<Act>) -> El {
    let now = model.settings;
    let theme = chosen(act, |value| Theme::parse(&value).map(Act::Theme));
    let motion = chosen(act, |value| Motion::parse(&value).map(Act::Motion));
    let size = chosen(act, |value| Size::parse(&value).map(Act::Size));
    let keys = el("input|type=checkbox").checked(now.has_keys).wish(
        Event::Change,
        Act::SingleKeys(!now.has_keys),
        act,
    );
    let keys = el("label.check")
        .child(keys)
        .child(words("span", "Single keys are shortcuts"));
    let name = |text| words("span", text);
    let inside = el("div.settings")
        .child(select(
            "",
            name("Theme"),
            choices(Theme::TABLE, now.theme.name()),
            theme,
        ))
        .child(select(
            "",
            name("Motion"),
            choices(Motion::TABLE, now.motion.name()),
            motion,
        ))
        .child(select(
            "",
            name("Text size"),
            choices(Size::TABLE, now.size.name()),
            size,
        ))
        .child(keys)
        .child(model.forgets.then(|| words("p", FORGETS)));
    dialog("Settings", inside, act)
}

/// The choices of a table of names and labels.
fn choices(table: &[(&'static str, &'static str)], now: &str) -> Vec<Choice> {
    let choice = |(name, label): &(&'static str, &'static str)| Choice {
        value: (*name).into(),
        label: (*label).into(),
        group: "",
        is_chosen: *name == now,
    };
    table.iter().map(choice).gather()
}
