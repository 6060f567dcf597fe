//! Searches to be timed: programs of which it is known how many orders or states they have.

use lockstep_explore::toys::{self, BadPage, Order, Toy};
use lockstep_explore::{Dpor, Limits, Pct, Stateful};

/// Which search, of which program.
pub(crate) struct Search {
    name: &'static str,
    toy: Toy,
    engine: Engine,
}

enum Engine {
    Classes,
    States,
    Chance,
}

/// The searches that the comparison with those of others is about, as far as they take no longer than a moment.
pub(crate) fn searches() -> Vec<Search> {
    use Engine::{Chance, Classes, States};
    let search = |name, toy, engine| Search { name, toy, engine };
    vec![
        search("lastzero 10 by classes", toys::lastzero(10), Classes),
        search("readers 13 by classes", toys::readers(13), Classes),
        search("readers 13 by states", toys::readers(13), States),
        search("indexer 15 by classes", toys::indexer(15), Classes),
        search(
            "rmap 1 3 by classes",
            toys::rmap(Order::After, 1, 3),
            Classes,
        ),
        search("rmap 1 3 by states", toys::rmap(Order::After, 1, 3), States),
        search("rmap 2 2 by states", toys::rmap(Order::After, 2, 2), States),
        search("rmap 1 4 by states", toys::rmap(Order::After, 1, 4), States),
        search(
            "rmap 1 4 before by chance",
            toys::rmap(Order::Before, 1, 4),
            Chance,
        ),
    ]
}

impl Search {
    /// What is searched, and how.
    pub(crate) fn name(&self) -> &str {
        self.name
    }

    /// Searches it from nothing; gives how many steps that took.
    pub(crate) fn run(&self) -> u64 {
        let limits = Limits::default();
        match self.engine {
            Engine::Classes => {
                let mut search = Dpor::new(&self.toy, &BadPage, limits);
                search.run(&mut ());
                search.counts().steps
            }
            Engine::States => {
                let mut search = Stateful::new(&self.toy, &BadPage, limits);
                search.run(&mut ());
                search.counts().steps
            }
            Engine::Chance => {
                let mut search = Pct::new(&self.toy, &BadPage, limits, 1);
                search.find(&mut ());
                search.counts().steps
            }
        }
    }
}
