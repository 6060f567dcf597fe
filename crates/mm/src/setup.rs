//! The system calls and kernel passes a world is made by, before the threads of a scenario start.
//!
//! A world is never poked together: every initial state is one the same kernel functions, run one call after the other, have left behind.

mod ready;

use lockstep_machine::{Address, Machine, Schedule, run};

use crate::kernel::Kernel;
use crate::mlock::LockAll;
use crate::page::Page;
use crate::vma::{Mm, VmFlags};
use crate::world::{Memory, World};

use ready::OneCall;

/// What memory a mapping shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapKind {
    /// `MAP_PRIVATE | MAP_ANONYMOUS`.
    AnonPrivate,
    /// `MAP_SHARED | MAP_ANONYMOUS`.
    AnonShared,
    /// `MAP_PRIVATE` of a file: writing makes a copy of the page.
    FilePrivate {
        /// The file.
        file: u32,
        /// The first page of it that shows.
        offset: u64,
    },
    /// `MAP_SHARED` of a file.
    FileShared {
        /// The file.
        file: u32,
        /// The first page of it that shows.
        offset: u64,
    },
}

/// What a process may do with a mapping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// `PROT_READ | PROT_WRITE`.
    ReadWrite,
    /// `PROT_READ`.
    Read,
    /// `PROT_NONE`.
    None,
}

impl Access {
    /// The flags of the mapping.
    pub fn flags(self) -> VmFlags {
        match self {
            Self::ReadWrite => VmFlags::READ | VmFlags::WRITE,
            Self::Read => VmFlags::READ,
            Self::None => VmFlags::empty(),
        }
    }
}

/// A page, by where it can be found when the call is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageAt {
    /// The page a process has mapped at an address.
    Mapped {
        /// The process.
        process: u32,
        /// The address, in pages.
        at: u64,
    },
    /// The page in a file's page cache.
    Cached {
        /// The file.
        file: u32,
        /// The page of the file.
        index: u64,
    },
}

