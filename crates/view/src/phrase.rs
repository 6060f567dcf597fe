//! What a step does, in a few words: once as it happened ("takes ptl") and once as something to do ("take ptl").
//!
//! Words come from the operation, the field or lock it is about and, for what happened, from how it ended. Nothing here knows a story.

mod changes;
mod reads;
mod stores;

use lockstep_machine::{Action, Effect, Event, Gather, LockMode, Operation, Rider, Update, Value};
use lockstep_mm::page::{PageFlags, PageList, References};
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
            .into_iter()
            .filter(|field| field.part.mask & bits != 0)
            .gather()
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
}

/// What a field is called in a sentence: flags and counters go by their names, the one entry of the scenario has an article.
fn said(field: &Field) -> String {
    match field.part.show {
        value::Show::Entry if field.label == field.part.label => format!("the {}", field.label),
        _ => field.label.clone(),
    }
}

/// Names of flags as the kernel writes them in code.
pub(crate) fn names(flags: PageFlags) -> String {
    flags
        .names()
        .map(|name| format!("PG_{name}"))
        .joined(" and ")
}
