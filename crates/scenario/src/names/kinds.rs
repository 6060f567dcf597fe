//! The kinds of things that have names: objects, their locks, their fields. One row each.

use lockstep_machine::Address;
use lockstep_mm::anon_vma::AnonVma;
use lockstep_mm::file::File;
use lockstep_mm::page::{Page, PageFlags};
use lockstep_mm::vma::{Mm, VmFlags, Vma};
use lockstep_mm::zone::Zone;

/// The kinds of object that have locks or fields with names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Page,
    Process,
    Pte,
    Vma,
    File,
    AnonVma,
    Zone,
}

pub(super) struct LockKind {
    pub(super) name: &'static str,
    pub(super) class: Class,
    pub(super) address: fn(Address) -> Address,
}

/// The locks, outermost first.
#[rustfmt::skip]
pub(super) const LOCKS: &[LockKind] = &[
    LockKind { name: "mmap_sem", class: Class::Process, address: |object| Mm(object).mmap_sem().0 },
    LockKind { name: "page_lock", class: Class::Page, address: |object| Page(object).lock().owner },
    LockKind { name: "i_mmap_rwsem", class: Class::File, address: |object| File(object).i_mmap_rwsem().0 },
    LockKind { name: "anon_vma", class: Class::AnonVma, address: |object| AnonVma(object).rwsem().0 },
    LockKind { name: "ptl", class: Class::Process, address: |object| Mm(object).page_table_lock().0 },
    LockKind { name: "lru_lock", class: Class::Zone, address: |object| Zone(object).lru_lock().0 },
    LockKind { name: "swap_lock", class: Class::Zone, address: |object| Zone(object).swap_lock().0 },
    LockKind { name: "tree_lock", class: Class::File, address: |object| File(object).tree_lock().0 },
    LockKind { name: "swap_tree_lock", class: Class::Zone, address: |object| Zone(object).swap_tree_lock().0 },
];

pub(super) struct FieldKind {
    pub(super) name: String,
    pub(super) class: Class,
    pub(super) offset: u32,
    pub(super) mask: u64,
}

/// Every field a script can name: the flags one by one, and plain words by the names of their handles.
pub(super) fn fields() -> Vec<FieldKind> {
    let mut all = Vec::new();
    let mut add = |name: String, class, offset, mask| {
        all.push(FieldKind {
            name,
            class,
            offset,
            mask,
        });
    };
    let offset = |address: Address| address.0;
    let origin = Address(0);
    for (flag, name) in VmFlags::NAMES {
        add(
            (*name).to_owned(),
            Class::Vma,
            offset(Vma(origin).flags().address()),
            flag.bits(),
        );
    }
    add("pte".to_owned(), Class::Pte, 0, u64::MAX);
    for (flag, name) in PageFlags::NAMES {
        add(
            format!("PG_{name}"),
            Class::Page,
            offset(Page(origin).flags().address()),
            flag.bits(),
        );
    }
    let words = [
        (Class::Page, Page::FIELDS),
        (Class::File, File::FIELDS),
        (Class::Zone, Zone::FIELDS),
        (Class::Process, Mm::FIELDS),
    ];
    for (class, fields) in words {
        for (name, offset) in fields {
            // Locks are named as locks, flags one by one; and a person calls the count of a file's pages by the file.
            let hidden = name.ends_with("_word")
                || matches!(*name, "flags" | "lock_owner" | "in_use" | "def_flags");
            if !hidden {
                let told = ALSO.iter().find(|(word, _)| word == name);
                let told = told.map_or(*name, |(_, told)| told);
                add(told.to_owned(), class, *offset, u64::MAX);
            }
        }
    }
    all
}

/// Words that people know by another name than the model's. Both are understood; this one is told.
pub(super) const ALSO: &[(&str, &str)] = &[
    ("count", "refs"),
    ("lru", "list"),
    ("state", "frame"),
    ("size", "i_size"),
    ("nr_mlock", "NR_MLOCK"),
];

impl Class {
    pub(super) const ALL: [Self; 7] = [
        Self::Page,
        Self::Process,
        Self::Pte,
        Self::Vma,
        Self::File,
        Self::AnonVma,
        Self::Zone,
    ];
}
