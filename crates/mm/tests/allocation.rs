//! A run that is made again allocates its threads, and nothing for its steps.

mod common;

use common::{COW_NOT_MLOCKED, reclaim_and_truncate};
use lockstep_machine::{Machine, ThreadId};
use lockstep_mm::kernel::Kernel;

#[test]
fn no_step_allocates_once_warm() {
    let setting = reclaim_and_truncate(Kernel::BEFORE, COW_NOT_MLOCKED);
    let mut machine = Machine::new(&setting);
    let order: Vec<_> = [(0, 40), (1, 14), (0, 43), (1, 7)]
        .into_iter()
        .flat_map(|(thread, count)| {
            std::iter::repeat_n(ThreadId::new(thread).expect("a thread"), count)
        })
        .collect();
    let run = |machine: &mut Machine| {
        order
            .iter()
            .filter(|thread| machine.step(**thread).is_ok())
            .count()
    };
    assert_eq!(run(&mut machine), order.len());
    machine.load(&setting);
    let allocated = allocation_counter::measure(|| assert_eq!(run(&mut machine), order.len()));
    assert_eq!(allocated.count_total, 0, "{allocated:?}");
}
