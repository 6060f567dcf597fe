//! A message that stays until it is put away: what happened, what still works, what to do.

use yew::Callback;

use super::controls::button;
use super::icon::{Icon, icon};
use crate::element::{El, el, words};
use crate::model::{Act, Notice, NoticeKind};

/// The message.
pub fn notice(notice: &Notice, act: &Callback<Act>) -> El {
    let offers: &[(&str, Act)] = match notice.kind {
        NoticeKind::PartOfLink => &[
            ("Continue from here", Act::Dismiss),
            ("Open the nearest beat", Act::Beat { is_forward: false }),
        ],
        NoticeKind::NotLoaded => &[("Retry", Act::Retry)],
        NoticeKind::BadLink | NoticeKind::Refused => &[],
    };
    let link = notice.link.as_ref().map(|link| {
        el("label.notice-link")
            .child(words("span", "The link"))
            .child(el("input|type=text|readonly=").value(link))
    });
    let close = el("button.notice-close|type=button|aria-label=Put this message away")
        .press(Act::Dismiss, act)
        .child(icon(Icon::Close));
    el("div.notice|role=region|aria-label=Message")
        .child(words("p", &notice.text))
        .child(link)
        .children(
            offers
                .iter()
                .map(|(text, wish)| button("", text, wish.clone(), act)),
        )
        .child(close)
}
