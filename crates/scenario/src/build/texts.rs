//! The way from the texts: the set-up calls are made one after the other, and the names looked up in what they leave.

use lockstep_machine::ThreadId;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::mlock::LockAll;
use lockstep_mm::program::{Bodies, Setting};
use lockstep_mm::setup::{Access, MapKind, Setup, SetupCall, SetupError};
use lockstep_mm::vma::Vma;
use lockstep_mm::world::{Memory, Sizes, World};

use super::{BuildError, Built, Part, malformed, page_at};
use crate::compiled::{Argument, Invocation, Labelled, Scenario};
use crate::forms::LIMIT;
use crate::names::Names;

impl Scenario {
    /// What [`Scenario::build`] makes of a scenario that has not been prepared.
    ///
    /// # Errors
    /// The first part that cannot be built.
    pub(super) fn build_from_texts(
        &self,
        kernel: Kernel,
        bodies: Bodies,
    ) -> Result<Built, BuildError> {
        let built = self.settle(self.set_up(kernel)?)?;
        Ok(Built {
            setting: Setting::with(built.setting.setup, built.setting.paths, bodies),
            ..built
        })
    }

    /// Makes the set-up calls.
    pub(crate) fn set_up(&self, kernel: Kernel) -> Result<Setup, BuildError> {
        self.set_up_noting(kernel).0
    }

    /// The same, with the switches of the kernel that were looked at on the way: as [`Setup::asked`] has them.
    pub(crate) fn set_up_noting(&self, kernel: Kernel) -> (Result<Setup, BuildError>, u32) {
        let mut setup = match self.sizes() {
            Ok(sizes) => Setup::new(World::new(sizes), kernel),
            Err(error) => return (Err(error), 0),
        };
        for (place, step) in self.setup.iter().enumerate() {
            let made = match setup_call(&step.call) {
                Some(call) => setup
                    .call(place, call)
                    .map_err(|error| self.setup_error(&error)),
                None => Err(malformed(&step.call)),
            };
            if let Err(message) = made {
                let part = Part::Setup(place);
                return (Err(BuildError { part, message }), setup.asked);
            }
        }
        let asked = setup.asked;
        (Ok(setup), asked)
    }

    /// Looks up the names in the world the set-up has left, and puts the threads in.
    pub(crate) fn settle(&self, setup: Setup) -> Result<Built, BuildError> {
        let mut names = Names {
            world: setup.world,
            threads: self.thread_names(),
            processes: self.processes.clone(),
            files: self.files.clone(),
            pages: Vec::new(),
            vmas: Vec::new(),
            existing: [0; 7],
            main: [None; 7],
        };
        for (place, label) in self.labels.iter().enumerate() {
            let fail = |message| BuildError {
                part: Part::Label(place),
                message,
            };
            match label.object {
                Labelled::Page(at) => {
                    let page = setup
                        .page(page_at(at))
                        .ok_or_else(|| fail(self.no_page(page_at(at))))?;
                    names.pages.push((label.name.clone(), page));
                }
                Labelled::Vma { process, at } => {
                    let vma = vma_at(&setup, process, at).ok_or_else(|| {
                        fail(format!(
                            "when the set-up is done, process {} has no mapping at {at}",
                            self.process_name(process)
                        ))
                    })?;
                    names.vmas.push((label.name.clone(), vma));
                }
            }
        }
        names.look_at(&setup.image);
        let paths = self.paths(&setup)?;
        Ok(Built {
            setting: Setting::new(setup, paths),
            resolved: self.resolve(&names),
            names,
        })
    }

