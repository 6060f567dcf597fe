//! What is said of each racing pair in the end.

use lockstep_machine::Schedule;

use super::classes::{Classes, Kept, Met, PairFound, Past};
use super::{Decision, Example, Order, Pair};

/// All pairs, in the order of their lines.
pub(super) fn all<O: Clone + Ord>(
    classes: &Classes<O>,
    is_broken: impl Fn(&O) -> bool,
) -> Vec<Pair<O>> {
    let broken: Vec<bool> = classes.outcomes.iter().map(is_broken).collect();
    let mut pairs: Vec<Pair<O>> = classes
        .pairs
        .iter()
        .filter_map(|found| pair(classes, found))
        .collect();
    let mut simplest: Vec<Option<u32>> = vec![None; pairs.len()];
    for past in &classes.pasts {
        // With a run that stops half-way one of the two orders may be missing.
        if past.orders.iter().any(|order| order.classes == 0) {
            continue;
        }
        let at = past.pair as usize;
        let (Some(pair), Some(simplest)) = (pairs.get_mut(at), simplest.get_mut(at)) else {
            continue;
        };
        pair.pasts += 1;
        let Some((decision, switches)) = decision(classes, past, &broken) else {
            continue;
        };
        pair.deciding += 1;
        if simplest.is_none_or(|known| switches < known) {
            *simplest = Some(switches);
            pair.decision = Some(decision);
        }
    }
    pairs.sort_by_key(|pair| pair.sides.map(|side| side.location));
    pairs
}

fn pair<O: Clone + Ord>(classes: &Classes<O>, found: &PairFound) -> Option<Pair<O>> {
    let kept = found.orders.iter().filter_map(Met::simplest);
    let kept = kept.min_by_key(|kept| kept.switches)?;
    let mut sides = found.sides;
    for (side, step) in sides.iter_mut().zip(kept.steps) {
        let thread = kept.run.get((step as usize).wrapping_sub(1));
        side.thread = thread.copied().unwrap_or(side.thread);
    }
    Some(Pair {
        sides,
        words: found.words.clone(),
        orders: [0, 1].map(|first| order(classes, &found.orders[first])),
        pasts: 0,
        deciding: 0,
        example: example(kept),
        decision: None,
    })
}

/// Whether the order of the pair decides about something broken after this past; and how many switches the run has that shows it.
fn decision<O: Clone + Ord>(
    classes: &Classes<O>,
    past: &Past,
    broken: &[bool],
) -> Option<(Decision<O>, u32)> {
    let decides = |first: usize| {
        let other = &past.orders[1 - first].runs;
        let is_decided = |kept: &&Kept| {
            broken.get(usize::from(kept.outcome)) == Some(&true)
                && other.iter().all(|run| run.outcome != kept.outcome)
        };
        let found = past.orders[first].runs.iter().filter(is_decided);
        Some((first, found.min_by_key(|kept| kept.switches)?))
    };
    let found = [decides(0), decides(1)].into_iter().flatten();
    let (first, kept) = found.min_by_key(|(_, kept)| kept.switches)?;
    let other = past.orders[1 - first].simplest()?;
    let outcome = classes.outcomes.get(usize::from(kept.outcome))?.clone();
    let decision = Decision {
        outcomes: [0, 1].map(|first| order(classes, &past.orders[first]).outcomes),
        first,
        broken: (example(kept), outcome),
        other: example(other),
    };
    Some((decision, kept.switches))
}

fn order<O: Clone + Ord>(classes: &Classes<O>, met: &Met) -> Order<O> {
    let numbers = met.runs.iter().map(|kept| usize::from(kept.outcome));
    let mut outcomes: Vec<O> = numbers
        .filter_map(|number| classes.outcomes.get(number).cloned())
        .collect();
    outcomes.sort();
    Order {
        classes: met.classes,
        outcomes,
    }
}

fn example(kept: &Kept) -> Example {
    let schedule: Schedule = kept.run.iter().copied().collect();
    Example {
        schedule,
        steps: kept.steps,
    }
}
