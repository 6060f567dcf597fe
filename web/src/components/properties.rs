//! The properties that are always watched, and how each stands.

use lockstep_view::scene::{Now, Property, PropertyState};
use yew::Callback;

use super::icon::{Icon, icon};
use crate::element::{El, el, words};
use crate::model::Act;

/// The bar of watched properties.
pub fn properties(properties: &[Property], act: &Callback<Act>) -> El {
    el("ul.properties|aria-label=Always watched")
        .children(properties.iter().map(|one| property(one, act)))
}

fn property(property: &Property, act: &Callback<Act>) -> El {
    let (state, sign) = match (property.state, &property.now) {
        (PropertyState::Broken(_), _) => ("broken", Icon::Cross),
        (_, Some(Now::Nobody { .. })) => ("nobody", Icon::Nobody),
        (PropertyState::Holds, _) => ("holds", Icon::Check),
        (PropertyState::Undecided, _) => ("open", Icon::Tilde),
    };
    let inside = match property.state {
        PropertyState::Broken(step) => el("button|type=button").press(Act::Jump(step.0), act),
        _ => el("span"),
    };
    let inside = inside
        .child(icon(sign))
        .child(words("span.property-text", &property.text))
        .child(words("span.property-state", &property.how));
    el("li.property")
        .key(&property.id)
        .attr("data-state", state)
        .attr("title", &property.note)
        .child(inside)
}
