//! What can be seen from outside after a call: the answer, VmLck, and each page by its mapping, its entry and its flags.

use serde::{Deserialize, Serialize};

/// What a call came back with, and what /proc shows then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct State {
    /// The error number of a call by its C name, or the signal an access was answered with; none if it succeeded.
    pub errno: Option<String>,
    /// `VmLck` of /proc/PID/status, in pages.
    pub vmlck_pages: u64,
    /// Every page of the arena.
    pub pages: Vec<PageState>,
}

/// A page of the arena: `mapped` and `lo` are those of the mapping, `present` that of the entry, the others are flags of the page.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct PageState {
    /// Its number.
    pub page: u64,
    /// A mapping covers it.
    pub mapped: bool,
    /// The page table maps a page there. The zero page counts as none, because the model has none.
    pub present: bool,
    /// The mapping is VM_LOCKED: `lo` among `VmFlags` of /proc/PID/smaps.
    pub lo: bool,
    /// `KPF_MLOCKED`.
    pub mlocked: bool,
    /// `KPF_UNEVICTABLE`.
    pub unevictable: bool,
    /// `KPF_LRU`.
    pub lru: bool,
    /// `KPF_ANON`.
    pub anon: bool,
    /// `KPF_SWAPBACKED`.
    pub swapbacked: bool,
}

impl PageState {
    /// Everything that is true or false of it, by the names it has in JSON.
    pub fn facts(&self) -> [(&'static str, bool); 8] {
        [
            ("mapped", self.mapped),
            ("present", self.present),
            ("lo", self.lo),
            ("mlocked", self.mlocked),
            ("unevictable", self.unevictable),
            ("lru", self.lru),
            ("anon", self.anon),
            ("swapbacked", self.swapbacked),
        ]
    }

    /// Takes the flags of the page from its entry in /proc/kpageflags.
    pub fn set_flags(&mut self, kpageflags: u64) {
        let flag = |bit: u32| kpageflags >> bit & 1 == 1;
        self.present = true;
        self.mlocked = flag(33);
        self.unevictable = flag(18);
        self.lru = flag(5);
        self.anon = flag(12);
        self.swapbacked = flag(14);
    }
}
