//! Which kernel runs: the presets and the switches between them.

mod number;

use std::fmt;

/// What [`try_to_unmap_one`](crate::rmap::try_to_unmap_one) holds when it sets PageMlocked; the switch `mlock`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MlockUnder {
    /// mmap_sem, tried for after dropping the page-table lock: the parent of b87537d.
    MmapSem,
    /// The page-table lock: b87537d.
    PteLock,
    /// The page lock its callers have, and nothing else: what is left of the parent without the trylock.
    PageLock,
    /// The page-table lock and mmap_sem, tried for: what was asked in review.
    PteLockAndMmapSem,
}

/// How [`unmap_mapping_range`](crate::memory::unmap_mapping_range) takes `i_mmap_rwsem`; the switch `i-mmap`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IMmap {
    /// For writing: v4.4.
    Exclusive,
    /// For reading: the trees of November and December 2014, and again v5.18.
    Shared,
}

/// When a munlock takes VM_LOCKED off the mapping; the switch `clear-vm-locked`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClearVmLocked {
    /// Before it walks the pages: every kernel.
    BeforeWalk,
    /// Once it has walked them.
    AfterWalk,
}

/// How a compiler carries out a compound store to `vm_flags`; the switch `vm-flags-store`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VmFlagsStore {
    /// As one store of the final value: every compiler known.
    Whole,
    /// Through an intermediate value, which C allows for a plain word.
    Torn,
}

/// The code that runs. It is read where the code branches, so that one build holds every kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kernel {
    /// What is held when PageMlocked is set.
    pub mlock: MlockUnder,
    /// Whether VM_LOCKED is looked at under the lock the mark is set under, and not only before.
    pub recheck: bool,
    /// Whether `try_to_unmap_one()` looks at VM_LOCKED before anything else when it is called to munlock.
    pub early_exit: bool,
    /// Whether `exit_mmap()` has mmap_sem for writing all along.
    pub exit_mmap_sem: bool,
    /// How `i_mmap_rwsem` is taken.
    pub i_mmap: IMmap,
    /// Whether `__munlock_pagevec_fill()` takes the page-table lock.
    pub fill_ptl: bool,
    /// When a munlock takes VM_LOCKED off.
    pub clear_vm_locked: ClearVmLocked,
    /// How `vm_flags` is stored.
    pub vm_flags_store: VmFlagsStore,
    /// Whether Phase 1 counts every mark it takes off: v4.12, 70feee0e1ef3.
    pub nr_mlock_fix: bool,
    /// Whether `wp_page_copy()` munlocks the page it replaces.
    pub wp_munlock: bool,
}

impl Kernel {
    /// The parent of b87537d.
    pub const BEFORE: Self = Self {
        mlock: MlockUnder::MmapSem,
        recheck: true,
        early_exit: false,
        exit_mmap_sem: false,
        i_mmap: IMmap::Exclusive,
        fill_ptl: true,
        clear_vm_locked: ClearVmLocked::BeforeWalk,
        vm_flags_store: VmFlagsStore::Whole,
        nr_mlock_fix: false,
        wp_munlock: true,
    };
    /// b87537d.
    pub const AFTER: Self = Self {
        mlock: MlockUnder::PteLock,
        early_exit: true,
        ..Self::BEFORE
    };
    /// The trees of November and December 2014, between c8475d144abb and its revert.
    pub const SHARED_I_MMAP: Self = Self {
        i_mmap: IMmap::Shared,
        ..Self::BEFORE
    };
    /// The presets by name.
    pub const PRESETS: &[(&'static str, Self)] = &[
        ("before", Self::BEFORE),
        ("after", Self::AFTER),
        ("shared-i-mmap", Self::SHARED_I_MMAP),
    ];

    /// Sets a switch by name and value.
    ///
    /// # Errors
    /// [`UnknownSwitch`] if there is no such switch, or it has no such value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownSwitch> {
        let Some(switch) = Switch::ALL.iter().find(|switch| switch.name == name) else {
            return Err(UnknownSwitch::Name);
        };
        let Some(at) = switch.values.iter().position(|known| *known == value) else {
            return Err(UnknownSwitch::Value(switch));
        };
        (switch.set)(self, at);
        Ok(())
    }

