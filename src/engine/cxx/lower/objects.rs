//! Sources to objects or bitcode: the steps of one source, each made once. Does not know what they are linked into.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::language::LanguageFlags;
use super::select::{Choice, conditional, conditional_main};
use super::{Awaited, CompileCommand, LowerError, LowerRequest, Lowered, names};
use crate::engine::config::settings::Lto;
use crate::engine::cxx::argv::compile;
use crate::engine::cxx::flags::classify;
use crate::engine::digest::Digest;
use crate::engine::discover::{Language, TargetKind};
use crate::engine::graph::{Command, CxxStep, Depfile, Environment, Output, Purity, StepFlags, StepSpec};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// Arguments that make the compiler write a depfile, and where.
struct Line<'a> {
    args: Vec<FilePath>,
    depfile: Option<&'a FilePath>,
}

/// Steps as they come up.
pub struct Lowering<'a> {
    pub request: LowerRequest<'a>,
    pub out: Lowered,
    by_output: HashMap<FilePath, usize>,
    flags: BTreeMap<Language, Rc<LanguageFlags>>,
    languages: HashMap<&'a FilePath, Language>,
    homes: HashMap<FilePath, String>,
}

impl<'a> Lowering<'a> {
    pub fn new(request: LowerRequest<'a>) -> Self {
        let languages = request.discovery.sources.iter().map(|s| (&s.path, s.language)).collect();
        let (out, by_output, flags) = Default::default();
        Self { request, out, by_output, flags, languages, homes: homes(&request) }
    }

    /// Objects of conditional mains that must be looked into first. `true`: what the project's own sources are is not yet known.
    pub fn awaited(&mut self, choice: &Choice<'a>) -> Result<bool, LowerError> {
        let open = |main: &FilePath| !self.request.confirmed_mains.contains_key(main);
        let project = choice.targets.iter().any(|t| t.uses_project || t.kind == TargetKind::Library);
        let of_project: Vec<&FilePath> = conditional(&self.request).map(|(_, main)| main).filter(|main| project && open(main)).collect();
        let own: Vec<&FilePath> = choice.targets.iter().filter_map(|t| conditional_main(t)).filter(|main| open(main)).collect();
        let withheld = !of_project.is_empty();
        for main in of_project.into_iter().chain(own) {
            let object = self.inspected(main)?;
            let awaited = Awaited { source: main.clone(), object };
            if !self.out.awaiting.contains(&awaited) {
                self.out.wanted.push(awaited.object.clone());
                self.out.awaiting.push(awaited);
            }
        }
        Ok(withheld)
    }

    /// A machine-code object of `source`, even where its own object would be bitcode.
    fn inspected(&mut self, source: &FilePath) -> Result<FilePath, LowerError> {
        let flags = self.flags(self.language(source));
        let bitcode = self.request.settings.options.lto != Lto::Off || flags.args.iter().any(|f| f.as_bytes().starts_with(b"-flto"));
        if !bitcode {
            return self.object(source);
        }
        let home = self.home(source);
        let object = names::beside(&self.work_dir(&home).join("@main"), source, ".o");
        let mut args = flags.args.clone();
        args.push("-fno-lto".into());
        let depfile = depfile(&object);
        let line = Line { args: compile::fused(&args, source, &object, Some(&depfile)), depfile: Some(&depfile) };
        self.compile_step(StepKind::Compile, source, line, std::slice::from_ref(&object))?;
        Ok(object)
    }

    /// The object of `source`, and the steps that make it.
    pub fn object(&mut self, source: &FilePath) -> Result<FilePath, LowerError> {
        let (object, bitcode) = (self.place(source, ".o"), self.place(source, ".bc"));
        let language = self.language(source);
        let flags = self.flags(language);
        let text = matches!(language, Language::C | Language::Cxx);
        let passes = self.request.settings.options.opt_passes.as_slice();
        let extra = |wanted: bool, ending: &str| wanted.then(|| self.place(source, ending));
        let (notes, dwarf) = (extra(flags.coverage, ".gcno"), extra(flags.split_dwarf, ".dwo"));
        let depfile = depfile(&object);
        if text && !passes.is_empty() && self.request.settings.options.lto == Lto::Off {
            let args = compile::frontend_for_passes(&flags.args, source, &bitcode, &depfile);
            let line = Line { args, depfile: Some(&depfile) };
            self.compile_step(StepKind::Frontend, source, line, &with(&bitcode, [notes]))?;
            let changed = self.place(source, ".opt.bc");
            self.passes_step(source, &bitcode, &changed)?;
            self.backend_step(source, &changed, &with(&object, [dwarf]))?;
        } else if text && self.request.settings.staged && flags.staged {
            let args = compile::frontend(&flags.args, source, &bitcode, &depfile);
            let line = Line { args, depfile: Some(&depfile) };
            self.compile_step(StepKind::Frontend, source, line, &with(&bitcode, [notes]))?;
            self.backend_step(source, &bitcode, &with(&object, [dwarf]))?;
        } else {
            let depfile = writes_depfile(language).then_some(&depfile);
            let line = Line { args: compile::fused(&flags.args, source, &object, depfile), depfile };
            self.compile_step(StepKind::Compile, source, line, &with(&object, [notes, dwarf]))?;
        }
        Ok(object)
    }

