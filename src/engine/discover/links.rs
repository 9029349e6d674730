//! Which file each `#include` means. Tries what surely holds, and lists what directories would make the rest hold.

use std::collections::{HashMap, HashSet};

use super::names::{group_by_directory, platform_directory, vendor_directory};
use super::request::{Files, Request};
use crate::engine::path::{FilePath, fold};
use crate::engine::scan::facts::{Include, IncludeForm};

/// A way in which an include can be resolved: this file, if this directory is searched.
pub(super) type Candidate = (usize, FilePath);

/// What an include means.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// This file, whatever directories are inferred.
    Here(usize),
    /// One of these, best first, if its directory is searched.
    Search(Vec<Candidate>),
    /// A file outside of the project.
    System,
    /// Nothing that is known.
    Missing,
    /// Only the preprocessor can tell.
    Unknown,
}

/// One `#include` with its meaning.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub include: Include,
    pub meaning: Meaning,
}

impl Link {
    /// The file it means, or will mean once directories are inferred.
    pub fn file(&self) -> Option<usize> {
        match &self.meaning {
            Meaning::Here(at) => Some(*at),
            Meaning::Search(candidates) => candidates.first().map(|(at, _)| *at),
            Meaning::System | Meaning::Missing | Meaning::Unknown => None,
        }
    }
}

/// The links of every file of the project, by its index; none for vendored files.
pub(super) struct Links {
    pub of: Vec<Vec<Link>>,
    /// Directories that would hide a system header behind a file of the project.
    pub shadowing: HashSet<FilePath>,
}

impl Links {
    pub fn new(files: &Files, request: &Request<'_>) -> Self {
        let places = (0..files.entries.len()).map(|at| files.path(at).parent()).collect::<HashSet<_>>();
        let places = places.into_iter().map(|dir| (dir.clone(), Place::of(&dir))).collect();
        let mut resolver = Resolver { files, request, places, system: HashMap::new(), shadowing: HashSet::new() };
        let of = (0..files.entries.len()).map(|at| resolver.links(at)).collect();
        Self { of, shadowing: resolver.shadowing }
    }

    /// By file, the files that include it; surely so, if `sure`.
    pub fn includers(&self, sure: bool) -> Vec<Vec<usize>> {
        let mut includers: Vec<Vec<usize>> = vec![Vec::new(); self.of.len()];
        for (at, links) in self.of.iter().enumerate() {
            for file in links.iter().filter(|l| !(sure && l.include.conditional)).filter_map(Link::file) {
                includers[file].push(at);
            }
        }
        includers
    }

    /// All files that `from` include, directly or not, themselves included.
    pub fn reached_from(&self, from: Vec<usize>) -> HashSet<usize> {
        closure(from, |at| self.of[at].iter().filter_map(Link::file).collect())
    }
}

/// `open`, and all that `next` leads to from there.
pub(super) fn closure(mut open: Vec<usize>, next: impl Fn(usize) -> Vec<usize>) -> HashSet<usize> {
    let mut seen: HashSet<usize> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        open.extend(next(at).into_iter().filter(|n| seen.insert(*n)));
    }
    seen
}

/// What a directory's name says of the files in it.
#[derive(Default)]
struct Place {
    /// 0 for the project's own part, 1 for its tests and the like, 2 for other people's code.
    foreign: u8,
    platform: Option<String>,
}

impl Place {
    fn of(dir: &FilePath) -> Self {
        let file = dir.join("x");
        let foreign = if vendor_directory(&file).is_some() { 2 } else { u8::from(group_by_directory(&file).is_some()) };
        Self { foreign, platform: platform_directory(&file) }
    }
}

struct Resolver<'a> {
    files: &'a Files,
    request: &'a Request<'a>,
    places: HashMap<FilePath, Place>,
    system: HashMap<FilePath, bool>,
    shadowing: HashSet<FilePath>,
}