    /// The value of a switch, as text.
    pub fn value(&self, switch: &Switch) -> &'static str {
        switch.values.get((switch.get)(self)).copied().unwrap_or("")
    }
}

/// Why a switch cannot be set.
#[derive(Clone, Copy, Debug)]
pub enum UnknownSwitch {
    /// There is none of this name.
    Name,
    /// This one does not have that value.
    Value(&'static Switch),
}

/// A switch between kernels.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: &'static [&'static str],
    /// What it stands for.
    pub meaning: &'static str,
    get: fn(&Kernel) -> usize,
    set: fn(&mut Kernel, usize),
}

const ON_OFF: &[&str] = &["on", "off"];

/// A switch that is on or off.
macro_rules! on_off {
    ($name:literal, $field:ident, $meaning:literal) => {
        Switch {
            name: $name,
            values: ON_OFF,
            meaning: $meaning,
            get: |kernel| usize::from(!kernel.$field),
            set: |kernel, at| kernel.$field = at == 0,
        }
    };
}

/// A switch with values of its own, in the order of an enum's variants.
macro_rules! choice {
    ($name:literal, $field:ident, [$($value:literal = $variant:expr),*], $meaning:literal) => {
        Switch {
            name: $name,
            values: &[$($value),*],
            meaning: $meaning,
            get: |kernel| kernel.$field as usize,
            set: |kernel, at| {
                if let Some(value) = [$($variant),*].get(at) {
                    kernel.$field = *value;
                }
            },
        }
    };
}

impl Switch {
    /// All of them.
    pub const ALL: &[Self] = &[
        choice!(
            "mlock",
            mlock,
            [
                "mmap-sem" = MlockUnder::MmapSem,
                "pte-lock" = MlockUnder::PteLock,
                "page-lock" = MlockUnder::PageLock,
                "pte-lock+mmap-sem" = MlockUnder::PteLockAndMmapSem
            ],
            "what try_to_unmap_one() holds when it sets PageMlocked"
        ),
        on_off!(
            "recheck",
            recheck,
            "whether VM_LOCKED is looked at under the lock the mark is set under, and not only before"
        ),
        on_off!(
            "early-exit",
            early_exit,
            "whether a munlock leaves try_to_unmap_one() at once if VM_LOCKED is clear"
        ),
        on_off!(
            "exit-mmap-sem",
            exit_mmap_sem,
            "whether exit_mmap() has mmap_sem for writing all along"
        ),
        choice!(
            "i-mmap",
            i_mmap,
            ["exclusive" = IMmap::Exclusive, "shared" = IMmap::Shared],
            "how unmap_mapping_range() takes i_mmap_rwsem"
        ),
        on_off!(
            "fill-ptl",
            fill_ptl,
            "whether __munlock_pagevec_fill() takes the page-table lock"
        ),
        choice!(
            "clear-vm-locked",
            clear_vm_locked,
            [
                "before-walk" = ClearVmLocked::BeforeWalk,
                "after-walk" = ClearVmLocked::AfterWalk
            ],
            "when a munlock takes VM_LOCKED off the mapping"
        ),
        choice!(
            "vm-flags-store",
            vm_flags_store,
            ["whole" = VmFlagsStore::Whole, "torn" = VmFlagsStore::Torn],
            "whether a store to vm_flags shows an intermediate value"
        ),
        on_off!(
            "nr-mlock-fix",
            nr_mlock_fix,
            "whether Phase 1 counts every mark it takes off"
        ),
        on_off!(
            "wp-munlock",
            wp_munlock,
            "whether wp_page_copy() munlocks the page it replaces"
        ),
    ];
}

/// Writes the preset it is closest to and what differs: `before,recheck=off`.
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differs = |preset: &Self, switch: &&Switch| self.value(switch) != preset.value(switch);
        let distance = |preset: &Self| {
            Switch::ALL
                .iter()
                .filter(|switch| differs(preset, switch))
                .count()
        };
        let Some((name, preset)) = Self::PRESETS
            .iter()
            .min_by_key(|(_, preset)| distance(preset))
        else {
            return Ok(());
        };
        f.write_str(name)?;
        for switch in Switch::ALL.iter().filter(|switch| differs(preset, switch)) {
            write!(f, ",{}={}", switch.name, self.value(switch))?;
        }
        Ok(())
    }
}
