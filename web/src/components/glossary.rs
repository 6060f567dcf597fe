//! The words of the kernel, explained where they are met: a dotted line under a word, and behind it a few sentences.
//!
//! The browser's own popovers do the opening and shutting: they need no code of ours, and Escape and a press elsewhere work.
//! The mouse is told the same words where it rests.

use lockstep_view::scene::Score;
use yew::Callback;

use super::controls::button;
use crate::element::{El, el, words};
use crate::model::Act;

/// The words and what they mean, in at most 40 words. A word stands before any that begins like it.
const TERMS: &[(&str, &str)] = &[
    (
        "PG_mlocked",
        "A flag of a page: a locked mapping has it, so reclaim leaves it alone. Whoever takes the last mapping away takes the flag off. A page that is freed with it is a bad page.",
    ),
    (
        "VM_LOCKED",
        "A flag of a range of addresses, set by mlock: its pages stay in memory. It says what is wanted. PG_mlocked, on each page, is how reclaim knows without looking at every mapping.",
    ),
    (
        "PG_unevictable",
        "A flag of a page: it is on the list that reclaim never looks at.",
    ),
    (
        "PG_swapcache",
        "A flag of a page: it has a place in swap and can be found there by it.",
    ),
    (
        "PG_lru",
        "A flag of a page: it is on one of the lists that reclaim chooses from. Whoever takes a page off its list clears it first.",
    ),
    (
        "mapcount",
        "How many page-table entries have the page. At 0 nobody can reach it by an address any more.",
    ),
    (
        "mmap_sem",
        "The lock of all mappings of one process. Many may read under it, one may write. Whoever waits for it sleeps, so a thread that holds a spinlock can only try it.",
    ),
    (
        "i_mmap_rwsem",
        "The lock of the list of everybody who maps a file. Truncation and reclaim both walk that list to find a page's mappings.",
    ),
    (
        "anon_vma lock",
        "The lock of the list by which reclaim finds everybody who may map an anonymous page.",
    ),
    (
        "page lock",
        "A bit of the page that one thread at a time can have. Whoever waits for it sleeps; reclaim only tries it, and lets the page be if it is taken.",
    ),
    (
        "lru_lock",
        "The spinlock of the lists that reclaim chooses pages from.",
    ),
    (
        "tree_lock",
        "The spinlock of the tree by which the pages of a file, or of swap, are found.",
    ),
    (
        "ptl",
        "The page-table lock: a spinlock over the entries of one page table. As long as a thread holds it, no other can map or unmap a page there. The patch moves the marking under it.",
    ),
    (
        "pte",
        "A page-table entry: which page an address stands for, if any. It is what maps a page.",
    ),
    (
        "refs",
        "The page's reference count. Whoever has a page in hand raises it; when it falls to 0 the page is freed.",
    ),
    (
        "unevictable list",
        "Where pages are that reclaim need not look at. A page that stays there without a locked mapping is stranded.",
    ),
    (
        "mmu_gather",
        "A batch of pages that were unmapped and wait to be let go together, after the other processors have forgotten them.",
    ),
    (
        "NR_MLOCK",
        "The kernel's count of pages that have PG_mlocked.",
    ),
];

/// How many steps are named in an explanation.
const STEPS: usize = 6;

/// A text as pieces, each with the place of its word in [`TERMS`] if it is one.
fn pieces(text: &str) -> Vec<(&str, Option<usize>)> {
    let mut found = Vec::new();
    let (mut rest, mut from) = (text, 0);
    while let Some(next) = rest.get(from..).and_then(|tail| tail.chars().next()) {
        let is_start = rest[..from].chars().next_back().is_none_or(is_edge);
        let term = TERMS.iter().position(|(term, _)| {
            let after = rest[from..].strip_prefix(term);
            after.is_some_and(|after| after.chars().next().is_none_or(is_edge))
        });
        match term.filter(|_| is_start) {
            Some(term) => {
                let end = from + TERMS[term].0.len();
                found.push((&rest[..from], None));
                found.push((&rest[from..end], Some(term)));
                (rest, from) = (&rest[end..], 0);
            }
            None => from += next.len_utf8(),
        }
    }
    found.push((rest, None));
    found
}

/// Whether a sign is not part of a word.
fn is_edge(sign: char) -> bool {
    !(sign.is_ascii_alphanumeric() || sign == '_')
}

/// The id of an explanation.
fn id(term: usize) -> String {
    format!("term-{term}")
}

/// A text with its words marked.
pub fn marked(text: &str) -> El {
    let mut told = el("span");
    for (piece, term) in pieces(text) {
        told = match term {
            None => told.text(piece),
            Some(term) => told.child(
                words("button.term|type=button", piece)
                    .attr("title", TERMS[term].1)
                    .attr("popovertarget", &id(term)),
            ),
        };
    }
    told
}

/// What the words of a text mean, and where else in the run they are met. It is not seen until it is asked for.
pub fn meanings(text: &str, score: &Score, act: &Callback<Act>) -> El {
    let mut terms: Vec<usize> = Vec::new();
    for (_, term) in pieces(text) {
        terms.extend(term.filter(|term| !terms.contains(term)));
    }
    let meaning = |term: usize| {
        let (word, told) = TERMS[term];
        let columns = score.columns.iter();
        let says = |text: &str| pieces(text).iter().any(|(_, found)| *found == Some(term));
        let steps = columns.filter(|column| says(&column.sentence)).take(STEPS);
        let steps = steps.map(|column| {
            let step = column.step.0;
            button("goto", &step.to_string(), Act::Jump(step), act)
        });
        el("div.meaning|popover=auto")
            .key(word)
            .attr("id", &id(term))
            .child(words("b", word))
            .child(words("p", told))
            .child(words("p.meaning-steps", "At step ").children(steps))
    };
    el("div.meanings").children(terms.into_iter().map(meaning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found_the_longer_one_first() {
        for (text, found) in [
            ("Reclaim drops ptl. ptl", vec!["ptl", "ptl"]),
            ("PG_mlocked: 0, mapcount", vec!["PG_mlocked", "mapcount"]),
            ("ptls, xptl, pte_none, h\u{e9}", vec![]),
            ("", vec![]),
        ] {
            let pieces = pieces(text);
            let terms = pieces.iter().filter(|(_, term)| term.is_some());
            assert_eq!(terms.map(|(piece, _)| *piece).collect::<Vec<_>>(), found);
            let whole: String = pieces.iter().map(|(piece, _)| *piece).collect();
            assert_eq!(whole, text);
        }
    }

    #[test]
    fn explanations_are_short() {
        for (term, told) in TERMS {
            assert!(told.split(' ').count() <= 40, "{term}");
        }
    }
}
