//! The one walk over what a step's work depends on, and who listens to it. Does not know records.

use std::os::unix::ffi::OsStrExt;

use super::record::Identity;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::graph::{Command, Environment, Origin, Purity, StepSpec};
use crate::engine::path::FilePath;

/// Grows when the walk changes: records of another format describe other keys.
const FORMAT: &[u8] = b"2";

/// Values longer than this are described by their digest.
const SHORT: usize = 200;

/// Listens to the walk.
pub trait Manifest {
    /// Something other than a file. A name may come several times.
    fn field(&mut self, name: &str, value: &[u8]);

    /// What a field is made of, or comes from: words for explanations, no part of any key.
    fn note(&mut self, _name: &str, _value: &[u8]) {}

    /// A file that is read; `None` if it was looked for and is absent.
    fn input(&mut self, path: &FilePath, identity: Option<Identity>);
}

/// Hashes what it hears.
#[derive(Clone, Debug, Default)]
pub struct TerseHash(Hasher);

impl TerseHash {
    /// The key of all that was heard.
    #[must_use]
    pub fn finish(&self) -> Digest {
        self.0.finish()
    }
}

impl Manifest for TerseHash {
    fn field(&mut self, name: &str, value: &[u8]) {
        self.0.part(name.as_bytes()).part(value);
    }

    fn input(&mut self, path: &FilePath, identity: Option<Identity>) {
        self.0.part(b"").part(path.as_bytes());
        match identity {
            Some(Identity { digest, taint }) => {
                self.0.part(digest.algorithm.name().as_bytes()).part(&digest.bytes).part(&taint.to_le_bytes());
            }
            None => {
                self.0.part(b"absent");
            }
        }
    }
}

/// Keeps what it hears, as text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Description {
    /// Names and values, in order; long values as their digest.
    pub fields: Vec<(String, String)>,
    /// Files, in order.
    pub inputs: Vec<(FilePath, Option<Identity>)>,
}

impl Manifest for Description {
    fn field(&mut self, name: &str, value: &[u8]) {
        let text = if value.len() > SHORT { Digest::of(value).to_string() } else { String::from_utf8_lossy(value).into_owned() };
        self.fields.push((name.to_owned(), text));
    }

    fn note(&mut self, name: &str, value: &[u8]) {
        self.field(name, value);
    }

    fn input(&mut self, path: &FilePath, identity: Option<Identity>) {
        self.inputs.push((path.clone(), identity));
    }
}

impl<A: Manifest, B: Manifest> Manifest for (A, B) {
    fn field(&mut self, name: &str, value: &[u8]) {
        self.0.field(name, value);
        self.1.field(name, value);
    }

    fn note(&mut self, name: &str, value: &[u8]) {
        self.0.note(name, value);
        self.1.note(name, value);
    }

    fn input(&mut self, path: &FilePath, identity: Option<Identity>) {
        self.0.input(path, identity);
        self.1.input(path, identity);
    }
}

/// Names of fields, as `explain` and `docs/fingerprints.md` know them.
pub(super) mod field {
    pub(in super::super) const FORMAT: &str = "format";
    pub(in super::super) const ROOT: &str = "project directory";
    pub(in super::super) const PROGRAM: &str = "program";
    pub(in super::super) const ARGUMENT: &str = "argument";
    pub(in super::super) const ENVIRONMENT: &str = "set of variables";
    pub(in super::super) const IDENTITY: &str = "tools";
    /// Notes on the tools: a program that runs, a variable that leads a driver, a word that the driver makes of the flags.
    pub(in super::super) const TOOL: &str = "tool";
    pub(in super::super) const LEADS: &str = "leading variable";
    pub(in super::super) const EXPANDED: &str = "expanded flag";
    pub(in super::super) const VARIABLES: &str = "variables";
    pub(in super::super) const RESPONSE: &str = "response file";
    pub(in super::super) const DEPFILE: &str = "depfile";
    pub(in super::super) const OUTPUT: &str = "output";
    pub(in super::super) const INPUTS: &str = "list of inputs";
}

