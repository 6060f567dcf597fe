//! Stateright: given the states, depth first or breadth first, with exchangeable threads told apart or not.

use stateright::{Checker, HasDiscoveries, Model, Property};

use crate::measure::Done;
use crate::work::{State, Work};

impl Model for Work {
    type State = State;
    type Action = usize;

    fn init_states(&self) -> Vec<State> {
        vec![self.start()]
    }

    fn actions(&self, _: &State, actions: &mut Vec<usize>) {
        actions.extend(0..self.threads());
    }

    fn next_state(&self, state: &State, thread: usize) -> Option<State> {
        self.next(state, thread)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("no bad page", |_, state: &State| {
            !state.is_bad()
        })]
    }
}

pub(crate) fn breadth_first(work: Work) -> Done {
    done(
        work,
        work.checker()
            .finish_when(HasDiscoveries::Any)
            .spawn_bfs()
            .join(),
    )
}

pub(crate) fn depth_first(work: Work) -> Done {
    done(
        work,
        work.checker()
            .finish_when(HasDiscoveries::Any)
            .spawn_dfs()
            .join(),
    )
}

pub(crate) fn symmetric(work: Work) -> Done {
    // The function is given no model, so the kinds of programs with exchangeable threads each get one.
    let same: fn(&State) -> State = match work {
        Work::Readers(_) => |state| Work::Readers(state.threads() as u8 - 1).representative(state),
        Work::Rmap(..) => |state| {
            let pages = state.pages();
            Work::Rmap(false, pages as u8, (state.threads() - pages - 1) as u8)
                .representative(state)
        },
        _ => State::clone,
    };
    let builder = work.checker().finish_when(HasDiscoveries::Any);
    done(work, builder.symmetry_fn(same).spawn_dfs().join())
}

fn done(work: Work, checker: impl Checker<Work>) -> Done {
    let found = !checker.discoveries().is_empty();
    Done {
        count: checker.unique_state_count() as u64,
        found,
        is_right: found == work.fails(),
    }
}
