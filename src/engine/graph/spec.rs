//! A step as a front end describes it: files by path, one process, and how it is scheduled. Does not know the graph it ends up in.

use std::sync::Arc;

use crate::engine::digest::Digest;
use crate::engine::fingerprint::Reading;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// What is known of a step's reads.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Purity {
    /// Runs nothing: a name for its inputs.
    Phony,
    /// All its reads are known, from its flags and its depfile.
    Understood,
    /// It may read what nobody declared.
    Opaque,
}

/// What a step promises to make.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Output {
    /// Where.
    pub path: FilePath,
    /// A directory with all in it, rather than a file.
    pub tree: bool,
    /// May be missing after success.
    pub optional: bool,
    /// A symbolic link to this, seen from where it lies. JMake makes it when the step is done; it holds what it leads to.
    pub leads_to: Option<FilePath>,
    /// A list of what the step's explicit inputs hold. JMake writes it when the step is done.
    pub lists_inputs: bool,
}

impl Output {
    /// A file that must be there after success.
    #[must_use]
    pub fn file(path: FilePath) -> Self {
        Self { path, tree: false, optional: false, leads_to: None, lists_inputs: false }
    }

    /// A list of what the step's explicit inputs hold, for steps that read them through what it makes.
    #[must_use]
    pub fn list(path: FilePath) -> Self {
        Self { lists_inputs: true, ..Self::file(path) }
    }
}

/// Properties that change how a step is scheduled or judged.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct StepFlags {
    /// Outputs whose stat did not change drop taint.
    pub restat: bool,
    /// Makes the description itself; its own command line does not count.
    pub generator: bool,
    /// Wants the terminal to itself.
    pub console: bool,
}

/// Which variables a process gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Environment {
    /// The subset that compilers and linkers get.
    Tools,
    /// All of the client's.
    All,
}

/// A file written before a step runs, whose content is part of the step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResponseFile {
    /// Where, relative to the root.
    pub path: FilePath,
    /// What.
    pub content: Vec<u8>,
}

/// A file in which a tool lists what it read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Depfile {
    /// Where, relative to the root. Removed once read.
    pub path: FilePath,
}

/// One process: argv only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Command {
    /// The program, relative to the root where inside it.
    pub program: FilePath,
    /// Arguments after the program's name.
    pub args: Vec<FilePath>,
    /// Where it runs, relative to the root.
    pub cwd: FilePath,
    /// Variables it gets.
    pub environment: Environment,
    /// Variables that it gets beside them, or instead of them, with their values.
    pub sets: Vec<(String, String)>,
    /// Written before it runs.
    pub responses: Vec<ResponseFile>,
    /// Written by it.
    pub depfile: Option<Depfile>,
    /// Variables that matter to it whatever it reads, by name, with the identity of what they lead to.
    pub variables: Vec<(String, Digest)>,
    /// Identity of every program it runs, of the variables that matter to them, and of what the driver expands the flags to.
    pub identity: Digest,
    /// What the identity is made of, for explanations: it counts for nothing itself.
    pub origins: Arc<[Origin]>,
}

/// A part of what a command's identity is made of, or a reason for it.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Origin {
    /// A program that it runs, with its identity.
    Program(FilePath, Digest),
    /// A variable that leads a driver, with the identity of its value.
    Variable(String, Digest),
    /// A word that the driver makes of the flags, with its argument.
    Expanded(String),
}

/// What a search list is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SearchKind {
    /// `#include`: the directories of the including files come first.
    Headers,
    /// `-l`: each name in two forms.
    Libraries,
}

/// What counts for a search that does not follow its list alone: module maps, header maps, frameworks and overlays lead elsewhere. Beside
/// this, every entry of the directories that it searches does.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fence {
    /// Further directories of which every entry counts, with what is in the frameworks there.
    pub listed: Vec<FilePath>,
    /// Overlays of the file system: what they lead to is read.
    pub overlays: Vec<FilePath>,
    /// Entries that mean nothing: where results and state go.
    pub apart: Vec<FilePath>,
}

/// Where a step looks for files by name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Search {
    /// What for.
    pub kind: SearchKind,
    /// In order, absent ones kept, spelled as the hits are.
    pub dirs: Vec<FilePath>,
    /// How many of them, at the start, may come in another order: each counts as one that precedes the others.
    pub unordered: usize,
    /// Where `#embed` looks besides.
    pub embed_dirs: Vec<FilePath>,
    /// It may lead anywhere, whatever the list says.
    pub fence: Option<Fence>,
}

