//! Values stored, whatever was there or only if the right thing was.

use lockstep_machine::{Effect, Gather, Value};
use lockstep_mm::page::{FrameState, Page};
use lockstep_mm::pte::PteEntry;
use lockstep_mm::world::Object;

use super::{Phrase, Step};
use crate::vocabulary::Field;

impl Step<'_> {
    pub(super) fn stores(&self, value: u64) -> Phrase {
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
            (Object::CacheSlot { file, index }, _) => {
                let part = format!(
                    "page {index} of file {}",
                    self.words.object(Object::File(file))
                );
                if Page::from_word(value).is_null() {
                    Phrase::verb("takes", &format!("{part} out of the page cache"))
                } else {
                    Phrase::verb("enters", &format!("{part} into the page cache"))
                }
            }
            (Object::SwapSlot(_), "cached") if value == 0 => {
                Phrase::verb("takes", "the page out of the swap cache")
            }
            (Object::SwapSlot(_), "cached") => {
                Phrase::verb("enters", "the page into the swap cache")
            }
            (Object::SwapSlot(number), _) => Phrase::verb("takes", &format!("swap slot {number}")),
            (Object::Vma(_), "in_use") => {
                let verb = if value == 0 { "frees" } else { "makes" };
                Phrase::verb(verb, &format!("mapping {}", self.object()))
            }
            (Object::Vma(_), "flags") => {
                let changed = self.ending.map_or(0, |ending| ending.changed);
                let fields: Vec<Field> = self
                    .words
                    .fields(self.operation.address)
                    .into_iter()
                    .filter(|field| field.part.mask & changed != 0)
                    .gather();
                match fields.split_first() {
                    Some((first, _)) => {
                        let labels = fields
                            .iter()
                            .map(|field| field.label.as_str())
                            .joined(" and ");
                        let verb = if first.part.of(value) != 0 {
                            "sets"
                        } else {
                            "clears"
                        };
                        Phrase {
                            act: "store the flags of the mapping".to_owned(),
                            ..Phrase::verb(verb, &labels)
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

    pub(super) fn swaps(&self, old: u64, value: u64) -> Phrase {
        let failed = self
            .ending
            .is_some_and(|ending| ending.effect == Effect::Failed);
        match (self.place.object, self.place.field) {
            (Object::Page(_), "count") => {
                let act = format!("freeze {} of {} at {value}", self.label(), self.page());
                if failed {
                    Phrase::new(
                        format!(
                            "cannot freeze {}: it is {}, not {old}",
                            self.label(),
                            self.ending.map_or(0, |ending| ending.after)
                        ),
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