/// Tells `manifest` the static part: all that is known before anything is read.
pub fn describe(step: &StepSpec, root: &FilePath, manifest: &mut impl Manifest) {
    manifest.field(field::FORMAT, FORMAT);
    manifest.field(field::ROOT, root.as_bytes());
    for output in &step.outputs {
        let mut value = output.path.as_bytes().to_vec();
        value.extend_from_slice(if output.tree { b"/**" } else { b"" });
        value.extend_from_slice(if output.optional { b" (optional)" } else { b"" });
        value.extend_from_slice(if output.lists_inputs { b" (list of inputs)" } else { b"" });
        manifest.field(field::OUTPUT, &value);
    }
    // The names of declared inputs: one that is added has to be read, although no record knows its content.
    let mut names = Hasher::default();
    step.explicit.iter().chain(&step.implicit).for_each(|path| {
        names.part(path.as_bytes());
    });
    let count = step.explicit.len() + step.implicit.len();
    manifest.field(field::INPUTS, format!("{count} {}", names.finish()).as_bytes());
    // A generator's own command line does not count.
    if let Some(command) = step.command.as_ref().filter(|_| !step.flags.generator) {
        describe_command(command, manifest);
    }
}

fn describe_command(command: &Command, manifest: &mut impl Manifest) {
    manifest.field(field::PROGRAM, command.program.as_bytes());
    for argument in &command.args {
        manifest.field(field::ARGUMENT, argument.as_bytes());
    }
    let environment: &[u8] = match command.environment {
        Environment::Tools => b"tools",
        Environment::All => b"all",
    };
    manifest.field(field::ENVIRONMENT, environment);
    if !command.cwd.as_bytes().is_empty() {
        manifest.field(field::ENVIRONMENT, &[b"cwd ", command.cwd.as_bytes()].concat());
    }
    for (name, value) in &command.sets {
        manifest.field(field::VARIABLES, format!("{name}={value}").as_bytes());
    }
    for (name, identity) in &command.variables {
        manifest.field(field::VARIABLES, format!("{name} {identity}").as_bytes());
    }
    manifest.field(field::IDENTITY, command.identity.to_string().as_bytes());
    for origin in command.origins.iter() {
        match origin {
            Origin::Program(path, identity) => {
                manifest.note(field::TOOL, &[identity.to_string().as_bytes(), b" ", path.as_bytes()].concat());
            }
            Origin::Variable(name, identity) => manifest.note(field::LEADS, format!("{name} {identity}").as_bytes()),
            Origin::Expanded(word) => manifest.note(field::EXPANDED, word.as_bytes()),
        }
    }
    for response in &command.responses {
        manifest.field(field::RESPONSE, response.path.as_path().as_os_str().as_bytes());
        manifest.field(field::RESPONSE, Digest::of(&response.content).to_string().as_bytes());
    }
    if let Some(depfile) = &command.depfile {
        manifest.field(field::DEPFILE, depfile.path.as_bytes());
    }
}

/// Tells `manifest` the files. Who may read what nobody declared counts taint, others do not.
pub fn describe_inputs(purity: Purity, inputs: &[(FilePath, Option<Identity>)], manifest: &mut impl Manifest) {
    for (path, identity) in inputs {
        let taint = |identity: Identity| if purity == Purity::Opaque { identity.taint } else { 0 };
        manifest.input(path, identity.map(|identity| Identity { taint: taint(identity), ..identity }));
    }
}

/// The static part of a step's work: its key, and what that is made of.
#[must_use]
pub fn static_key(step: &StepSpec, root: &FilePath) -> (Digest, Vec<(String, String)>) {
    let mut both = (TerseHash::default(), Description::default());
    describe(step, root, &mut both);
    (both.0.finish(), both.1.fields)
}

/// That key alone.
#[must_use]
pub fn key_of(step: &StepSpec, root: &FilePath) -> Digest {
    let mut hash = TerseHash::default();
    describe(step, root, &mut hash);
    hash.finish()
}

/// The identity of a step's work with these inputs.
#[must_use]
pub fn fingerprint(step: &StepSpec, root: &FilePath, inputs: &[(FilePath, Option<Identity>)]) -> Digest {
    let mut hash = TerseHash::default();
    describe(step, root, &mut hash);
    describe_inputs(step.purity, inputs, &mut hash);
    hash.finish()
}
