//! Where everything is: the layout of the flat memory.

use lockstep_machine::{Address, Value, Word};

use crate::anon_vma::AnonVma;
use crate::file::File;
use crate::page::Page;
use crate::vma::{Mm, Vma};
use crate::zone::{Pagevec, SwapSlot, Zone};

/// How much there is of everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Page frames.
    pub pages: u32,
    /// Processes.
    pub processes: u32,
    /// Pages of address space of each process.
    pub address_space: u32,
    /// Mappings, of all processes together; one bit each in a reverse map.
    pub vmas: u32,
    /// Files.
    pub files: u32,
    /// Pages a file can have.
    pub file_pages: u32,
    /// Sets of anonymous pages.
    pub anon_vmas: u32,
    /// Swap slots that can be used.
    pub swap_slots: u32,
    /// Processors, each with a pagevec.
    pub processors: u32,
}

impl Sizes {
    /// Enough for a scenario about one page.
    pub const SMALL: Self = Self {
        pages: 4,
        processes: 3,
        address_space: 4,
        vmas: 6,
        files: 1,
        file_pages: 2,
        anon_vmas: 2,
        swap_slots: 2,
        processors: 5,
    };
}

/// The layout of a memory of given [`Sizes`]: a handle for everything there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct World {
    sizes: Sizes,
    pages: u32,
    mms: u32,
    vmas: u32,
    files: u32,
    anon_vmas: u32,
    swap: u32,
    pagevecs: u32,
    rmaps: u32,
    words: u32,
    fault_around: u32,
}

/// How many mappings one word of a reverse map has bits for.
const WORD_BITS: u32 = u64::BITS;

/// The zone is the first object; address 0 stays free, for NULL.
const ZONE: u32 = 1;

impl World {
    /// Lays out a memory.
    pub const fn new(sizes: Sizes) -> Self {
        let pages = ZONE + Zone::WORDS;
        let mms = pages + sizes.pages * Page::WORDS;
        let vmas = mms + sizes.processes * (Mm::WORDS + sizes.address_space);
        let files = vmas + sizes.vmas * Vma::WORDS;
        let anon_vmas = files + sizes.files * (File::WORDS + sizes.file_pages);
        let swap = anon_vmas + sizes.anon_vmas * AnonVma::WORDS;
        let pagevecs = swap + (sizes.swap_slots + 1) * SwapSlot::WORDS;
        // The first 64 bits of a reverse map stand in its object, the others behind everything: so a small world has no use for them.
        let rmaps = pagevecs + sizes.processors * Pagevec::WORDS;
        let more = sizes.vmas.saturating_sub(1) / WORD_BITS;
        let words = rmaps + (sizes.files + sizes.anon_vmas) * more;
        Self {
            sizes,
            pages,
            mms,
            vmas,
            files,
            anon_vmas,
            swap,
            pagevecs,
            rmaps,
            words,
            fault_around: 1,
        }
    }

    /// The same memory, in which a read fault also maps what the page cache has of up to so many pages around.
    ///
    /// Linux: mm/memory.c, `fault_around_bytes`, which is 16 pages unless somebody changes it. A world made for a race is easier to follow without.
    #[must_use]
    pub const fn with_fault_around(self, pages: u32) -> Self {
        Self {
            fault_around: pages,
            ..self
        }
    }

    /// How many pages a read fault of a file may map; 1 is the one that was wanted.
    pub const fn fault_around(&self) -> u32 {
        self.fault_around
    }

    /// A memory in which nothing has happened yet: every frame free, no process, no file.
    pub fn empty(&self) -> Vec<u64> {
        let mut memory = vec![0; self.words as usize];
        if let Some(word) = memory.get_mut(self.zone().swap_slots().address().index()) {
            *word = u64::from(self.sizes.swap_slots);
        }
        for mm in self.mms() {
            // Every process starts out as root's, with the default limit of 64 KiB it would have otherwise.
            let words = [
                (mm.memlock_limit().address(), 16),
                (mm.may_lock_any().address(), 1),
            ];
            for (address, value) in words {
                if let Some(word) = memory.get_mut(address.index()) {
                    *word = value;
                }
            }
        }
        memory
    }

    /// How much there is of everything.
    pub const fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The one zone.
    pub const fn zone(&self) -> Zone {
        Zone(Address(ZONE))
    }

    /// The page frames.
    pub fn pages(&self) -> impl Iterator<Item = Page> + use<> {
        objects(self.pages, self.sizes.pages, Page::WORDS).map(Page)
    }