    /// Room for everything the set-up makes, and never less than the smallest world, so that small scenarios look alike.
    fn sizes(&self) -> Result<Sizes, BuildError> {
        let whole = |message: &str| BuildError {
            part: Part::Whole,
            message: message.to_owned(),
        };
        let least = Sizes::SMALL;
        let mut sizes = Sizes {
            processes: least.processes.max(count(&self.processes)),
            files: least.files.max(count(&self.files)),
            processors: least.processors.max(count(&self.threads) + 1),
            ..least
        };
        let (mut cached, mut unnamed) = (0u64, 0u32);
        // What each process may have mapped at most: pages and mappings. A child has what its parent had.
        let mut each = vec![(0u64, 0u32); self.processes.len()];
        let (mut mapped, mut mappings) = (0u64, 0u32);
        for step in &self.setup {
            match (step.call.form.as_str(), step.call.arguments.as_slice()) {
                ("create", [Argument::File(_), Argument::Number(pages), _]) => {
                    sizes.file_pages = sizes.file_pages.max(room(*pages));
                    cached = cached.saturating_add(*pages);
                }
                (
                    "mmap",
                    [
                        Argument::Process(process),
                        Argument::Number(at),
                        Argument::Number(pages),
                        Argument::Word(kind),
                        ..,
                    ],
                ) => {
                    if kind == "anon-shared" {
                        // Behind it is a file without a name.
                        sizes.file_pages = sizes.file_pages.max(room(*pages));
                        unnamed += 1;
                    }
                    sizes.address_space = sizes.address_space.max(room(at.saturating_add(*pages)));
                    if let Some((mapped, mappings)) = each.get_mut(*process as usize) {
                        *mapped = mapped.saturating_add(*pages);
                        *mappings = mappings.saturating_add(1);
                    }
                }
                ("fork", &[Argument::Process(parent), Argument::Process(child)]) => {
                    let parent = each.get(parent as usize).copied();
                    if let (Some(parent), Some(child)) = (parent, each.get_mut(child as usize)) {
                        *child = parent;
                    }
                }
                _ => {}
            }
            mapped = each
                .iter()
                .fold(0, |all, (pages, _)| all.saturating_add(*pages));
            mappings = each
                .iter()
                .fold(0, |all, (_, some)| all.saturating_add(*some));
            if self.threads.len() > ThreadId::LIMIT
                || u64::from(sizes.file_pages.max(sizes.address_space)) > 2 * LIMIT
                || mapped.saturating_add(cached) > 16 * LIMIT
            {
                return Err(whole(
                    "it needs more threads, pages or address space than a world has room for",
                ));
            }
        }
        sizes.files = sizes.files.max(count(&self.files).saturating_add(unnamed));
        if u64::from(sizes.processes.max(sizes.files)) > LIMIT {
            return Err(whole(
                "it has more processes or files than a world has room for",
            ));
        }
        sizes.pages = sizes.pages.max(room(mapped + cached) + 2);
        // A call on the middle of a mapping splits it in three.
        sizes.vmas = sizes.vmas.max(mappings.saturating_mul(3)).min(64);
        sizes.anon_vmas = sizes.anon_vmas.max(mappings);
        sizes.swap_slots = sizes.swap_slots.max(room(mapped));
        Ok(sizes)
    }

    fn setup_error(&self, error: &SetupError) -> String {
        match error {
            SetupError::NoSuchProcess(process) => {
                format!("there is no process {}", self.process_name(*process))
            }
            SetupError::ProcessExists(process) => format!(
                "process {} has memory already, so it cannot come from a fork",
                self.process_name(*process)
            ),
            SetupError::NoSuchFile(file) => format!("there is no file {}", self.file_name(*file)),
            SetupError::OutsideAddressSpace => {
                "the address is outside the address space".to_owned()
            }
            SetupError::NoPage(at) => self.no_page(*at),
            SetupError::Errno(errno) => format!("the call fails with {errno}"),
            SetupError::Machine(why) => format!("the call does not end well: {why}"),
        }
    }
}

