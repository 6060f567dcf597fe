//! The calls a set-up can make and the paths a thread can run: their names, their parameters, how they are told to people.
//!
//! A new one is a row here and an arm in [`build`](crate::build); reading, checking and showing it follow from the row.

use lockstep_machine::Gather;

use crate::compiled::{Argument, Invocation, Labelled, PagePlace, Scenario};

/// The most processes or files a scenario can have, and the most pages a file or an address space has room for.
pub(crate) const LIMIT: u64 = 16;

/// What a parameter can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Takes {
    /// A process that exists.
    Process,
    /// A process; it comes to be here if it has not been named before.
    NewProcess,
    /// A file that exists.
    File,
    /// A process that must not have been named before: it comes to be here.
    Child,
    /// A file that comes to be here.
    NewFile,
    /// A number, from and up to.
    Number(u64, u64),
    /// A page, by place or label.
    Page,
    /// One of these words, each with how the kernel writes it.
    Word(&'static [(&'static str, &'static str)]),
    /// Any of these words, each with how the kernel writes it; compiled to a number with a bit for each.
    Words(&'static [(&'static str, &'static str)]),
    /// Whether something is so, with how the kernel writes that it is; compiled to 1, or to nothing.
    Flag(&'static str),
}

/// A parameter of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    /// The key in the file.
    pub key: &'static str,
    /// What it can be.
    pub takes: Takes,
    /// Whether it may be left out. Only reading asks; what is compiled has every argument.
    #[cfg_attr(not(feature = "parse"), expect(dead_code))]
    pub optional: bool,
}

/// A call or a path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    /// Its name in the file.
    pub name: &'static str,
    /// How it is told: `{key}` stands for an argument, `{, key}` for one that may be missing, with what goes before it.
    pub told: &'static str,
    /// What it is called with.
    pub parameters: &'static [Parameter],
}

const fn needs(key: &'static str, takes: Takes) -> Parameter {
    Parameter {
        key,
        takes,
        optional: false,
    }
}

const fn may(key: &'static str, takes: Takes) -> Parameter {
    Parameter {
        key,
        takes,
        optional: true,
    }
}

const PROCESS: Parameter = needs("process", Takes::Process);
const AT: Parameter = needs("at", Takes::Number(0, LIMIT - 1));
const PAGES: Parameter = needs("pages", Takes::Number(1, LIMIT));
const PAGE: Parameter = needs("page", Takes::Page);
const FILE: Parameter = needs("file", Takes::File);
const SIZE: Parameter = needs("pages", Takes::Number(0, LIMIT));
const RANGE: &[Parameter] = &[PROCESS, AT, PAGES];
const BYTE: &[Parameter] = &[PROCESS, AT];
const MAP_KINDS: &[(&str, &str)] = &[
    ("anon-private", "MAP_PRIVATE | MAP_ANONYMOUS"),
    ("anon-shared", "MAP_SHARED | MAP_ANONYMOUS"),
    ("file-private", "MAP_PRIVATE"),
    ("file-shared", "MAP_SHARED"),
];
const ACCESS: &[(&str, &str)] = &[
    ("rw", "PROT_READ | PROT_WRITE"),
    ("r", "PROT_READ"),
    ("none", "PROT_NONE"),
];
const LOCK_ALL: &[(&str, &str)] = &[
    ("current", "MCL_CURRENT"),
    ("future", "MCL_FUTURE"),
    ("onfault", "MCL_ONFAULT"),
];

const fn form(name: &'static str, told: &'static str, parameters: &'static [Parameter]) -> Form {
    Form {
        name,
        told,
        parameters,
    }
}

// These can be part of a set-up, and can be what a thread does.
const READ: Form = form("read", "read a byte at ({process}, {at})", BYTE);
const WRITE: Form = form("write", "write a byte at ({process}, {at})", BYTE);
const MLOCK: Form = form("mlock", "mlock({process}, {at}, {pages})", RANGE);
const MLOCK_ONFAULT: Form = form(
    "mlock-onfault",
    "mlock2({process}, {at}, {pages}, MLOCK_ONFAULT)",
    RANGE,
);
const MUNLOCK: Form = form("munlock", "munlock({process}, {at}, {pages})", RANGE);
const MUNMAP: Form = form("munmap", "munmap({process}, {at}, {pages})", RANGE);
const EXIT: Form = form("exit", "exit({process})", &[PROCESS]);
const TRUNCATE: Form = form("truncate", "truncate({file}, {pages})", &[FILE, SIZE]);
const PUNCH_HOLE: Form = form(
    "punch-hole",
    "punch a hole({file}, {at}, {pages})",
    &[FILE, AT, PAGES],
);

