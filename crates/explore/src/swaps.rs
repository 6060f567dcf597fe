//! Which neighbours in an order could change places without anything noticing: why so many orders are one.

use lockstep_machine::Schedule;

use crate::walk::{Model, Walk};

/// The places in an order, counted from 0, where a step and the one after it are of different threads, touch different
/// things, and could have come the other way round: both ways lead to the same state, which is looked at and not concluded.
///
/// The answer ends where the order asks for a step that is not possible.
pub fn swaps<P: Model>(program: &P, order: &Schedule) -> Vec<u32> {
    let mut walk = Walk::new(program);
    let mut places = Vec::new();
    let mut before: Option<usize> = None;
    for (at, thread) in order.steps().enumerate() {
        let thread = thread.index();
        if walk.enabled() >> thread & 1 == 0 {
            break;
        }
        walk.step(thread);
        if let Some(before) = before.filter(|before| *before != thread)
            && could_swap(&mut walk, before, thread)
        {
            places.push(at as u32 - 1);
        }
        before = Some(thread);
    }
    places
}

/// Whether the last two steps of a walk, of these two threads, could have come the other way round. The walk is left as it was.
fn could_swap<P: Model>(walk: &mut Walk<'_, P>, first: usize, second: usize) -> bool {
    let here = walk.identity();
    walk.back();
    walk.back();
    let depend = walk
        .code
        .prints
        .depend(walk.print(first), walk.print(second));
    let mut is_same = false;
    if !depend && walk.enabled() >> second & 1 == 1 {
        walk.step(second);
        let goes_on = walk.enabled() >> first & 1 == 1;
        if goes_on {
            walk.step(first);
            is_same = walk.identity() == here;
            walk.back();
        }
        walk.back();
    }
    walk.step(first);
    walk.step(second);
    is_same
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toys::{self, Toy};
    use lockstep_machine::{Address, Cpu, ThreadId, Word};

    fn word(at: u32) -> Word<u64> {
        Word::at(Address(at))
    }

    #[test]
    fn different_words_change_places_and_one_word_does_not() {
        let mut toy = Toy::new(3);
        for own in [1, 2] {
            toy.thread(move |cpu| async move {
                cpu.write(word(own), 1).await;
                cpu.write(word(0), u64::from(own)).await;
            });
        }
        for (order, places) in [
            ("ABAB", &[0, 1][..]),
            ("AABB", &[1]),
            ("ABBA", &[0]),
            ("AA", &[]),
            // The third A is a step too many, and what comes after it is not looked at.
            ("A3BB", &[]),
        ] {
            let order = order.parse().expect("an order");
            assert_eq!(swaps(&toy, &order), places, "{order}");
        }
    }

    #[test]
    fn a_swap_leads_to_the_same_end() {
        let toy = toys::lastzero(4);
        let order: Schedule = "ABCDEABCDE".parse().expect("an order");
        let end = |steps: &[ThreadId]| {
            let mut walk = Walk::new(&toy);
            steps.iter().for_each(|thread| walk.step(thread.index()));
            walk.words().to_vec()
        };
        let steps: Vec<ThreadId> = order.steps().collect();
        let places = swaps(&toy, &order);
        assert!(!places.is_empty());
        for at in places {
            let mut swapped = steps.clone();
            swapped.swap(at as usize, at as usize + 1);
            assert_eq!(end(&swapped), end(&steps), "{at}");
        }
    }
}
