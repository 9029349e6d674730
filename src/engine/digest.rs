//! Identities of content. Does not know where bytes come from.

pub mod shares;

use serde::{Deserialize, Serialize};

/// How a digest was made. Part of the digest, so that stores and peers may mix algorithms.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub enum Algorithm {
    /// BLAKE3 with 256 bits of output.
    Blake3,
}

impl Algorithm {
    /// The name used in paths and listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Blake3 => "blake3",
        }
    }
}

/// The identity of some bytes.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Digest {
    /// How it was made.
    pub algorithm: Algorithm,
    /// The raw digest.
    pub bytes: [u8; 32],
}

impl Digest {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self { algorithm: Algorithm::Blake3, bytes: *blake3::hash(bytes).as_bytes() }
    }

    /// Lower-case hexadecimal, 64 characters.
    #[must_use]
    pub fn hex(&self) -> String {
        blake3::Hash::from_bytes(self.bytes).to_hex().to_string()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), &self.hex()[..12])
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex())
    }
}

/// Makes a [`Digest`] from parts. Each part is framed by its length, so that no two sequences of parts collide.
#[derive(Clone, Debug, Default)]
pub struct Hasher {
    taken: blake3::Hasher,
    /// Not taken yet: many bytes at once cost much less than the same bytes one word after another.
    held: Vec<u8>,
}

/// So many bytes are worth taking.
const MANY: usize = 8 << 10;

impl Hasher {
    /// One whose digests never equal those of another purpose, nor plain ones. `purpose` is for this program and this use alone.
    #[must_use]
    pub fn for_purpose(purpose: &'static str) -> Self {
        Self { taken: blake3::Hasher::new_derive_key(purpose), held: Vec::new() }
    }

    /// Raw bytes, unframed: for streaming one file's content.
    pub fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        if self.held.len() + bytes.len() < MANY {
            self.held.extend_from_slice(bytes);
        } else {
            self.taken.update(&self.held).update(bytes);
            self.held.clear();
        }
        self
    }

    /// One framed part.
    pub fn part(&mut self, bytes: &[u8]) -> &mut Self {
        self.raw(&(bytes.len() as u64).to_le_bytes()).raw(bytes)
    }

    /// The digest of all that was added.
    #[must_use]
    pub fn finish(&self) -> Digest {
        let rest = (!self.held.is_empty()).then(|| self.taken.clone().update(&self.held).finalize());
        Digest { algorithm: Algorithm::Blake3, bytes: *rest.unwrap_or_else(|| self.taken.finalize()).as_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_keeps_parts_apart() {
        let of = |parts: &[&str]| parts.iter().fold(Hasher::default(), |mut h, p| h.part(p.as_bytes()).clone()).finish();
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&[]), of(&[""]));
    }

    #[test]
    fn purposes_are_kept_apart() {
        let of = |purpose| Hasher::for_purpose(purpose).raw(b"a").finish();
        assert_eq!(of("one"), of("one"));
        assert_ne!(of("one"), of("two"));
        assert_ne!(of("one"), Digest::of(b"a"));
    }

    #[test]
    fn streamed_equals_whole() {
        assert_eq!(Hasher::default().raw(b"ab").raw(b"c").finish(), Digest::of(b"abc"));
        for length in [1, 7, 1000, MANY - 1, MANY, 3 * MANY] {
            let (whole, mut hasher) = (vec![7; 40 * MANY], Hasher::default());
            for part in whole.chunks(length) {
                hasher.raw(part);
            }
            assert_eq!(hasher.finish(), Digest::of(&whole), "{length}");
        }
    }
}
