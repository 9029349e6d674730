//! What runs when a step does: its programs, and what the first of them makes of the flags. Does not know which steps there are.

use std::sync::Arc;

use super::LowerRequest;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::graph::Origin;
use crate::engine::path::FilePath;

/// All of it.
#[derive(Clone, Debug)]
pub struct Tools {
    /// For the key.
    pub identity: Digest,
    /// For explanations.
    pub origins: Arc<[Origin]>,
}

/// What a driver makes of its flags.
pub type Made<'m> = (&'m Digest, &'m [String]);

impl Tools {
    /// These programs, and what the first of them makes of its flags.
    pub fn new<'p>(request: &LowerRequest<'_>, programs: impl IntoIterator<Item = &'p FilePath>, made: Option<Made<'_>>) -> Self {
        let (mut hasher, mut origins) = (Hasher::default(), Vec::new());
        hasher.part(made.map_or(&[][..], |(identity, _)| &identity.bytes));
        for program in programs {
            let identity = request.programs.get(program);
            hasher.part(program.as_bytes()).part(identity.map_or(&[][..], |identity| &identity.bytes));
            origins.extend(identity.map(|identity| Origin::Program(program.clone(), *identity)));
        }
        if let Some((_, words)) = made {
            origins.extend(request.leading.iter().map(|(name, identity)| Origin::Variable(name.clone(), *identity)));
            origins.extend(words.iter().cloned().map(Origin::Expanded));
        }
        Self { identity: hasher.finish(), origins: origins.into() }
    }
}
