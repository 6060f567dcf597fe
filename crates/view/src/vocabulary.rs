//! From an address to what a person calls it: objects by the scenario's labels, flags and locks by the kernel's names.

use lockstep_machine::{Address, Gather, ThreadId};
use lockstep_mm::file::File;
use lockstep_mm::page::{FrameState, Page};
use lockstep_mm::vma::{Mm, Vma};
use lockstep_mm::world::{Memory, Object, Place, World};
use lockstep_scenario::{Built, Names, Scenario};

use crate::fields::{Part, parts};
use crate::scene::FactId;

/// The words for one scenario on one kernel.
#[derive(Clone, Debug)]
pub(crate) struct Vocabulary {
    names: Names,
    world: World,
    threads: Vec<Told>,
    main: Main,
    shown: Shown,
}

/// What a thread is called.
#[derive(Clone, Debug)]
struct Told {
    name: String,
    role: String,
    comm: String,
}

/// The objects the scenario is about; their facts need no name of an object.
#[derive(Clone, Copy, Debug, Default)]
struct Main {
    page: Option<Object>,
    vma: Option<Object>,
    pte: Option<Object>,
    mm: Option<Object>,
    file: Option<Object>,
}

/// The objects that have a place on screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    pub(crate) vmas: Vec<Vma>,
    pub(crate) pages: Vec<Page>,
    pub(crate) files: Vec<File>,
    pub(crate) mms: Vec<Mm>,
}

/// A part of a word of memory, by name.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its stable name.
    pub(crate) id: FactId,
    /// Its label, with the object's name if it is not the one the scenario is about.
    pub(crate) label: String,
    /// The word.
    pub(crate) address: Address,
    /// The part.
    pub(crate) part: &'static Part,
}

impl Vocabulary {
    /// The words for what `scenario` has been built into.
    pub(crate) fn new(scenario: &Scenario, built: &Built) -> Self {
        let world = built.setting.setup.world;
        let memory = Memory(&built.setting.setup.image);
        let shown = Shown::find(&world, memory, &built.names);
        Self {
            main: Main::find(&world, memory, &built.names, &shown),
            names: built.names.clone(),
            threads: scenario
                .threads
                .iter()
                .map(|thread| Told {
                    name: thread.name.clone(),
                    role: thread.role.clone(),
                    comm: thread.comm.clone(),
                })
                .gather(),
            world,
            shown,
        }
    }

    /// The layout of memory.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// What has a place on screen.
    pub(crate) fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What a thread is called.
    pub(crate) fn thread(&self, thread: ThreadId) -> &str {
        self.threads
            .get(thread.index())
            .map_or("nobody", |told| &told.name)
    }

    /// Whether the scenario has such a thread.
    pub(crate) fn has_thread(&self, thread: ThreadId) -> bool {
        thread.index() < self.threads.len()
    }

    /// What a thread does.
    pub(crate) fn role(&self, thread: ThreadId) -> &str {
        self.threads
            .get(thread.index())
            .map_or("", |told| &told.role)
    }

    /// The process name the kernel prints for a thread.
    pub(crate) fn comm(&self, thread: ThreadId) -> &str {
        self.threads
            .get(thread.index())
            .map_or("unknown", |told| &told.comm)
    }

    /// What stands at an address.
    pub(crate) fn place(&self, address: Address) -> Option<Place> {
        self.world.place(address)
    }

    /// What an object is called.
    pub(crate) fn object(&self, object: Object) -> String {
        self.names.object(object)
    }

    /// The page of this number, in a sentence: "the page" if the scenario is about it.
    pub(crate) fn page(&self, page: Page) -> String {
        let object = Object::Page(self.world.page_number(page));
        if Some(object) == self.main.page {
            "the page".to_owned()
        } else {
            self.object(object)
        }
    }

    /// The page the scenario is about.
    pub(crate) fn main_page(&self) -> Option<Page> {
        self.names.main_page()
    }