impl Resolver<'_> {
    fn links(&mut self, at: usize) -> Vec<Link> {
        if self.files.is_vendored(at) {
            return Vec::new();
        }
        let includes = &self.files.facts(at).includes;
        includes.iter().map(|include| Link { meaning: self.meaning(at, include), include: include.clone() }).collect()
    }

    fn meaning(&mut self, from: usize, include: &Include) -> Meaning {
        let name = folded(&include.name);
        if include.form == IncludeForm::Computed {
            return Meaning::Unknown;
        }
        if include.next || name.as_path().is_absolute() {
            return if self.system_has(&include.name) { Meaning::System } else { Meaning::Unknown };
        }
        let beside = (include.form == IncludeForm::Quote).then(|| self.files.path(from).parent());
        let mut places = beside.iter().chain(self.request.include_dirs);
        if let Some(file) = places.find_map(|dir| self.files.find(&folded(&dir.join(include.name.as_path())))) {
            return Meaning::Here(file);
        }
        self.searched(from, &name, include)
    }

    /// The meaning of an include that no known directory resolves.
    fn searched(&mut self, from: usize, name: &FilePath, include: &Include) -> Meaning {
        let mut candidates = if name.as_bytes().starts_with(b"..") { Vec::new() } else { self.files.ending_in(name.as_bytes()) };
        candidates.retain(|(file, _)| *file != from || include.form == IncludeForm::Angle);
        let platform = self.platform(from);
        // Who names the platform's directory on every platform means it.
        let named = platform_directory(name).filter(|_| !include.conditional);
        candidates.retain(|(file, _)| self.platform(*file).is_none_or(|p| Some(p) == platform || Some(p) == named.as_deref()));
        candidates.sort_by_cached_key(|(file, dir)| (self.foreign(*file), rank(dir)));
        // Code of its own never takes a header from tests or other people's code where it has one itself.
        let best = candidates.first().map_or(0, |(file, _)| self.foreign(*file)).max(self.foreign(from).min(1));
        candidates.retain(|(file, _)| self.foreign(*file) <= best);
        let own = candidates.iter().any(|(file, _)| self.foreign(*file) == 0);
        let system = (include.form == IncludeForm::Angle || !own) && self.system_has(&include.name);
        if !system {
            return if candidates.is_empty() { Meaning::Missing } else { Meaning::Search(candidates) };
        }
        if own && !is_standard(name) {
            return Meaning::Search(candidates);
        }
        // A header under the top `include/` is meant to stand in for the system's.
        if candidates.first().is_some_and(|(_, dir)| dir.as_bytes() == b"include") {
            return Meaning::Search(candidates);
        }
        self.shadowing.extend(candidates.into_iter().map(|(_, dir)| dir));
        Meaning::System
    }

    fn system_has(&mut self, name: &FilePath) -> bool {
        let ask = self.request.system_has;
        *self.system.entry(name.clone()).or_insert_with(|| name.as_path().to_str().is_some_and(ask))
    }

    fn foreign(&self, file: usize) -> u8 {
        self.places.get(&self.files.path(file).parent()).map_or(0, |place| place.foreign)
    }

    fn platform(&self, file: usize) -> Option<&str> {
        self.places.get(&self.files.path(file).parent())?.platform.as_deref()
    }
}

/// Which directory to prefer: smaller is better.
pub(super) fn rank(dir: &FilePath) -> (u8, usize, FilePath) {
    let depth = dir.as_path().components().count();
    let class = match (dir.as_bytes(), dir.name().as_str()) {
        (b"include", _) => 0,
        (b"src", _) => 1,
        (b"", _) => 2,
        (_, "include" | "inc") => 3,
        _ => 4,
    };
    (class, depth, dir.clone())
}

fn folded(path: &FilePath) -> FilePath {
    FilePath::new(fold(path.as_path()))
}

/// Whether the name belongs to the C or C++ library or the kernel, so that a project's file of that name is no replacement.
fn is_standard(name: &FilePath) -> bool {
    const C: &str = " assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic \
        stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype unistd fcntl dirent dlfcn \
        pthread sched semaphore poll getopt regex glob grp pwd termios netdb ifaddrs iconv langinfo libgen malloc memory alloca endian \
        byteswap elf error err link resolv search spawn stropts syslog syscall ucontext utime utmp values wordexp features ";
    let text = name.to_string();
    if ["sys/", "linux/", "bits/", "asm/", "arpa/", "net/", "netinet/"].iter().any(|prefix| text.starts_with(prefix)) {
        return true;
    }
    match text.strip_suffix(".h") {
        Some(stem) => C.contains(&format!(" {stem} ")),
        None => !text.contains('.') && !text.contains('/'),
    }
}
