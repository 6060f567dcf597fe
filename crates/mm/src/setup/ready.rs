//! Making one set-up call: its arguments are looked up, then the kernel function runs, as a program of one thread.

use std::cell::Cell;
use std::rc::Rc;

use lockstep_machine::{Cpu, EmulatedCpu, Program, ThreadBody, ThreadId};

use super::{Access, MapKind, PageAt, Setup, SetupCall, SetupError};
use crate::cx::{Asked, Cx};
use crate::file::{File, FileKind};
use crate::mlock::{Lock, LockAll};
use crate::page::Page;
use crate::vma::Mm;
use crate::world::Memory;
use crate::{fault, fork, memory, migrate, mlock, mmap, shmem, swap, truncate, vmscan};

/// A set-up call with its arguments looked up.
#[derive(Clone, Copy)]
pub(super) enum Ready {
    Create {
        file: File,
        kind: FileKind,
        pages: u64,
    },
    Mmap {
        mm: Mm,
        at: u64,
        pages: u64,
        backing: mmap::Backing,
        locked: bool,
        access: Access,
    },
    Range {
        mm: Mm,
        at: u64,
        pages: u64,
        call: RangeCall,
    },
    Touch {
        mm: Mm,
        at: u64,
        write: bool,
    },
    MlockAll {
        mm: Mm,
        lock: LockAll,
    },
    MunlockAll {
        mm: Mm,
    },
    Fork {
        parent: Mm,
        child: Mm,
    },
    Exit {
        mm: Mm,
    },
    Truncate {
        file: File,
        pages: u64,
    },
    PunchHole {
        file: File,
        at: u64,
        pages: u64,
    },
    ShmLock {
        file: File,
        lock: bool,
    },
    Limit {
        mm: Mm,
        pages: u64,
    },
    DropCapability {
        mm: Mm,
    },
    Drain,
    Deactivate(Page),
    Reclaim(Page),
    Migrate(Page),
}

/// A call on a range of a process's addresses.
#[derive(Clone, Copy)]
pub(super) enum RangeCall {
    Mlock(Lock),
    Munlock,
    Munmap,
    DontNeed,
}

impl Setup {
    fn file(&self, number: u32) -> Result<File, SetupError> {
        self.world
            .files()
            .nth(number as usize)
            .ok_or(SetupError::NoSuchFile(number))
    }

    fn process(&self, number: u32) -> Result<Mm, SetupError> {
        self.mm(number).ok_or(SetupError::NoSuchProcess(number))
    }

    /// A range of a process's addresses, if it lies inside its address space.
    fn range(
        &self,
        process: u32,
        at: u64,
        pages: u64,
        call: RangeCall,
    ) -> Result<Ready, SetupError> {
        let room = u64::from(self.world.sizes().address_space);
        match at.checked_add(pages) {
            Some(end) if end <= room => Ok(Ready::Range {
                mm: self.process(process)?,
                at,
                pages,
                call,
            }),
            _ => Err(SetupError::OutsideAddressSpace),
        }
    }

