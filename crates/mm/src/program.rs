//! A world and the kernel paths that run in it at once: what the machine runs.

use lockstep_machine::{Cpu, EmulatedCpu, Program, ThreadBody, ThreadId};

use crate::cx::{Asked, Cx};
use crate::file::File;
use crate::mlock::Lock;
use crate::page::Page;
use crate::setup::Setup;
use crate::vma::{Mm, VmFlags};
use crate::{fault, mlock, mmap, task_mmu, truncate, vmscan};

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Path {
    /// Reclaim looks at one page: `shrink_inactive_list()` with a batch of one.
    Reclaim {
        /// The page.
        page: Page,
    },
    /// `ftruncate()`, from `truncate_setsize()` on.
    Truncate {
        /// The file.
        file: File,
        /// Its new size, in pages.
        size: u64,
    },
    /// `fallocate(FALLOC_FL_PUNCH_HOLE)`.
    PunchHole {
        /// The file.
        file: File,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// The process exits.
    Exit {
        /// Its memory.
        mm: Mm,
    },
    /// `mlock()` or `mlock2()`.
    Mlock {
        /// The process's memory.
        mm: Mm,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
        /// Which of the two.
        lock: Lock,
    },
    /// `munlock()`.
    Munlock {
        /// The process's memory.
        mm: Mm,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// `munmap()`.
    Munmap {
        /// The process's memory.
        mm: Mm,
        /// The first page.
        at: u64,
        /// How many.
        pages: u64,
    },
    /// The process reads or writes a byte.
    Touch {
        /// The process's memory.
        mm: Mm,
        /// Where.
        at: u64,
        /// Whether it writes.
        write: bool,
    },
    /// Another thread of the process is inside `mmap()`: it has mmap_sem for writing and maps one page of anonymous memory.
    Mmap {
        /// The process's memory.
        mm: Mm,
        /// Where it maps.
        at: u64,
    },
    /// Somebody writes 4 to the process's `clear_refs` in /proc.
    ClearRefs {
        /// The process's memory.
        mm: Mm,
    },
}

/// What runs a path to its end: [`every`], or something that knows fewer paths, for a program that is not to hold the code of all.
pub type Bodies = fn(Path, Cx<EmulatedCpu>) -> ThreadBody;

/// Runs any path. What a system call returns is in the trace.
pub fn every(path: Path, cx: Cx<EmulatedCpu>) -> ThreadBody {
    Box::pin(async move { path.run(&cx).await })
}

/// Runs [`Path::Reclaim`] and [`Path::Truncate`], the two threads of the race that the commit is about. Any other ends at once.
///
/// On the kernels before and after the commit no order of these two leaves a wrong mark on a page in use, so nothing has to exit to
/// find out what becomes of one: all orders have been searched for that (`crates/view/tests/search.txt`).
pub fn reclaim_and_truncation(path: Path, cx: Cx<EmulatedCpu>) -> ThreadBody {
    Box::pin(async move {
        match path {
            Path::Reclaim { page } => vmscan::shrink_inactive_list(&cx, page).await,
            Path::Truncate { file, size } => truncate::truncate_setsize(&cx, file, size).await,
            _ => {}
        }
    })
}

/// A world, and one path for each thread.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The world.
    pub setup: Setup,
    /// The paths, for threads A, B, C ...
    pub paths: Vec<Path>,
    bodies: Bodies,
}

impl Setting {
    /// Puts threads into a world.
    pub fn new(setup: Setup, paths: Vec<Path>) -> Self {
        Self::with(setup, paths, every)
    }

    /// The same, run by `bodies`.
    pub fn with(setup: Setup, paths: Vec<Path>, bodies: Bodies) -> Self {
        Self {
            setup,
            paths,
            bodies,
        }
    }

    /// What runs the paths.
    pub fn bodies(&self) -> Bodies {
        self.bodies
    }
}

impl Program for Setting {
    fn image(&self) -> &[u64] {
        &self.setup.image
    }

    fn threads(&self) -> usize {
        self.paths.len()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        self.run(thread, self.cx(thread, cpu))
    }
}

impl Setting {
    fn cx(&self, thread: ThreadId, cpu: EmulatedCpu) -> Cx<EmulatedCpu> {
        let Setup { world, kernel, .. } = self.setup;
        Cx::new(cpu, world, kernel, thread.index() as u32)
    }

    fn run(&self, thread: ThreadId, cx: Cx<EmulatedCpu>) -> ThreadBody {
        let Some(path) = self.paths.get(thread.index()).copied() else {
            return Box::pin(std::future::ready(()));
        };
        (self.bodies)(path, cx)
    }
}

/// The same, noting which switches of the kernel the threads look at: what is found out holds for all kernels that agree in them.
#[derive(Clone, Debug)]
pub struct Noting {
    setting: Setting,
    asked: Asked,
}

impl Noting {
    /// Starts to note.
    pub fn new(setting: Setting) -> Self {
        Self {
            setting,
            asked: Asked::default(),
        }
    }

    /// What runs.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The switches the threads have looked at so far: a bit for each by its place in [`Switch::ALL`](crate::kernel::Switch::ALL),
    /// as for [`Kernel::agrees`](crate::kernel::Kernel::agrees).
    pub fn asked(&self) -> u32 {
        self.asked.get()
    }
}

impl Program for Noting {
    fn image(&self) -> &[u64] {
        self.setting.image()
    }

    fn threads(&self) -> usize {
        self.setting.threads()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let cx = self
            .setting
            .cx(thread, cpu)
            .noting(Asked::clone(&self.asked));
        self.setting.run(thread, cx)
    }
}

impl Path {
    async fn run<C: Cpu>(self, cx: &Cx<C>) {
        match self {
            Self::Reclaim { page } => vmscan::shrink_inactive_list(cx, page).await,
            Self::Truncate { file, size } => truncate::truncate_setsize(cx, file, size).await,
            Self::PunchHole { file, at, pages } => truncate::punch_hole(cx, file, at, pages).await,
            Self::Exit { mm } => mmap::exit::mmput(cx, mm).await,
            Self::Mlock {
                mm,
                at,
                pages,
                lock,
            } => _ = mlock::do_mlock(cx, mm, at, pages, lock).await,
            Self::Munlock { mm, at, pages } => _ = mlock::munlock(cx, mm, at, pages).await,
            Self::Munmap { mm, at, pages } => _ = mmap::adjust::munmap(cx, mm, at, pages).await,
            Self::Touch { mm, at, write } => _ = fault::touch(cx, mm, at, write).await,
            Self::ClearRefs { mm } => task_mmu::clear_refs_write(cx, mm).await,
            Self::Mmap { mm, at } => {
                let access = VmFlags::READ | VmFlags::WRITE;
                _ = mmap::mmap(cx, mm, at, 1, mmap::Backing::Anon, false, access).await;
            }
        }
    }
}
