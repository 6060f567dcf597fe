//! The lists a page can be on, as trays; the page lies in one of them and moves between them.

use lockstep_view::scene::ListTray;
use yew::prelude::*;

use super::controls::yes;

/// The trays and the pages on them.
pub fn lists(lists: &[ListTray], kept: &[String]) -> Html {
    let shown: Vec<&ListTray> = lists
        .iter()
        .filter(|tray| kept.contains(&tray.key) || !tray.pages.is_empty())
        .collect();
    let count = shown.len().max(1);
    let mut pages: Vec<(&str, usize, bool)> = shown
        .iter()
        .enumerate()
        .flat_map(|(index, tray)| {
            tray.pages
                .iter()
                .map(move |page| (page.as_str(), index, tray.is_bad))
        })
        .collect();
    // The order of the elements never changes, only their place: a moved element would not glide.
    pages.sort_unstable();
    html! {
        <div class="lists" role="list" aria-label="Where the page is" style={format!("--trays:{count}")}>
            { for shown.iter().map(|tray| html! {
                <div class="tray" role="listitem" key={tray.key.clone()} data-here={yes(!tray.pages.is_empty())}
                    data-changed={yes(tray.is_changed)} data-bad={yes(tray.is_bad)} title={tray.note.clone()}>
                    <span class="tray-label">{ &tray.label }</span>
                    <span class="hidden">{ if tray.pages.is_empty() { ": empty" } else { ": the page is here" } }</span>
                </div>
            }) }
            { for pages.iter().map(|(page, index, is_bad)| html! {
                <span class="token" key={format!("page-{page}")} aria-hidden="true" data-bad={yes(*is_bad)}
                    style={format!("transform:translateX({}%)", index * 100)}>
                    <i>{ page }</i>
                </span>
            }) }
        </div>
    }
}
