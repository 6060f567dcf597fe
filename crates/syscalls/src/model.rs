//! The calls of a program, made on the model.

use std::collections::{BTreeMap, BTreeSet};

use lockstep_mm::kernel::Kernel;
use lockstep_mm::mlock::LockAll;
use lockstep_mm::page::Page;
use lockstep_mm::proc;
use lockstep_mm::setup::{Access, MapKind, PageAt, Setup, SetupCall, SetupError};
use lockstep_mm::vma::{VmFlags, Vma};
use lockstep_mm::world::{Memory, Sizes, World};

use crate::call::{Call, Kind, LockFlag, Prot};
use crate::state::{PageState, State};

/// What a read fault maps of what the page cache has, unless somebody changes it: 64 KiB.
const FAULT_AROUND: u32 = 16;
/// The process of the program, and its child.
const PARENT: u32 = 0;
const CHILD: u32 = 1;

/// How a program is run.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// The kernel.
    pub kernel: Kernel,
    /// The process has a page of its own beside the arena, in use from the start: whoever drives a real process needs one there.
    pub has_driver_page: bool,
}

/// A call the model cannot make. A program that was parsed has none, unless the model is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused(pub String);

/// A process that makes the calls of a program, one after the other.
#[derive(Clone, Debug)]
pub struct Model {
    setup: Setup,
    arena: u64,
    files: BTreeMap<String, u32>,
    calls: usize,
}

impl Model {
    /// A process before its first call, in a world with enough room for a program.
    ///
    /// # Errors
    /// If the driver's page cannot be made.
    pub fn new(program: &[Call], config: Config) -> Result<Self, Refused> {
        let arena = program.iter().filter_map(Call::range);
        let arena = arena.map(|range| range.end).max().unwrap_or(0);
        let file_pages = program.iter().filter_map(Call::file_end);
        let file_pages = file_pages.map(|(_, end)| end).max().unwrap_or(0).max(arena);
        // Shared anonymous memory has a file too, each its own.
        let shared = |call: &Call| {
            matches!(
                call,
                Call::Mmap {
                    kind: Kind::AnonShared,
                    ..
                }
            )
        };
        let named: BTreeSet<&str> = program
            .iter()
            .filter_map(Call::file_end)
            .map(|(name, _)| name)
            .collect();
        let files = (named.len() + program.iter().filter(|call| shared(call)).count()) as u64;
        // A page of nobody's keeps the driver's from being next to the arena.
        let address_space = arena + 2;
        let vmas = 2 * address_space + 2;
        let sizes = Sizes {
            pages: (2 * address_space + files * file_pages + 32) as u32,
            processes: 2,
            address_space: address_space as u32,
            vmas: vmas as u32,
            files: files as u32,
            file_pages: file_pages as u32,
            anon_vmas: vmas as u32,
            swap_slots: 0,
            processors: 1,
        };
        let world = World::new(sizes).with_fault_around(FAULT_AROUND);
        let mut model = Self {
            setup: Setup::new(world, config.kernel),
            arena,
            files: BTreeMap::new(),
            calls: 0,
        };
        if config.has_driver_page {
            let at = arena + 1;
            let map = SetupCall::Mmap {
                process: PARENT,
                at,
                pages: 1,
                kind: MapKind::AnonPrivate,
                locked: false,
                access: Access::ReadWrite,
            };
            let process = PARENT;
            for call in [map, SetupCall::Write { process, at }, SetupCall::Drain] {
                model.make(call)?;
            }
        }
        Ok(model)
    }

    /// How many pages the arena has.
    pub fn arena(&self) -> u64 {
        self.arena
    }

    /// Makes a call; the state is what follows it.
    ///
    /// # Errors
    /// If the model cannot make it.
    pub fn call(&mut self, call: &Call) -> Result<State, Refused> {
        let is_access = matches!(call, Call::Read { .. } | Call::Write { .. });
        if let Some(Call::Create { file, pages }) = call.opens()
            && !self.files.contains_key(&file)
        {
            let create = self.setup_call(&Call::Create { file, pages })?;
            self.make(create)?;
        }
        let setup_call = self.setup_call(call)?;
        let errno = self.make(setup_call)?.map(|errno| match errno {
            // The process is sent a signal for what a call is told as an error.
            "EFAULT" if is_access => "SIGSEGV".to_owned(),
            errno => errno.to_owned(),
        });
        Ok(self.state(errno))
    }