/// A step of the set-up. Processes and files are numbered from 0, addresses and lengths are in pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SetupCall {
    /// A file comes to be, with so many pages, none of them cached.
    Create {
        /// Which.
        file: u32,
        /// Its size.
        pages: u64,
    },
    /// A file of tmpfs comes to be, with so many pages, none of them there yet.
    CreateTmpfs {
        /// Which.
        file: u32,
        /// Its size.
        pages: u64,
    },
    /// `mmap()`.
    Mmap {
        /// The process.
        process: u32,
        /// The address.
        at: u64,
        /// How many pages.
        pages: u64,
        /// What it shows.
        kind: MapKind,
        /// `MAP_LOCKED`.
        locked: bool,
        /// What the process may do with it.
        access: Access,
    },
    /// `munmap()`.
    Munmap {
        /// The process.
        process: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// The process reads a byte.
    Read {
        /// The process.
        process: u32,
        /// The address.
        at: u64,
    },
    /// The process writes a byte.
    Write {
        /// The process.
        process: u32,
        /// The address.
        at: u64,
    },
    /// `mlock()`.
    Mlock {
        /// The process.
        process: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `mlock2(..., MLOCK_ONFAULT)`.
    MlockOnFault {
        /// The process.
        process: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `munlock()`.
    Munlock {
        /// The process.
        process: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `mlockall()`.
    MlockAll {
        /// The process.
        process: u32,
        /// What it locks.
        lock: LockAll,
    },
    /// `munlockall()`.
    MunlockAll {
        /// The process.
        process: u32,
    },
    /// `fork()`: the child gets a copy of the parent's memory.
    Fork {
        /// The parent.
        parent: u32,
        /// The child, which must not have any memory yet.
        child: u32,
    },
    /// The process exits.
    Exit {
        /// The process.
        process: u32,
    },
    /// `ftruncate()`.
    Truncate {
        /// The file.
        file: u32,
        /// Its new size, in pages.
        pages: u64,
    },
    /// `fallocate(..., FALLOC_FL_PUNCH_HOLE)`.
    PunchHole {
        /// The file.
        file: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `shmctl()` with `SHM_LOCK` or `SHM_UNLOCK`.
    ShmLock {
        /// The file.
        file: u32,
        /// Which of the two.
        lock: bool,
    },
    /// `madvise(..., MADV_DONTNEED)`.
    DontNeed {
        /// The process.
        process: u32,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `setrlimit(RLIMIT_MEMLOCK)`.
    LimitLocked {
        /// The process.
        process: u32,
        /// The limit, in pages.
        pages: u64,
    },
    /// The process gives `CAP_IPC_LOCK` up.
    DropCapability {
        /// The process.
        process: u32,
    },
    /// Compaction moves a page to another frame.
    Migrate(PageAt),
    /// Every processor's pagevec is emptied onto the lists: what happens sooner or later on its own.
    Drain,
    /// A pass of reclaim over the active lists takes this page to the inactive one.
    Deactivate(PageAt),
    /// A pass of reclaim over the inactive lists tries to free this page.
    Reclaim(PageAt),
}

/// Why a set-up call cannot be made, or what it came back with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetupError {
    /// The world has no such process.
    NoSuchProcess(u32),
    /// A child has memory already, and so cannot be made by a fork.
    ProcessExists(u32),
    /// The world has no such file.
    NoSuchFile(u32),
    /// The address range is not inside the process's address space.
    OutsideAddressSpace,
    /// There is no page where one was looked for.
    NoPage(PageAt),
    /// The call failed with an error number, by its C name.
    Errno(&'static str),
    /// The call did not end, or broke a rule of the machine; the text says which.
    Machine(String),
}

/// How many steps of a call are kept at a time: none of them is looked at.
const STEPS_KEPT: u32 = 1_000;

/// Runs the one thread of a call to its end. A call that takes a thousand steps for each word of the world never ends.
fn finish(machine: &mut Machine, words: usize) -> run::End {
    for _ in 0..words {
        match run::finish_within(machine, &mut Schedule::new(), STEPS_KEPT) {
            run::End::StepLimit => machine.forget_steps(),
            end => return end,
        }
    }
    run::End::StepLimit
}

/// A world that set-up calls have made.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The layout.
    pub world: World,
    /// The kernel that made it.
    pub kernel: Kernel,
    /// The memory.
    pub image: Vec<u64>,
    /// What each call has changed, in the order of the calls.
    pub causes: Vec<Cause>,
    /// The switches of the kernel that calls have looked at so far, a bit for each by its place in [`Switch::ALL`](crate::kernel::Switch::ALL).
    /// On a kernel that has the same values in these every call would have done the same.
    pub asked: u32,
}

/// A word that a call left different from what it found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cause {
    /// The word.
    pub address: Address,
    /// The bits of it that are different.
    pub bits: u64,
    /// The call, by its place in the list.
    pub call: usize,
}

impl Setup {
    /// A world in which nothing has happened.
    pub fn new(world: World, kernel: Kernel) -> Self {
        let image = world.empty();
        Self {
            world,
            kernel,
            image,
            causes: Vec::new(),
            asked: 0,
        }
    }

    /// The call that changed any of these bits last, by its place in the list, if one did.
    pub fn cause(&self, address: Address, bits: u64) -> Option<usize> {
        let is_of_these = |cause: &&Cause| cause.address == address && cause.bits & bits != 0;
        self.causes
            .iter()
            .rev()
            .find(is_of_these)
            .map(|cause| cause.call)
    }

    /// Makes one call, on a processor no thread of a scenario runs on.
    ///
    /// # Errors
    /// What is wrong with the call; the world is then as it was before, except after [`SetupError::Errno`]: a call that fails can have done a part.
    pub fn call(&mut self, number: usize, call: SetupCall) -> Result<(), SetupError> {
        let ready = self.prepare(call)?;
        let program = OneCall {
            setup: self,
            call: ready,
            failed: std::rc::Rc::default(),
            asked: std::rc::Rc::default(),
        };
        let mut machine = Machine::new(&program);
        let end = finish(&mut machine, self.image.len());
        let fault = machine.with_trace(|trace| trace.faults().first().copied());
        let (failed, asked) = (program.failed.take(), program.asked.get());
        self.asked |= asked;
        if end != run::End::Finished || fault.is_some() {
            return Err(SetupError::Machine(format!("{end:?} {fault:?}")));
        }
        machine.with_memory(|memory| {
            let words = (0..).zip(self.image.iter().zip(memory));
            let changed = words.filter(|(_, (before, after))| before != after);
            self.causes
                .extend(changed.map(|(address, (before, after))| Cause {
                    address: Address(address),
                    bits: before ^ after,
                    call: number,
                }));
            self.image.copy_from_slice(memory);
        });
        failed.map_or(Ok(()), |errno| Err(SetupError::Errno(errno)))
    }

    /// The page at a place, now.
    pub fn page(&self, at: PageAt) -> Option<Page> {
        let memory = Memory(&self.image);
        let page = match at {
            PageAt::Mapped { process, at } => {
                let mm = self
                    .mm(process)
                    .filter(|_| at < u64::from(self.world.sizes().address_space))?;
                memory.get(mm.pte(at).entry()).page()?
            }
            PageAt::Cached { file, index } => {
                let file = self
                    .world
                    .files()
                    .nth(file as usize)
                    .filter(|_| index < u64::from(self.world.sizes().file_pages))?;
                memory.get(file.slot(index))
            }
        };
        (!page.is_null()).then_some(page)
    }

    /// The memory of a process.
    pub fn mm(&self, process: u32) -> Option<Mm> {
        self.world.mms().nth(process as usize)
    }
}