/// What is particular to C and C++ about a step.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CxxStep {
    /// The source, for a step that reads one.
    pub source: Option<FilePath>,
    /// Why its result may not be shared, if so.
    pub uncacheable: Option<String>,
    /// How it may read its inputs, where not everything in them counts.
    pub reading: Option<Reading>,
    /// Where it looks for what it includes or links. It follows from the command, so it is no part of the fingerprint by itself.
    pub search: Option<Arc<Search>>,
    /// What stands for the time in the texts that it reads (`SOURCE_DATE_EPOCH`): no part of the fingerprint unless one of them asks.
    pub epoch: Option<Digest>,
    /// Whether it makes bitcode, of which somebody else makes code.
    pub bitcode: bool,
    /// Those of its inputs that only name what it reads through them.
    pub thin_archives: Vec<ThinArchive>,
    /// What it does while its inputs are small.
    pub light: Option<Light>,
    /// Its archiver is LLVM's own, so that what that makes is known without running it.
    pub known_archiver: bool,
}

/// Another way to do the same work, for small inputs: who reads what comes of it cannot tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Light {
    /// All inputs together have at most so many bytes.
    pub up_to: u64,
    /// Stands in the place of the command's first argument.
    pub first: FilePath,
}

/// An archive that names its members. It may stay the same when these do not, so a list of what they hold stands for them: who reads the
/// archive has the list as an input, too, although no tool reads that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ThinArchive {
    /// Where the archive is.
    pub path: FilePath,
    /// Where the list is, an output of the same step ([`Output::list`]).
    pub list: FilePath,
}

/// A step as a front end describes it: files by path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StepSpec {
    /// What it does.
    pub kind: StepKind,
    /// What is known of its reads.
    pub purity: Purity,
    /// What people see: the source or the output, relative to the root.
    pub label: String,
    /// The target it belongs to.
    pub target: String,
    /// Inputs on the command line.
    pub explicit: Vec<FilePath>,
    /// Further inputs.
    pub implicit: Vec<FilePath>,
    /// Must exist before it runs, without being inputs.
    pub order_only: Vec<FilePath>,
    /// Built with it, but it does not wait for them.
    pub validations: Vec<FilePath>,
    /// What it makes. The first names the step.
    pub outputs: Vec<Output>,
    /// Scheduling properties.
    pub flags: StepFlags,
    /// Limits how many of a kind run at once.
    pub pool: Option<String>,
    /// What it runs; `None` for a phony step.
    pub command: Option<Command>,
    /// Set by the C and C++ front end.
    pub cxx: Option<CxxStep>,
}

impl StepSpec {
    /// The same compile, looking for what it includes in `dirs` too.
    #[must_use]
    pub fn searching(mut self, dirs: &[String]) -> Self {
        let dirs: Vec<FilePath> = dirs.iter().map(|dir| FilePath::from(dir.as_str())).collect();
        if let Some(command) = &mut self.command {
            command.args.extend(dirs.iter().flat_map(|dir| ["-I".into(), dir.clone()]));
        }
        if let Some(search) = self.cxx.as_mut().and_then(|cxx| cxx.search.as_mut()).filter(|_| !dirs.is_empty()) {
            let own = Search::clone(search);
            let unordered = own.unordered + dirs.len();
            *search = Arc::new(Search { dirs: dirs.into_iter().chain(own.dirs).collect(), unordered, ..own });
        }
        self
    }

    /// Its light way, if it has one.
    #[must_use]
    pub fn light(&self) -> Option<&Light> {
        self.cxx.as_ref().and_then(|cxx| cxx.light.as_ref())
    }

    /// Whether it does its work the light way when its inputs have so many bytes.
    #[must_use]
    pub fn is_light(&self, bytes: u64) -> bool {
        self.light().is_some_and(|light| bytes <= light.up_to)
    }

    /// The same step, done the light way. Only for running: it is known by what it is otherwise.
    #[must_use]
    pub fn lightened(mut self) -> Self {
        let light = self.cxx.as_ref().and_then(|cxx| cxx.light.as_ref());
        let first = self.command.as_mut().and_then(|command| command.args.first_mut());
        if let (Some(light), Some(first)) = (light, first) {
            *first = light.first.clone();
        }
        self
    }

    /// The paths of what it makes.
    pub fn made(&self) -> impl Iterator<Item = FilePath> + use<'_> {
        self.outputs.iter().map(|output| output.path.clone())
    }

    /// What errors call it: its first output, else its label.
    #[must_use]
    pub fn name(&self) -> String {
        self.outputs.first().map_or_else(|| self.label.clone(), |output| output.path.to_string())
    }
}
