//! The digest of a C or C++ text that stays equal when only comments and trailing blanks change. Does not know which compiles
//! may use it: that depends on their flags, and on the other files they read.
//!
//! The *canonical text* of a file has blanks in the place of each comment, as many as the comment has bytes, and none before a
//! newline. Two texts of equal canonical text give a compiler the same tokens, at the same lines and columns, with the same
//! blanks around them. Wherever that cannot be said for sure, there is no canonical text, and the plain digest stands.

mod canonical;
mod comment;
mod dialect;
mod directive;
mod literal;
mod obstacle;
mod output;
mod splice;
#[cfg(test)]
mod tests;
mod uses;

pub use dialect::Dialect;
pub use obstacle::Obstacle;
pub use uses::Uses;

use serde::{Deserialize, Serialize};

use crate::engine::digest::Digest;
use canonical::Walk;
use output::Hashing;

/// What one pass over a text finds, whatever the standard it is compiled by. Worth keeping by content, beside the plain digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct CommentBlind {
    /// Of the canonical text, or why there is none.
    digest: Result<Digest, Obstacle>,
    /// What in it not every compile can have.
    uses: Uses,
}

impl CommentBlind {
    /// Reads `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut sink = Hashing::default();
        match Walk::new(bytes, &mut sink).run() {
            Ok(uses) => Self { digest: Ok(sink.finish()), uses },
            Err(obstacle) => Self { digest: Err(obstacle), uses: Uses::at_most(bytes) },
        }
    }

    /// The digest for a compile in `dialect`. It never equals a plain digest.
    ///
    /// # Errors
    /// The plain digest stands, and why.
    pub fn digest(&self, dialect: Dialect) -> Result<Digest, Obstacle> {
        let digest = self.digest?;
        self.uses.fit(dialect).map_or(Ok(digest), Err)
    }

    /// What it uses. Where it could not be read, what it may use.
    #[must_use]
    pub fn uses(&self) -> Uses {
        self.uses
    }
}

/// The digest of the canonical text of `bytes` in `dialect`; `None` if the plain digest stands.
#[must_use]
pub fn canonical(bytes: &[u8], dialect: Dialect) -> Option<Digest> {
    CommentBlind::of(bytes).digest(dialect).ok()
}

/// The canonical text of `bytes` itself, to show why two digests differ.
///
/// # Errors
/// There is none, and why.
pub fn canonical_text(bytes: &[u8], dialect: Dialect) -> Result<Vec<u8>, Obstacle> {
    let mut text = Vec::with_capacity(bytes.len());
    let uses = Walk::new(bytes, &mut text).run()?;
    uses.fit(dialect).map_or(Ok(text), Err)
}