/// The call a row of the table of calls stands for.
fn setup_call(call: &Invocation) -> Option<SetupCall> {
    use Argument::{File, None as Left, Number, Page, Process, Word};
    Some(match (call.form.as_str(), call.arguments.as_slice()) {
        ("create", &[File(file), Number(pages), ref tmpfs]) => match tmpfs {
            Left => SetupCall::Create { file, pages },
            _ => SetupCall::CreateTmpfs { file, pages },
        },
        (
            "mmap",
            [
                Process(process),
                Number(at),
                Number(pages),
                Word(kind),
                file,
                offset,
                locked,
                access,
            ],
        ) => {
            // Beyond all files there is nothing to tell apart, and sums of addresses would leave the range of numbers.
            let offset = match offset {
                Number(offset) if *offset < 2 * LIMIT => *offset,
                Left => 0,
                _ => return None,
            };
            let kind = match (kind.as_str(), file) {
                ("anon-private", Left) => MapKind::AnonPrivate,
                ("anon-shared", Left) => MapKind::AnonShared,
                ("file-private", File(file)) => MapKind::FilePrivate {
                    file: *file,
                    offset,
                },
                ("file-shared", File(file)) => MapKind::FileShared {
                    file: *file,
                    offset,
                },
                _ => return None,
            };
            SetupCall::Mmap {
                process: *process,
                at: *at,
                pages: *pages,
                kind,
                locked: *locked != Left,
                access: match access {
                    Left => Access::ReadWrite,
                    Word(word) => match word.as_str() {
                        "rw" => Access::ReadWrite,
                        "r" => Access::Read,
                        "none" => Access::None,
                        _ => return None,
                    },
                    _ => return None,
                },
            }
        }
        ("read", &[Process(process), Number(at)]) => SetupCall::Read { process, at },
        ("write", &[Process(process), Number(at)]) => SetupCall::Write { process, at },
        ("mlockall", &[Process(process), Number(flags)]) => SetupCall::MlockAll {
            process,
            lock: LockAll {
                current: flags & 1 != 0,
                future: flags & 2 != 0,
                on_fault: flags & 4 != 0,
            },
        },
        ("munlockall", &[Process(process)]) => SetupCall::MunlockAll { process },
        ("fork", &[Process(parent), Process(child)]) => SetupCall::Fork { parent, child },
        ("exit", &[Process(process)]) => SetupCall::Exit { process },
        ("truncate", &[File(file), Number(pages)]) => SetupCall::Truncate { file, pages },
        ("punch-hole", &[File(file), Number(at), Number(pages)]) => {
            SetupCall::PunchHole { file, at, pages }
        }
        ("shm-lock", &[File(file)]) => SetupCall::ShmLock { file, lock: true },
        ("shm-unlock", &[File(file)]) => SetupCall::ShmLock { file, lock: false },
        ("setrlimit-memlock", &[Process(process), Number(pages)]) => {
            SetupCall::LimitLocked { process, pages }
        }
        ("drop-capability", &[Process(process)]) => SetupCall::DropCapability { process },
        ("migrate", [Page(place)]) => SetupCall::Migrate(page_at(*place)),
        (form, &[Process(process), Number(at), Number(pages)]) => match form {
            "mlock" => SetupCall::Mlock { process, at, pages },
            "mlock-onfault" => SetupCall::MlockOnFault { process, at, pages },
            "munlock" => SetupCall::Munlock { process, at, pages },
            "munmap" => SetupCall::Munmap { process, at, pages },
            "madvise-dontneed" => SetupCall::DontNeed { process, at, pages },
            _ => return None,
        },
        ("drain", []) => SetupCall::Drain,
        ("deactivate", [Page(place)]) => SetupCall::Deactivate(page_at(*place)),
        ("reclaim", [Page(place)]) => SetupCall::Reclaim(page_at(*place)),
        _ => return None,
    })
}

fn vma_at(setup: &Setup, process: u32, at: u64) -> Option<Vma> {
    let mm = setup.mm(process)?;
    let memory = Memory(&setup.image);
    setup.world.vmas().find(|vma| {
        memory.get(vma.in_use())
            && memory.get(vma.mm()) == mm
            && (memory.get(vma.start())..memory.get(vma.end())).contains(&at)
    })
}

/// A number as a size; those beyond all reason are refused for their size, not cut to a small one.
fn room(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}
