//! Runs the set-up on every kernel.

use lockstep_mm::kernel::Kernel;
use lockstep_mm::setup::Setup;
use lockstep_mm::world::Sizes;

use super::mirror::{Meaning, Sentence, Stretch};
use super::{Prepared, Start};
use crate::Scenario;
use crate::build::{BuildError, Built};
use crate::resolved::Meant;

impl Scenario {
    /// The same scenario with everything found out that can be before it runs, for a program without the feature `build`.
    ///
    /// # Errors
    /// If it cannot be built on any kernel: why not on the last one.
    pub fn prepare(&self) -> Result<Self, BuildError> {
        let mut setups: Vec<Setup> = Vec::new();
        let mut problem = None;
        // One run speaks for all kernels that agree with its own in the switches it has looked at.
        let mut spoken: Vec<(Kernel, u32, Option<u32>)> = Vec::new();
        let mut kernels: Vec<(u32, Option<u32>)> = Vec::new();
        for kernel in Kernel::all() {
            let known = spoken
                .iter()
                .find(|(other, asked, _)| kernel.agrees(*other, *asked));
            let start = match known {
                Some((_, _, start)) => *start,
                None => {
                    let (setup, asked) = self.set_up_noting(kernel);
                    let start = match setup {
                        Ok(setup) => Some(place(&mut setups, setup)),
                        Err(error) => {
                            problem = Some(error);
                            None
                        }
                    };
                    spoken.push((kernel, asked, start));
                    start
                }
            };
            match kernels.last_mut() {
                Some((count, last)) if *last == start => *count += 1,
                _ => kernels.push((1, start)),
            }
        }
        if let (Some(problem), true) = (problem, setups.is_empty()) {
            return Err(problem);
        }
        let sizes = setups.first().map(|setup| setup.world.sizes());
        let starts = setups
            .into_iter()
            .map(|setup| Ok(Start::of(&self.settle(setup)?)));
        let unprepared = Self {
            prepared: None,
            ..self.clone()
        };
        Ok(Self {
            prepared: Some(Prepared {
                digest: unprepared.digest(),
                sizes: numbers(sizes.unwrap_or(Sizes::SMALL)),
                starts: starts.collect::<Result<_, _>>()?,
                kernels,
            }),
            ..unprepared
        })
    }
}

/// The place of a world among those that differ, and it is one of them from now on.
fn place(setups: &mut Vec<Setup>, setup: Setup) -> u32 {
    let known = setups
        .iter()
        .position(|known| known.image == setup.image && known.causes == setup.causes);
    let place = known.unwrap_or(setups.len());
    if known.is_none() {
        setups.push(setup);
    }
    place as u32
}

impl Start {
    fn of(built: &Built) -> Self {
        let Built {
            setting,
            names,
            resolved,
        } = built;
        let meanings = |all: &[Meant]| all.iter().map(Meaning::of).collect();
        let causes = setting.setup.causes.iter();
        let pages = names.pages.iter();
        let vmas = names.vmas.iter();
        let scripts = resolved.scripts.iter();
        let beats = resolved.beats.iter();
        Self {
            image: setting.setup.image.clone(),
            causes: causes
                .map(|cause| (cause.address.0, (cause.bits, cause.call as u32)))
                .collect(),
            pages: pages.map(|(name, page)| (name.clone(), page.0.0)).collect(),
            vmas: vmas.map(|(name, vma)| (name.clone(), vma.0.0)).collect(),
            existing: names.existing.map(|count| count as u32),
            main: names.main.map(|at| at.map(|at| at.0)),
            scripts: scripts
                .map(|script| script.as_ref().ok().map(Stretch::of))
                .collect(),
            beats: beats
                .map(|beat| Some(beat.as_ref()?.iter().map(Sentence::of).collect()))
                .collect(),
            facts: meanings(&resolved.facts),
            lanes: meanings(&resolved.lanes),
            usual_lanes: meanings(&resolved.usual_lanes),
        }
    }
}

fn numbers(sizes: Sizes) -> [u32; 9] {
    let Sizes {
        pages,
        processes,
        address_space,
        vmas,
        files,
        file_pages,
        anon_vmas,
        swap_slots,
        processors,
    } = sizes;
    [
        pages,
        processes,
        address_space,
        vmas,
        files,
        file_pages,
        anon_vmas,
        swap_slots,
        processors,
    ]
}
