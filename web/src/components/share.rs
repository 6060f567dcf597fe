//! What can be taken away: a link, a frame, text for a mail, a table.

use gloo::timers::callback::Timeout;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::dialog::Dialog;

/// One thing to take away.
#[derive(Clone, PartialEq, Debug)]
pub struct Thing {
    /// Its name.
    pub name: &'static str,
    /// What to do with it.
    pub hint: &'static str,
    /// The text itself.
    pub text: String,
    /// How many lines to show.
    pub lines: u32,
}

/// The share dialog.
pub fn share(things: &[Thing], on_close: Callback<()>) -> Html {
    html! {
        <Dialog title="Take this run with you" {on_close}>
            <div class="share">
                { for things.iter().map(|thing| html! { <Copied key={thing.name} thing={thing.clone()} /> }) }
            </div>
        </Dialog>
    }
}

/// Properties of [`Copied`].
#[derive(Clone, PartialEq, Properties)]
pub struct CopiedProps {
    /// The thing.
    pub thing: Thing,
}

/// What the copy button says.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    None,
    Done,
    ByHand,
}

/// A text with a button that copies it.
#[component]
pub fn Copied(props: &CopiedProps) -> Html {
    let node = use_node_ref();
    let answer = use_state(|| Answer::None);
    let timer = use_mut_ref(|| None::<Timeout>);
    let onclick = {
        let (node, answer, text) = (node.clone(), answer.clone(), props.thing.text.clone());
        Callback::from(move |_: MouseEvent| {
            let (node, answer, text, timer) =
                (node.clone(), answer.clone(), text.clone(), timer.clone());
            wasm_bindgen_futures::spawn_local(async move {
                if copy(&text).await {
                    answer.set(Answer::Done);
                    *timer.borrow_mut() = Some(Timeout::new(900, move || answer.set(Answer::None)));
                } else {
                    // Without leave to write to the clipboard the text is marked, so that one key copies it.
                    if let Some(field) = node.cast::<HtmlTextAreaElement>() {
                        let _ = field.focus();
                        field.select();
                    }
                    answer.set(Answer::ByHand);
                }
            });
        })
    };
    let thing = &props.thing;
    let id = format!(
        "share-{}",
        thing.name.to_ascii_lowercase().replace(' ', "-")
    );
    html! {
        <div class="thing">
            <label for={id.clone()}><b>{ thing.name }</b><span>{ thing.hint }</span></label>
            <textarea {id} ref={node} readonly={true} rows={thing.lines.to_string()} wrap="off" spellcheck="false" value={thing.text.clone()} />
            <button type="button" class="copy" {onclick}>{ if *answer == Answer::Done { "Copied" } else { "Copy" } }</button>
            <p class="answer" role="status">{ match *answer {
                Answer::None => "",
                Answer::Done => "Copied.",
                Answer::ByHand => "The browser keeps the clipboard shut. The text is marked: copy it with the keyboard.",
            } }</p>
        </div>
    }
}

async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // In a frame without leave, or on a plain http page, there is no clipboard at all.
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text))
        .await
        .is_ok()
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
