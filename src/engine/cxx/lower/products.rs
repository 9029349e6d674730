//! Objects to archives, libraries and programs, and the steps that make these. Does not know whose they are.

use std::sync::Arc;

use super::objects::{Lowering, blank, named_files};
use super::parts::{Part, options};
use super::tools::Tools;
use super::{LowerError, whole};
use crate::engine::config::options::Options;
use crate::engine::config::settings::{Lto, Settings};
use crate::engine::cxx::argv::{archive, compile, link, response};
use crate::engine::cxx::flags::{Classified, classify};
use crate::engine::cxx::interface_only::is_operand;
use crate::engine::cxx::probe::LinkProbe;
use crate::engine::discover::{Group, Language, Target};
use crate::engine::fingerprint::Reading;
use crate::engine::graph::{Command, CxxStep, Depfile, Light, Output, ResponseFile, Search, SearchKind, ThinArchive};
use crate::engine::install;
use crate::engine::neighbours::distinct;
use crate::engine::path::FilePath;
use crate::engine::report::{Artifact, ArtifactKind, StepKind};
use crate::engine::testing::{self, TestRun};

/// One link.
pub struct Link<'l> {
    pub target: &'l str,
    pub options: &'l Options,
    pub product: link::Product<'l>,
    /// Whose driver links.
    pub language: Language,
    /// Objects in order, then archives and libraries of this build.
    pub inputs: Vec<FilePath>,
    /// Thin archives of objects that use each other.
    pub archives: Vec<ThinArchive>,
    /// What has to be made before.
    pub before: Vec<FilePath>,
    /// Libraries, without `-l`, in order.
    pub libraries: Vec<String>,
    /// Directories of libraries of this build that are looked for when the product runs.
    pub run_paths: Vec<FilePath>,
    /// The only symbols that it offers, if there are any.
    pub export_list: &'l [String],
    pub output: FilePath,
    /// Symbolic links to it, in the same directory.
    pub links: Vec<FilePath>,
    /// What the files on the way begin with.
    pub stem: FilePath,
}

