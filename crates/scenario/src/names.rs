//! Names for everything in a world, both ways: what a script's words mean, and what to call an address.

mod find;
mod kinds;

use lockstep_machine::{Address, Gather, ThreadId};
use lockstep_mm::page::Page;
use lockstep_mm::vma::Vma;
use lockstep_mm::world::{Object, World};

use kinds::{Class, FieldKind, LOCKS, fields};

/// The names of one built scenario: of its threads, its objects, their locks and their fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Names {
    pub(crate) world: World,
    pub(crate) threads: Vec<String>,
    pub(crate) processes: Vec<String>,
    pub(crate) files: Vec<String>,
    pub(crate) pages: Vec<(String, Page)>,
    pub(crate) vmas: Vec<(String, Vma)>,
    /// Objects of a class that exist when the threads start, in the order of [`Class`]'s variants.
    pub(crate) existing: [usize; 7],
    /// What an unqualified name means, in the same order.
    pub(crate) main: [Option<Address>; 7],
}

impl Names {
    /// What a thread is called.
    pub fn thread(&self, thread: ThreadId) -> &str {
        self.threads
            .get(thread.index())
            .map_or("nobody", String::as_str)
    }

    /// The names of the threads, from A on.
    pub fn threads(&self) -> &[String] {
        &self.threads
    }

    /// The page the scenario is about.
    pub fn main_page(&self) -> Option<Page> {
        self.main[Class::Page as usize].map(Page)
    }

    /// The mapping the scenario is about.
    pub fn main_vma(&self) -> Option<Vma> {
        self.main[Class::Vma as usize].map(Vma)
    }

    /// What an object is called: a page by its label or as `page2`, a page-table entry as `a, 0`.
    pub fn object(&self, object: Object) -> String {
        let named = |names: &[String], number: u32, kind: &str| {
            names
                .get(number as usize)
                .map_or_else(|| format!("{kind}{number}"), Clone::clone)
        };
        match object {
            Object::Zone => "zone".to_owned(),
            Object::Page(number) => {
                let page = self.world.pages().nth(number as usize);
                let label = self.pages.iter().find(|(_, known)| Some(*known) == page);
                label.map_or_else(|| format!("page{number}"), |(name, _)| name.clone())
            }
            Object::Vma(number) => {
                let vma = self.world.vmas().nth(number as usize);
                let label = self.vmas.iter().find(|(_, known)| Some(*known) == vma);
                label.map_or_else(|| format!("vma{number}"), |(name, _)| name.clone())
            }
            Object::Mm(number) => named(&self.processes, number, "process"),
            Object::File(number) => named(&self.files, number, "file"),
            Object::Pte { process, address } => {
                format!("{}, {address}", named(&self.processes, process, "process"))
            }
            Object::CacheSlot { file, index } => {
                format!("{}, {index}", named(&self.files, file, "file"))
            }
            Object::AnonVma(number) => format!("anon_vma{number}"),
            Object::SwapSlot(number) => format!("swap slot {number}"),
            Object::Pagevec(number) => format!("pagevec{number}"),
        }
    }

    /// What a lock is called, by the address the machine knows it by: `ptl`, or `ptl(a)` if there are several.
    pub fn lock(&self, lock: Address) -> String {
        for kind in LOCKS {
            for (name, object) in self.objects(kind.class) {
                if (kind.address)(object) == lock {
                    return match self.existing[kind.class as usize] {
                        0 | 1 => kind.name.to_owned(),
                        _ => format!("{}({name})", kind.name),
                    };
                }
            }
        }
        format!("the lock at {}", lock.0)
    }

    /// What the bits of a word are called: `PG_mlocked`, `mapcount`, `pte`; by its place if no name fits.
    ///
    /// Several flags are joined, and an object other than the one the scenario is about follows in parentheses.
    pub fn field(&self, address: Address, bits: u64) -> String {
        let Some(place) = self.world.place(address) else {
            return format!("the word at {}", address.0);
        };
        for class in Class::ALL {
            let Some((name, object)) = self
                .objects(class)
                .into_iter()
                .rev()
                .find(|(_, object)| *object <= address)
            else {
                continue;
            };
            let of_this = |field: &FieldKind| {
                field.class == class
                    && object.offset(field.offset) == address
                    && field.mask & bits != 0
            };
            let fields: Vec<_> = fields()
                .into_iter()
                .filter(of_this)
                .map(|field| field.name)
                .gather();
            if !fields.is_empty() {
                let fields = fields.join("|");
                return match self.main[class as usize] == Some(object) {
                    true => fields,
                    false => format!("{fields}({name})"),
                };
            }
        }
        format!("{}({})", place.field, self.object(place.object))
    }

    /// Every object of a class the world has room for, with its name. Those that do not exist yet may come to.
    fn objects(&self, class: Class) -> Vec<(String, Address)> {
        let world = &self.world;
        let numbered = |addresses: Vec<Address>, object: fn(u32) -> Object| {
            (0u32..)
                .zip(addresses)
                .map(|(number, address)| (self.object(object(number)), address))
                .gather()
        };
        match class {
            Class::Page => numbered(world.pages().map(|page| page.0).gather(), Object::Page),
            Class::Process => numbered(world.mms().map(|mm| mm.0).gather(), Object::Mm),
            Class::Vma => numbered(world.vmas().map(|vma| vma.0).gather(), Object::Vma),
            Class::File => numbered(world.files().map(|file| file.0).gather(), Object::File),
            Class::AnonVma => numbered(
                world.anon_vmas().map(|anon_vma| anon_vma.0).gather(),
                Object::AnonVma,
            ),
            Class::Zone => vec![("zone".to_owned(), world.zone().0)],
            Class::Pte => (0u32..)
                .zip(world.mms())
                .flat_map(|(process, mm)| {
                    (0..world.sizes().address_space).map(move |address| {
                        (
                            Object::Pte { process, address },
                            mm.pte(u64::from(address)).0,
                        )
                    })
                })
                .map(|(object, address)| (self.object(object), address))
                .gather(),
        }
    }
}
