//! Counting up and down, and flags set and cleared.

use lockstep_machine::Gather;
use lockstep_mm::page::{Reference, References};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::Object;

use super::{Phrase, Step};
use crate::value;

impl Step<'_> {
    pub(super) fn adds(&self, amount: i64) -> Phrase {
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
            (Object::Page(_), "mapcount") | (Object::Zone, "nr_mlock") | (Object::Mm(_), _) => {
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

    pub(super) fn counts_slot(&self, number: u32, amount: i64) -> Phrase {
        match amount {
            1 => Phrase::verb("counts", &format!("one pte more for swap slot {number}")),
            -1 => Phrase::verb("counts", &format!("one pte less for swap slot {number}")),
            _ if amount > 0 => {
                Phrase::verb("takes", &format!("swap slot {number} for the swap cache"))
            }
            _ => Phrase::verb("gives", &format!("swap slot {number} back")),
        }
    }

    pub(super) fn flips(&self, did: &str, mask: u64, act: &str) -> Phrase {
        if let Some(all) = match (self.place.object, self.place.field) {
            (Object::File(_), "i_mmap") => Some(format!("the mappings of file {}", self.object())),
            (Object::AnonVma(_), "vmas") => Some("those that can have the page".to_owned()),
            _ => None,
        } {
            let which = value::vmas(self.words, mask);
            return if act == "set" {
                Phrase::verb("enters", &format!("{which} among {all}"))
            } else {
                Phrase::verb("takes", &format!("{which} from among {all}"))
            };
        }
        let flags = self.flag_names(mask);
        let state = if act == "set" { "set" } else { "clear" };
        let nothing = self.ending.is_some_and(|ending| ending.changed & mask == 0);
        Phrase::new(format!("{did} {flags}"), format!("{act} {flags}")).with(&if nothing {
            format!(", already {state}")
        } else {
            String::new()
        })
    }

    pub(super) fn tests(&self, did: &str, mask: u64, act: &str, clears: bool) -> Phrase {
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

    pub(super) fn flag_names(&self, mask: u64) -> String {
        let fields = self
            .words
            .fields(self.operation.address)
            .into_iter()
            .filter(|field| field.part.mask & mask != 0)
            .map(|field| field.label)
            .joined(" and ");
        if fields.is_empty() {
            self.label()
        } else {
            fields
        }
    }
}

/// The one kind of reference whose number changed, if it is one.
fn one_changed(from: References, to: References) -> Option<Reference> {
    let mut changed = Reference::ALL
        .into_iter()
        .filter(|kind| from.of(*kind) != to.of(*kind));
    let first = changed.next()?;
    changed.next().is_none().then_some(first)
}
