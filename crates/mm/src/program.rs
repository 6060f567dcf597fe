//! A world and the kernel paths that run in it at once: what the machine runs.

use lockstep_machine::{EmulatedCpu, Program, ThreadBody, ThreadId};

use crate::cx::Cx;
use crate::file::File;
use crate::page::Page;
use crate::setup::Setup;
use crate::{truncate, vmscan};

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Path {
    /// Reclaim looks at one page: `shrink_inactive_list()` with a batch of one.
    Reclaim {
        /// The page.
        page: Page,
    },
    /// `ftruncate()`, from `truncate_setsize()` on.
    Truncate {
        /// The file.
        file: File,
        /// Its new size, in pages.
        size: u64,
    },
}

/// A world, and one path for each thread.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The world.
    pub setup: Setup,
    /// The paths, for threads A, B, C ...
    pub paths: Vec<Path>,
}

impl Setting {
    /// Puts threads into a world.
    pub fn new(setup: Setup, paths: Vec<Path>) -> Self {
        Self { setup, paths }
    }
}

impl Program for Setting {
    fn image(&self) -> &[u64] {
        &self.setup.image
    }

    fn threads(&self) -> usize {
        self.paths.len()
    }

    fn body(&self, thread: ThreadId, cpu: EmulatedCpu) -> ThreadBody {
        let cx = Cx::new(
            cpu,
            self.setup.world,
            self.setup.kernel,
            thread.index() as u32,
        );
        match self.paths.get(thread.index()).copied() {
            Some(Path::Reclaim { page }) => {
                Box::pin(async move { vmscan::shrink_inactive_list(&cx, page).await })
            }
            Some(Path::Truncate { file, size }) => {
                Box::pin(async move { truncate::truncate_setsize(&cx, file, size).await })
            }
            None => Box::pin(std::future::ready(())),
        }
    }
}
