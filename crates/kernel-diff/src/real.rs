//! A real process that makes the calls of a program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use lockstep_syscalls::{Call, Kind, LockFlag, PageState, Prot, State};
use tempfile::TempDir;

use crate::Seen;
use crate::proc::{self, Pages};

/// Where the arena starts, in pages; worker.c says why there.
const ARENA: u64 = 0x2000_0000_0000 / proc::PAGE;
/// The limit on locked memory a process starts with, in pages: 64 KiB, as in Linux 4.4.
const LIMIT: u64 = 16;

/// The program that makes the calls, compiled.
pub struct Worker {
    _folder: TempDir,
    program: PathBuf,
}

impl Worker {
    /// Compiles it with the C compiler that Rust links with.
    ///
    /// # Errors
    /// If there is no compiler.
    pub fn compile() -> Result<Self> {
        let folder = tempfile::tempdir().context("could not make a folder")?;
        let source = folder.path().join("worker.c");
        let program = folder.path().join("worker");
        std::fs::write(&source, include_str!("worker.c")).context("could not write worker.c")?;
        let status = Command::new("cc")
            .args(["-O1", "-o"])
            .args([&program, &source])
            .status()
            .context("could not start `cc`")?;
        if !status.success() {
            bail!("`cc` could not compile the program that makes the calls");
        }
        Ok(Self {
            _folder: folder,
            program,
        })
    }

    /// Starts a process.
    ///
    /// # Errors
    /// If it cannot be started or watched.
    pub fn start(&self, arena: u64) -> Result<Process> {
        Process::start(&self.program, arena)
    }
}

/// What a process has beside the arena, in pages: the program itself, its libraries and its stack.
#[derive(Clone, Copy, Default, Debug)]
struct Own {
    locked: u64,
    total: u64,
}

/// A process that waits for the next call.
pub struct Process {
    child: Child,
    calls: ChildStdin,
    answers: BufReader<ChildStdout>,
    pages: Pages,
    arena: u64,
    own: Own,
    limit: u64,
    files: BTreeMap<String, usize>,
}

