//! A message that stays until it is put away: what happened, what still works, what to do.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::model::{Act, Notice as Words, NoticeKind};

/// The message, if there is one.
pub fn notice(notice: Option<&Words>, act: &Callback<Act>) -> Html {
    let Some(notice) = notice else {
        return html! {};
    };
    let press = |wish: Act| act.reform(move |_: MouseEvent| wish.clone());
    html! {
        <div class="notice" role="region" aria-label="Message">
            <p>{ &notice.text }</p>
            if let Some(link) = &notice.link {
                <label class="notice-link"><span>{ "The link" }</span><input type="text" readonly={true} value={link.clone()} /></label>
            }
            if notice.kind == NoticeKind::PartOfLink {
                <button type="button" onclick={press(Act::Dismiss)}>{ "Continue from here" }</button>
                <button type="button" onclick={press(Act::Beat { is_forward: false })}>{ "Open the nearest beat" }</button>
            }
            <button type="button" class="notice-close" onclick={press(Act::Dismiss)} aria-label="Put this message away">{ icon(Icon::Close) }</button>
        </div>
    }
}
