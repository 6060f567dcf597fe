//! The lists a page can be on, as trays; the page lies in one of them and moves between them.

use lockstep_machine::Gather;
use lockstep_view::scene::ListTray;

use crate::element::{El, el, words};

/// The trays and the pages on them; those in `kept` are there even when empty.
pub fn lists(lists: &[ListTray], kept: &[String]) -> El {
    let is_shown = |tray: &&ListTray| kept.contains(&tray.key) || !tray.pages.is_empty();
    let shown: Vec<&ListTray> = lists.iter().filter(is_shown).gather();
    let mut tokens: Vec<(&str, El)> = Vec::new();
    for (index, tray) in shown.iter().enumerate() {
        for page in &tray.pages {
            // The order of the elements never changes, only their place: a moved element would not glide.
            let at = tokens.partition_point(|(other, _)| *other < page.as_str());
            tokens.insert(at, (page, token(page, index, tray.is_bad)));
        }
    }
    el("div.lists|role=list|aria-label=Where the page is")
        .attr("style", &format!("--trays:{}", shown.len().max(1)))
        .children(shown.into_iter().map(tray))
        .children(tokens.into_iter().map(|(_, token)| token))
}

fn tray(tray: &ListTray) -> El {
    let is_here = !tray.pages.is_empty();
    let told = if is_here {
        ": the page is here"
    } else {
        ": empty"
    };
    el("div.tray|role=listitem")
        .key(&tray.key)
        .flag("data-here", is_here)
        .flag("data-changed", tray.is_changed)
        .flag("data-bad", tray.is_bad)
        .attr("title", &tray.note)
        .child(words("span.tray-label", &tray.label))
        .child(words("span.hidden", told))
}

fn token(page: &str, index: usize, is_bad: bool) -> El {
    el("span.token|aria-hidden=true")
        .key(&format!("page-{page}"))
        .flag("data-bad", is_bad)
        .attr("style", &format!("transform:translateX({}%)", index * 100))
        .child(words("i", page))
}
