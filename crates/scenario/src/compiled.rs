//! The compiled form of a scenario, and the bytes it travels in from a build to a page.
//!
//! These types are a boundary: a change of any of them, in whatever way, changes [`VERSION`].
//! Names are resolved as far as they can be without a world: processes and files are numbers. The rest is in [`Prepared`].

mod read;

use std::fmt;

use lockstep_machine::Gather;
use serde::Serialize;

use crate::fnv::Fnv;
use crate::prepared::Prepared;
use crate::reader::Reader;
use crate::statement::Statement;

/// The version of the bytes. A page refuses those of another.
pub const VERSION: u16 = 4;

/// An initial world, and the kernel paths that run in it at once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Scenario {
    /// Its stable id, as in links: `truncate-cow-vs-reclaim`.
    pub id: String,
    /// A title of a few words.
    pub title: String,
    /// What is at stake, as one sentence or question.
    pub stakes: String,
    /// What it shows: the group it is listed in.
    pub statement: Statement,
    /// What the reader should notice, a sentence each.
    pub notice: Vec<String>,
    /// The names of the processes, by number.
    pub processes: Vec<String>,
    /// The names of the files, by number.
    pub files: Vec<String>,
    /// The calls that make the world, in order.
    pub setup: Vec<SetupStep>,
    /// Names for pages and mappings, given once the world is made.
    /// The first page is the one the scenario is about, and so is the first mapping.
    pub labels: Vec<Label>,
    /// The threads, from letter A on.
    pub threads: Vec<Thread>,
    /// The named moments.
    pub beats: Vec<Beat>,
    /// The scripts that are worth running.
    pub scripts: Vec<Script>,
    /// The kernel a page opens with, as [`parse_kernel`](crate::parse_kernel) reads it.
    pub kernel: String,
    /// The id of the script a page opens with.
    pub opening: String,
    /// The facts and locks that get a lane of their own unless the reader says otherwise.
    pub lanes: Vec<String>,
    /// The facts that are shown unless the reader says otherwise; none means all.
    pub facts: Vec<String>,
    /// What it comes to on every kernel, if that has been found out.
    pub prepared: Option<Prepared>,
}

/// One call of the set-up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SetupStep {
    /// What is called.
    pub call: Invocation,
    /// Why, as a sentence.
    pub why: String,
}

/// Something to call or to run, with what it is called with: in the order of the parameters of its form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Invocation {
    /// The name of its form: `mlock-onfault`.
    pub form: String,
    /// The arguments.
    pub arguments: Vec<Argument>,
}

/// One argument of an [`Invocation`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub enum Argument {
    /// An optional one that was left out.
    None,
    /// A process, by number.
    Process(u32),
    /// A file, by number.
    File(u32),
    /// A number.
    Number(u64),
    /// A page, by where it is found when the call is made.
    Page(PagePlace),
    /// One of the words the parameter allows.
    Word(String),
}

/// Where a page can be found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum PagePlace {
    /// Where a process has it mapped.
    Mapped {
        /// The process, by number.
        process: u32,
        /// The address, in pages.
        at: u64,
    },
    /// In a file's page cache.
    Cached {
        /// The file, by number.
        file: u32,
        /// The page of the file.
        index: u64,
    },
}

/// A name for an object.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Label {
    /// The name: `P`, `V_A`.
    pub name: String,
    /// What it names.
    pub object: Labelled,
}

/// What a [`Label`] names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Labelled {
    /// The page found at this place when the set-up is done.
    Page(PagePlace),
    /// The mapping that covers this address then.
    Vma {
        /// The process, by number.
        process: u32,
        /// The address, in pages.
        at: u64,
    },
}

/// A thread of the scenario.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Thread {
    /// Its name: "Reclaim".
    pub name: String,
    /// What it does, in a few words.
    pub role: String,
    /// The process name the kernel prints in reports: `kswapd0`.
    pub comm: String,
    /// What it runs.
    pub path: Invocation,
}

/// A named moment of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Beat {
    /// A stable id, never reused: `gap-opens`.
    pub id: String,
    /// A few words: "The gap opens".
    pub title: String,
    /// One sentence for the moment itself; may be empty.
    pub note: String,
    /// Where it is, in the words of a script; see [`beats`](crate::beats).
    pub at: Vec<String>,
}

