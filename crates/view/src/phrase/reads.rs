//! Looks at words: a question in words, and its answer once there is one.

use lockstep_machine::Gather;
use lockstep_mm::page::{PageFlags, PageList};
use lockstep_mm::world::Object;

use super::{Phrase, Step, names, said};
use crate::value;
use crate::vocabulary::Field;

impl Step<'_> {
    pub(super) fn reads(&self) -> Phrase {
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
        let all = fields
            .iter()
            .map(|field| format!("{}: {}", said(field), now(field)))
            .joined(", ");
        let labels: Vec<String> = fields.iter().map(said).gather();
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
                format!("reads {all}"),
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
    pub(super) fn reads_flags(&self, fields: &[Field]) -> Phrase {
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
        let labels = fields
            .iter()
            .map(|field| field.label.as_str())
            .joined(" and ");
        let values = fields
            .iter()
            .map(|field| {
                format!(
                    "{}: {}",
                    field.label,
                    self.ending.map_or(0, |ending| field.part.of(ending.value))
                )
            })
            .joined(", ");
        Phrase::new(format!("reads {values}"), format!("read {labels}"))
    }
}
