//! What there is to say about each property.

use super::{Description, Invariant, Severity, When};

impl Invariant {
    /// All of them.
    pub const ALL: &[Description] = &[
        row(
            Self::I1,
            "I1",
            When::AtFree,
            Severity::Harmful,
            "A freed page is never mlocked",
            "The allocator finds the mark, reports a bad page, and never uses the frame again.",
        ),
        row(
            Self::I2,
            "I2",
            When::Quiet,
            Severity::Harmful,
            "A mlocked page is mapped by a locked mapping",
            "Otherwise reclaim skips it for ever, for no reason: it is stranded.",
        ),
        row(
            Self::I3,
            "I3",
            When::Quiet,
            Severity::Soft,
            "A page in a locked mapping is mlocked",
            "A missed mark is repaired by reclaim, which asks the mappings before it takes a page away.",
        ),
        row(
            Self::I4,
            "I4",
            When::Quiet,
            Severity::Soft,
            "A mlocked page on a list is on the unevictable one",
            "Elsewhere reclaim looks at it in vain, and then moves it.",
        ),
        row(
            Self::I5,
            "I5",
            When::Quiet,
            Severity::Harmful,
            "A page on the unevictable list is mlocked, or its file is locked as a whole",
            "Reclaim never looks there, so nobody would find it again.",
        ),
        row(
            Self::I6,
            "I6",
            When::Step,
            Severity::Model,
            "PG_lru is set exactly while the page is on a list",
            "It is what makes isolating a page exclusive.",
        ),
        row(
            Self::I7,
            "I7",
            When::Step,
            Severity::Model,
            "No page is active and unevictable at once",
            "The lists exclude each other.",
        ),
        row(
            Self::I8,
            "I8",
            When::Step,
            Severity::Model,
            "mapcount is the number of entries that map the page",
            "They may differ only inside one hold of a page-table lock.",
        ),
        row(
            Self::I9,
            "I9",
            When::Step,
            Severity::Model,
            "Every reference stands for something",
            "The count never disagrees with what holds the page.",
        ),
        row(
            Self::I10,
            "I10",
            When::Step,
            Severity::Harmful,
            "Whoever marks a page while walking the reverse map holds the page-table lock, and the entry is there",
            "This is the whole patch: the remover of the entry comes later and sees the mark.",
        ),
        row(
            Self::I11,
            "I11",
            When::Step,
            Severity::Model,
            "Whoever marks a page has the page lock",
            "Only a page nobody else knows yet needs none.",
        ),
        row(
            Self::I12,
            "I12",
            When::Step,
            Severity::Model,
            "Locks are taken in order, and nobody sleeps with a spinlock",
            "Otherwise threads can wait for each other in a circle. A trylock never waits and may break the order.",
        ),
        row(
            Self::I13,
            "I13",
            When::Step,
            Severity::Model,
            "vm_flags is stored with mmap_sem held for writing, or when nobody runs in the process any more",
            "The word is not atomic.",
        ),
        row(
            Self::I14,
            "I14",
            When::Step,
            Severity::Model,
            "SWAP_MLOCK is only said when the page has been seen mlocked",
            "Otherwise reclaim puts a page it should not touch onto a list it scans.",
        ),
        row(
            Self::I15,
            "I15",
            When::Quiet,
            Severity::Soft,
            "NR_MLOCK is the number of mlocked pages",
            "A bad page leaves it one too high for good.",
        ),
        row(
            Self::I16,
            "I16",
            When::Quiet,
            Severity::Model,
            "locked_vm is the size of the locked mappings",
            "It is what the limit on locked memory is held against.",
        ),
        row(
            Self::I17,
            "I17",
            When::Quiet,
            Severity::Model,
            "All locks are free and all pins dropped",
            "Somebody left without tidying up.",
        ),
        row(
            Self::I18,
            "I18",
            When::Step,
            Severity::Model,
            "A mapping that a walk of the reverse map looks at stays allocated",
            "Whoever frees it takes it out of the reverse map first, and waits there for the walk.",
        ),
        row(
            Self::I19,
            "I19",
            When::Quiet,
            Severity::Harmful,
            "Nothing beyond the end of a file is mapped, and of what was cached there nothing is left",
            "Truncation promises it.",
        ),
        row(
            Self::I20,
            "I20",
            When::Step,
            Severity::Model,
            "SWAP_MLOCK ends the walk",
            "The other mappings need not be asked.",
        ),
        row(
            Self::Bug,
            "BUG",
            When::Step,
            Severity::Model,
            "No function finds something impossible",
            "The kernel would stop here.",
        ),
    ];

    /// What there is to say about it.
    pub fn description(self) -> &'static Description {
        const NONE: Description = row(Invariant::Bug, "", When::Step, Severity::Model, "", "");
        Self::ALL
            .iter()
            .find(|row| row.invariant == self)
            .unwrap_or(&NONE)
    }
}

const fn row(
    invariant: Invariant,
    id: &'static str,
    when: When,
    severity: Severity,
    statement: &'static str,
    reason: &'static str,
) -> Description {
    Description {
        invariant,
        id,
        when,
        severity,
        statement,
        reason,
    }
}