/// The calls of a set-up.
pub(crate) const CALLS: &[Form] = &[
    form(
        "create",
        "create({file}, {pages}{, tmpfs})",
        &[
            needs("file", Takes::NewFile),
            PAGES,
            may("tmpfs", Takes::Flag("on tmpfs")),
        ],
    ),
    form(
        "mmap",
        "mmap({process}, {at}, {pages}, {kind}{ | locked}{, file}{, offset}{, prot})",
        &[
            needs("process", Takes::NewProcess),
            AT,
            PAGES,
            needs("kind", Takes::Word(MAP_KINDS)),
            may("file", Takes::File),
            may("offset", Takes::Number(0, LIMIT - 1)),
            may("locked", Takes::Flag("MAP_LOCKED")),
            may("prot", Takes::Word(ACCESS)),
        ],
    ),
    MUNMAP,
    READ,
    WRITE,
    MLOCK,
    MLOCK_ONFAULT,
    MUNLOCK,
    form(
        "mlockall",
        "mlockall({process}, {flags})",
        &[PROCESS, needs("flags", Takes::Words(LOCK_ALL))],
    ),
    form("munlockall", "munlockall({process})", &[PROCESS]),
    form(
        "fork",
        "fork({parent}) makes {child}",
        &[
            needs("parent", Takes::Process),
            needs("child", Takes::Child),
        ],
    ),
    EXIT,
    TRUNCATE,
    PUNCH_HOLE,
    form(
        "madvise-dontneed",
        "madvise({process}, {at}, {pages}, MADV_DONTNEED)",
        RANGE,
    ),
    form("shm-lock", "shmctl({file}, SHM_LOCK)", &[FILE]),
    form("shm-unlock", "shmctl({file}, SHM_UNLOCK)", &[FILE]),
    form(
        "setrlimit-memlock",
        "setrlimit({process}, RLIMIT_MEMLOCK, {pages})",
        &[PROCESS, SIZE],
    ),
    form(
        "drop-capability",
        "{process} drops CAP_IPC_LOCK",
        &[PROCESS],
    ),
    form("migrate", "compaction moves {page}", &[PAGE]),
    form("drain", "drain the pagevecs", &[]),
    form("deactivate", "reclaim deactivates {page}", &[PAGE]),
    form("reclaim", "reclaim takes {page}", &[PAGE]),
];

/// The paths of threads.
pub(crate) const PATHS: &[Form] = &[
    form("reclaim", "reclaim({page})", &[PAGE]),
    TRUNCATE,
    PUNCH_HOLE,
    EXIT,
    MLOCK,
    MLOCK_ONFAULT,
    MUNLOCK,
    MUNMAP,
    READ,
    WRITE,
    form("mmap", "mmap({process}, {at}, 1)", BYTE),
    form("clear-refs", "clear_refs({process})", &[PROCESS]),
];

impl Scenario {
    /// A set-up call as people are told it: `mlock2(a, 0, 1, MLOCK_ONFAULT)`.
    pub fn call_text(&self, call: &Invocation) -> String {
        self.told(CALLS, call)
    }

    /// A thread's path as people are told it: `truncate(f, 0)`, `reclaim(P)`.
    pub fn path_text(&self, path: &Invocation) -> String {
        // When the threads start the labels are given, so a labelled page goes by its name.
        if let [Argument::Page(place)] = path.arguments.as_slice() {
            let label = self
                .labels
                .iter()
                .find(|label| label.object == Labelled::Page(*place));
            if let Some(label) = label {
                return format!("{}({})", path.form, label.name);
            }
        }
        self.told(PATHS, path)
    }

    /// All set-up calls as people are told them, in order.
    pub fn setup_texts(&self) -> Vec<String> {
        self.setup
            .iter()
            .map(|step| self.call_text(&step.call))
            .gather()
    }

    fn told(&self, forms: &[Form], invocation: &Invocation) -> String {
        let Some(form) = forms.iter().find(|form| form.name == invocation.form) else {
            return invocation.form.clone();
        };
        let mut text = String::new();
        let mut rest = form.told;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            rest = after;
            let key = slot.trim_start_matches([',', '|', ' ']);
            let argument = form
                .parameters
                .iter()
                .position(|parameter| parameter.key == key)
                .and_then(|place| Some((form.parameters[place], invocation.arguments.get(place)?)));
            if let Some(value) =
                argument.and_then(|(parameter, value)| self.shown(parameter, value))
            {
                text.push_str(&slot[..slot.len() - key.len()]);
                text.push_str(&value);
            }
        }
        text + rest
    }

    fn shown(&self, parameter: Parameter, argument: &Argument) -> Option<String> {
        Some(match argument {
            Argument::None => return None,
            Argument::Process(process) => self.process_name(*process),
            Argument::File(file) => self.file_name(*file),
            Argument::Number(number) => match parameter.takes {
                Takes::Flag(told) => told.to_owned(),
                Takes::Words(words) => {
                    let said = words.iter().enumerate();
                    let said = said.filter(|(bit, _)| number & (1 << bit) != 0);
                    said.map(|(_, (_, kernel))| *kernel).joined(" | ")
                }
                _ => number.to_string(),
            },
            Argument::Page(place) => self.page_text(*place),
            Argument::Word(word) => match parameter.takes {
                Takes::Word(words) => words
                    .iter()
                    .find(|(known, _)| known == word)
                    .map_or(word.as_str(), |(_, kernel)| kernel)
                    .to_owned(),
                _ => word.clone(),
            },
        })
    }

    fn page_text(&self, place: PagePlace) -> String {
        match place {
            PagePlace::Mapped { process, at } => {
                format!("the page at ({}, {at})", self.process_name(process))
            }
            PagePlace::Cached { file, index } => {
                format!("page {index} of file {}", self.file_name(file))
            }
        }
    }

    pub(crate) fn process_name(&self, process: u32) -> String {
        let name = self.processes.get(process as usize);
        name.map_or_else(|| format!("process{process}"), Clone::clone)
    }

    pub(crate) fn file_name(&self, file: u32) -> String {
        let name = self.files.get(file as usize);
        name.map_or_else(|| format!("file{file}"), Clone::clone)
    }
}