    /// Whether an object needs no name.
    pub(crate) fn is_main(&self, object: Object) -> bool {
        let Main {
            page,
            vma,
            pte,
            mm,
            file,
        } = self.main;
        match object {
            Object::Zone | Object::Pagevec(_) => true,
            Object::Page(_) => Some(object) == page,
            Object::Vma(_) => Some(object) == vma,
            Object::Pte { .. } => Some(object) == pte,
            Object::Mm(_) => Some(object) == mm,
            Object::File(_) => Some(object) == file,
            Object::AnonVma(number) => number == 0,
            Object::CacheSlot { .. } | Object::SwapSlot(_) => false,
        }
    }

    /// The named parts of the word at an address.
    pub(crate) fn fields(&self, address: Address) -> Vec<Field> {
        let Some(place) = self.place(address) else {
            return Vec::new();
        };
        let (of, at) = (self.of(place.object), self.at(place.object));
        let named = parts(place).iter().map(|part| Field {
            id: FactId(format!("{}{at}", part.key)),
            label: format!("{}{of}", part.label),
            address,
            part,
        });
        named.gather()
    }

    /// What follows a label that is not of the object the scenario is about: " of page2".
    pub(crate) fn of(&self, object: Object) -> String {
        match object {
            _ if self.is_main(object) => String::new(),
            Object::SwapSlot(number) => format!(" {number}"),
            Object::CacheSlot { file, index } => format!(" {index}{}", self.of(Object::File(file))),
            Object::Pte { .. } => format!("({})", self.object(object)),
            _ => format!(" of {}", self.object(object)),
        }
    }

    /// What follows a stable name: "@page2".
    pub(crate) fn at(&self, object: Object) -> String {
        match object {
            _ if self.is_main(object) => String::new(),
            Object::SwapSlot(number) => format!("@{number}"),
            Object::CacheSlot { file, index } => format!("@{index}{}", self.at(Object::File(file))),
            _ => format!(
                "@{}",
                self.object(object).replace(", ", ".").replace(' ', "")
            ),
        }
    }
}

impl Main {
    fn find(world: &World, memory: Memory<'_>, names: &Names, shown: &Shown) -> Self {
        let object = |address: Address| world.place(address).map(|place| place.object);
        let page = names.main_page();
        let vma = names.main_vma().or_else(|| shown.vmas.first().copied());
        let mm = vma
            .map(|vma| memory.get(vma.mm()))
            .or_else(|| shown.mms.first().copied());
        let file = vma
            .map(|vma| memory.get(vma.file()))
            .filter(|file| !file.is_null())
            .or_else(|| shown.files.first().copied());
        let mut ptes = vma.into_iter().flat_map(|vma| {
            let mm = memory.get(vma.mm());
            (memory.get(vma.start())..memory.get(vma.end())).map(move |at| mm.pte(at))
        });
        let first = ptes.clone().next();
        let pte = ptes
            .find(|pte| page.is_some() && memory.get(pte.entry()).page() == page)
            .or(first);
        Self {
            page: page.and_then(|page| object(page.0)),
            vma: vma.and_then(|vma| object(vma.0)),
            pte: pte.and_then(|pte| object(pte.0)),
            mm: mm.and_then(|mm| object(mm.0)),
            file: file.and_then(|file| object(file.0)),
        }
    }
}

impl Shown {
    fn find(world: &World, memory: Memory<'_>, names: &Names) -> Self {
        let vmas: Vec<Vma> = world.vmas().filter(|vma| memory.get(vma.in_use())).gather();
        let pages: Vec<Page> = names
            .main_page()
            .into_iter()
            .chain(world.pages().filter(|page| {
                Some(*page) != names.main_page() && memory.get(page.state()) == FrameState::InUse
            }))
            .gather();
        Self {
            files: world
                .files()
                .filter(|file| memory.get(file.in_use()))
                .gather(),
            mms: world
                .mms()
                .filter(|mm| vmas.iter().any(|vma| memory.get(vma.mm()) == *mm))
                .gather(),
            vmas,
            pages,
        }
    }
}

/// The words of a text as a voice says them: no underscores, arrows in words.
pub(crate) fn spoken(text: &str) -> String {
    text.replace('_', " ").replace("->", "to")
}
