//! What can be taken away: a link, a frame, text for a mail, a table.

use yew::Callback;

use super::controls::button;
use super::dialog::dialog;
use crate::element::{El, el, words};
use crate::model::{Act, Answer, Model, Panel};

/// One thing to take away.
pub struct Thing {
    /// Its name.
    pub name: &'static str,
    /// What to do with it.
    hint: &'static str,
    /// The text itself.
    pub text: String,
    /// How many lines to show.
    lines: u32,
}

/// The share dialog; `page` is the address of the page, without what it shows.
pub fn share(model: &Model, page: &str, act: &Callback<Act>) -> El {
    let things = list(&things(model, page), model, act);
    dialog("Take this run with you", things, act)
}

/// Things to take away, each with its button.
pub(super) fn list(things: &[Thing], model: &Model, act: &Callback<Act>) -> El {
    let things = things.iter().enumerate().map(|(index, thing)| {
        let answer = model.copied.filter(|(which, _)| *which == index);
        one(index, thing, answer.map(|(_, answer)| answer), act)
    });
    el("div.share").children(things)
}

/// A text with a button that copies it.
fn one(index: usize, thing: &Thing, answer: Option<Answer>, act: &Callback<Act>) -> El {
    let (label, told) = match answer {
        None => ("Copy", ""),
        Some(Answer::Done) => ("Copied", "Copied."),
        Some(Answer::ByHand) => (
            "Copy",
            "The browser keeps the clipboard shut. The text is marked: copy it with the keyboard.",
        ),
    };
    let id = field(index);
    el("div.thing")
        .child(
            el("label")
                .attr("for", &id)
                .child(words("b", thing.name))
                .child(words("span", thing.hint)),
        )
        .child(
            el("textarea|readonly=|wrap=off|spellcheck=false")
                .attr("id", &id)
                .number("rows", thing.lines)
                .value(&thing.text),
        )
        .child(button("copy", label, Act::Copy(index), act))
        .child(words("p.answer|role=status", told))
}

/// The id of the field that shows a thing.
pub fn field(index: usize) -> String {
    format!("share-{index}")
}

/// What there is to take away of what is shown.
pub fn things(model: &Model, page: &str) -> Vec<Thing> {
    let thing = |name, hint, lines, text| Thing {
        name,
        hint,
        text,
        lines,
    };
    if let Some(sheet) = model.sheet_shown() {
        return match &sheet.written {
            Some(written) => vec![
                thing("Text", "for a mail", 6, written.text.clone()),
                thing("JSON", "for a program", 4, written.json.clone()),
            ],
            None => Vec::new(),
        };
    }
    let link = model.link();
    if model.panel == Some(Panel::Prove) {
        let link = format!("{page}{}", link.to_hash());
        return vec![thing("Link", "searches the same again", 2, link)];
    }
    let folder = page.rfind('/').map_or("", |at| &page[..=at]);
    let told = &model.stage.headline;
    let title = format!("{}, {}", told.title, told.kernel);
    let embed = format!("{folder}embed.html?{}", link.to_query());
    let link = format!("{page}{}", link.to_hash());
    vec![
        thing("Link", "opens exactly this view", 2, link),
        thing(
            "Frame",
            "puts this stage into another page",
            3,
            iframe(&embed, &title),
        ),
        thing(
            "Mail text",
            "two columns, 72 characters wide",
            6,
            model.stage.played.mail(),
        ),
        thing(
            "Markdown table",
            "every step",
            4,
            model.stage.played.markdown(),
        ),
    ]
}

/// The snippet that puts a run into another page.
pub fn iframe(embed_address: &str, title: &str) -> String {
    let title = title
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    let address = embed_address.replace('&', "&amp;").replace('"', "%22");
    format!(
        "<iframe src=\"{address}\" title=\"{title}\" loading=\"lazy\" sandbox=\"allow-scripts allow-popups\" \
         style=\"width:100%;aspect-ratio:3/2;border:0\"></iframe>"
    )
}
