//! A message that stays until it is put away: what happened, what still works, what to do.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::model::{Act, Notice as Words, NoticeKind};

/// Properties of [`Notice`].
#[derive(Clone, PartialEq, Properties)]
pub struct NoticeProps {
    /// The message.
    pub notice: Option<Words>,
    /// Where wishes go.
    pub act: Callback<Act>,
}

/// The message, if there is one.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    let Some(notice) = &props.notice else {
        return html! {};
    };
    let act = |act: Act| props.act.reform(move |_: MouseEvent| act.clone());
    html! {
        <div class="notice" role="region" aria-label="Message">
            <p>{ &notice.text }</p>
            if let Some(link) = &notice.link {
                <label class="notice-link"><span>{ "The link" }</span><input type="text" readonly={true} value={link.clone()} /></label>
            }
            if notice.kind == NoticeKind::PartOfLink {
                <button type="button" onclick={act(Act::Dismiss)}>{ "Continue from here" }</button>
                <button type="button" onclick={act(Act::Beat { is_forward: false })}>{ "Open the nearest beat" }</button>
            }
            <button type="button" class="notice-close" onclick={act(Act::Dismiss)} aria-label="Put this message away">{ icon(Icon::Close) }</button>
        </div>
    }
}