    /// The processes' memories.
    pub fn mms(&self) -> impl Iterator<Item = Mm> + use<> {
        objects(
            self.mms,
            self.sizes.processes,
            Mm::WORDS + self.sizes.address_space,
        )
        .map(Mm)
    }

    /// The mappings, in the order of their bits in a reverse map.
    pub fn vmas(&self) -> impl Iterator<Item = Vma> + use<> {
        objects(self.vmas, self.sizes.vmas, Vma::WORDS).map(Vma)
    }

    /// The same, those nearest to `first` in this order before the others: mappings made one after the other often lie side by side.
    pub(crate) fn vmas_near(&self, first: Vma) -> impl Iterator<Item = Vma> + use<> {
        let (base, count) = (self.vmas, self.sizes.vmas);
        let start = first.0.0.saturating_sub(base) / Vma::WORDS;
        (0..count).map(move |turn| {
            let distance = turn.div_ceil(2);
            let number = match turn % 2 {
                1 => start + distance,
                _ => start + count - distance,
            };
            Vma(Address(base + number % count * Vma::WORDS))
        })
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = File> + use<> {
        objects(
            self.files,
            self.sizes.files,
            File::WORDS + self.sizes.file_pages,
        )
        .map(File)
    }

    /// The sets of anonymous pages.
    pub fn anon_vmas(&self) -> impl Iterator<Item = AnonVma> + use<> {
        objects(self.anon_vmas, self.sizes.anon_vmas, AnonVma::WORDS).map(AnonVma)
    }

    /// The slot of the swap device with this number, from 1.
    pub fn swap_slot(&self, number: u64) -> SwapSlot {
        SwapSlot(Address(self.swap + number as u32 * SwapSlot::WORDS))
    }

    /// The pagevec of a processor.
    pub fn pagevec(&self, processor: u32) -> Pagevec {
        Pagevec(Address(self.pagevecs + processor * Pagevec::WORDS))
    }

    /// The number of a page frame, from 0.
    pub fn page_number(&self, page: Page) -> u32 {
        page.0.0.saturating_sub(self.pages) / Page::WORDS
    }

    /// The mappings that show a file: `i_mmap`.
    pub fn i_mmap(&self, file: File) -> VmaSet {
        let size = File::WORDS + self.sizes.file_pages;
        let number = file.0.0.saturating_sub(self.files) / size;
        self.vma_set(file.i_mmap(), number)
    }

    /// The mappings an anonymous page can be in.
    pub fn anon_vma_tree(&self, anon_vma: AnonVma) -> VmaSet {
        let number = anon_vma.0.0.saturating_sub(self.anon_vmas) / AnonVma::WORDS;
        self.vma_set(anon_vma.vmas(), self.sizes.files + number)
    }

    fn vma_set(&self, first: Word<u64>, number: u32) -> VmaSet {
        let more = self.sizes.vmas.saturating_sub(1) / WORD_BITS;
        VmaSet {
            first,
            more: Address(self.rmaps + number * more),
            words: more + 1,
            vmas: self.vmas,
        }
    }

    /// What stands at `address`.
    pub fn place(&self, address: Address) -> Option<Place> {
        let at = |base: u32, size: u32| ((address.0 - base) / size, (address.0 - base) % size);
        let field = |fields: &[(&'static str, u32)], offset: u32| {
            fields
                .iter()
                .rev()
                .find(|(_, at)| *at <= offset)
                .map_or("", |(name, _)| *name)
        };
        let place = |object, offset, fields| {
            Some(Place {
                object,
                field: field(fields, offset),
            })
        };
        match address.0 {
            a if a >= self.words || a < ZONE => None,
            a if a >= self.rmaps => {
                let more = (self.sizes.vmas.saturating_sub(1) / WORD_BITS).max(1);
                let (number, _) = at(self.rmaps, more);
                match number.checked_sub(self.sizes.files) {
                    Some(number) => place(Object::AnonVma(number), 3, AnonVma::FIELDS),
                    None => place(Object::File(number), 4, File::FIELDS),
                }
            }
            a if a >= self.pagevecs => {
                let (number, offset) = at(self.pagevecs, Pagevec::WORDS);
                place(Object::Pagevec(number), offset, Pagevec::FIELDS)
            }
            a if a >= self.swap => {
                let (number, offset) = at(self.swap, SwapSlot::WORDS);
                place(Object::SwapSlot(number), offset, SwapSlot::FIELDS)
            }
            a if a >= self.anon_vmas => {
                let (number, offset) = at(self.anon_vmas, AnonVma::WORDS);
                place(Object::AnonVma(number), offset, AnonVma::FIELDS)
            }
            a if a >= self.files => {
                let (number, offset) = at(self.files, File::WORDS + self.sizes.file_pages);
                match offset.checked_sub(File::WORDS) {
                    Some(index) => Some(Place {
                        object: Object::CacheSlot {
                            file: number,
                            index,
                        },
                        field: "page",
                    }),
                    None => place(Object::File(number), offset, File::FIELDS),
                }
            }
            a if a >= self.vmas => {
                let (number, offset) = at(self.vmas, Vma::WORDS);
                place(Object::Vma(number), offset, Vma::FIELDS)
            }
            a if a >= self.mms => {
                let (number, offset) = at(self.mms, Mm::WORDS + self.sizes.address_space);
                match offset.checked_sub(Mm::WORDS) {
                    Some(address) => Some(Place {
                        object: Object::Pte {
                            process: number,
                            address,
                        },
                        field: "entry",
                    }),
                    None => place(Object::Mm(number), offset, Mm::FIELDS),
                }
            }
            a if a >= self.pages => {
                let (number, offset) = at(self.pages, Page::WORDS);
                place(Object::Page(number), offset, Page::FIELDS)
            }
            _ => place(Object::Zone, address.0 - ZONE, Zone::FIELDS),
        }
    }
}

fn objects(base: u32, count: u32, size: u32) -> impl Iterator<Item = Address> + use<> {
    (0..count).map(move |index| Address(base + index * size))
}

/// The mappings of a reverse map, one bit each, in as many words as the world's mappings take.
#[derive(Clone, Copy, Debug)]
pub struct VmaSet {
    first: Word<u64>,
    more: Address,
    words: u32,
    vmas: u32,
}

impl VmaSet {
    /// The words, in the order of the mappings. Whoever reads them one after the other holds the lock of the reverse map.
    pub fn words(self) -> impl Iterator<Item = (u32, Word<u64>)> + use<> {
        (0..self.words).map(move |number| (number, self.word(number)))
    }

    fn word(self, number: u32) -> Word<u64> {
        match number.checked_sub(1) {
            None => self.first,
            Some(more) => Word::at(self.more.offset(more)),
        }
    }

    /// The word with the bit of a mapping, and the bit.
    pub fn bit(self, vma: Vma) -> (Word<u64>, u64) {
        let number = vma.0.0.saturating_sub(self.vmas) / Vma::WORDS;
        (self.word(number / WORD_BITS), 1 << (number % WORD_BITS))
    }

    /// The mappings whose bits are set in one of the words.
    pub fn vmas(self, word: u32, bits: u64) -> impl Iterator<Item = Vma> + use<> {
        let first = word * WORD_BITS;
        (0..WORD_BITS)
            .filter(move |bit| bits >> bit & 1 == 1)
            .map(move |bit| Vma(Address(self.vmas + (first + bit) * Vma::WORDS)))
    }

    /// All mappings in it, looked at without a step.
    pub fn all(self, memory: Memory<'_>) -> impl Iterator<Item = Vma> {
        self.words()
            .flat_map(move |(number, word)| self.vmas(number, memory.get(word)))
    }
}

/// An object of the world, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Object {
    /// The zone and the counters.
    Zone,
    /// A page frame.
    Page(u32),
    /// A process's memory.
    Mm(u32),
    /// A page-table entry.
    Pte {
        /// The process.
        process: u32,
        /// The address, in pages.
        address: u32,
    },
    /// A mapping.
    Vma(u32),
    /// A file.
    File(u32),
    /// A place in a file's page cache.
    CacheSlot {
        /// The file.
        file: u32,
        /// The page of the file.
        index: u32,
    },
    /// A set of anonymous pages.
    AnonVma(u32),
    /// A swap slot.
    SwapSlot(u32),
    /// A processor's pagevec.
    Pagevec(u32),
}

/// What stands at an address: a field of an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The object.
    pub object: Object,
    /// The field, by the name of the handle's method.
    pub field: &'static str,
}

/// A memory seen through typed words, without taking a step: for invariants, pictures and tests.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'m>(pub &'m [u64]);

impl Memory<'_> {
    /// The value of a word; that of an all-zero word outside the memory.
    pub fn get<T: Value>(&self, word: Word<T>) -> T {
        T::from_word(self.0.get(word.address().index()).copied().unwrap_or(0))
    }
}
