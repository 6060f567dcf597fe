//! The system calls and kernel passes a world is made by, before the threads of a scenario start.
//!
//! A world is never poked together: every initial state is one the same kernel functions, run one call after the other, have left behind.

use lockstep_machine::{Cpu, EmulatedCpu, Machine, Program, Schedule, ThreadBody, ThreadId, run};

use crate::cx::Cx;
use crate::kernel::Kernel;
use crate::page::Page;
use crate::vma::Mm;
use crate::world::{Memory, World};
use crate::{fault, mlock, mmap, swap, vmscan};

/// What memory a mapping shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapKind {
    /// `MAP_PRIVATE | MAP_ANONYMOUS`.
    AnonPrivate,
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

/// A world that set-up calls have made.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The layout.
    pub world: World,
    /// The kernel that made it.
    pub kernel: Kernel,
    /// The memory.
    pub image: Vec<u64>,
    /// For each word the call that changed it last, by its place in the list, if any did.
    pub changed_by: Vec<Option<usize>>,
}

impl Setup {
    /// A world in which nothing has happened.
    pub fn new(world: World, kernel: Kernel) -> Self {
        let image = world.empty();
        Self {
            world,
            kernel,
            changed_by: vec![None; image.len()],
            image,
        }
    }

    /// Makes one call, on a processor no thread of a scenario runs on.
    ///
    /// # Errors
    /// What is wrong with the call; the world is then as it was before.
    pub fn call(&mut self, number: usize, call: SetupCall) -> Result<(), SetupError> {
        let ready = self.prepare(call)?;
        let program = OneCall {
            setup: self,
            call: ready,
            failed: std::rc::Rc::default(),
        };
        let mut machine = Machine::new(&program);
        let end = run::finish(&mut machine, &mut Schedule::new());
        let fault = machine.with_trace(|trace| trace.faults().first().copied());
        if end != run::End::Finished || fault.is_some() {
            return Err(SetupError::Machine(format!("{end:?} {fault:?}")));
        }
        if let Some(errno) = program.failed.take() {
            return Err(SetupError::Errno(errno));
        }
        machine.with_trace(|trace| {
            for event in trace.events() {
                for change in trace.changes(event) {
                    if let Some(by) = self.changed_by.get_mut(change.address.index()) {
                        *by = Some(number);
                    }
                }
            }
        });
        machine.with_memory(|memory| self.image.copy_from_slice(memory));
        Ok(())
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

/// A set-up call with its arguments looked up.
#[derive(Clone, Copy)]
enum Ready {
    Create {
        file: crate::file::File,
        pages: u64,
    },
    Mmap {
        mm: Mm,
        at: u64,
        pages: u64,
        kind: mmap::Backing,
    },
    Touch {
        mm: Mm,
        at: u64,
        write: bool,
    },
    Mlock {
        mm: Mm,
        at: u64,
        pages: u64,
        on_fault: bool,
    },
    Drain,
    Deactivate(Page),
    Reclaim(Page),
}

impl Setup {
    /// Looks up what a call is about.
    fn prepare(&self, call: SetupCall) -> Result<Ready, SetupError> {
        let mm = |process: u32| self.mm(process).ok_or(SetupError::NoSuchProcess(process));
        let file = |file: u32| {
            self.world
                .files()
                .nth(file as usize)
                .ok_or(SetupError::NoSuchFile(file))
        };
        let page = |at: PageAt| self.page(at).ok_or(SetupError::NoPage(at));
        let room = u64::from(self.world.sizes().address_space);
        let inside = |at: u64, pages: u64| {
            let end = at
                .checked_add(pages)
                .filter(|end| *end <= room && pages > 0);
            end.map(|_| ()).ok_or(SetupError::OutsideAddressSpace)
        };
        Ok(match call {
            SetupCall::Create {
                file: number,
                pages,
            } => {
                if pages > u64::from(self.world.sizes().file_pages) {
                    return Err(SetupError::OutsideAddressSpace);
                }
                Ready::Create {
                    file: file(number)?,
                    pages,
                }
            }
            SetupCall::Mmap {
                process,
                at,
                pages,
                kind,
            } => {
                inside(at, pages)?;
                let kind = match kind {
                    MapKind::AnonPrivate => mmap::Backing::Anon,
                    MapKind::FilePrivate {
                        file: number,
                        offset,
                    } => mmap::Backing::File {
                        file: file(number)?,
                        offset,
                        shared: false,
                    },
                    MapKind::FileShared {
                        file: number,
                        offset,
                    } => mmap::Backing::File {
                        file: file(number)?,
                        offset,
                        shared: true,
                    },
                };
                Ready::Mmap {
                    mm: mm(process)?,
                    at,
                    pages,
                    kind,
                }
            }
            SetupCall::Read { process, at } | SetupCall::Write { process, at } => {
                inside(at, 1)?;
                Ready::Touch {
                    mm: mm(process)?,
                    at,
                    write: matches!(call, SetupCall::Write { .. }),
                }
            }
            SetupCall::Mlock { process, at, pages }
            | SetupCall::MlockOnFault { process, at, pages } => {
                inside(at, pages)?;
                let on_fault = matches!(call, SetupCall::MlockOnFault { .. });
                Ready::Mlock {
                    mm: mm(process)?,
                    at,
                    pages,
                    on_fault,
                }
            }
            SetupCall::Drain => Ready::Drain,
            SetupCall::Deactivate(at) => Ready::Deactivate(page(at)?),
            SetupCall::Reclaim(at) => Ready::Reclaim(page(at)?),
        })
    }
}

/// A program of one thread that makes one call.
struct OneCall<'setup> {
    setup: &'setup Setup,
    call: Ready,
    failed: std::rc::Rc<std::cell::Cell<Option<&'static str>>>,
}

impl Program for OneCall<'_> {
    fn image(&self) -> &[u64] {
        &self.setup.image
    }

    fn threads(&self) -> usize {
        1
    }

    fn body(&self, _: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let processor = self.setup.world.sizes().processors.saturating_sub(1);
        let cx = Cx::new(cpu, self.setup.world, self.setup.kernel, processor);
        let (call, failed) = (self.call, std::rc::Rc::clone(&self.failed));
        Box::pin(async move { failed.set(make(&cx, call).await.err()) })
    }
}

async fn make<C: Cpu>(cx: &Cx<C>, call: Ready) -> Result<(), &'static str> {
    match call {
        Ready::Create { file, pages } => {
            cx.write_with(file.in_use(), true, [file.size().stores(pages)])
                .await;
            Ok(())
        }
        Ready::Mmap {
            mm,
            at,
            pages,
            kind,
        } => mmap::mmap(cx, mm, at, pages, kind).await,
        Ready::Touch { mm, at, write } => fault::touch(cx, mm, at, write).await,
        Ready::Mlock {
            mm,
            at,
            pages,
            on_fault,
        } => mlock::do_mlock(cx, mm, at, pages, on_fault).await,
        Ready::Drain => {
            swap::lru_add_drain_all(cx).await;
            Ok(())
        }
        Ready::Deactivate(page) => {
            vmscan::shrink_active_list(cx, page).await;
            Ok(())
        }
        Ready::Reclaim(page) => {
            vmscan::shrink_inactive_list(cx, page).await;
            Ok(())
        }
    }
}