    /// The bitcode of `source` for whole-program optimisation; `None` for assembler, which has none.
    pub fn module(&mut self, source: &FilePath) -> Result<Option<FilePath>, LowerError> {
        let language = self.language(source);
        if !matches!(language, Language::C | Language::Cxx) {
            return Ok(None);
        }
        let bitcode = self.place(source, ".bc");
        let flags = self.flags(language);
        let depfile = depfile(&bitcode);
        let args = compile::frontend_for_lto(&flags.args, source, &bitcode, &depfile);
        let line = Line { args, depfile: Some(&depfile) };
        self.compile_step(StepKind::Frontend, source, line, std::slice::from_ref(&bitcode))?;
        Ok(Some(bitcode))
    }

    /// The effective flags of a language.
    pub fn flags(&mut self, language: Language) -> Rc<LanguageFlags> {
        let request = self.request;
        let make = || Rc::new(LanguageFlags::of(&request, language));
        self.flags.entry(language).or_insert_with(make).clone()
    }

    /// In what `source` is written.
    pub fn language(&self, source: &FilePath) -> Language {
        self.languages.get(source).copied().unwrap_or(Language::Cxx)
    }

    /// The directory for what is made on the way to `target`.
    pub fn work_dir(&self, target: &str) -> FilePath {
        names::work_dir(self.request.settings, target)
    }

    /// The absolute path of a program. One that is missing was refused before; a plain name is then the kernel's to refuse.
    pub fn program(&self, name: &str) -> FilePath {
        self.request.toolchain.tool(name).cloned().unwrap_or_else(|| FilePath::from(name))
    }

    /// Adds a step, once.
    pub fn push(&mut self, step: StepSpec) -> Result<(), LowerError> {
        let Some(output) = step.outputs.first().map(|o| o.path.clone()) else { return Ok(()) };
        if let Some(known) = self.by_output.get(&output) {
            let first = &self.out.steps[*known];
            let same = first.command == step.command && first.explicit == step.explicit;
            let error = || LowerError::SameOutput { path: output, first: first.target.clone(), second: step.target.clone() };
            return if same { Ok(()) } else { Err(error()) };
        }
        self.by_output.insert(output, self.out.steps.len());
        self.out.steps.push(step);
        Ok(())
    }

    /// Compile commands and what concerns all steps.
    pub fn finish(mut self) -> Lowered {
        for source in &self.request.discovery.sources {
            let flags = self.flags(source.language);
            let output = self.place(&source.path, ".o");
            let mut arguments = vec![self.program(compile::driver(source.language))];
            let depfile = depfile(&output);
            let depfile = writes_depfile(source.language).then_some(&depfile);
            arguments.extend(compile::fused(&flags.args, &source.path, &output, depfile));
            self.out.compile_commands.push(CompileCommand { source: source.path.clone(), arguments, output });
        }
        let mut seen = HashSet::new();
        self.out.wanted.retain(|path| seen.insert(path.clone()));
        let flags: Vec<Rc<LanguageFlags>> = self.flags.values().cloned().collect();
        self.out.maybe_inputs.extend(flags.iter().flat_map(|f| f.classified.named_paths.iter().cloned()));
        self.out.maybe_inputs.extend(classify(&self.request.settings.options.environment.link).named_paths);
        self.out.maybe_inputs.sort();
        self.out.maybe_inputs.dedup();
        self.out.notes.extend(flags.iter().filter_map(|f| f.classified.uncacheable()));
        self.out.notes.sort();
        self.out.notes.dedup();
        self.out
    }

    fn home(&self, source: &FilePath) -> String {
        self.homes.get(source).cloned().unwrap_or_else(|| names::library(self.request.settings))
    }

    fn place(&self, source: &FilePath, ending: &str) -> FilePath {
        names::beside(&self.work_dir(&self.home(source)), source, ending)
    }

