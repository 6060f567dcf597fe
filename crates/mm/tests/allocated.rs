//! I18, which no switch of the kernel can break: a thread that frees a mapping under the eyes of a walk is caught.

mod common;

use common::{FILE_NOT_MLOCKED, world};
use lockstep_machine::{Cpu, EmulatedCpu, Function, Machine, Program, ThreadBody, ThreadId};
use lockstep_mm::Cx;
use lockstep_mm::invariants::{Invariant, Watch};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::setup::Setup;
use lockstep_mm::world::Memory;

const WALK: Function = Function {
    name: "try_to_unmap_one",
    file: "mm/rmap.c",
    line: 1297,
};

/// Thread A looks at the first mapping, in two steps; thread B frees it.
struct Careless(Setup);

impl Program for Careless {
    fn image(&self) -> &[u64] {
        &self.0.image
    }

    fn threads(&self) -> usize {
        2
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let cx = Cx::new(cpu, self.0.world, self.0.kernel, 0);
        let vma = self.0.world.vmas().next().expect("a mapping");
        Box::pin(async move {
            if thread.index() == 0 {
                let _call = cx.enter(&WALK, [vma.into()]);
                cx.read(vma.flags()).await;
                cx.read(vma.flags()).await;
            } else {
                cx.write(vma.in_use(), false).await;
            }
        })
    }
}

#[test]
fn a_mapping_is_not_freed_while_a_walk_looks_at_it() {
    for (order, expected) in [("AAB", false), ("ABA", true), ("BAA", true)] {
        let program = Careless(world(Kernel::AFTER, FILE_NOT_MLOCKED));
        let mut machine = Machine::new(&program);
        let mut watch = Watch::new(program.0.world, program.0.kernel);
        for letter in order.bytes() {
            let thread = ThreadId::new(usize::from(letter - b'A')).expect("a thread");
            machine.step(thread).expect("a step");
            machine.with_trace(|trace| {
                machine.with_memory(|memory| watch.step(Memory(memory), trace, false));
            });
        }
        let caught = watch
            .violations()
            .iter()
            .any(|violation| violation.invariant == Invariant::I18);
        assert_eq!(caught, expected, "{order}");
    }
}
