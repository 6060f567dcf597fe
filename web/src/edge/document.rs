//! What the page does to its own document besides drawing it.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement, HtmlElement};

use crate::components::score;
use crate::components::swatch::WHOLE;
use crate::model::{Model, Panel};
use crate::settings::Settings;

/// The document.
pub fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The element of an id.
pub fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

/// The first element that matches a selector of ours.
pub(super) fn first(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok()?
}

/// The address of the page, without what it shows.
pub fn page() -> String {
    let address = web_sys::window().and_then(|window| window.location().href().ok());
    let address = address.unwrap_or_default();
    address
        .split(['#', '?'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Sets an attribute of the root element, where style sheets, tests and hosts find it.
pub fn mark(name: &str, value: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // The names are constants of ours, so the one error there could be, a bad name, cannot happen.
        let _ = root.set_attribute(name, value);
    }
}

/// Shuts the dialog that is open, which gives the focus back to where it was.
pub fn shut_dialog() {
    if let Some(dialog) = dialog() {
        dialog.close();
    }
}

/// Brings the transcript into view.
pub fn show_transcript() {
    if let Some(element) = element("transcript") {
        element.scroll_into_view();
    }
}

fn dialog() -> Option<HtmlDialogElement> {
    first("dialog")?.dyn_into().ok()
}

/// What of the document was last brought in line with the model.
#[derive(PartialEq, Default)]
pub struct Shown {
    panel: Option<Panel>,
    settings: Option<Settings>,
    /// The run, the cursor in it, how wide it is and how wide it is shown.
    place: (usize, u32, u32, usize),
}

impl Shown {
    /// Brings the document in line with the model.
    pub fn follow(&mut self, model: &Model) {
        let now = Self {
            panel: model.panel,
            settings: Some(model.settings),
            place: (
                model.stage.address(),
                model.cursor,
                score::scale(model).columns,
                model.zoom,
            ),
        };
        if now.panel != self.panel
            && now.panel.is_some()
            && let Some(dialog) = dialog().filter(|dialog| !dialog.open())
        {
            // It can only fail if the dialog is open already or no longer on the page.
            let _ = dialog.show_modal();
            // A dialog that was opened to do one thing begins at the button for it.
            let go = first(".prove-go").and_then(|go| go.dyn_into::<HtmlElement>().ok());
            if let Some(go) = go {
                let _ = go.focus();
            }
        }
        show_choices();
        if now.settings != self.settings {
            model.settings.apply();
        }
        if now.place != self.place {
            mark_row(model.cursor);
            keep_in_view(score::scale(model).right(model.cursor));
        }
        *self = now;
    }
}

/// Lets every list show what is chosen in the model: after a choice that came to nothing it would still show that.
fn show_choices() {
    let all = document().and_then(|document| document.query_selector_all("option[selected]").ok());
    for option in all
        .iter()
        .flat_map(|all| (0..all.length()).filter_map(|at| all.item(at)))
    {
        // An option that is on the page has this property, and it can be set.
        let _ = js_sys::Reflect::set(&option, &"selected".into(), &true.into());
    }
}

/// Marks the row of the current step. A hundred rows are not drawn anew for one attribute.
fn mark_row(cursor: u32) {
    const MARK: &str = "aria-current";
    if let Some(row) = first("tr[aria-current]") {
        let _ = row.remove_attribute(MARK);
    }
    if let Some(row) = element(&format!("row-{cursor}")) {
        let _ = row.set_attribute(MARK, "step");
    }
}

/// Scrolls the score sideways so that a place in its width is seen.
fn keep_in_view(place: u32) {
    let Some(score) = first(".score-scroll") else {
        return;
    };
    let (whole, seen) = (score.scroll_width(), score.client_width());
    if whole > seen + 1 {
        let at = i64::from(whole) * i64::from(place) / i64::from(WHOLE) - i64::from(seen) * 3 / 5;
        score.set_scroll_left(i32::try_from(at.max(0)).unwrap_or_default());
    }
}
