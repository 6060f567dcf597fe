//! The tabs of a narrow screen, where only one pane has room.

use yew::Callback;

use super::controls::{Choice, chosen, segments};
use crate::element::El;
use crate::model::{Act, Tab};

/// The row of tabs.
pub fn tabs(shown: Tab, act: &Callback<Act>) -> El {
    let choices = Tab::ALL.map(|tab| Choice {
        value: tab.name().into(),
        label: tab.label().into(),
        group: "",
        is_chosen: shown == tab,
    });
    let on_choice = chosen(act, |value| {
        Tab::ALL
            .into_iter()
            .find(|tab| tab.name() == value)
            .map(Act::Tab)
    });
    segments("tabs", "Pane", &choices, &on_choice)
}
