//! What runs when a step does: its programs, and what the first of them makes of the flags. Does not know which steps there are.

use std::sync::Arc;

use super::LowerRequest;
use super::objects::Lowering;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::graph::{Command, Environment, Origin};
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

impl Lowering<'_> {
    /// A process of the toolchain that runs nothing else.
    pub fn plain(&self, program: &str, args: Vec<FilePath>) -> Command {
        self.command(program, args, &self.tools_of(program))
    }

    /// Of such a process.
    pub fn tools_of(&self, program: &str) -> Tools {
        Tools::new(&self.request, self.request.toolchain.tool(program), None)
    }

    /// A process of the toolchain.
    pub fn command(&self, program: &str, args: Vec<FilePath>, tools: &Tools) -> Command {
        self.command_of(self.program(program), args, tools)
    }

    /// A process.
    pub fn command_of(&self, program: FilePath, args: Vec<FilePath>, tools: &Tools) -> Command {
        let preloaded = self.request.toolchain.preloaded.map(|identity| ("LD_LIBRARY_PATH".to_owned(), identity));
        let variables = preloaded.into_iter().collect();
        let (cwd, sets, responses, depfile) = Default::default();
        let Tools { identity, origins } = tools.clone();
        Command { program, args, cwd, environment: Environment::Tools, sets, responses, depfile, variables, identity, origins }
    }
}
