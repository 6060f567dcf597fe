//! What newer kernels do differently from Linux 4.4, and why: the one table of differences that are excused.
//!
//! A rule excuses a difference only where its reason applies, which it has to find out from the case; that a difference looks like
//! one of a rule is not enough.

use lockstep_syscalls::{Call, LockFlag};

use crate::compare::{Case, Difference, Standing, What};

/// A way in which newer kernels differ.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// What Linux 4.4 does, what newer kernels do, and since when.
    pub reason: &'static str,
    /// Whether the two have gone different ways after it, so that nothing more can be compared.
    pub parts: bool,
    applies: fn(&Case<'_>, &Difference) -> bool,
}

/// All rules.
pub const RULES: &[Rule] = &[
    Rule {
        name: "file-page-marked-by-fault",
        reason: "Linux 4.4 maps a page of a file into a locked mapping without marking it; since 5.18 adding the entry to the \
                 reverse map marks it.",
        parts: false,
        applies: file_page_marked_by_fault,
    },
    Rule {
        name: "present-page-marked-by-mlock",
        reason: "In Linux 4.4 only bringing pages in marks them, so not those it does not get to because the call fails, nor those \
                 it would have to copy first; since 5.18 mlock_fixup() marks whatever is there.",
        parts: false,
        applies: present_page_marked_by_mlock,
    },
    Rule {
        name: "copy-takes-the-mark",
        reason: "One of two locked mappings of a page gets a copy of its own: Linux 4.4 takes the mark off, and does not look for \
                 the other mapping, because the page is mapped only once now; since 5.18 every locked mapping counts.",
        parts: false,
        applies: copy_takes_the_mark,
    },
    Rule {
        name: "onfault-looks-at-nothing",
        reason: "In Linux 4.4 mlock2(MLOCK_ONFAULT) goes over the pages to mark those that are there, and fails with ENOMEM at a \
                 mapping that may not be touched; since 5.18 populate_vma_page_range() has nothing to do on fault.",
        parts: false,
        applies: onfault_looks_at_nothing,
    },
    Rule {
        name: "mark-lost-in-batch",
        reason: "A new mapping takes the place of a locked one, shows the same page, and is locked: Linux 4.4 takes the mark off and \
                 puts it on again; since 5.18 unmarking waits in a batch, and takes the mark off that was set meanwhile.",
        parts: true,
        applies: mark_lost_in_batch,
    },
    Rule {
        name: "counted-again",
        reason: "Linux 4.4 adds a range to VmLck again when it goes from locked on fault to locked, or back; since 4.9 it does not.",
        parts: false,
        applies: counted_again,
    },
    Rule {
        name: "limit-counts-twice",
        reason: "Linux 4.4 counts pages that are locked already against the limit a second time, and those of `counted-again` as \
                 often as it has counted them; since 4.9 every page counts once.",
        parts: true,
        applies: limit_counts_twice,
    },
    Rule {
        name: "onfault-alone",
        reason: "Linux 4.4 takes mlockall(MCL_ONFAULT), and unlocks everything; since 5.3 it is EINVAL.",
        parts: true,
        applies: onfault_alone,
    },
];

/// The rule that excuses a difference, if one does.
pub fn excuse(case: &Case<'_>, difference: &Difference) -> Option<&'static Rule> {
    RULES.iter().find(|rule| (rule.applies)(case, difference))
}

/// The page is marked on the real kernel and not on the model, and there a locked mapping shows its frame; gives the page.
fn marked_only_there(case: &Case<'_>, difference: &Difference) -> Option<u64> {
    let What::Page {
        at,
        fact: "mlocked" | "unevictable",
    } = difference.what
    else {
        return None;
    };
    let frame = case.real.frames.get(at as usize).copied().flatten()?;
    let frames = case.real.frames.iter().zip(&case.real.state.pages);
    let is_locked = frames
        .into_iter()
        .any(|(other, page)| *other == Some(frame) && page.lo);
    (difference.model == "false" && is_locked).then_some(at)
}

fn file_page_marked_by_fault(case: &Case<'_>, difference: &Difference) -> bool {
    let at = marked_only_there(case, difference);
    let frame = at.and_then(|at| case.model.frame(at));
    frame.is_some_and(|frame| case.debts.faulted_in.contains(&frame))
}

fn present_page_marked_by_mlock(case: &Case<'_>, difference: &Difference) -> bool {
    let at = marked_only_there(case, difference);
    let frame = at.and_then(|at| case.model.frame(at));
    frame.is_some_and(|frame| case.debts.overlooked.contains(&frame))
}

fn copy_takes_the_mark(case: &Case<'_>, difference: &Difference) -> bool {
    let at = marked_only_there(case, difference);
    let frame = at.and_then(|at| case.model.frame(at));
    frame.is_some_and(|frame| case.debts.copied_away.contains(&frame))
}

fn mark_lost_in_batch(case: &Case<'_>, difference: &Difference) -> bool {
    let What::Page {
        at,
        fact: "mlocked" | "unevictable",
    } = difference.what
    else {
        return false;
    };
    let Call::Mmap {
        at: start, pages, ..
    } = *case.call
    else {
        return false;
    };
    let frame = case.model.frame(at);
    let shows = |standing: &Standing| {
        let mut range = start..start + pages;
        range.any(|at| standing.frame(at) == frame && standing.locked.contains_key(&at))
    };
    difference.model == "true" && frame.is_some() && shows(case.before) && shows(case.model)
}

/// Nothing else in the range can be why the call failed: all of it is mapped, and locked now.
fn onfault_looks_at_nothing(case: &Case<'_>, difference: &Difference) -> bool {
    let Call::Mlock2 {
        at,
        pages,
        onfault: true,
    } = *case.call
    else {
        return false;
    };
    let mut range = at..at + pages;
    difference.what == What::Errno
        && (difference.model.as_str(), difference.real.as_str()) == ("ENOMEM", "ok")
        && range.all(|at| case.model.locked.get(&at) == Some(&true))
}

fn counted_again(case: &Case<'_>, difference: &Difference) -> bool {
    let again = case.debts.counted_again;
    difference.what == What::VmLck
        && again > 0
        && case.model.seen.state.vmlck_pages == case.real.state.vmlck_pages + again
}

/// Whatever is different then: the call ends at once on the model, and on the real kernel succeeds, or fails later for another reason.
fn limit_counts_twice(case: &Case<'_>, _: &Difference) -> bool {
    let Some(limit) = case.before.limit else {
        return false;
    };
    let (pages, locked_already) = match *case.call {
        Call::Mlock { at, pages } | Call::Mlock2 { at, pages, .. } => {
            let range = at..at + pages;
            (pages, case.before.locked.range(range).count() as u64)
        }
        Call::Mmap { pages, .. } => (pages, 0),
        _ => return false,
    };
    let counted = case.before.seen.state.vmlck_pages + pages;
    let once = counted - case.debts.counted_again - locked_already;
    once <= limit && limit < counted
}

fn onfault_alone(case: &Case<'_>, difference: &Difference) -> bool {
    let alone = matches!(case.call, Call::Mlockall { flags } if *flags == [LockFlag::Onfault]);
    alone && difference.what == What::Errno && difference.real == "EINVAL"
}
