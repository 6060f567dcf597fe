//! The worlds the tests of this folder run in, made by set-up calls, and short ways to run them.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "every test file uses its own part of this module"
)]

pub mod orders;
pub mod told;

use lockstep_machine::{Machine, Schedule, ThreadId, run};
use lockstep_mm::invariants::{Outcome, Watch};
use lockstep_mm::kernel::{IMmap, Kernel};
use lockstep_mm::page::Page;
use lockstep_mm::program::{Path, Setting};
use lockstep_mm::setup::{Access, MapKind, PageAt, Setup, SetupCall};
use lockstep_mm::world::{Memory, Sizes, World};

/// The page at the first address of the first process.
pub const P: PageAt = PageAt::Mapped { process: 0, at: 0 };

/// What brings an anonymous copy of a file's page into a locked mapping without the mark: it came back from swap.
pub const COW_NOT_MLOCKED: &[SetupCall] = &[
    SetupCall::Create { file: 0, pages: 1 },
    SetupCall::Mmap {
        process: 0,
        at: 0,
        pages: 1,
        kind: MapKind::FilePrivate { file: 0, offset: 0 },
        locked: false,
        access: Access::ReadWrite,
    },
    SetupCall::Write { process: 0, at: 0 },
    SetupCall::Drain,
    SetupCall::Reclaim(PageAt::Cached { file: 0, index: 0 }),
    SetupCall::Deactivate(P),
    SetupCall::Reclaim(P),
    SetupCall::MlockOnFault {
        process: 0,
        at: 0,
        pages: 1,
    },
    SetupCall::Read { process: 0, at: 0 },
];

/// What brings a file's page into a locked mapping without the mark: a read fault after mlock.
pub const FILE_NOT_MLOCKED: &[SetupCall] = &[
    SetupCall::Create { file: 0, pages: 1 },
    SetupCall::Mmap {
        process: 0,
        at: 0,
        pages: 1,
        kind: MapKind::FileShared { file: 0, offset: 0 },
        locked: false,
        access: Access::ReadWrite,
    },
    SetupCall::MlockOnFault {
        process: 0,
        at: 0,
        pages: 1,
    },
    SetupCall::Read { process: 0, at: 0 },
    SetupCall::Drain,
];

/// `before` with i_mmap_rwsem taken for reading: the trees of 2014.
pub const BEFORE_SHARED: Kernel = Kernel {
    i_mmap: IMmap::Shared,
    ..Kernel::BEFORE
};
/// `after` with i_mmap_rwsem taken for reading.
pub const AFTER_SHARED: Kernel = Kernel {
    i_mmap: IMmap::Shared,
    ..Kernel::AFTER
};

/// A world made by `calls`.
pub fn world(kernel: Kernel, calls: &[SetupCall]) -> Setup {
    let mut setup = Setup::new(World::new(Sizes::SMALL), kernel);
    for (number, call) in calls.iter().enumerate() {
        setup
            .call(number, *call)
            .unwrap_or_else(|error| panic!("set-up call {number}, {call:?}: {error:?}"));
    }
    setup
}

/// Reclaim of the page at `P` as thread A against truncation of the file to nothing as thread B.
pub fn reclaim_and_truncate(kernel: Kernel, calls: &[SetupCall]) -> Setting {
    let setup = world(kernel, calls);
    let page = setup.page(P).expect("the set-up maps a page");
    let file = setup.world.files().next().expect("the world has a file");
    Setting::new(
        setup,
        vec![Path::Reclaim { page }, Path::Truncate { file, size: 0 }],
    )
}

/// A machine being run, watched step by step.
pub struct Watched {
    /// What runs.
    pub setting: Setting,
    /// The machine.
    pub machine: Machine,
    /// Who watches.
    pub watch: Watch,
}

impl Watched {
    /// Starts `setting`.
    pub fn new(setting: Setting) -> Self {
        let machine = Machine::new(&setting);
        let watch = Watch::new(setting.setup.world, setting.setup.kernel);
        Self {
            setting,
            machine,
            watch,
        }
    }

    /// Takes a step; `false` if the thread cannot.
    pub fn step(&mut self, thread: ThreadId) -> bool {
        if self.machine.step(thread).is_err() {
            return false;
        }
        let quiet = self.machine.finished();
        self.machine.with_memory(|memory| {
            self.machine
                .with_trace(|trace| self.watch.step(Memory(memory), trace, quiet))
        });
        true
    }

    /// Takes the steps of a schedule that a machine without a watch has tried.
    pub fn run(&mut self, schedule: &Schedule) {
        for thread in schedule.steps() {
            assert!(
                self.step(thread),
                "{schedule}: {thread} cannot step at {}",
                self.machine.steps()
            );
        }
    }

    /// Steps `thread` until `done`.
    pub fn until(&mut self, thread: char, done: impl Fn(&Self) -> bool) {
        let thread = ThreadId::from_letter(thread).expect("a letter");
        while !done(self) {
            assert!(
                self.step(thread),
                "{thread} cannot go on at step {}",
                self.machine.steps()
            );
        }
    }

    /// How it ended, as things stand.
    pub fn outcome(&self) -> Outcome {
        self.machine
            .with_trace(|trace| self.watch.outcome(trace, self.machine.finished()))
    }

    /// The name of the function the next step of a thread is in.
    pub fn next_function(&self, thread: char) -> &'static str {
        let thread = ThreadId::from_letter(thread).expect("a letter");
        let frame = self
            .machine
            .pending(thread)
            .and_then(|pending| pending.frame);
        self.machine.with_trace(|trace| {
            trace
                .stack(frame)
                .next()
                .map_or("", |frame| frame.function.name)
        })
    }

    /// Whether the next step of a thread is inside a function.
    pub fn is_inside(&self, thread: char, function: &str) -> bool {
        let thread = ThreadId::from_letter(thread).expect("a letter");
        let frame = self
            .machine
            .pending(thread)
            .and_then(|pending| pending.frame);
        self.machine.with_trace(|trace| {
            trace
                .stack(frame)
                .any(|frame| frame.function.name == function)
        })
    }

    /// The page the test is about, in a few words.
    pub fn page(&self) -> String {
        self.machine.with_memory(|memory| {
            page(
                Memory(memory),
                self.setting.setup.page(P).expect("the page"),
            )
        })
    }
}

/// A page in a few words.
pub fn page(memory: Memory<'_>, page: Page) -> String {
    let flags: Vec<_> = memory.get(page.flags()).names().collect();
    format!(
        "c={} m={} {} {:?}",
        memory.get(page.count()),
        memory.get(page.mapcount()),
        flags.join("|"),
        memory.get(page.lru())
    )
}

/// Runs `wishes` as far as they go, then to the end, watching every step of what came of them.
pub fn run_deferring(setting: Setting, wishes: &Schedule) -> Watched {
    let mut machine = Machine::new(&setting);
    let report = run::deferring(&mut machine, wishes);
    let mut watched = Watched::new(setting);
    watched.run(&report.executed);
    watched
}
