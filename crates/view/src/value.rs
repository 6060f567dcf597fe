//! Values of words, told to people.

use lockstep_machine::{Address, Gather, Value};
use lockstep_mm::page::{FrameState, Mapping, Page, PageList, Reference, References};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::Object;

use crate::scene::FactKind;
use crate::vocabulary::Vocabulary;

/// How the bits of a field are to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Show {
    /// A flag.
    Bit,
    /// A number in two's complement.
    Count,
    /// A page-table entry.
    Entry,
    /// The list a page is on.
    List,
    /// What a page belongs to.
    Mapping,
    /// What the allocator thinks of a frame.
    Frame,
    /// What references stand for.
    References,
    /// The number of a swap slot.
    Slot,
    /// The count of a swap slot.
    SwapCount,
    /// A page, or none.
    Page,
    /// The mappings of a reverse map.
    Vmas,
}

/// The count a swap slot has for its page being in the swap cache; what is below counts page-table entries.
const HAS_CACHE: i64 = 0x40;

/// The value as it stands on screen.
pub(crate) fn text(words: &Vocabulary, show: Show, value: u64) -> String {
    match show {
        Show::Bit => u64::from(value != 0).to_string(),
        Show::Count => value.cast_signed().to_string(),
        Show::Entry => entry(words, PteEntry::from_word(value)),
        Show::List => list(PageList::from_word(value)).to_owned(),
        Show::Mapping => mapping(words, Mapping::from_word(value)),
        Show::Frame => match FrameState::from_word(value) {
            FrameState::Free => "free",
            FrameState::InUse => "in use",
            FrameState::Bad => "bad",
        }
        .to_owned(),
        Show::References => references(References(value)),
        Show::Slot if value == 0 => "none".to_owned(),
        Show::Slot => format!("slot {value}"),
        Show::SwapCount => swap_count(value.cast_signed()),
        Show::Page => page(words, Page::from_word(value)),
        Show::Vmas => vmas(words, value),
    }
}

/// How the value is to be drawn.
pub(crate) fn kind(show: Show, value: u64) -> FactKind {
    match show {
        Show::Bit => FactKind::Bit(value != 0),
        Show::Count => FactKind::Count(value.cast_signed()),
        Show::Entry => FactKind::Arrow(PteEntry::from_word(value).page().is_some()),
        _ => FactKind::Text,
    }
}

/// Whether a waveform of the value is up.
pub(crate) fn is_high(show: Show, value: u64) -> bool {
    match show {
        Show::Entry => PteEntry::from_word(value).page().is_some(),
        Show::List => PageList::from_word(value).is_zone_list(),
        Show::Frame => FrameState::from_word(value) == FrameState::InUse,
        _ => value != 0,
    }
}

/// The value with what does not matter to a waveform left out: of an entry only what it leads to.
pub(crate) fn level(words: &Vocabulary, show: Show, value: u64) -> String {
    match (show, PteEntry::from_word(value)) {
        (Show::Entry, PteEntry::Present { page: found, .. }) => page(words, found),
        _ => text(words, show, value),
    }
}

/// The name of a list.
pub(crate) fn list(list: PageList) -> &'static str {
    match list {
        PageList::None => "none",
        PageList::InactiveAnon => "inactive anon",
        PageList::ActiveAnon => "active anon",
        PageList::InactiveFile => "inactive file",
        PageList::ActiveFile => "active file",
        PageList::Unevictable => "unevictable",
        PageList::Pagevec => "pagevec",
        PageList::Isolated => "isolated",
    }
}

/// What a reference stands for, with its article.
pub(crate) fn reference(reference: Reference) -> &'static str {
    match reference {
        Reference::Pte => "the pte",
        Reference::PageCache => "the page cache",
        Reference::SwapCache => "the swap cache",
        Reference::Isolation => "the isolation",
        Reference::Pin => "a pin",
        Reference::Pagevec => "the pagevec",
        Reference::Gather => "the mmu_gather",
    }
}

fn entry(words: &Vocabulary, entry: PteEntry) -> String {
    match entry {
        PteEntry::None => "none".to_owned(),
        PteEntry::Present {
            page: found,
            young,
            dirty,
            writable,
        } => {
            let mut text = page(words, found);
            for (bit, name) in [
                (young, ", young"),
                (dirty, ", dirty"),
                (writable, ", writable"),
            ] {
                if bit {
                    text.push_str(name);
                }
            }
            text
        }
        PteEntry::Swap(slot) => format!("swap slot {slot}"),
        PteEntry::Migration(found) => format!("{}, moving", page(words, found)),
    }
}

fn page(words: &Vocabulary, page: Page) -> String {
    if page.is_null() {
        return "none".to_owned();
    }
    object_at(words, page.0)
}

fn mapping(words: &Vocabulary, mapping: Mapping) -> String {
    match mapping {
        Mapping::None => "none".to_owned(),
        Mapping::Anon(_) => "anonymous memory".to_owned(),
        Mapping::File(file) => format!("file {}", object_at(words, file)),
    }
}

fn object_at(words: &Vocabulary, address: Address) -> String {
    words
        .place(address)
        .map_or_else(|| "nothing".to_owned(), |place| words.object(place.object))
}

fn references(references: References) -> String {
    let all = Reference::ALL
        .into_iter()
        .filter_map(|kind| match references.of(kind) {
            0 => None,
            1 => Some(kind.name().to_owned()),
            count => Some(format!("{count} {}", kind.name())),
        })
        .joined(", ");
    if all.is_empty() {
        "none".to_owned()
    } else {
        all
    }
}

fn swap_count(count: i64) -> String {
    let entries = count & !HAS_CACHE;
    let cached = count & HAS_CACHE != 0;
    match (entries, cached) {
        (0, false) => "unused".to_owned(),
        (0, true) => "swap cache".to_owned(),
        (_, false) => format!("{entries} pte"),
        (_, true) => format!("{entries} pte, swap cache"),
    }
}

pub(crate) fn vmas(words: &Vocabulary, bits: u64) -> String {
    let all = (0..64)
        .filter(|bit| bits >> bit & 1 == 1)
        .map(|bit| words.object(Object::Vma(bit)))
        .joined(", ");
    if all.is_empty() {
        "none".to_owned()
    } else {
        all
    }
}
