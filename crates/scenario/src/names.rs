//! Names for everything in a world, both ways: what a script's words mean, and what to call an address.

mod kinds;

use std::ops::Range;

use lockstep_machine::script::Field;
use lockstep_machine::{Address, ThreadId};
use lockstep_mm::page::{FrameState, Page};
use lockstep_mm::vma::Vma;
use lockstep_mm::world::{Memory, Object, World};

use crate::Diagnostic;
use crate::suggest::{shown, unknown};

use kinds::{ALSO, Class, FieldKind, LOCKS, fields, unknown_field};

/// The names of one built scenario: of its threads, its objects, their locks and their fields.
#[derive(Clone, Debug)]
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

    /// The locks a name means: one if it is qualified (`ptl(a)`), all of the kind if not.
    ///
    /// # Errors
    /// What is wrong with the name, which stands at `span` in its text.
    pub fn find_locks(&self, name: &str, span: Range<usize>) -> Result<Vec<Address>, Diagnostic> {
        let (kind, of) = split(name, &span)?;
        let Some(lock) = LOCKS
            .iter()
            .find(|lock| lock.name.eq_ignore_ascii_case(kind))
        else {
            let names: Vec<_> = LOCKS.iter().map(|lock| lock.name).collect();
            let kind_span = span.start..span.start + kind.len();
            return Err(unknown("unknown-lock", "lock", kind, kind_span, &names));
        };
        let objects = match of {
            Some((of, at)) => self.select(lock.class, of, at)?,
            None => self
                .objects(lock.class)
                .into_iter()
                .map(|(_, object)| object)
                .collect(),
        };
        Ok(objects.into_iter().map(lock.address).collect())
    }

    /// The fields a name means: that of the object in parentheses (`PG_mlocked(P)`), or of the one the scenario is about.
    ///
    /// # Errors
    /// What is wrong with the name, which stands at `span` in its text.
    pub fn find_fields(&self, name: &str, span: Range<usize>) -> Result<Vec<Field>, Diagnostic> {
        let (kind, of) = split(name, &span)?;
        let told = ALSO.iter().find(|(word, _)| *word == kind);
        let kind = told.map_or(kind, |(_, told)| told);
        let fields = fields();
        let Some(field) = fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(kind))
        else {
            let kind_span = span.start..span.start + kind.len();
            return Err(unknown_field(&fields, kind, kind_span));
        };
        let objects = match of {
            Some((of, at)) => self.select(field.class, of, at)?,
            None => match self.main[field.class as usize] {
                Some(object) => vec![object],
                None => {
                    let what = field.class.word();
                    return Err(Diagnostic::new(
                        "which-object",
                        span,
                        format!("`{}` is a field of a {what}, and this scenario is about no {what} in particular", field.name),
                    )
                    .help(format!("name the {what} in parentheses: `{}({})`", field.name, self.example(field.class))));
                }
            },
        };
        Ok(objects
            .into_iter()
            .map(|object| Field {
                address: object.offset(field.offset),
                mask: field.mask,
            })
            .collect())
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
                .collect();
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

    fn select(
        &self,
        class: Class,
        name: &str,
        span: Range<usize>,
    ) -> Result<Vec<Address>, Diagnostic> {
        let objects = self.objects(class);
        if name == "*" {
            return Ok(objects.into_iter().map(|(_, object)| object).collect());
        }
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let found = objects
            .iter()
            .find(|(known, _)| squeezed(known) == squeezed(name));
        found.map(|(_, object)| vec![*object]).ok_or_else(|| {
            // Processes and files that only could be are no help; pages and mappings come and go.
            let many = match class {
                Class::Process => self.processes.len(),
                Class::File => self.files.len(),
                _ => objects.len(),
            };
            let names: Vec<_> = objects
                .iter()
                .take(many)
                .map(|(name, _)| name.as_str())
                .collect();
            unknown("unknown-object", class.word(), name, span, &names)
        })
    }

    fn example(&self, class: Class) -> String {
        self.objects(class)
            .into_iter()
            .next()
            .map_or_else(|| "*".to_owned(), |(name, _)| name)
    }

    /// Every object of a class the world has room for, with its name. Those that do not exist yet may come to.
    fn objects(&self, class: Class) -> Vec<(String, Address)> {
        let world = &self.world;
        let numbered = |addresses: Vec<Address>, object: fn(u32) -> Object| {
            (0u32..)
                .zip(addresses)
                .map(|(number, address)| (self.object(object(number)), address))
                .collect()
        };
        match class {
            Class::Page => numbered(world.pages().map(|page| page.0).collect(), Object::Page),
            Class::Process => numbered(world.mms().map(|mm| mm.0).collect(), Object::Mm),
            Class::Vma => numbered(world.vmas().map(|vma| vma.0).collect(), Object::Vma),
            Class::File => numbered(world.files().map(|file| file.0).collect(), Object::File),
            Class::AnonVma => numbered(
                world.anon_vmas().map(|anon_vma| anon_vma.0).collect(),
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
                .collect(),
        }
    }

    /// Fills in what can be seen in the memory the threads start with.
    pub(crate) fn look_at(&mut self, image: &[u64]) {
        let memory = Memory(image);
        let world = self.world;
        self.existing = [
            world
                .pages()
                .filter(|page| memory.get(page.state()) == FrameState::InUse)
                .count(),
            self.processes.len(),
            2,
            world.vmas().filter(|vma| memory.get(vma.in_use())).count(),
            self.files.len(),
            world
                .anon_vmas()
                .filter(|anon_vma| memory.get(anon_vma.in_use()))
                .count(),
            1,
        ];
        let page = self.pages.first().map(|(_, page)| *page);
        let vma = self
            .vmas
            .first()
            .map(|(_, vma)| *vma)
            .or_else(|| world.vmas().find(|vma| memory.get(vma.in_use())));
        let ptes = world.mms().flat_map(|mm| {
            (0..u64::from(world.sizes().address_space)).map(move |address| mm.pte(address))
        });
        let mut mapping =
            ptes.filter(|pte| page.is_some() && memory.get(pte.entry()).page() == page);
        self.main = [
            page.map(|page| page.0),
            world.mms().next().map(|mm| mm.0),
            mapping.next().map(|pte| pte.0),
            vma.map(|vma| vma.0),
            world
                .files()
                .next()
                .filter(|_| !self.files.is_empty())
                .map(|file| file.0),
            world.anon_vmas().next().map(|anon_vma| anon_vma.0),
            Some(world.zone().0),
        ];
    }

    /// The threads as a list for people: `` `A` (Reclaim) and `B` (Truncate) ``.
    pub(crate) fn thread_list(&self) -> String {
        let threads = (0..self.threads.len()).filter_map(ThreadId::new);
        let all: Vec<_> = threads
            .map(|thread| format!("`{thread}` ({})", self.thread(thread)))
            .collect();
        match all.as_slice() {
            [] => "none".to_owned(),
            [only] => only.clone(),
            [most @ .., last] => format!("{} and {last}", most.join(", ")),
        }
    }
}

type Qualified<'n> = (&'n str, Option<(&'n str, Range<usize>)>);

/// Splits `ptl(a)` into the name and what stands in the parentheses.
fn split<'n>(name: &'n str, span: &Range<usize>) -> Result<Qualified<'n>, Diagnostic> {
    let Some((kind, rest)) = name.split_once('(') else {
        return Ok((name.trim_end(), None));
    };
    let Some(of) = rest.strip_suffix(')') else {
        return Err(Diagnostic::new(
            "open-parenthesis",
            span.clone(),
            format!(
                "`{}` opens a parenthesis and does not close it",
                shown(name)
            ),
        )
        .help(format!("write `{})`", shown(name))));
    };
    let start = span.start + kind.len() + 1;
    Ok((kind.trim_end(), Some((of.trim(), start..start + of.len()))))
}
