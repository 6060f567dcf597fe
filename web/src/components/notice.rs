//! A message that stays until it is put away: what happened, what still works, what to do.

use yew::prelude::*;

use super::controls::{button, press};
use super::icon::{Icon, icon};
use crate::model::{Act, Notice as Words, NoticeKind};

/// The message, if there is one.
pub fn notice(notice: Option<&Words>, act: &Callback<Act>) -> Html {
    let Some(notice) = notice else {
        return html! {};
    };
    html! {
        <div class="notice" role="region" aria-label="Message">
            <p>{ &notice.text }</p>
            if let Some(link) = &notice.link {
                <label class="notice-link"><span>{ "The link" }</span><input type="text" readonly={true} value={link.clone()} /></label>
            }
            if notice.kind == NoticeKind::PartOfLink {
                { button("", "Continue from here", Act::Dismiss, act) }
                { button("", "Open the nearest beat", Act::Beat { is_forward: false }, act) }
            }
            <button type="button" class="notice-close" onclick={press(Act::Dismiss, act)} aria-label="Put this message away">{ icon(Icon::Close) }</button>
        </div>
    }
}
