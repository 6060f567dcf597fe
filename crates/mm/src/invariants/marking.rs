//! Whether a page's mark is the one its mappings ask for: the two properties of the commit, asked of one page at any moment.

use super::state;
use crate::page::{FrameState, Page, PageFlags};
use crate::vma::VmFlags;
use crate::world::{Memory, World};

/// How PG_mlocked of a page and VM_LOCKED of its mappings go together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Marking {
    /// They agree, or the page is not in use.
    Right,
    /// The page is mlocked, and no locked mapping has it: I2 does not hold. If it stays so the page is stranded.
    Undeserved,
    /// A locked mapping has the page, and it is not mlocked: I3 does not hold. If it stays so the mark is missed.
    Missing,
}

/// How the mark of `page` stands in `memory`.
pub fn marking(world: &World, memory: Memory<'_>, page: Page) -> Marking {
    if memory.get(page.state()) != FrameState::InUse {
        return Marking::Right;
    }
    let is_marked = memory.get(page.flags()).contains(PageFlags::MLOCKED);
    let is_deserved = state::mappings(world, memory, page)
        .any(|vma| memory.get(vma.flags()).contains(VmFlags::LOCKED));
    match (is_marked, is_deserved) {
        (true, false) => Marking::Undeserved,
        (false, true) => Marking::Missing,
        (true, true) | (false, false) => Marking::Right,
    }
}
