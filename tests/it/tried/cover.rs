//! What the record of a step covers, by the rules by which JMake judges. Does not know how paths were found out.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use jmake::edge::spelling::Spelling;
use jmake::edge::{World, driver_places, tools_search};
use jmake::engine::cxx::probe;
use jmake::engine::fingerprint::{Directories, Entry, MemberList, Record, others};
use jmake::engine::graph::{Search, SearchKind};
use jmake::engine::path::FilePath;
use jmake::engine::variables::Variables;

use super::Step;
use crate::support::{Running, Space};

/// Paths of which no change can matter, each with the reason.
const HARMLESS: [(&str, &str); 9] = [
    ("/proc/cpuinfo", "how many threads to start; the kind of processor is one of the things by which the driver is known"),
    ("/proc/self", "tells a process about itself: its program, its open files"),
    ("/dev/null", "holds nothing"),
    ("/dev/urandom", "names of temporary files"),
    ("/etc/terminfo", "how diagnostics are coloured"),
    ("/lib/terminfo", "how diagnostics are coloured"),
    ("/usr/lib/terminfo", "how diagnostics are coloured"),
    ("/usr/share/terminfo", "how diagnostics are coloured"),
    ("/usr/share/locale", "the language of messages"),
];

/// What of one step's tries is covered.
pub struct Cover<'a> {
    root: PathBuf,
    world: &'a World,
    record: &'a Record,
    search: Search,
    /// Where tools put files for themselves.
    temporary: PathBuf,
    /// What its command line names.
    words: BTreeSet<FilePath>,
    /// Files and directories by which the driver is known.
    places: BTreeSet<PathBuf>,
    tools: BTreeSet<PathBuf>,
    /// Lists among its inputs, which say what members of thin archives hold.
    lists: Vec<MemberList>,
}

impl<'a> Cover<'a> {
    /// By the record of this step.
    pub fn of(space: &Space, world: &'a World, step: &Step, record: &'a Record) -> Self {
        let root = space.path("").canonicalize().unwrap();
        let search = search(space, step);
        let words = step.words.iter().map(|word| spelled(&root, word.rsplit('=').next().unwrap())).collect();
        let program = Path::new(&step.words[0]);
        let bin_dir = program.parent().unwrap().to_owned();
        let flags: Vec<FilePath> = step.words[1..].iter().map(|word| word.as_str().into()).collect();
        let all = space.command("env");
        let named = all.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
        let variables = Variables::new(named.collect());
        let driver = driver_places::Driver { bin_dir: &bin_dir, flags: &flags, root: &root, variables: &variables };
        let places = driver_places::places(&driver);
        let programs: Vec<FilePath> =
            ["clang", "clang++", "ld.lld", "lld", "llvm-ar"].iter().map(|name| FilePath::new(bin_dir.join(name))).collect();
        let tools = tools_search::files_of(world, &programs);
        let lists = record.inputs.iter().filter(|(input, _)| input.as_bytes().ends_with(b".members"));
        let lists = lists.map(|(input, _)| MemberList::of(&std::fs::read(input.under(&root)).unwrap())).collect();
        Self { lists, root, world, record, search, temporary: space.place("tmp"), words, places, tools }
    }

    /// The tries that nothing covers. Those of the driver are not repeated as long as what it looks at is as it was.
    pub fn misses(&self, tried: &BTreeSet<String>, by_driver: &BTreeSet<String>) -> Vec<String> {
        let looked_for = self.looked_for(tried);
        let of_driver = |path: &str| by_driver.contains(path) && self.is_looked_at(&spelled(&self.root, path).under(&self.root));
        let missed = |path: &&String| !self.is_covered(path, &looked_for) && !of_driver(path);
        tried.iter().filter(missed).cloned().collect()
    }

    fn is_covered(&self, path: &str, looked_for: &HashSet<FilePath>) -> bool {
        let spelled = spelled(&self.root, path);
        let place = spelled.under(&self.root);
        let is_input = || self.record.inputs.iter().any(|(input, _)| *input == spelled);
        let is_output = || self.record.outputs.iter().any(|(output, ..)| *output == spelled || is_half_made(output, &spelled));
        is_input()
            || self.lists.iter().any(|list| list.has(&spelled))
            || is_output()
            || self.words.contains(&spelled)
            || self.words.iter().any(|word| is_half_made(word, &spelled))
            || Path::new(path).starts_with(&self.temporary)
            || HARMLESS.iter().any(|(harmless, _)| Path::new(path).starts_with(harmless))
            || looked_for.contains(&spelled)
            || self.is_tool(&place)
            || self.is_on_the_way(&place)
    }

