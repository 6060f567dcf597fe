//! Sorting of the few things a run has.

/// Sorts by a key; what has the same key keeps its order.
///
/// The sorting of the standard library is made for lists of any length, and every use of it costs a page some kilobytes.
/// This is for lists of tens of things, which are nearly in order already.
pub fn sort_few<T>(items: &mut [T], key: impl Fn(&T) -> u64) {
    for sorted in 1..items.len() {
        let mut at = sorted;
        while at > 0 && key(&items[at - 1]) > key(&items[at]) {
            items.swap(at - 1, at);
            at -= 1;
        }
    }
}
