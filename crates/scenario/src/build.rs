//! From a scenario to a program a machine can run.
//!
//! It is made from the texts: the set-up calls are made, the names resolved, the threads put in. Or, if that has been done before
//! for every kernel, from what came of it; see [`prepared`](crate::prepared).

#[cfg(feature = "build")]
mod resolve;
#[cfg(feature = "build")]
pub(crate) mod texts;

use std::fmt;

use lockstep_machine::{Machine, ThreadId};
use lockstep_mm::kernel::Kernel;
use lockstep_mm::mlock::Lock;
use lockstep_mm::page::Page;
use lockstep_mm::program::{self, Bodies, Path, Setting};
use lockstep_mm::setup::{PageAt, Setup};

use crate::compiled::{Argument, Invocation, PagePlace, Scenario};
use crate::names::Names;
use crate::resolved::Resolved;

/// A scenario on a kernel, ready to run.
#[derive(Clone, Debug)]
pub struct Built {
    /// The program.
    pub setting: Setting,
    /// The names of everything in it.
    pub names: Names,
    /// What the words of the scenario mean in it.
    pub resolved: Resolved,
}

impl Built {
    /// A machine with the program loaded.
    pub fn machine(&self) -> Machine {
        Machine::new(&self.setting)
    }
}

/// A part of a scenario that cannot be built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// A set-up call, by its place.
    Setup(usize),
    /// A label, by its place.
    Label(usize),
    /// A thread, by its place.
    Thread(usize),
    /// The scenario as a whole.
    Whole,
}

/// Why a scenario cannot be built.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildError {
    /// Which part.
    pub part: Part,
    /// Why, as a sentence without its full stop.
    pub message: String,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = &self.message;
        match self.part {
            Part::Setup(place) => write!(f, "set-up call {}: {message}", place + 1),
            Part::Label(place) => write!(f, "label {}: {message}", place + 1),
            Part::Thread(place) => {
                let letter = ThreadId::new(place).map_or('?', ThreadId::letter);
                write!(f, "thread {letter}: {message}")
            }
            Part::Whole => f.write_str(message),
        }
    }
}

impl std::error::Error for BuildError {}

impl Scenario {
    /// Makes the world on `kernel`, and the program of the threads in it.
    ///
    /// # Errors
    /// The first part that cannot be built; without the feature `build`, also if the scenario is not a prepared one.
    pub fn build(&self, kernel: Kernel) -> Result<Built, BuildError> {
        self.build_with(kernel, program::every)
    }

    /// The same, the threads run by `bodies`.
    ///
    /// # Errors
    /// As for [`build`](Self::build).
    pub fn build_with(&self, kernel: Kernel, bodies: Bodies) -> Result<Built, BuildError> {
        match &self.prepared {
            Some(prepared) => prepared.build(self, kernel, bodies),
            #[cfg(feature = "build")]
            None => self.build_from_texts(kernel, bodies),
            #[cfg(not(feature = "build"))]
            None => Err(BuildError {
                part: Part::Whole,
                message: "it has not been prepared".to_owned(),
            }),
        }
    }

    /// What the threads do.
    pub(crate) fn paths(&self, setup: &Setup) -> Result<Vec<Path>, BuildError> {
        let mut paths = Vec::new();
        for (place, thread) in self.threads.iter().enumerate() {
            let fail = |message| BuildError {
                part: Part::Thread(place),
                message,
            };
            paths.push(self.path(setup, &thread.path).map_err(fail)?);
        }
        Ok(paths)
    }

    fn path(&self, setup: &Setup, path: &Invocation) -> Result<Path, String> {
        use Argument::{File, Number, Page, Process};
        let file = |number: u32| {
            let file = setup.world.files().nth(number as usize);
            file.ok_or("there is no such file")
        };
        let mm = |number: u32| setup.mm(number).ok_or("there is no such process");
        let inside = |at: u64, pages: u64| {
            let room = u64::from(setup.world.sizes().address_space);
            let end = at.checked_add(pages).filter(|end| *end <= room);
            end.map(|_| ())
                .ok_or("the address is outside the address space")
        };
        Ok(match (path.form.as_str(), path.arguments.as_slice()) {
            ("reclaim", [Page(place)]) => Path::Reclaim {
                page: self.page(setup, *place)?,
            },
            ("truncate", &[File(number), Number(size)]) => Path::Truncate {
                file: file(number)?,
                size,
            },
            ("punch-hole", &[File(number), Number(at), Number(pages)]) => Path::PunchHole {
                file: file(number)?,
                at,
                pages,
            },
            ("exit", &[Process(process)]) => Path::Exit { mm: mm(process)? },
            ("clear-refs", &[Process(process)]) => Path::ClearRefs { mm: mm(process)? },
            (form @ ("read" | "write" | "mmap"), &[Process(process), Number(at)]) => {
                inside(at, 1)?;
                let mm = mm(process)?;
                let write = form == "write";
                match form {
                    "mmap" => Path::Mmap { mm, at },
                    _ => Path::Touch { mm, at, write },
                }
            }
            (form, &[Process(process), Number(at), Number(pages)]) => {
                inside(at, pages)?;
                let mm = mm(process)?;
                let lock = match form {
                    "mlock" => Lock::All,
                    "mlock-onfault" => Lock::OnFault,
                    "munlock" => return Ok(Path::Munlock { mm, at, pages }),
                    "munmap" => return Ok(Path::Munmap { mm, at, pages }),
                    _ => return Err(malformed(path)),
                };
                Path::Mlock {
                    mm,
                    at,
                    pages,
                    lock,
                }
            }
            _ => return Err(malformed(path)),
        })
    }

    fn page(&self, setup: &Setup, place: PagePlace) -> Result<Page, String> {
        setup
            .page(page_at(place))
            .ok_or_else(|| self.no_page(page_at(place)))
    }

    fn no_page(&self, at: PageAt) -> String {
        match at {
            PageAt::Mapped { process, at } => {
                format!(
                    "process {} has no page mapped at {at} by then",
                    self.process_name(process)
                )
            }
            PageAt::Cached { file, index } => {
                format!(
                    "page {index} of file {} is not in the page cache by then",
                    self.file_name(file)
                )
            }
        }
    }
}

/// Only bytes that no [`encode`](crate::compiled::encode) wrote get here: reading a file checks what forms take.
fn malformed(invocation: &Invocation) -> String {
    format!(
        "`{}` cannot be called with these arguments",
        crate::shown::shown(&invocation.form)
    )
}

fn page_at(place: PagePlace) -> PageAt {
    match place {
        PagePlace::Mapped { process, at } => PageAt::Mapped { process, at },
        PagePlace::Cached { file, index } => PageAt::Cached { file, index },
    }
}