    fn make(&mut self, call: SetupCall) -> Result<Option<&'static str>, Refused> {
        let number = self.calls;
        self.calls += 1;
        match self.setup.call(number, call) {
            Ok(()) => Ok(None),
            Err(SetupError::Errno(errno)) => Ok(Some(errno)),
            Err(error) => Err(Refused(format!("{error:?}"))),
        }
    }

    fn file(&self, name: &str) -> Result<u32, Refused> {
        let known = self.files.get(name).copied();
        known.ok_or_else(|| Refused(format!("there is no file named `{name}`")))
    }

    fn setup_call(&mut self, call: &Call) -> Result<SetupCall, Refused> {
        let process = PARENT;
        Ok(match *call {
            Call::Create { ref file, pages } => {
                // Files of the program come from the end, so that those of shared anonymous memory, which take the first free
                // one, are never in the way.
                let last = self.setup.world.sizes().files.saturating_sub(1);
                let number = last.saturating_sub(self.files.len() as u32);
                self.files.insert(file.clone(), number);
                SetupCall::CreateTmpfs {
                    file: number,
                    pages,
                }
            }
            Call::Mmap {
                at,
                pages,
                kind,
                ref file,
                offset,
                locked,
                prot,
            } => SetupCall::Mmap {
                process,
                at,
                pages,
                kind: self.kind(kind, file.as_deref(), offset)?,
                locked,
                access: match prot {
                    Prot::Rw => Access::ReadWrite,
                    Prot::R => Access::Read,
                    Prot::None => Access::None,
                },
            },
            Call::Munmap { at, pages } => SetupCall::Munmap { process, at, pages },
            Call::Mlock2 {
                at,
                pages,
                onfault: true,
            } => SetupCall::MlockOnFault { process, at, pages },
            Call::Mlock { at, pages } | Call::Mlock2 { at, pages, .. } => {
                SetupCall::Mlock { process, at, pages }
            }
            Call::Munlock { at, pages } => SetupCall::Munlock { process, at, pages },
            Call::Mlockall { ref flags } => SetupCall::MlockAll {
                process,
                lock: LockAll {
                    current: flags.contains(&LockFlag::Current),
                    future: flags.contains(&LockFlag::Future),
                    on_fault: flags.contains(&LockFlag::Onfault),
                },
            },
            Call::Munlockall {} => SetupCall::MunlockAll { process },
            Call::Read { at } => SetupCall::Read { process, at },
            Call::Write { at } => SetupCall::Write { process, at },
            Call::Truncate { ref file, pages } => SetupCall::Truncate {
                file: self.file(file)?,
                pages,
            },
            Call::PunchHole {
                ref file,
                at,
                pages,
            } => SetupCall::PunchHole {
                file: self.file(file)?,
                at,
                pages,
            },
            Call::MadviseDontneed { at, pages } => SetupCall::DontNeed { process, at, pages },
            Call::Fork {} => SetupCall::Fork {
                parent: PARENT,
                child: CHILD,
            },
            Call::ExitChild {} => SetupCall::Exit { process: CHILD },
            Call::SetrlimitMemlock { pages } => SetupCall::LimitLocked { process, pages },
            Call::DropCapability {} => SetupCall::DropCapability { process },
            Call::Drain {} => SetupCall::Drain,
        })
    }

    fn kind(&self, kind: Kind, file: Option<&str>, offset: u64) -> Result<MapKind, Refused> {
        let file = || self.file(file.unwrap_or_default());
        Ok(match kind {
            Kind::AnonPrivate => MapKind::AnonPrivate,
            Kind::AnonShared => MapKind::AnonShared,
            Kind::FilePrivate => MapKind::FilePrivate {
                file: file()?,
                offset,
            },
            Kind::FileShared => MapKind::FileShared {
                file: file()?,
                offset,
            },
        })
    }

    fn state(&self, errno: Option<String>) -> State {
        let memory = Memory(&self.setup.image);
        let locked = self.setup.mm(PARENT).map(|mm| memory.get(mm.locked_vm()));
        let mut pages: Vec<PageState> = (0..self.arena)
            .map(|page| PageState {
                page,
                ..PageState::default()
            })
            .collect();
        for vma in self.vmas() {
            let lo = memory.get(vma.flags()).contains(VmFlags::LOCKED);
            for at in memory.get(vma.start())..memory.get(vma.end()) {
                if let Some(page) = pages.get_mut(at as usize) {
                    (page.mapped, page.lo) = (true, lo);
                }
            }
        }
        for page in &mut pages {
            if let Some(frame) = self.page_at(page.page) {
                page.set_flags(proc::kpageflags(memory, frame));
            }
        }
        State {
            errno,
            vmlck_pages: locked.unwrap_or(0).max(0).unsigned_abs(),
            pages,
        }
    }

    /// The mappings of the process.
    fn vmas(&self) -> impl Iterator<Item = Vma> {
        let memory = Memory(&self.setup.image);
        let mm = self.setup.mm(PARENT);
        let vmas = self.setup.world.vmas();
        vmas.filter(move |vma| memory.get(vma.in_use()) && Some(memory.get(vma.mm())) == mm)
    }

    /// The page that is mapped at a place of the arena.
    fn page_at(&self, at: u64) -> Option<Page> {
        self.setup.page(PageAt::Mapped {
            process: PARENT,
            at,
        })
    }

    /// The number of the frame that is mapped at a place of the arena: two places with the same number show the same page.
    pub fn frame(&self, at: u64) -> Option<u32> {
        let page = self.page_at(at)?;
        Some(self.setup.world.page_number(page))
    }

    /// For every page of the process that is locked, the driver's as well, whether that is only once it has been touched.
    pub fn locked(&self) -> BTreeMap<u64, bool> {
        let memory = Memory(&self.setup.image);
        let mut locked = BTreeMap::new();
        for vma in self.vmas() {
            let flags = memory.get(vma.flags());
            if flags.contains(VmFlags::LOCKED) {
                for at in memory.get(vma.start())..memory.get(vma.end()) {
                    locked.insert(at, flags.contains(VmFlags::LOCKONFAULT));
                }
            }
        }
        locked
    }

    /// `RLIMIT_MEMLOCK` in pages, where it counts.
    pub fn limit(&self) -> Option<u64> {
        let memory = Memory(&self.setup.image);
        let mm = self.setup.mm(PARENT)?;
        let limit = memory.get(mm.memlock_limit()).max(0).unsigned_abs();
        (!memory.get(mm.may_lock_any())).then_some(limit)
    }
}
