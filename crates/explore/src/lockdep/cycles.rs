//! Circles in the graph of edges that wait.

use std::collections::BTreeSet;

use super::{Edge, LockKind};

/// The kinds of locks that can be waited for in a circle: for each component of the graph of waiting edges one list, in order.
///
/// A kind is in a circle with itself if two locks of it are held at once. If that is the only circle it is in, an order among
/// locks of the one kind can still keep threads apart, and whoever knows the program has to say so.
pub fn cycles(edges: impl IntoIterator<Item = Edge>) -> Vec<Vec<LockKind>> {
    let waits: BTreeSet<(LockKind, LockKind)> = edges
        .into_iter()
        .filter(|edge| edge.waits && !edge.is_same)
        .map(|edge| (edge.held, edge.wanted))
        .collect();
    let kinds: BTreeSet<LockKind> = waits.iter().flat_map(|(from, to)| [*from, *to]).collect();
    let mut reaches = waits;
    for middle in &kinds {
        let before: Vec<LockKind> = kinds
            .iter()
            .filter(|from| reaches.contains(&(**from, *middle)))
            .copied()
            .collect();
        let after: Vec<LockKind> = kinds
            .iter()
            .filter(|to| reaches.contains(&(*middle, **to)))
            .copied()
            .collect();
        for from in &before {
            reaches.extend(after.iter().map(|to| (*from, *to)));
        }
    }
    let mut components: Vec<Vec<LockKind>> = Vec::new();
    for kind in kinds {
        if components.iter().any(|known| known.contains(&kind)) || !reaches.contains(&(kind, kind))
        {
            continue;
        }
        let circle = reaches.range((kind, 0)..=(kind, LockKind::MAX));
        let circle = circle.map(|(_, to)| *to);
        components.push(
            circle
                .filter(|other| reaches.contains(&(*other, kind)))
                .collect(),
        );
    }
    components
}
