//! What the flags of one language mean for its steps. Does not know sources.

use std::sync::Arc;

use super::objects::named_files;
use super::tools::Tools;
use super::{LowerRequest, names};
use crate::engine::config::options::Options;
use crate::engine::cxx::argv::compile;
use crate::engine::cxx::flags::{Classified, can_be_staged, classify, makes_bitcode};
use crate::engine::cxx::toolchain::DriverProbe;
use crate::engine::discover::Language;
use crate::engine::fingerprint::Reading;
use crate::engine::graph::{Fence, Search, SearchKind};
use crate::engine::path::FilePath;

/// The flags of one language, and what they mean.
pub struct LanguageFlags {
    /// All of them, in order.
    pub args: Vec<FilePath>,
    /// What they name.
    pub classified: Classified,
    /// Whether stages give the same result.
    pub staged: bool,
    /// Objects are bitcode.
    pub bitcode: bool,
    /// Debug information goes into a file of its own.
    pub split_dwarf: bool,
    /// Coverage notes go into a file of their own.
    pub coverage: bool,
    /// Identity of the compiler and of what it makes of the flags.
    pub tools: Tools,
    /// How texts are read, if comments do not count under them.
    pub reading: Option<Reading>,
    /// Where headers are looked for.
    pub search: Arc<Search>,
}

impl LanguageFlags {
    /// What `language` is compiled with.
    pub fn of(request: &LowerRequest<'_>, options: &Options, language: Language) -> Self {
        let args = compile::flags(options, language, &request.discovery.include_dirs);
        let probe = request.probes.compile(options, language);
        let words: Vec<String> = args.iter().map(ToString::to_string).collect();
        let driver = request.toolchain.tool(compile::driver(language));
        let programs = driver.into_iter().chain(probe.iter().flat_map(|probe| &probe.programs));
        let tools = Tools::new(request, programs, probe.map(|probe| (&probe.identity, probe.expanded.as_slice())));
        let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
        let mut classified = classify(&words);
        classified.inputs.extend(probe.iter().flat_map(|probe| probe.profiles.iter().cloned()));
        let named: Vec<FilePath> = named_files(request, &classified).collect();
        classified.inputs.extend(named);
        let fence = fence(request, probe, &mut classified);
        Self {
            classified,
            staged: can_be_staged(&words),
            bitcode: makes_bitcode(&words),
            split_dwarf: has(&["-gsplit-dwarf", "-gsplit-dwarf=split"]),
            coverage: has(&["--coverage", "-coverage", "-ftest-coverage"]),
            tools,
            reading: reading(probe, language),
            search: Arc::new(Search { fence, ..search(probe, &request.discovery.include_dirs) }),
            args,
        }
    }

    /// Why a compile with these flags may not be shared, if so.
    pub fn uncacheable(&self, language: Language) -> Option<String> {
        let assembler = matches!(language, Language::Assembler | Language::AssemblerWithCpp);
        let why = || "assembler may read files with .incbin and .include".to_owned();
        self.classified.uncacheable().or_else(|| assembler.then(why))
    }
}

/// Assembler is asked about as C is, and read in another way.
fn reading(probe: Option<&DriverProbe>, language: Language) -> Option<Reading> {
    let probe = probe.filter(|_| matches!(language, Language::C | Language::Cxx))?;
    probe.comment_blind.map(Reading::Text)
}

/// What counts besides if the search may lead anywhere: files in the place of directories are header maps, and are read. So are overlays.
fn fence(request: &LowerRequest<'_>, probe: Option<&DriverProbe>, classified: &mut Classified) -> Option<Fence> {
    let there = |path: &FilePath| request.named_inputs.get(path).copied();
    let maps: Vec<FilePath> = classified.search_dirs.iter().filter(|dir| there(dir) == Some(false)).cloned().collect();
    let mut listed: Vec<FilePath> = classified.named_paths.iter().filter(|path| there(path) == Some(true)).cloned().collect();
    let needed = !maps.is_empty() || !listed.is_empty() || probe.is_some_and(|probe| probe.fenced);
    let overlays = probe.map(|probe| probe.overlays.clone()).unwrap_or_default();
    for read in maps.into_iter().chain(overlays.iter().cloned()) {
        if !classified.inputs.contains(&read) {
            classified.inputs.push(read);
        }
    }
    listed.extend(probe.iter().flat_map(|probe| probe.framework_dirs.iter().cloned()));
    let apart = vec![names::STATE.into(), request.settings.build_dir.clone()];
    needed.then_some(Fence { listed, overlays, apart })
}

/// The driver was asked without the inferred directories, and `-I` may come from settings, environment and inference alike: these are
/// taken as one group.
fn search(probe: Option<&DriverProbe>, inferred: &[FilePath]) -> Search {
    let Some(probe) = probe else {
        return Search {
            kind: SearchKind::Headers,
            dirs: inferred.to_vec(),
            unordered: inferred.len(),
            embed_dirs: Vec::new(),
            fence: None,
        };
    };
    let (angled, system) = probe.search_dirs.split_at(probe.angled.min(probe.search_dirs.len()));
    let first = probe.quote_dirs.iter().chain(angled).chain(inferred);
    let unordered = first.clone().count();
    let dirs = first.chain(system).cloned().collect();
    Search { kind: SearchKind::Headers, dirs, unordered, embed_dirs: probe.embed_dirs.clone(), fence: None }
}