    /// Looks up what a call is about.
    pub(super) fn prepare(&self, call: SetupCall) -> Result<Ready, SetupError> {
        let page = |at: PageAt| self.page(at).ok_or(SetupError::NoPage(at));
        let file_room = u64::from(self.world.sizes().file_pages);
        Ok(match call {
            SetupCall::Create { file, pages }
            | SetupCall::CreateTmpfs { file, pages }
            | SetupCall::Truncate { file, pages }
                if pages > file_room =>
            {
                self.file(file)?;
                return Err(SetupError::OutsideAddressSpace);
            }
            SetupCall::Create { file, pages } => Ready::Create {
                file: self.file(file)?,
                kind: FileKind::Disk,
                pages,
            },
            SetupCall::CreateTmpfs { file, pages } => Ready::Create {
                file: self.file(file)?,
                kind: FileKind::Tmpfs,
                pages,
            },
            SetupCall::Truncate { file, pages } => Ready::Truncate {
                file: self.file(file)?,
                pages,
            },
            SetupCall::PunchHole { file, at, pages } => Ready::PunchHole {
                file: self.file(file)?,
                at,
                pages,
            },
            SetupCall::ShmLock { file, lock } => Ready::ShmLock {
                file: self.file(file)?,
                lock,
            },
            SetupCall::Mmap {
                process,
                at,
                pages,
                kind,
                locked,
                access,
            } => {
                self.range(process, at, pages, RangeCall::Munmap)?;
                let backing = match kind {
                    MapKind::AnonPrivate => mmap::Backing::Anon,
                    MapKind::AnonShared => mmap::Backing::AnonShared,
                    MapKind::FilePrivate { file, offset } => mmap::Backing::File {
                        file: self.file(file)?,
                        offset,
                        shared: false,
                    },
                    MapKind::FileShared { file, offset } => mmap::Backing::File {
                        file: self.file(file)?,
                        offset,
                        shared: true,
                    },
                };
                Ready::Mmap {
                    mm: self.process(process)?,
                    at,
                    pages,
                    backing,
                    locked,
                    access,
                }
            }
            SetupCall::Read { process, at } | SetupCall::Write { process, at } => {
                self.range(process, at, 1, RangeCall::Munmap)?;
                Ready::Touch {
                    mm: self.process(process)?,
                    at,
                    write: matches!(call, SetupCall::Write { .. }),
                }
            }
            SetupCall::Mlock { process, at, pages } => {
                self.range(process, at, pages, RangeCall::Mlock(Lock::All))?
            }
            SetupCall::MlockOnFault { process, at, pages } => {
                self.range(process, at, pages, RangeCall::Mlock(Lock::OnFault))?
            }
            SetupCall::Munlock { process, at, pages } => {
                self.range(process, at, pages, RangeCall::Munlock)?
            }
            SetupCall::Munmap { process, at, pages } => {
                self.range(process, at, pages, RangeCall::Munmap)?
            }
            SetupCall::DontNeed { process, at, pages } => {
                self.range(process, at, pages, RangeCall::DontNeed)?
            }
            SetupCall::MlockAll { process, lock } => Ready::MlockAll {
                mm: self.process(process)?,
                lock,
            },
            SetupCall::MunlockAll { process } => Ready::MunlockAll {
                mm: self.process(process)?,
            },
            SetupCall::Fork { parent, child } => {
                let mm = self.process(child)?;
                if Memory(&self.image).get(mm.users()) != 0 {
                    return Err(SetupError::ProcessExists(child));
                }
                Ready::Fork {
                    parent: self.process(parent)?,
                    child: mm,
                }
            }
            SetupCall::Exit { process } => Ready::Exit {
                mm: self.process(process)?,
            },
            SetupCall::LimitLocked { process, pages } => Ready::Limit {
                mm: self.process(process)?,
                pages,
            },
            SetupCall::DropCapability { process } => Ready::DropCapability {
                mm: self.process(process)?,
            },
            SetupCall::Drain => Ready::Drain,
            SetupCall::Deactivate(at) => Ready::Deactivate(page(at)?),
            SetupCall::Reclaim(at) => Ready::Reclaim(page(at)?),
            SetupCall::Migrate(at) => Ready::Migrate(page(at)?),
        })
    }
}

/// A program of one thread that makes one call.
pub(super) struct OneCall<'setup> {
    pub(super) setup: &'setup Setup,
    pub(super) call: Ready,
    pub(super) failed: Rc<Cell<Option<&'static str>>>,
    pub(super) asked: Asked,
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
        let cx = Cx::new(cpu, self.setup.world, self.setup.kernel, processor)
            .noting(Rc::clone(&self.asked));
        let (call, failed) = (self.call, Rc::clone(&self.failed));
        Box::pin(async move { failed.set(make(&cx, call).await.err()) })
    }
}

async fn make<C: Cpu>(cx: &Cx<C>, call: Ready) -> Result<(), &'static str> {
    match call {
        Ready::Create { file, kind, pages } => {
            cx.write_with(file.kind(), kind, [file.size().stores(pages)])
                .await
        }
        Ready::Mmap {
            mm,
            at,
            pages,
            backing,
            locked,
            access,
        } => {
            return mmap::mmap(cx, mm, at, pages, backing, locked, access.flags()).await;
        }
        Ready::Range {
            mm,
            at,
            pages,
            call,
        } => {
            return match call {
                RangeCall::Mlock(lock) => mlock::do_mlock(cx, mm, at, pages, lock).await,
                RangeCall::Munlock => mlock::munlock(cx, mm, at, pages).await,
                RangeCall::Munmap => mmap::adjust::munmap(cx, mm, at, pages).await,
                RangeCall::DontNeed => memory::madvise_dontneed(cx, mm, at, pages).await,
            };
        }
        Ready::Touch { mm, at, write } => return fault::touch(cx, mm, at, write).await,
        Ready::MlockAll { mm, lock } => return mlock::mlockall(cx, mm, lock).await,
        Ready::MunlockAll { mm } => mlock::munlockall(cx, mm).await,
        Ready::Fork { parent, child } => return fork::dup_mm(cx, parent, child).await,
        Ready::Exit { mm } => mmap::exit::mmput(cx, mm).await,
        Ready::Truncate { file, pages } => truncate::truncate_setsize(cx, file, pages).await,
        Ready::PunchHole { file, at, pages } => truncate::punch_hole(cx, file, at, pages).await,
        Ready::ShmLock { file, lock } => shmem::shmem_lock(cx, file, lock).await,
        Ready::Limit { mm, pages } => cx.write(mm.memlock_limit(), pages.cast_signed()).await,
        Ready::DropCapability { mm } => cx.write(mm.may_lock_any(), false).await,
        Ready::Drain => swap::lru_add_drain_all(cx).await,
        Ready::Deactivate(page) => vmscan::shrink_active_list(cx, page).await,
        Ready::Reclaim(page) => vmscan::shrink_inactive_list(cx, page).await,
        Ready::Migrate(page) => _ = migrate::unmap_and_move(cx, page).await,
    }
    Ok(())
}
