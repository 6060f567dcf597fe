//! What a step does, in a few words: once as it happened ("takes ptl") and once as something to do ("take ptl").
//!
//! Words come from the operation, the field or lock it is about and, for what happened, from how it ended. Nothing here knows a story.

use lockstep_machine::{Action, Effect, Event, LockMode, Operation, Rider, Update, Value};
use lockstep_mm::page::{FrameState, Page, PageFlags, PageList, Reference, References};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::{Object, Place};

use crate::locks;
use crate::scene::Glyph;
use crate::value;
use crate::vocabulary::{Field, Vocabulary};

/// A step in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Phrase {
    /// As it happened, after the name of whoever did it: "reads VM_LOCKED: 1".
    pub(crate) did: String,
    /// As an instruction: "read VM_LOCKED".
    pub(crate) act: String,
}

impl Phrase {
    fn new(did: impl Into<String>, act: impl Into<String>) -> Self {
        Self {
            did: did.into(),
            act: act.into(),
        }
    }

    /// "takes ptl" and "take ptl", for verbs that differ by the last letter.
    fn verb(verb: &str, object: &str) -> Self {
        let act = match verb {
            "tries" => "try",
            _ => verb.strip_suffix('s').unwrap_or(verb),
        };
        Self::new(format!("{verb} {object}"), format!("{act} {object}"))
    }

    /// The same, with how it turned out.
    fn with(mut self, result: &str) -> Self {
        self.did.push_str(result);
        self
    }
}

/// How a step ended; nothing if it has not been made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    effect: Effect,
    value: u64,
    /// The value of the word after the step.
    after: u64,
    /// What the step changed in the kinds of reference.
    references: Option<(References, References)>,
    /// Whether the step changed its word.
    changed: u64,
}

impl Ending {
    /// How `event` ended; `changes` are the words it changed.
    pub(crate) fn of(
        event: &Event,
        changes: &[lockstep_machine::Change],
        after: u64,
        references: Option<lockstep_machine::Change>,
    ) -> Self {
        let own = changes
            .iter()
            .find(|change| change.address == event.operation.address);
        Self {
            effect: event.effect,
            value: event.value,
            after,
            references: references.map(|change| (References(change.from), References(change.to))),
            changed: own.map_or(0, |change| change.from ^ change.to),
        }
    }
}

/// The step as words. `ending` is `None` for one that is still to be made.
pub(crate) fn phrase(words: &Vocabulary, operation: &Operation, ending: Option<Ending>) -> Phrase {
    if let Some(mode) = operation.lock_mode() {
        return of_lock(words, operation, mode, ending.map(|ending| ending.effect));
    }
    let Some(place) = words.place(operation.address) else {
        return Phrase::new(
            "uses memory that is not there",
            "use memory that is not there",
        );
    };
    let step = Step {
        words,
        operation,
        ending,
        place,
    };
    if let Some(list) = step.list() {
        return step.moves(list);
    }
    match operation.action {
        Action::Read => step.reads(),
        Action::Add(amount) => step.adds(amount),
        Action::AddUnlessZero(_) => match ending.map(|ending| ending.effect) {
            Some(Effect::Failed) => Phrase::new(
                format!("finds {} 0 and takes no reference", step.label()),
                "take a reference",
            ),
            _ => step.adds(1),
        },
        Action::SetBits(mask) => step.flips("sets", mask, "set"),
        Action::ClearBits(mask) => step.flips("clears", mask, "clear"),
        Action::TestAndSet(mask) => step.tests("sets", mask, "set", false),
        Action::TestAndClear(mask) => step.tests("clears", mask, "clear", true),
        Action::Write(value) | Action::Exchange(value) => step.stores(value),
        Action::CompareExchange(old, value) => step.swaps(old, value),
        _ => Phrase::new("works", "work"),
    }
}

/// The shape of a step on the score.
pub(crate) fn glyph(operation: &Operation, effect: Option<Effect>) -> Glyph {
    match (operation.action, effect) {
        (_, Some(Effect::Asked)) => Glyph::Ask,
        (Action::TryReadLock | Action::TryBitLock(_), Some(Effect::Failed)) => Glyph::Refused,
        (Action::TryReadLock | Action::TryBitLock(_), _) => Glyph::Try,
        _ if operation.acquires() => Glyph::Take,
        _ if operation.releases() => Glyph::Drop,
        (Action::Read, _) => Glyph::Read,
        _ => Glyph::Write,
    }
}

