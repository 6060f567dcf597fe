//! Which kernel runs: the presets and the switches between them.

mod number;

use std::fmt;

/// Where `try_to_unmap_one()` sets PageMlocked; the switch `mlock`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MlockUnder {
    /// After dropping the page-table lock, inside a successful trylock of mmap_sem: the parent of b87537d.
    MmapSem,
    /// Under the page-table lock: b87537d.
    PteLock,
}

/// How `unmap_mapping_range()` takes `i_mmap_rwsem`; the switch `i-mmap`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IMmap {
    /// For writing: v4.4.
    Exclusive,
    /// For reading: the trees of November and December 2014, and again v5.18.
    Shared,
}

/// The code that runs. It is read where the code branches, so that one build holds every kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kernel {
    /// Where PageMlocked is set.
    pub mlock: MlockUnder,
    /// Whether `try_to_unmap_one()` looks at VM_LOCKED before anything else when it is called to munlock.
    pub early_exit: bool,
    /// How `i_mmap_rwsem` is taken.
    pub i_mmap: IMmap,
}

impl Kernel {
    /// The parent of b87537d.
    pub const BEFORE: Self = Self {
        mlock: MlockUnder::MmapSem,
        early_exit: false,
        i_mmap: IMmap::Exclusive,
    };
    /// b87537d.
    pub const AFTER: Self = Self {
        mlock: MlockUnder::PteLock,
        early_exit: true,
        i_mmap: IMmap::Exclusive,
    };
    /// The presets by name.
    pub const PRESETS: &[(&'static str, Self)] =
        &[("before", Self::BEFORE), ("after", Self::AFTER)];

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
        match name {
            "mlock" => self.mlock = [MlockUnder::MmapSem, MlockUnder::PteLock][at],
            "early-exit" => self.early_exit = at == 0,
            _ => self.i_mmap = [IMmap::Exclusive, IMmap::Shared][at],
        }
        Ok(())
    }

    /// The value of a switch, as text.
    fn value(&self, switch: &Switch) -> &'static str {
        let at = match switch.name {
            "mlock" => self.mlock as usize,
            "early-exit" => usize::from(!self.early_exit),
            _ => self.i_mmap as usize,
        };
        switch.values[at]
    }
}

/// Why a switch cannot be set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownSwitch {
    /// There is none of this name.
    Name,
    /// This one does not have that value.
    Value(&'static Switch),
}

/// A switch between kernels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Switch {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: &'static [&'static str],
    /// What it stands for.
    pub meaning: &'static str,
}

impl Switch {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self {
            name: "mlock",
            values: &["mmap-sem", "pte-lock"],
            meaning: "which lock try_to_unmap_one() holds when it sets PageMlocked",
        },
        Self {
            name: "early-exit",
            values: &["on", "off"],
            meaning: "whether a munlock leaves try_to_unmap_one() at once if VM_LOCKED is clear",
        },
        Self {
            name: "i-mmap",
            values: &["exclusive", "shared"],
            meaning: "how unmap_mapping_range() takes i_mmap_rwsem",
        },
    ];
}

/// Writes the preset it is closest to and what differs: `before`, `before,i-mmap=shared`.
impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differing = |preset: &Self| {
            Switch::ALL
                .iter()
                .filter(|switch| self.value(switch) != preset.value(switch))
                .count()
        };
        let Some((name, preset)) = Self::PRESETS
            .iter()
            .min_by_key(|(_, preset)| differing(preset))
        else {
            return Ok(());
        };
        f.write_str(name)?;
        for switch in Switch::ALL
            .iter()
            .filter(|switch| self.value(switch) != preset.value(switch))
        {
            write!(f, ",{}={}", switch.name, self.value(switch))?;
        }
        Ok(())
    }
}
