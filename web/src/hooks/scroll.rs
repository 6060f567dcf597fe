//! Keeps a place in a wide element in view.

use web_sys::Element;
use yew::prelude::*;

use crate::components::swatch::WHOLE;

/// A reference for an element that scrolls sideways: it follows `place`, a place in its width.
#[hook]
pub fn use_keep_in_view(place: u32) -> NodeRef {
    let node = use_node_ref();
    use_effect_with((node.clone(), place), |(node, place)| {
        if let Some(element) = node.cast::<Element>() {
            let (whole, seen) = (
                f64::from(element.scroll_width()),
                f64::from(element.client_width()),
            );
            if whole > seen + 1.0 {
                let wanted = whole * f64::from(*place) / f64::from(WHOLE) - seen * 0.6;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a scroll position is a whole number of pixels"
                )]
                element.set_scroll_left(wanted.max(0.0) as i32);
            }
        }
    });
    node
}
