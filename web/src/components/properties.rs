//! The properties that are always watched, and how each stands.

use lockstep_view::scene::{Property, PropertyState};
use yew::prelude::*;

use super::controls::press;
use super::icon::{Icon, icon};
use crate::model::Act;

/// The bar of watched properties.
pub fn properties(properties: &[Property], act: &Callback<Act>) -> Html {
    html! {
        <ul class="properties" aria-label="Always watched">
            { for properties.iter().map(|property| {
                let (state, sign, word) = match property.state {
                    PropertyState::Holds => ("holds", Icon::Check, "holds".to_owned()),
                    PropertyState::Undecided => ("open", Icon::Tilde, "not yet decided".to_owned()),
                    PropertyState::Broken(step) => ("broken", Icon::Cross, format!("broken at {}", step.0)),
                };
                let inside = html! { <>{ icon(sign) }<span class="property-text">{ &property.text }</span><span class="property-state">{ word }</span></> };
                html! {
                    <li class="property" key={property.id.clone()} data-state={state} title={property.note.clone()}>
                        if let PropertyState::Broken(step) = property.state {
                            <button type="button" onclick={press(Act::Jump(step.0), act)}>{ inside }</button>
                        } else {
                            { inside }
                        }
                    </li>
                }
            }) }
        </ul>
    }
}