    /// Those at which a file that comes, or comes to be in a directory that comes, is noticed by the rule for failed look-ups.
    fn looked_for(&self, tried: &BTreeSet<String>) -> HashSet<FilePath> {
        let asked = &self.record.lookups.questions.names;
        let hits: Vec<&FilePath> = self.record.inputs.iter().filter(|(_, identity)| identity.is_some()).map(|(path, _)| path).collect();
        let tried: Vec<FilePath> = tried.iter().map(|path| spelled(&self.root, path)).collect();
        // A directory that is not there is tried for what would be in it.
        let inside = |path: &FilePath| {
            let name = path.name();
            let all = hits.iter().copied().chain(asked);
            let below = all.filter(move |hit| hit.parent().name() == name).map(|hit| path.join(hit.name()));
            below.collect::<Vec<_>>()
        };
        let absent = |path: &&FilePath| !path.under(&self.root).exists();
        let possible: HashSet<FilePath> =
            tried.iter().chain(tried.iter().filter(absent).flat_map(inside).collect::<Vec<_>>().iter()).cloned().collect();
        let named: Vec<FilePath> = self.words.iter().cloned().collect();
        let found = others(&self.search, &named, &hits, &self.record.lookups.questions, &Imagined(&possible));
        let found: HashSet<FilePath> = found.into_iter().map(|(path, _)| path).collect();
        let parents: HashSet<FilePath> = found.iter().map(FilePath::parent).collect();
        found.into_iter().chain(parents).collect()
    }

    /// One of the programs and libraries whose content is part of the key.
    fn is_tool(&self, place: &Path) -> bool {
        self.tools.iter().any(|tool| tool.canonicalize().is_ok_and(|tool| place.canonicalize().is_ok_and(|place| place == tool)))
    }

    /// The driver is asked anew when one of its places is not what it was: a file, or the names in a directory.
    fn is_looked_at(&self, place: &Path) -> bool {
        let plain = folded(place);
        let there = plain.ancestors().find(|above| above.exists()).unwrap_or(Path::new("/")).to_owned();
        let known = |path: &Path| self.places.iter().any(|known| folded(known) == path) || self.is_place(path);
        // What is in a directory that is not there comes with it.
        plain.ancestors().take_while(|above| !above.exists()).any(known)
            || known(&plain)
            || known(&there)
            || plain.parent().is_some_and(known)
    }

    fn is_place(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|path| self.places.iter().any(|known| known.canonicalize().is_ok_and(|known| known == path)))
    }

    /// A directory above something that counts: what is in it is asked for by name.
    fn is_on_the_way(&self, place: &Path) -> bool {
        let inputs = self.record.inputs.iter().filter_map(|(path, _)| path.under(&self.root).parent().map(Path::to_owned));
        let searched = self.search.dirs.iter().map(|dir| dir.under(&self.root));
        let outputs = self.record.outputs.iter().map(|(path, ..)| path.under(&self.root));
        let all = inputs.chain(searched).chain(outputs).chain(self.places.iter().cloned()).chain([self.root.clone(), std::env::temp_dir()]);
        let place = folded(place);
        let is_no_file = self.world.fs.stat(&place).map_or(true, |stat| !stat.is_file());
        is_no_file && all.map(|path| folded(&path)).any(|path| path.starts_with(&place))
    }
}

fn spelled(root: &Path, path: &str) -> FilePath {
    Spelling::seen_from(root).of(Path::new(path))
}

fn folded(path: &Path) -> PathBuf {
    jmake::engine::path::fold(path)
}

fn is_half_made(output: &FilePath, path: &FilePath) -> bool {
    output.parent() == path.parent() && jmake::engine::half_made::is_of(output, path.name().as_bytes())
}

/// Directories that hold exactly these files.
struct Imagined<'a>(&'a HashSet<FilePath>);

impl Directories for Imagined<'_> {
    fn open(&self, _: &FilePath) {}

    fn holding(&self, name: &[u8]) -> Vec<Entry> {
        self.0.iter().filter(|path| path.name().as_bytes() == name).map(|path| (path.parent(), false)).collect()
    }

    fn entries(&self, dir: &FilePath) -> Vec<Entry> {
        self.0.iter().filter(|path| path.parent() == *dir).map(|path| (path.clone(), false)).collect()
    }
}

/// Where the step looks, as its driver says, or its own words.
fn search(space: &Space, step: &Step) -> Search {
    let root = space.path("").canonicalize().unwrap();
    let mut spell = |path: &Path| Spelling::seen_from(&root).of(path);
    let mut search = Search { kind: SearchKind::Libraries, dirs: Vec::new(), unordered: 0, embed_dirs: Vec::new(), fence: None };
    if step.kind == "link" && !step.by_driver() {
        let dirs = step.words.iter().filter_map(|word| word.strip_prefix("-L"));
        search.dirs = dirs.map(|dir| spell(Path::new(dir))).collect();
    }
    if !step.by_driver() {
        return search;
    }
    let mut ask = space.command(&step.words[0]);
    ask.arg("-###").args(&step.words[1..]);
    let said = Running::start(ask).finish().stderr;
    if step.kind == "link" {
        search.dirs = probe::parse_link(&said).unwrap().spelled(&mut spell).library_dirs;
        return search;
    }
    let found = probe::parse_compile(&said).unwrap().spelled(&mut spell);
    let dirs = [found.quote_dirs.as_slice(), &found.search_dirs].concat();
    Search { kind: SearchKind::Headers, dirs, unordered: found.quote_dirs.len() + found.angled, embed_dirs: found.embed_dirs, fence: None }
}