    fn compile_step(&mut self, kind: StepKind, source: &FilePath, line: Line<'_>, outputs: &[FilePath]) -> Result<(), LowerError> {
        let Some(output) = outputs.first() else { return Ok(()) };
        let language = self.language(source);
        let flags = self.flags(language);
        let depfile = line.depfile.map(|path| Depfile { path: path.clone() });
        let mut step = self.step(kind, source, compile::driver(language), line.args, flags.identity);
        step.explicit = vec![source.clone()];
        step.implicit.clone_from(&flags.classified.inputs);
        step.outputs = std::iter::once(Output::file(output.clone())).chain(outputs.iter().skip(1).map(optional)).collect();
        step.command = step.command.map(|command| Command { depfile, ..command });
        step.cxx = Some(CxxStep {
            source: Some(source.clone()),
            uncacheable: flags.uncacheable(language),
            reading: flags.reading,
            search: Some(flags.search.clone()),
            epoch: self.request.epoch,
        });
        self.push(step)
    }

    fn backend_step(&mut self, source: &FilePath, bitcode: &FilePath, outputs: &[FilePath]) -> Result<(), LowerError> {
        let Some(output) = outputs.first() else { return Ok(()) };
        let language = self.language(source);
        let flags = self.flags(language);
        let args = compile::backend(&flags.args, bitcode, output);
        let mut step = self.step(StepKind::Backend, source, compile::driver(language), args, flags.identity);
        step.explicit = vec![bitcode.clone()];
        step.implicit.clone_from(&flags.classified.inputs);
        step.outputs = std::iter::once(Output::file(output.clone())).chain(outputs.iter().skip(1).map(optional)).collect();
        step.cxx = Some(CxxStep { uncacheable: flags.classified.uncacheable(), ..CxxStep::default() });
        self.push(step)
    }

    fn passes_step(&mut self, source: &FilePath, bitcode: &FilePath, changed: &FilePath) -> Result<(), LowerError> {
        let args = crate::engine::cxx::argv::lto::only_passes(&self.request.settings.options.opt_passes, bitcode, changed);
        let mut step = self.step(StepKind::Lto, source, "opt", args, self.request.toolchain.identity);
        step.explicit = vec![bitcode.clone()];
        step.outputs = vec![Output::file(changed.clone())];
        self.push(step)
    }

    fn step(&self, kind: StepKind, source: &FilePath, program: &str, args: Vec<FilePath>, identity: Digest) -> StepSpec {
        StepSpec { command: Some(self.command(program, args, identity)), ..blank(kind, source.to_string(), self.home(source)) }
    }

    /// A process of the toolchain.
    pub fn command(&self, program: &str, args: Vec<FilePath>, identity: Digest) -> Command {
        let program = self.program(program);
        let preloaded = self.request.toolchain.preloaded.map(|identity| ("LD_LIBRARY_PATH".to_owned(), identity));
        let variables = preloaded.into_iter().collect();
        Command { program, args, environment: Environment::Tools, response: None, depfile: None, variables, identity }
    }
}

/// A step that does nothing yet.
pub fn blank(kind: StepKind, label: String, target: String) -> StepSpec {
    let (explicit, implicit, order_only, validations, outputs) = Default::default();
    let cxx = Some(CxxStep::default());
    let (flags, pool, command) = (StepFlags::default(), None, None);
    StepSpec {
        kind,
        purity: Purity::Understood,
        label,
        target,
        explicit,
        implicit,
        order_only,
        validations,
        outputs,
        flags,
        pool,
        command,
        cxx,
    }
}

/// The target under whose name a source is compiled: of several the first; the library for what may become its own.
fn homes(request: &LowerRequest<'_>) -> HashMap<FilePath, String> {
    let mut homes = HashMap::new();
    let library = names::library(request.settings);
    for source in request.discovery.project_sources.iter().chain(conditional(request).map(|(_, main)| main)) {
        homes.insert(source.clone(), library.clone());
    }
    for target in &request.discovery.targets {
        let name = if target.kind == TargetKind::Library { &library } else { &target.name };
        for source in target.main.iter().map(|(path, _)| path).chain(&target.sources) {
            homes.entry(source.clone()).or_insert_with(|| name.clone());
        }
    }
    homes
}

fn with<const N: usize>(first: &FilePath, rest: [Option<FilePath>; N]) -> Vec<FilePath> {
    std::iter::once(first.clone()).chain(rest.into_iter().flatten()).collect()
}

fn optional(path: &FilePath) -> Output {
    Output { path: path.clone(), tree: false, optional: true }
}

/// The assembler writes none, whatever it is told.
fn writes_depfile(language: Language) -> bool {
    language != Language::Assembler
}

fn depfile(output: &FilePath) -> FilePath {
    let mut name = output.as_path().as_os_str().to_owned();
    name.push(".d");
    FilePath::new(name)
}
