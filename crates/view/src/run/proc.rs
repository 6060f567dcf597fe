//! What /proc would show at a moment of the run.

use std::fmt::Write as _;

use lockstep_machine::Gather;
use lockstep_mm::page::FrameState;
use lockstep_mm::proc::{KPF, kpageflags, smaps, vm_lck, vmstat};
use lockstep_mm::vma::VmFlags;
use lockstep_mm::world::{Memory, Object};

use super::Run;
use crate::scene::StepNo;

/// The letters smaps has for a mapping's flags. Linux: fs/proc/task_mmu.c, `show_smap_vma_flags()`.
const VM_FLAGS: &[(VmFlags, &str)] = &[
    (VmFlags::READ, "rd"),
    (VmFlags::WRITE, "wr"),
    (VmFlags::SHARED, "sh"),
    (VmFlags::LOCKED, "lo"),
    // Linux 4.4 has no letters for it yet.
    (VmFlags::LOCKONFAULT, "??"),
];

impl Run {
    /// The counters, the mappings and the flags of pages as /proc would show them just after a step. A step beyond the end is the end.
    pub fn proc(&self, cursor: StepNo) -> String {
        let (words, tape) = (&self.kept.session.words, &self.kept.tape);
        let step = cursor.0.min(tape.steps());
        let words_of_memory = tape.memory(step);
        let (world, memory) = (words.world(), Memory(&words_of_memory));
        let mut text = format!("After step {step} of {}.\n\n/proc/vmstat\n", tape.steps());
        // Writing into a string cannot fail.
        for (name, value) in vmstat(world, memory) {
            _ = writeln!(text, "  {name:26} {value:>3}");
        }
        for (number, mm) in (0..).zip(world.mms()) {
            if memory.get(mm.users()) == 0 {
                continue;
            }
            let process = words.object(Object::Mm(number));
            _ = writeln!(text, "\n/proc/{process}/status");
            _ = writeln!(text, "  VmLck: {:>3} kB", vm_lck(memory, mm));
            let of_it = world
                .vmas()
                .filter(|vma| memory.get(vma.in_use()) && memory.get(vma.mm()) == mm);
            for (index, vma) in of_it.enumerate() {
                if index == 0 {
                    _ = writeln!(text, "\n/proc/{process}/smaps");
                }
                let told = smaps(memory, vma);
                let flags = memory.get(vma.flags());
                let letters = VM_FLAGS
                    .iter()
                    .filter(|(flag, _)| flags.contains(*flag))
                    .map(|(_, letters)| *letters)
                    .joined(" ");
                _ = writeln!(
                    text,
                    "  pages {}-{}  Size {} kB  Rss {} kB  Pss {} kB  Locked {} kB  VmFlags: {}",
                    memory.get(vma.start()),
                    memory.get(vma.end()) - 1,
                    told.size,
                    told.rss,
                    told.pss,
                    told.locked,
                    letters,
                );
            }
        }
        text.push_str("\n/proc/kpageflags\n");
        for (number, page) in (0..).zip(world.pages()) {
            if memory.get(page.state()) == FrameState::Free {
                continue;
            }
            let entry = kpageflags(memory, page);
            let names = KPF
                .iter()
                .filter(|(bit, _)| entry & (1 << bit) != 0)
                .map(|(_, name)| *name)
                .joined(" ");
            let page = words.object(Object::Page(number));
            _ = writeln!(text, "  {page:8} {entry:#013x}  {}", names);
        }
        text
    }
}
