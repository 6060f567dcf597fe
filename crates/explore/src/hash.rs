//! Digests of states: fixed functions, so that the same search counts the same everywhere.

use std::hash::{Hash, Hasher};

/// Mixes the bits of a number: the finalizer of SplitMix64, which maps different numbers to different ones.
#[inline]
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// The digest of a word that holds a value. Those of all words are combined by exclusive or, so a change replaces one of them.
#[inline]
pub(crate) fn word_hash(address: u32, value: u64) -> u64 {
    // Different words need different functions of their value: the multiplier spreads the address over all bits.
    mix((u64::from(address) + 1).wrapping_mul(0xd6e8_feb8_6659_fd93) ^ value)
}

/// The digest of anything that can be hashed, the same on every machine with words of the same size.
pub(crate) fn digest(of: &impl Hash) -> u64 {
    let mut hasher = Mixer(0);
    of.hash(&mut hasher);
    hasher.0
}

/// Mixes one byte after the other: for what is digested once, and not on the way.
struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes
            .iter()
            .fold(self.0, |hash, byte| mix(hash ^ u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is known by digests, in open addressing: they are as good as random, so their own bits say where they go.
pub(crate) struct Known<V> {
    slots: Vec<(u64, V)>,
    len: usize,
}

/// A set of digests.
pub(crate) type Seen = Known<()>;

impl<V: Copy + Default> Known<V> {
    pub(crate) fn new() -> Self {
        Self {
            slots: vec![(0, V::default()); 1 << 10],
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Forgets everything, and keeps the room for it.
    pub(crate) fn clear(&mut self) {
        self.slots.fill((0, V::default()));
        self.len = 0;
    }

    /// Adds a digest; gives whether it is new.
    #[inline]
    pub(crate) fn insert(&mut self, digest: u64) -> bool {
        self.find(digest).0
    }

    /// Whether a digest is new, and what is known of it from now on.
    #[inline]
    pub(crate) fn entry(&mut self, digest: u64) -> (bool, &mut V) {
        let (is_new, at) = self.find(digest);
        (is_new, &mut self.slots[at].1)
    }

    /// Whether a digest is new, and where it is from now on.
    #[inline]
    fn find(&mut self, digest: u64) -> (bool, usize) {
        // 0 marks an empty slot.
        let digest = if digest == 0 { 1 } else { digest };
        let mask = self.slots.len() - 1;
        let mut at = digest as usize & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.0 == digest {
                return (false, at);
            }
            if slot.0 == 0 {
                slot.0 = digest;
                break;
            }
            at = (at + 1) & mask;
        }
        self.len += 1;
        if self.len * 2 > self.slots.len() {
            at = self.grow(digest);
        }
        (true, at)
    }

    /// Makes more room; gives where `digest` is from now on.
    #[cold]
    fn grow(&mut self, digest: u64) -> usize {
        let mut larger = vec![(0, V::default()); self.slots.len() * 4];
        for old in self.slots.iter().filter(|old| old.0 != 0) {
            let at = place(&larger, old.0);
            larger[at] = *old;
        }
        self.slots = larger;
        place(&self.slots, digest)
    }
}

/// Where a digest is, or would be.
fn place<V>(slots: &[(u64, V)], digest: u64) -> usize {
    let mask = slots.len() - 1;
    let mut at = digest as usize & mask;
    while slots[at].0 != 0 && slots[at].0 != digest {
        at = (at + 1) & mask;
    }
    at
}
