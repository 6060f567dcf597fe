//! What a scenario comes to on every kernel, found out when a page is built.
//!
//! A page would otherwise carry, only to use them once, all the system calls that worlds are made by and everything that
//! reads names and scripts. Most set-ups leave the same memory whatever the kernel, so what is different is kept once each.
//!
//! These types are part of the boundary that [`compiled`](crate::compiled) is.

#[cfg(feature = "build")]
mod make;
mod mirror;

use lockstep_machine::Address;
use lockstep_mm::kernel::Kernel;
use lockstep_mm::page::Page;
use lockstep_mm::program::{Bodies, Setting};
use lockstep_mm::setup::{Cause, Setup};
use lockstep_mm::vma::Vma;
use lockstep_mm::world::{Sizes, World};
use serde::Serialize;

use crate::build::{BuildError, Built, Part};
use crate::names::Names;
use crate::{Diagnostic, Scenario};

use crate::reader::read_fields;
use crate::resolved::Resolved;
use mirror::{Meaning, Sentence, Stretch};

/// The worlds of one scenario, one for each kernel there can be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Prepared {
    /// What [`Scenario::digest`] is without this.
    pub(crate) digest: u64,
    /// How much there is of everything, in the order of the fields of [`Sizes`].
    sizes: [u32; 9],
    /// The worlds that differ.
    starts: Vec<Start>,
    /// Which of them the kernels have, in the order of their numbers: for how many kernels on end, which.
    /// On kernels that have none the scenario cannot be built.
    kernels: Vec<(u32, Option<u32>)>,
}

/// A world the threads start in, and what the words of the scenario mean there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct Start {
    image: Vec<u64>,
    /// Of each [`Cause`] the address, the bits and the call.
    causes: Vec<(u32, (u64, u32))>,
    pages: Vec<(String, u32)>,
    vmas: Vec<(String, u32)>,
    existing: [u32; 7],
    main: [Option<u32>; 7],
    scripts: Vec<Option<Vec<Stretch>>>,
    beats: Vec<Option<Vec<Sentence>>>,
    facts: Vec<Meaning>,
    lanes: Vec<Meaning>,
    usual_lanes: Vec<Meaning>,
}

read_fields! {
    Prepared { digest, sizes, starts, kernels }
    Start {
        image, causes, pages, vmas, existing, main, scripts, beats, facts, lanes, usual_lanes
    }
}

impl Prepared {
    /// The same as what the texts come to.
    pub(crate) fn build(
        &self,
        scenario: &Scenario,
        kernel: Kernel,
        bodies: Bodies,
    ) -> Result<Built, BuildError> {
        let start = self.start(kernel).ok_or_else(|| BuildError {
            part: Part::Whole,
            message: "it cannot be built on this kernel".to_owned(),
        })?;
        let setup = Setup {
            world: World::new(self.sizes()),
            kernel,
            image: start.image.clone(),
            // It has been asked when the page was built.
            asked: 0,
            causes: start
                .causes
                .iter()
                .map(|(address, (bits, call))| Cause {
                    address: Address(*address),
                    bits: *bits,
                    call: *call as usize,
                })
                .collect(),
        };
        let paths = scenario.paths(&setup)?;
        Ok(Built {
            names: start.names(scenario, setup.world),
            resolved: start.resolved(),
            setting: Setting::with(setup, paths, bodies),
        })
    }

    fn start(&self, kernel: Kernel) -> Option<&Start> {
        let mut number = kernel.number();
        for (count, start) in &self.kernels {
            match number.checked_sub(*count as usize) {
                Some(rest) => number = rest,
                None => return self.starts.get((*start)? as usize),
            }
        }
        None
    }

    fn sizes(&self) -> Sizes {
        let [
            pages,
            processes,
            address_space,
            vmas,
            files,
            file_pages,
            anon_vmas,
            swap_slots,
            processors,
        ] = self.sizes;
        Sizes {
            pages,
            processes,
            address_space,
            vmas,
            files,
            file_pages,
            anon_vmas,
            swap_slots,
            processors,
        }
    }
}

impl Start {
    fn names(&self, scenario: &Scenario, world: World) -> Names {
        let named = |(name, at): &(String, u32)| (name.clone(), Address(*at));
        Names {
            world,
            threads: scenario.thread_names(),
            processes: scenario.processes.clone(),
            files: scenario.files.clone(),
            pages: self
                .pages
                .iter()
                .map(named)
                .map(|(name, at)| (name, Page(at)))
                .collect(),
            vmas: self
                .vmas
                .iter()
                .map(named)
                .map(|(name, at)| (name, Vma(at)))
                .collect(),
            existing: self.existing.map(|count| count as usize),
            main: self.main.map(|at| at.map(Address)),
        }
    }

    fn resolved(&self) -> Resolved {
        let unread = |script: &Option<Vec<Stretch>>| {
            // What is wrong with it was said when the page was built.
            script
                .as_ref()
                .map(|lines| mirror::script(lines))
                .ok_or_else(|| {
                    vec![Diagnostic::new(
                        "script",
                        0..0,
                        "this script cannot be read on this kernel",
                    )]
                })
        };
        let meant = |all: &[Meaning]| all.iter().map(Meaning::meant).collect();
        Resolved {
            scripts: self.scripts.iter().map(unread).collect(),
            beats: self
                .beats
                .iter()
                .map(|beat| Some(beat.as_ref()?.iter().map(Sentence::moment).collect()))
                .collect(),
            facts: meant(&self.facts),
            lanes: meant(&self.lanes),
            usual_lanes: meant(&self.usual_lanes),
        }
    }
}