/// An order of steps in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Script {
    /// Its id: `kswapd-named`.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The lines.
    pub text: String,
    /// What comes of it on which kernel.
    pub expect: Vec<Expectation>,
}

/// What comes of a script on a kernel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Expectation {
    /// The kernel, as [`parse_kernel`](crate::parse_kernel) reads it.
    pub kernel: String,
    /// The outcome.
    pub outcome: Outcome,
}

/// What came of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Outcome {
    /// A page was freed in a bad state.
    BadPage,
    /// A page nobody has locked is kept as if somebody had.
    Stranded,
    /// A page somebody has locked is not kept; the next reclaim will notice.
    Missed,
    /// Everything ended as it should.
    Ok,
    /// Every thread that has not ended waits for another.
    Deadlock,
    /// The run stops before its threads end.
    Unfinished,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::BadPage,
        Self::Stranded,
        Self::Missed,
        Self::Ok,
        Self::Deadlock,
        Self::Unfinished,
    ];

    /// The word files and JSON use.
    pub fn name(self) -> &'static str {
        match self {
            Self::BadPage => "bad-page",
            Self::Stranded => "stranded",
            Self::Missed => "missed",
            Self::Ok => "ok",
            Self::Deadlock => "deadlock",
            Self::Unfinished => "unfinished",
        }
    }

    /// The outcome of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

impl Scenario {
    /// The script with this id.
    pub fn script(&self, id: &str) -> Option<&Script> {
        self.scripts.iter().find(|script| script.id == id)
    }

    /// A number that changes when anything in the scenario does. Being prepared or not is no difference.
    pub fn digest(&self) -> u64 {
        match &self.prepared {
            Some(prepared) => prepared.digest,
            #[cfg(feature = "build")]
            None => Fnv::of(&encode(std::slice::from_ref(self))),
            #[cfg(not(feature = "build"))]
            None => 0,
        }
    }

    pub(crate) fn thread_names(&self) -> Vec<String> {
        let threads = self.threads.iter();
        threads.map(|thread| thread.name.clone()).gather()
    }

    /// The script a page opens with.
    pub fn opening_script(&self) -> Option<&Script> {
        self.scripts.get(self.opening_place())
    }

    /// Its place among the scripts: the first, unless the scenario says another.
    pub fn opening_place(&self) -> usize {
        let is_opening = |script: &Script| script.id == self.opening;
        self.scripts.iter().position(is_opening).unwrap_or(0)
    }
}

/// Why bytes are no scenarios.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DecodeError {
    /// They are of another version.
    Version(u16),
    /// They are damaged.
    Damaged,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(found) => write!(
                f,
                "the scenarios are of version {found}, and this program reads version {VERSION}; build both from the same source"
            ),
            Self::Damaged => f.write_str("the scenarios are damaged; build them again"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Writes scenarios as bytes: the version, a checksum, the rest.
pub fn encode(scenarios: &[Scenario]) -> Vec<u8> {
    // Writing to memory cannot fail, and none of these types refuses to be written.
    let rest = postcard::to_allocvec(scenarios).unwrap_or_default();
    let mut bytes = postcard::to_allocvec(&VERSION).unwrap_or_default();
    bytes.extend(Fnv::of(&rest).to_le_bytes());
    bytes.extend(rest);
    bytes
}

/// Reads what [`encode`] wrote.
///
/// The checksum is there because a prepared world is a memory that the model would run in, whatever damage it has.
///
/// # Errors
/// If the bytes are of another version, or damaged.
pub fn decode(bytes: &[u8]) -> Result<Vec<Scenario>, DecodeError> {
    let (version, rest) =
        postcard::take_from_bytes::<u16>(bytes).map_err(|_| DecodeError::Damaged)?;
    if version != VERSION {
        return Err(DecodeError::Version(version));
    }
    let (sum, rest) = rest.split_first_chunk().ok_or(DecodeError::Damaged)?;
    if u64::from_le_bytes(*sum) != Fnv::of(rest) {
        return Err(DecodeError::Damaged);
    }
    Ok(Reader(rest).get())
}