impl Process {
    fn start(program: &Path, arena: u64) -> Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start the process that makes the calls")?;
        let calls = child.stdin.take().context("no way to tell it the calls")?;
        let answers = child.stdout.take().context("no way to hear its answers")?;
        let pages = Pages::of(child.id()).context("could not look at its page table")?;
        let mut process = Self {
            child,
            calls,
            answers: BufReader::new(answers),
            pages,
            arena,
            own: Own::default(),
            limit: LIMIT,
            files: BTreeMap::new(),
        };
        process.make("nothing")?;
        process.look(None)?;
        Ok(process)
    }

    /// Makes a call, and looks at what follows once this processor's batches are empty.
    ///
    /// # Errors
    /// If the process is gone, or cannot be looked at.
    pub fn call(&mut self, call: &Call) -> Result<Seen> {
        let answer = match call {
            Call::SetrlimitMemlock { pages } => {
                self.limit = *pages;
                0
            }
            Call::Drain {} => self.make("nothing")?,
            _ => {
                if let Some(Call::Create { file, pages }) = call.opens()
                    && !self.files.contains_key(&file)
                {
                    let create = self.words(&Call::Create { file, pages })?;
                    self.make(&create)?;
                }
                let words = self.words(call)?;
                self.make(&words)?
            }
        };
        self.look(name(answer)?.map(str::to_owned))
    }

    /// Sends one line, with the limit as it has to be for the arena to have the one the program set.
    fn make(&mut self, words: &str) -> Result<i32> {
        let own = if words.starts_with("mlockall") {
            self.own.total
        } else {
            self.own.locked
        };
        let limit = if self.limit == 0 { 0 } else { self.limit + own };
        writeln!(self.calls, "{limit} {words}").context("the process is gone")?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        let answer = answer.trim();
        answer
            .parse()
            .with_context(|| format!("`{words}` was answered with `{answer}`"))
    }

    fn words(&mut self, call: &Call) -> Result<String> {
        Ok(match call {
            Call::Create { file, pages } => {
                let number = self.files.len();
                self.files.insert(file.clone(), number);
                format!("create {number} {pages}")
            }
            Call::Mmap {
                at,
                pages,
                kind,
                file,
                offset,
                locked,
                prot,
            } => {
                let kind = match kind {
                    Kind::AnonPrivate => 0,
                    Kind::AnonShared => 1,
                    Kind::FilePrivate => 2,
                    Kind::FileShared => 3,
                };
                let file = file.as_ref().map_or(Ok(0), |file| self.file(file))?;
                let prot = match prot {
                    Prot::Rw => 0,
                    Prot::R => 1,
                    Prot::None => 2,
                };
                let locked = u8::from(*locked);
                format!("mmap {at} {pages} {kind} {file} {offset} {locked} {prot}")
            }
            Call::Munmap { at, pages } => format!("munmap {at} {pages}"),
            Call::Mlock { at, pages } => format!("mlock {at} {pages}"),
            Call::Mlock2 { at, pages, onfault } => {
                format!("mlock2 {at} {pages} {}", u8::from(*onfault))
            }
            Call::Munlock { at, pages } => format!("munlock {at} {pages}"),
            Call::Mlockall { flags } => {
                let bits = flags.iter().fold(0, |bits, flag| {
                    bits | match flag {
                        LockFlag::Current => 1,
                        LockFlag::Future => 2,
                        LockFlag::Onfault => 4,
                    }
                });
                format!("mlockall {bits}")
            }
            Call::Munlockall {} => "munlockall".to_owned(),
            Call::Read { at } => format!("read {at}"),
            Call::Write { at } => format!("write {at}"),
            Call::Truncate { file, pages } => format!("truncate {} {pages}", self.file(file)?),
            Call::PunchHole { file, at, pages } => {
                format!("punch-hole {} {at} {pages}", self.file(file)?)
            }
            Call::MadviseDontneed { at, pages } => format!("madvise-dontneed {at} {pages}"),
            Call::Fork {} => "fork".to_owned(),
            Call::ExitChild {} => "exit-child".to_owned(),
            Call::DropCapability {} => "drop-capability".to_owned(),
            Call::SetrlimitMemlock { .. } | Call::Drain {} => "nothing".to_owned(),
        })
    }

    fn file(&self, name: &str) -> Result<usize> {
        let number = self.files.get(name).copied();
        number.with_context(|| format!("there is no file named `{name}`"))
    }

    fn look(&mut self, errno: Option<String>) -> Result<Seen> {
        let pid = self.child.id();
        let mappings = proc::mappings(pid)?;
        let [all_locked, all] = proc::status(pid, ["VmLck", "VmSize"])?;
        let arena = ARENA..ARENA + self.arena;
        let mut pages: Vec<PageState> = (0..self.arena)
            .map(|page| PageState {
                page,
                ..PageState::default()
            })
            .collect();
        let mut own = Own {
            locked: 0,
            total: all,
        };
        for mapping in mappings {
            let size = mapping.pages.end - mapping.pages.start;
            if !arena.contains(&mapping.pages.start) {
                own.locked += if mapping.lo { size } else { 0 };
                continue;
            }
            own.total -= size;
            for at in mapping.pages {
                if let Some(page) = pages.get_mut((at - ARENA) as usize) {
                    (page.mapped, page.lo) = (true, mapping.lo);
                }
            }
        }
        let frames = self.pages.frames(arena)?;
        for (page, frame) in pages.iter_mut().zip(&frames) {
            if let Some(frame) = frame {
                page.set_flags(frame.flags.unwrap_or(0));
            }
        }
        self.own = own;
        Ok(Seen {
            state: State {
                errno,
                vmlck_pages: all_locked - own.locked,
                pages,
            },
            frames: frames
                .iter()
                .map(|frame| frame.map(|frame| frame.number))
                .collect(),
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already, and then there is nothing to do.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The name of what a call was answered with.
fn name(answer: i32) -> Result<Option<&'static str>> {
    Ok(Some(match answer {
        0 => return Ok(None),
        1 => "EPERM",
        11 => "EAGAIN",
        12 => "ENOMEM",
        14 => "EFAULT",
        22 => "EINVAL",
        -7 => "SIGBUS",
        -11 => "SIGSEGV",
        other => bail!("the kernel answered {other}, which no call of a program should get"),
    }))
}
