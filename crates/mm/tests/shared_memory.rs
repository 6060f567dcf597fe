//! A file locked as a whole: reclaim moves its pages to the unevictable list, and unlocking brings back those that are not mlocked.

mod common;

use common::{FILE_NOT_MLOCKED, P, world};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::page::PageList;
use lockstep_mm::proc::vmstat;
use lockstep_mm::setup::SetupCall;
use lockstep_mm::world::Memory;

const LOCK: SetupCall = SetupCall::ShmLock {
    file: 0,
    lock: true,
};
const UNLOCK: SetupCall = SetupCall::ShmLock {
    file: 0,
    lock: false,
};
const UNMAP: SetupCall = SetupCall::Munmap {
    process: 0,
    at: 0,
    pages: 1,
};
const MLOCK: SetupCall = SetupCall::Mlock {
    process: 0,
    at: 0,
    pages: 1,
};

#[test]
fn locking_and_unlocking_moves_the_pages_that_are_not_mlocked() {
    use PageList::{InactiveFile, Unevictable};
    // The calls, the list the page is on afterwards, and the events culled, scanned and rescued.
    let cases: &[(&[SetupCall], PageList, [i64; 3])] = &[
        (&[LOCK], InactiveFile, [0, 0, 0]),
        (
            &[UNMAP, LOCK, SetupCall::Reclaim(P)],
            Unevictable,
            [1, 0, 0],
        ),
        (
            &[UNMAP, LOCK, SetupCall::Reclaim(P), UNLOCK],
            InactiveFile,
            [1, 1, 1],
        ),
        (&[MLOCK, LOCK, UNLOCK], Unevictable, [1, 1, 0]),
        (&[LOCK, UNLOCK], InactiveFile, [0, 1, 0]),
    ];
    for (calls, list, events) in cases {
        let mut setup = world(Kernel::AFTER, FILE_NOT_MLOCKED);
        let page = setup.page(P).expect("the page");
        for (number, call) in calls.iter().enumerate() {
            let call = match call {
                // The page is not mapped any more, so it is named by its place in the file.
                SetupCall::Reclaim(_) => {
                    SetupCall::Reclaim(lockstep_mm::setup::PageAt::Cached { file: 0, index: 0 })
                }
                other => *other,
            };
            setup.call(number, call).expect("the call");
        }
        let memory = Memory(&setup.image);
        let told = vmstat(&setup.world, memory);
        let event = |name: &str| {
            told.iter()
                .find(|(known, _)| *known == name)
                .expect("it is there")
                .1
        };
        assert_eq!(memory.get(page.lru()), *list, "{calls:?}");
        let got =
            ["culled", "scanned", "rescued"].map(|word| event(&format!("unevictable_pgs_{word}")));
        assert_eq!(got, *events, "{calls:?}");
    }
}
