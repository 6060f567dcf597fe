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

/// A set of digests, in open addressing: they are as good as random, so their own bits say where they go.
pub(crate) struct Seen {
    slots: Vec<u64>,
    len: usize,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self {
            slots: vec![0; 1 << 10],
            len: 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a digest; gives whether it is new.
    #[inline]
    pub(crate) fn insert(&mut self, digest: u64) -> bool {
        // 0 marks an empty slot.
        let digest = if digest == 0 { 1 } else { digest };
        if !put(&mut self.slots, digest) {
            return false;
        }
        self.len += 1;
        if self.len * 2 > self.slots.len() {
            let mut larger = vec![0; self.slots.len() * 4];
            for old in self.slots.iter().filter(|old| **old != 0) {
                put(&mut larger, *old);
            }
            self.slots = larger;
        }
        true
    }
}

#[inline]
fn put(slots: &mut [u64], digest: u64) -> bool {
    let mask = slots.len() - 1;
    let mut at = digest as usize & mask;
    loop {
        match slots[at] {
            0 => {
                slots[at] = digest;
                return true;
            }
            known if known == digest => return false,
            _ => at = (at + 1) & mask,
        }
    }
}