fn of_lock(
    words: &Vocabulary,
    operation: &Operation,
    mode: LockMode,
    effect: Option<Effect>,
) -> Phrase {
    let lock = format!(
        "{}{}",
        locks::lock(words, operation.lock()).said,
        locks::mode_words(mode)
    );
    match (operation.action, effect) {
        (_, Some(Effect::Asked)) => {
            Phrase::new(format!("asks for {lock}"), format!("ask for {lock}"))
        }
        (Action::TryReadLock | Action::TryBitLock(_), Some(Effect::Failed)) => {
            Phrase::verb("tries", &format!("to take {lock}")).with(" and fails")
        }
        (Action::TryReadLock | Action::TryBitLock(_), _) => {
            Phrase::verb("tries", &format!("to take {lock}")).with(" and gets it")
        }
        _ if operation.releases() => {
            Phrase::verb("drops", &locks::lock(words, operation.lock()).said)
        }
        _ => Phrase::verb("takes", &lock),
    }
}

/// A step on a plain word, with everything its words are made of.
struct Step<'s> {
    words: &'s Vocabulary,
    operation: &'s Operation,
    ending: Option<Ending>,
    place: Place,
}

impl Step<'_> {
    /// The parts of the word that the step is about.
    fn fields(&self) -> Vec<Field> {
        let bits = self.operation.bits;
        self.words
            .fields(self.operation.address)
            .filter(|field| field.part.mask & bits != 0)
            .collect()
    }

    /// The name of the word.
    fn label(&self) -> String {
        match self.fields().as_slice() {
            [only] => said(only),
            _ => format!("{}{}", self.place.field, self.words.of(self.place.object)),
        }
    }

    fn object(&self) -> String {
        self.words.object(self.place.object)
    }

    /// The page the word belongs to, in a sentence.
    fn page(&self) -> String {
        match self.place.object {
            Object::Page(number) => self
                .words
                .world()
                .pages()
                .nth(number as usize)
                .map_or_else(|| "the page".to_owned(), |page| self.words.page(page)),
            _ => "the page".to_owned(),
        }
    }

    /// ": refs is 2".
    fn now(&self) -> String {
        match (self.ending, self.fields().as_slice()) {
            (Some(ending), [field]) => {
                format!(
                    ": {} is {}",
                    field.label,
                    value::text(self.words, field.part.show, field.part.of(ending.after))
                )
            }
            _ => String::new(),
        }
    }

    /// The list a page goes to along with the step, if it goes to one.
    fn list(&self) -> Option<PageList> {
        let Object::Page(_) = self.place.object else {
            return None;
        };
        let store = |rider: &Rider| match rider.update {
            Update::Store(list) if self.words.place(rider.address)?.field == "lru" => {
                Some(PageList::from_word(list))
            }
            _ => None,
        };
        let to = self.operation.riders.iter().flatten().find_map(store)?;
        // Riders of a test or a trylock change nothing if it fails; freeing tells its own story.
        let failed = self
            .ending
            .is_some_and(|ending| match self.operation.action {
                Action::TestAndClear(_) => ending.value == 0,
                Action::TestAndSet(_) => ending.value != 0,
                _ => ending.effect == Effect::Failed,
            });
        (!failed && self.place.field != "state").then_some(to)
    }

    /// A step that takes the page from one list to another.
    fn moves(&self, to: PageList) -> Phrase {
        let page = self.page();
        let moved = match to {
            PageList::None | PageList::Isolated => {
                Phrase::verb("takes", &format!("{page} off its list"))
            }
            PageList::Pagevec => Phrase::verb("puts", &format!("{page} into its pagevec")),
            _ => Phrase::verb("puts", &format!("{page} on the {} list", value::list(to))),
        };
        moved.with(&self.now())
    }

    fn reads(&self) -> Phrase {
        let now = |field: &Field| {
            self.ending.map_or_else(String::new, |ending| {
                value::text(self.words, field.part.show, field.part.of(ending.value))
            })
        };
        let fields = self.fields();
        let told = |does: &str, act: &str| {
            let result = fields.first().map(now).filter(|_| self.ending.is_some());
            Phrase::new(does, act)
                .with(&result.map_or_else(String::new, |result| format!(": {result}")))
        };
        match (self.place.object, self.place.field) {
            (Object::Page(_), "flags") => return self.reads_flags(&fields),
            (Object::Page(_), "mapping") => {
                return told(
                    &format!("looks up what {} belongs to", self.page()),
                    &format!("look up what {} belongs to", self.page()),
                );
            }
            (Object::Page(_), "lru") => {
                return told(
                    &format!("looks up which list {} is on", self.page()),
                    &format!("look up which list {} is on", self.page()),
                );
            }
            (Object::File(_), "i_mmap") => {
                let file = self.object();
                return told(
                    &format!("looks up who maps file {file}"),
                    &format!("look up who maps file {file}"),
                );
            }
            (Object::AnonVma(_), "vmas") => {
                return told(
                    "looks up who can map the page",
                    "look up who can map the page",
                );
            }
            (Object::CacheSlot { index, file }, _) => {
                let what = format!(
                    "page {index} of file {} in the page cache",
                    self.words.object(Object::File(file))
                );
                return told(&format!("looks up {what}"), &format!("look up {what}"));
            }
            (Object::SwapSlot(number), "cached") => {
                let what = format!("slot {number} in the swap cache");
                return told(&format!("looks up {what}"), &format!("look up {what}"));
            }
            (Object::SwapSlot(number), _) => {
                let what = format!("who uses swap slot {number}");
                return told(&format!("looks up {what}"), &format!("look up {what}"));
            }
            _ => {}
        }
        let all: Vec<String> = fields
            .iter()
            .map(|field| format!("{}: {}", said(field), now(field)))
            .collect();
        let labels: Vec<String> = fields.iter().map(said).collect();
        match (fields.len(), self.ending) {
            (0, _) => Phrase::verb(
                "reads",
                &format!(
                    "{} of {}",
                    self.place.field.replace('_', " "),
                    self.object()
                ),
            ),
            (1, Some(_)) => Phrase::new(
                format!("reads {}", all.join(", ")),
                format!("read {}", labels.join(", ")),
            ),
            (_, Some(_)) => Phrase::new(
                format!("reads the flags of {}", self.object()),
                "read the flags",
            ),
            (_, None) => Phrase::verb("reads", &labels.join(" and ")),
        }
    }

    /// A look at several flags of a page is one question; which one follows from the flags.
    fn reads_flags(&self, fields: &[Field]) -> Phrase {
        let page = self.page();
        let bits = PageFlags::from_bits_retain(self.operation.bits);
        let found = self
            .ending
            .map(|ending| PageFlags::from_bits_retain(ending.value));
        if bits == PageFlags::CHECK_AT_FREE {
            let bad = found.map(names).filter(|names| !names.is_empty());
            let asked = Phrase::verb(
                "checks",
                &format!("{page} for flags a freed page must not have"),
            );
            return match (self.ending, bad) {
                (None, _) => asked,
                (_, Some(bad)) => asked.with(&format!(": {bad}")),
                (_, None) => asked.with(": none"),
            };
        }
        if bits == PageList::FLAGS {
            let list = found.map_or_else(String::new, |found| {
                format!(": {}", value::list(PageList::of(found)))
            });
            return Phrase::new(
                format!("looks up where {page} belongs"),
                format!("look up where {page} belongs"),
            )
            .with(&list);
        }
        let labels: Vec<&str> = fields.iter().map(|field| field.label.as_str()).collect();
        let values: Vec<String> = fields
            .iter()
            .map(|field| {
                format!(
                    "{}: {}",
                    field.label,
                    self.ending.map_or(0, |ending| field.part.of(ending.value))
                )
            })
            .collect();
        Phrase::new(
            format!("reads {}", values.join(", ")),
            format!("read {}", labels.join(" and ")),
        )
    }

    fn adds(&self, amount: i64) -> Phrase {
        let up = amount > 0;
        match (self.place.object, self.place.field) {
            (Object::Page(_), "count") => {
                let for_whom = self
                    .ending
                    .and_then(|ending| ending.references)
                    .and_then(|(from, to)| one_changed(from, to));
                match (up, for_whom) {
                    (true, Some(Reference::Pin)) => Phrase::verb("pins", &self.page()),
                    (true, Some(kind)) => Phrase::verb(
                        "takes",
                        &format!("a reference for {}", value::reference(kind)),
                    ),
                    (true, None) => Phrase::verb("takes", "a reference"),
                    (false, Some(Reference::Pin)) => Phrase::verb("drops", "its pin"),
                    (false, Some(kind)) => {
                        Phrase::verb("drops", &format!("{}'s reference", value::reference(kind)))
                    }
                    (false, None) => Phrase::verb("drops", "a reference"),
                }
                .with(&self.now())
            }
            (Object::Page(_), "mapcount") | (Object::Zone, "nr_mlock") => {
                let (did, act) = if up {
                    ("raises", "raise")
                } else {
                    ("lowers", "lower")
                };
                let label = self.label();
                let to = self.ending.map_or_else(String::new, |ending| {
                    format!(" to {}", ending.after.cast_signed())
                });
                Phrase::new(format!("{did} {label}"), format!("{act} {label}")).with(&to)
            }
            (Object::SwapSlot(number), "count") => self.counts_slot(number, amount),
            (Object::Zone, _) => Phrase::verb("counts", &format!("the event {}", self.label())),
            _ => Phrase::verb("counts", &self.label()).with(&self.now()),
        }
    }

    fn counts_slot(&self, number: u32, amount: i64) -> Phrase {
        match amount {
            1 => Phrase::verb("counts", &format!("one pte more for swap slot {number}")),
            -1 => Phrase::verb("counts", &format!("one pte less for swap slot {number}")),
            _ if amount > 0 => {
                Phrase::verb("takes", &format!("swap slot {number} for the swap cache"))
            }
            _ => Phrase::verb("gives", &format!("swap slot {number} back")),
        }
    }

    fn flips(&self, did: &str, mask: u64, act: &str) -> Phrase {
        let flags = self.flag_names(mask);
        let state = if act == "set" { "set" } else { "clear" };
        let nothing = self.ending.is_some_and(|ending| ending.changed & mask == 0);
        Phrase::new(format!("{did} {flags}"), format!("{act} {flags}")).with(&if nothing {
            format!(", already {state}")
        } else {
            String::new()
        })
    }

    fn tests(&self, did: &str, mask: u64, act: &str, clears: bool) -> Phrase {
        let young =
            mask == PteEntry::young_bit() && matches!(self.place.object, Object::Pte { .. });
        let flags = if young {
            "the young bit of the pte".to_owned()
        } else {
            self.flag_names(mask)
        };
        let was_set = self.ending.map(|ending| ending.value != 0);
        let done = Phrase::new(format!("{did} {flags}"), format!("{act} {flags}"));
        match was_set {
            Some(was_set) if was_set != clears => Phrase {
                did: format!(
                    "finds {flags} already {}",
                    if was_set { "set" } else { "clear" }
                ),
                ..done
            },
            _ => done,
        }
    }

    fn flag_names(&self, mask: u64) -> String {
        let fields: Vec<String> = self
            .words
            .fields(self.operation.address)
            .filter(|field| field.part.mask & mask != 0)
            .map(|field| field.label)
            .collect();
        if fields.is_empty() {
            self.label()
        } else {
            fields.join(" and ")
        }
    }

    fn stores(&self, value: u64) -> Phrase {
        let page = self.page();
        match (self.place.object, self.place.field) {
            (Object::Pte { .. }, _) => match PteEntry::from_word(value) {
                PteEntry::None => Phrase::verb("clears", &self.label()),
                PteEntry::Present { page, .. } => Phrase::verb("maps", &self.words.page(page)),
                PteEntry::Swap(slot) => {
                    Phrase::verb("leaves", &format!("swap slot {slot} in {}", self.label()))
                }
                PteEntry::Migration(_) => Phrase::verb(
                    "leaves",
                    &format!("a note in {} that the page is moving", self.label()),
                ),
            },
            (Object::Page(_), "state") => match FrameState::from_word(value) {
                FrameState::Free => Phrase::verb("gives", &format!("{page} back to the allocator")),
                FrameState::Bad => Phrase::verb("keeps", "the bad frame out of use for good"),
                FrameState::InUse => Phrase::verb("takes", "a free frame"),
            },
            (Object::Page(_), "mapping") if value == 0 => {
                Phrase::verb("cuts", &format!("{page} loose from what it belonged to"))
            }
            (Object::Page(_), "mapping") => Phrase::new(
                format!("says what {page} belongs to"),
                format!("say what {page} belongs to"),
            )
            .with(&self.now()),
            (Object::File(_), "size") => {
                let size = value.cast_signed();
                Phrase::verb("cuts", &format!("file {} to {size} pages", self.object()))
            }
            (Object::CacheSlot { .. }, _) if Page::from_word(value).is_null() => {
                Phrase::verb("takes", "the page out of the page cache")
            }
            (Object::CacheSlot { .. }, _) => Phrase::verb("enters", "the page into the page cache"),
            (Object::SwapSlot(_), "cached") if value == 0 => {
                Phrase::verb("takes", "the page out of the swap cache")
            }
            (Object::SwapSlot(_), "cached") => {
                Phrase::verb("enters", "the page into the swap cache")
            }
            (Object::SwapSlot(number), _) => Phrase::verb("takes", &format!("swap slot {number}")),
            (Object::Vma(_), "flags") => {
                let changed = self.ending.map_or(0, |ending| ending.changed);
                let fields: Vec<Field> = self
                    .words
                    .fields(self.operation.address)
                    .filter(|field| field.part.mask & changed != 0)
                    .collect();
                match fields.split_first() {
                    Some((first, _)) => {
                        let labels: Vec<&str> =
                            fields.iter().map(|field| field.label.as_str()).collect();
                        let verb = if first.part.of(value) != 0 {
                            "sets"
                        } else {
                            "clears"
                        };
                        Phrase {
                            act: "store the flags of the mapping".to_owned(),
                            ..Phrase::verb(verb, &labels.join(" and "))
                        }
                    }
                    None => Phrase::verb("stores", "the flags of the mapping"),
                }
            }
            _ => {
                let label = self.label();
                Phrase::new(format!("sets {label}"), format!("set {label}")).with(&self.now())
            }
        }
    }

    fn swaps(&self, old: u64, value: u64) -> Phrase {
        let failed = self
            .ending
            .is_some_and(|ending| ending.effect == Effect::Failed);
        match (self.place.object, self.place.field) {
            (Object::Page(_), "count") => {
                let act = format!("freeze {} of {} at {value}", self.label(), self.page());
                if failed {
                    Phrase::new(
                        format!("cannot freeze {}: it is not {old}", self.label()),
                        act,
                    )
                } else {
                    Phrase::new(
                        format!(
                            "freezes {} at {value}: nobody else has {}",
                            self.label(),
                            self.page()
                        ),
                        act,
                    )
                }
            }
            (Object::Page(_), "state") => Phrase::verb(
                "takes",
                if failed {
                    "no frame: somebody was faster"
                } else {
                    "a free frame"
                },
            ),
            (Object::Pte { .. }, _) => {
                Phrase::verb("uses", &format!("{} to get at the page", self.label()))
            }
            _ => {
                Phrase::verb("exchanges", &self.label()).with(if failed { " in vain" } else { "" })
            }
        }
    }
}

/// What a field is called in a sentence: flags and counters go by their names, an entry has an article.
fn said(field: &Field) -> String {
    match field.part.show {
        value::Show::Entry => format!("the {}", field.label),
        _ => field.label.clone(),
    }
}

/// Names of flags as the kernel writes them in code.
pub(crate) fn names(flags: PageFlags) -> String {
    let all: Vec<String> = flags.names().map(|name| format!("PG_{name}")).collect();
    all.join(" and ")
}

/// The one kind of reference whose number changed, if it is one.
fn one_changed(from: References, to: References) -> Option<Reference> {
    let mut changed = Reference::ALL
        .into_iter()
        .filter(|kind| from.of(*kind) != to.of(*kind));
    let first = changed.next()?;
    changed.next().is_none().then_some(first)
}