impl Lowering<'_> {
    /// Objects to link: one for each source, or one for all of them and those of assembler.
    pub fn linkable(&mut self, target: &str, stem: &FilePath, parts: &[Part<'_>]) -> Result<Vec<FilePath>, LowerError> {
        let of = parts.first().and_then(|part| part.of);
        if options(&self.request, of).lto == Lto::Full {
            return whole::program(self, target, stem, parts);
        }
        parts.iter().map(|part| self.object(*part)).collect()
    }

    /// C++ if any source is.
    pub fn driver_language(&self, parts: &[Part<'_>]) -> Language {
        if parts.iter().any(|part| self.language(part.source) == Language::Cxx) { Language::Cxx } else { Language::C }
    }

    /// The step that makes an archive with its members in it.
    pub fn archive(&mut self, target: &str, output: &FilePath, objects: &[FilePath], long: &FilePath) -> Result<(), LowerError> {
        let line = archive::whole(output, objects);
        self.archive_step(target, vec![Output::file(output.clone())], objects, response::shorten(line, Some(output), long), None)
    }

    /// The step that makes one that names them. Its bytes may stay the same when theirs do not: the list tells.
    pub fn thin_archive(&mut self, target: &str, archive: &ThinArchive, objects: &[FilePath], long: &FilePath) -> Result<(), LowerError> {
        let line = archive::thin(&archive.path, objects);
        let outputs = vec![Output::file(archive.path.clone()), Output::list(archive.list.clone())];
        let line = response::shorten(line, Some(&archive.path), long);
        self.archive_step(target, outputs, objects, line, Some(archive::holding_small()))
    }

    fn archive_step(
        &mut self,
        target: &str,
        outputs: Vec<Output>,
        objects: &[FilePath],
        (args, response): (Vec<FilePath>, Option<ResponseFile>),
        light: Option<Light>,
    ) -> Result<(), LowerError> {
        let label = outputs.first().map(|output| output.path.to_string()).unwrap_or_default();
        let mut step = blank(StepKind::Archive, label, target.to_owned());
        step.explicit = objects.to_vec();
        step.outputs = outputs;
        let toolchain = self.request.toolchain;
        let known_archiver = toolchain.tool("llvm-ar").is_some_and(|archiver| archiver.parent() == toolchain.bin_dir);
        step.cxx = Some(CxxStep { light, known_archiver, ..CxxStep::default() });
        let responses = Vec::from_iter(response);
        step.command = Some(Command { responses, ..self.plain("llvm-ar", args) });
        self.push(step)
    }

    /// The step that links.
    pub fn link(&mut self, link: Link<'_>) -> Result<(), LowerError> {
        let Link { options, output, libraries, .. } = &link;
        let named = |ending: &str| FilePath::from(format!("{}.{ending}", link.stem).as_str());
        let offered = (!link.export_list.is_empty()).then(|| version_script(named("map"), link.export_list));
        let script = offered.as_ref().map(|script| &script.path);
        let (depfile, run_paths) = (named("d"), run_paths(&link, self.request.settings));
        let archives: Vec<FilePath> = link.archives.iter().map(|archive| archive.path.clone()).collect();
        let (inputs, run_paths) = (link.inputs.as_slice(), run_paths.as_slice());
        let files = link::Files { inputs, archives: &archives, libraries, run_paths, output, depfile: &depfile, script };
        let asked = self.request.probes.link(options, self.request.toolchain, link.language, link.product);
        let probe = asked.or_else(|| self.request.probes.any_link(options, self.request.toolchain));
        let direct = asked.filter(|_| self.may_be_direct(&link)).and_then(|probe| link::direct(probe.line.as_ref()?, link.product, files));
        let (program, args, tools) = self.link_line(&link, files, probe, direct);
        let (args, response) = response::shorten(args, Some(output), &named("rsp"));
        let mut step = blank(StepKind::Link, output.to_string(), link.target.to_owned());
        step.explicit = [link.inputs.as_slice(), &archives].concat();
        step.order_only.clone_from(&link.before);
        let files = libraries.iter().filter(|l| l.contains('/') && !l.starts_with('/')).map(|l| FilePath::from(l.as_str()));
        let profiles = probe.iter().flat_map(|probe| probe.profiles.iter().cloned());
        let classified = classified(options);
        let lists = link.archives.iter().map(|archive| archive.list.clone());
        step.implicit = lists.chain(files).chain(profiles).chain(named_files(&self.request, &classified)).collect();
        let to_output = |path: &FilePath| Output { leads_to: Some(output.name().as_str().into()), ..Output::file(path.clone()) };
        step.outputs = std::iter::once(Output::file(output.clone())).chain(link.links.iter().map(to_output)).collect();
        let operands = libraries.iter().all(|library| !library.contains('/') || is_operand(library));
        let reading = (operands && probe.is_some_and(|probe| probe.interfaces)).then_some(Reading::Interface);
        let search = Some(library_search(probe));
        step.cxx = Some(CxxStep {
            uncacheable: classified.uncacheable(),
            reading,
            search,
            thin_archives: link.archives.clone(),
            ..CxxStep::default()
        });
        let command = self.command_of(program, args, &tools);
        let responses = response.into_iter().chain(offered).collect();
        step.command = Some(Command { responses, depfile: Some(Depfile { path: depfile }), ..command });
        self.push(step)
    }

    /// Whether what the linker is told follows from what is known: the driver is the install's own, and looks where it usually looks.
    fn may_be_direct(&self, link: &Link<'_>) -> bool {
        let (toolchain, driver) = (self.request.toolchain, compile::driver(link.language));
        let is_own = toolchain.tool(driver).is_some_and(|driver| driver.parent() == toolchain.bin_dir);
        let edited = self.request.leading.iter().any(|(name, _)| name == "CCC_OVERRIDE_OPTIONS");
        is_own && !edited && link::may_be_direct(&link::around(link.options, toolchain, link.language, link.product))
    }

    /// What runs, with its arguments: the linker if it is known what it is told, else the driver, which takes as long as the link of a small
    /// program to find that out.
    fn link_line(
        &self,
        link: &Link<'_>,
        files: link::Files<'_>,
        probe: Option<&LinkProbe>,
        direct: Option<Vec<FilePath>>,
    ) -> (FilePath, Vec<FilePath>, Tools) {
        if let (Some(probe), Some(args)) = (probe, direct) {
            return (probe.program.clone(), args, self.link_tools(None, Some(probe)));
        }
        let (toolchain, driver) = (self.request.toolchain, compile::driver(link.language));
        let flags = link::flags(link.options, toolchain, link.language, link.product);
        let tools = self.link_tools(toolchain.tool(driver), probe);
        (self.program(driver), link::arguments(&flags, link.options, files), tools)
    }

    fn link_tools(&self, driver: Option<&FilePath>, probe: Option<&LinkProbe>) -> Tools {
        let programs = driver.into_iter().chain(probe.into_iter().flat_map(LinkProbe::programs));
        Tools::new(&self.request, programs, probe.map(|probe| (&probe.identity, probe.expanded.as_slice())))
    }

    /// Tells of what a target makes.
    pub fn artifact(&mut self, target: &Target, kind: ArtifactKind, path: FilePath) {
        self.out.wanted.push(path.clone());
        let host = self.request.toolchain.triple.split('-').next().unwrap_or_default();
        let (mut test, mut runner) = (None, Vec::new());
        match (kind, target.group) {
            (ArtifactKind::Executable, Some(Group::Test)) => test = Some(TestRun::of(self.request.settings, &target.name, host)),
            (ArtifactKind::Executable, _) => runner = testing::runner(self.request.settings, host),
            _ => {}
        }
        self.out.artifacts.push(Artifact { target: target.name.clone(), kind, path, test, runner });
    }
}

/// What the flags of a link name.
pub fn classified(options: &Options) -> Classified {
    let all = [&options.flags, &options.environment.c, &options.environment.cxx, &options.link_flags, &options.environment.link];
    classify(&all.into_iter().flatten().collect::<Vec<_>>())
}

fn library_search(probe: Option<&LinkProbe>) -> Arc<Search> {
    let dirs = probe.map(|probe| probe.library_dirs.clone()).unwrap_or_default();
    Arc::new(Search { kind: SearchKind::Libraries, dirs, unordered: 0, embed_dirs: Vec::new(), fence: None })
}

/// Where the product looks when it runs, each once: where things are built, and last where they are installed.
fn run_paths(link: &Link<'_>, settings: &Settings) -> Vec<FilePath> {
    let dirs = link.run_paths.iter().chain(&link.options.lib_dirs).filter(|_| link.options.rpath);
    let mut out = distinct(dirs.map(|dir| link::run_path(&link.output, dir)));
    if !out.is_empty() {
        let installed = install::run_path(settings, link.product == link::Product::Executable);
        out.retain(|path| *path != installed);
        out.push(installed);
    }
    out
}

/// A script that makes all symbols but these local. A name that is no plain one is taken as that of C++, as people write it.
fn version_script(path: FilePath, symbols: &[String]) -> ResponseFile {
    let (plain, cxx): (Vec<&String>, Vec<&String>) = symbols.iter().partition(|symbol| !symbol.contains([':', '(', ' ', '<']));
    let mut text = "{\n  global:\n".to_owned();
    plain.iter().for_each(|symbol| text.push_str(&format!("    {symbol};\n")));
    if !cxx.is_empty() {
        text.push_str("    extern \"C++\" {\n");
        // In quotes a name is no pattern.
        let line = |symbol: &str| if symbol.contains('*') { format!("      {symbol};\n") } else { format!("      \"{symbol}\";\n") };
        cxx.iter().for_each(|symbol| text.push_str(&line(symbol)));
        text.push_str("    };\n");
    }
    text.push_str("  local: *;\n};\n");
    ResponseFile { path, content: text.into_bytes() }
}
