//! Digests of large contents by shares, which may be hashed at the same time. Does not know on which threads, nor where bytes come from.
//!
//! A share is a subtree of BLAKE3's own tree (its specification, section 2.1), so that the whole has the digest that it always has.

use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};

use super::{Algorithm, Digest};

/// How many bytes each share has, but for the last one. A power of two, as subtrees have.
pub const SHARE: u64 = 1 << 20;

/// What is made of one share.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Share(ChainingValue);

/// Makes a [`Share`] of its bytes.
#[derive(Debug)]
pub struct ShareHasher(blake3::Hasher);

impl ShareHasher {
    /// For the share that has `index` others before it.
    #[must_use]
    pub fn at(index: u64) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.set_input_offset(index * SHARE);
        Self(hasher)
    }

    /// The next of its bytes: no more than [`SHARE`] together.
    pub fn take(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The share. At least one byte was taken.
    #[must_use]
    pub fn finish(&self) -> Share {
        Share(self.0.finalize_non_root())
    }
}

impl Digest {
    /// The digest of a content that has all these shares, in order; `None` if they are less than two.
    #[must_use]
    pub fn of_shares(shares: &[Share]) -> Option<Self> {
        if shares.len() < 2 {
            return None;
        }
        let (left, right) = halves(shares);
        let root = merge_subtrees_root(&merged(left), &merged(right), Mode::Hash);
        Some(Self { algorithm: Algorithm::Blake3, bytes: *root.as_bytes() })
    }
}

fn merged(shares: &[Share]) -> ChainingValue {
    if let [share] = shares {
        return share.0;
    }
    let (left, right) = halves(shares);
    merge_subtrees_non_root(&merged(left), &merged(right), Mode::Hash)
}

/// The left one is as large a power of two as leaves something for the right one.
fn halves(shares: &[Share]) -> (&[Share], &[Share]) {
    shares.split_at(shares.len().next_power_of_two() / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_make_the_digest_of_the_whole() {
        let whole: Vec<u8> = (0..9 * SHARE + 5).map(|at| (at % 251) as u8).collect();
        let bytes = |share: u64, more: u64| usize::try_from(share * SHARE + more).unwrap();
        let of = |(index, bytes): (usize, &[u8])| {
            let mut hasher = ShareHasher::at(index as u64);
            bytes.chunks(10_000).for_each(|some| hasher.take(some));
            hasher.finish()
        };
        for length in [bytes(1, 1), bytes(2, 0), bytes(2, 1), bytes(3, 7), bytes(4, 0), bytes(5, 1000), bytes(8, 0), bytes(9, 5)] {
            let content = &whole[..length];
            let shares: Vec<Share> = content.chunks(bytes(1, 0)).enumerate().map(of).collect();
            assert_eq!(Digest::of_shares(&shares), Some(Digest::of(content)), "{length}");
        }
        assert_eq!(Digest::of_shares(&[]), None);
        assert_eq!(Digest::of_shares(&[of((0, b"a"))]), None);
    }
}
