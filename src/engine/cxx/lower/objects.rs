//! Sources to objects or bitcode: the steps of one source, each made once. Does not know what they are linked into.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use super::language::LanguageFlags;
use super::parts::{Part, homes, options};
use super::tools::Tools;
use super::{LowerError, LowerRequest, Lowered, generated, names};
use crate::engine::config::settings::Lto;
use crate::engine::cxx::argv::compile;
use crate::engine::cxx::flag_sets::Rules;
use crate::engine::cxx::flags::Classified;
use crate::engine::discover::{Declared, Language};
use crate::engine::graph::{Command, CxxStep, Depfile, Output, Purity, StepFlags, StepSpec};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// Arguments that make the compiler write a depfile, and where.
pub struct Line<'a> {
    pub args: Vec<FilePath>,
    pub depfile: Option<&'a FilePath>,
}

/// Whose flags: of a declared target or of the project, with these rules for files.
pub type FlagsOf = (Option<String>, Vec<usize>, Language);

/// Why nothing is shared where nothing is to be.
const NO_STORE: &str = "cache.enabled is false in jmake.toml";

/// Steps as they come up.
pub struct Lowering<'a> {
    pub request: LowerRequest<'a>,
    pub out: Lowered,
    by_output: HashMap<FilePath, usize>,
    rules: Rules<'a>,
    pub flags: BTreeMap<FlagsOf, Rc<LanguageFlags>>,
    languages: HashMap<&'a FilePath, Language>,
    homes: HashMap<FilePath, String>,
    /// What jobs make, and sources and headers that read it.
    pub made: HashSet<FilePath>,
    /// Sources and headers whose text has the assembler read files.
    assembling: HashSet<FilePath>,
}

impl<'a> Lowering<'a> {
    pub fn new(request: LowerRequest<'a>) -> Result<Self, LowerError> {
        let languages = request.discovery.sources.iter().map(|s| (&s.path, s.language)).collect();
        let (out, by_output, flags) = Default::default();
        Ok(Self {
            request,
            out,
            by_output,
            rules: Rules::of(request.settings)?,
            flags,
            languages,
            homes: homes(&request),
            made: generated::readers(&request, false),
            assembling: request.discovery.with_includers(request.discovery.assembling.iter().cloned().collect()),
        })
    }

    /// The object of `source`, and the steps that make it.
    pub fn object(&mut self, part: Part<'_>) -> Result<FilePath, LowerError> {
        self.emitted(part)?;
        let source = part.source;
        let (object, bitcode) = (self.place(part, ".o"), self.place(part, ".bc"));
        let language = self.language(source);
        let flags = self.flags(part);
        let options = options(&self.request, part.of);
        let (passes, lto) = (!options.opt_passes.is_empty(), options.lto);
        let text = self.has_stages(part);
        let extra = |wanted: bool, ending: &str| wanted.then(|| self.place(part, ending));
        let (notes, dwarf) = (extra(flags.coverage, ".gcno"), extra(flags.split_dwarf, ".dwo"));
        let depfile = depfile(&object);
        if text && passes && lto == Lto::Off {
            let args = compile::frontend_for_passes(&flags.args, source, &bitcode, &depfile);
            let line = Line { args, depfile: Some(&depfile) };
            self.compile_step(StepKind::Frontend, part, line, &with(&bitcode, [notes]))?;
            let changed = self.place(part, ".opt.bc");
            self.passes_step(part, &bitcode, &changed)?;
            self.backend_step(part, &changed, &with(&object, [dwarf]))?;
        } else if text && self.request.settings.staged && flags.staged {
            let args = compile::frontend(&flags.args, source, &bitcode, &depfile);
            let line = Line { args, depfile: Some(&depfile) };
            self.compile_step(StepKind::Frontend, part, line, &with(&bitcode, [notes]))?;
            self.backend_step(part, &bitcode, &with(&object, [dwarf]))?;
        } else {
            let depfile = writes_depfile(language).then_some(&depfile);
            let line = Line { args: compile::fused(&flags.args, source, &object, depfile), depfile };
            self.compile_step(StepKind::Compile, part, line, &with(&object, [notes, dwarf]))?;
        }
        Ok(object)
    }

    /// The bitcode of `source` for whole-program optimisation; `None` for what has none.
    pub fn module(&mut self, part: Part<'_>) -> Result<Option<FilePath>, LowerError> {
        if !self.has_stages(part) {
            return Ok(None);
        }
        self.emitted(part)?;
        let bitcode = self.place(part, ".bc");
        let flags = self.flags(part);
        let depfile = depfile(&bitcode);
        let args = compile::frontend_for_lto(&flags.args, part.source, &bitcode, &depfile);
        let line = Line { args, depfile: Some(&depfile) };
        self.compile_step(StepKind::Frontend, part, line, std::slice::from_ref(&bitcode))?;
        Ok(Some(bitcode))
    }

    /// Whether there is bitcode between a source and its object. Files that assembler text embeds are looked for along the search list only
    /// by a process that reads the source: such a one is compiled at once, as assembler is.
    fn has_stages(&mut self, part: Part<'_>) -> bool {
        let text = matches!(self.language(part.source), Language::C | Language::Cxx);
        let at_once = text && self.assembling.contains(part.source);
        let options = options(&self.request, part.of);
        if at_once && (options.lto == Lto::Full || !options.opt_passes.is_empty()) {
            let how = "compiled to an object at once, without link.opt_passes and whole-program optimisation";
            self.out.notes.push(format!("{} has the assembler read files (.incbin, .include), so it is {how}", part.source));
        }
        text && !at_once
    }

    /// The effective flags of a source.
    pub fn flags(&mut self, part: Part<'_>) -> Rc<LanguageFlags> {
        let (language, rules) = (self.language(part.source), self.rules.fitting(part.source));
        self.flags_of(part.of, rules, language)
    }

    /// The flags of a language in a target.
    pub fn flags_of(&mut self, of: Option<&Declared>, rules: Vec<usize>, language: Language) -> Rc<LanguageFlags> {
        let (request, known) = (self.request, &self.rules);
        let key = (of.map(|declared| declared.name.clone()), rules, language);
        let applied = |fitting: &[usize]| known.applied(options(&request, of), fitting);
        let make = |(_, fitting, _): &FlagsOf| Rc::new(LanguageFlags::of(&request, &applied(fitting), language));
        self.flags.entry(key).or_insert_with_key(make).clone()
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
    pub fn push(&mut self, mut step: StepSpec) -> Result<(), LowerError> {
        if !self.request.settings.use_store {
            step.cxx.get_or_insert_default().uncacheable.get_or_insert_with(|| NO_STORE.to_owned());
        }
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

    /// The step that makes `path`, by position. Only first outputs are known.
    pub fn maker(&self, path: &FilePath) -> Option<usize> {
        self.by_output.get(path).copied()
    }

    pub fn home(&self, part: Part<'_>) -> String {
        let found = || self.homes.get(part.source).cloned().unwrap_or_else(|| names::library(self.request.settings));
        part.of.map_or_else(found, |declared| declared.name.clone())
    }

    /// Where what `part` becomes goes.
    pub fn place(&self, part: Part<'_>, ending: &str) -> FilePath {
        names::beside(&self.work_dir(&self.home(part)), part.source, ending)
    }

    /// A compiler that reads the source.
    pub fn compile_step(&mut self, kind: StepKind, part: Part<'_>, line: Line<'_>, outputs: &[FilePath]) -> Result<(), LowerError> {
        let Some(output) = outputs.first() else { return Ok(()) };
        let source = part.source;
        let (language, flags) = (self.language(source), self.flags(part));
        let depfile = line.depfile.map(|path| Depfile { path: path.clone() });
        let mut step = self.step(kind, part, compile::driver(language), line.args, &flags.tools);
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
            bitcode: kind == StepKind::Frontend || flags.bitcode,
            ..CxxStep::default()
        });
        self.push(step)
    }

    fn backend_step(&mut self, part: Part<'_>, bitcode: &FilePath, outputs: &[FilePath]) -> Result<(), LowerError> {
        let Some(output) = outputs.first() else { return Ok(()) };
        let (language, flags) = (self.language(part.source), self.flags(part));
        let args = compile::backend(&flags.args, bitcode, output);
        let mut step = self.step(StepKind::Backend, part, compile::driver(language), args, &flags.tools);
        step.explicit = vec![bitcode.clone()];
        step.implicit.clone_from(&flags.classified.inputs);
        step.outputs = std::iter::once(Output::file(output.clone())).chain(outputs.iter().skip(1).map(optional)).collect();
        step.cxx = Some(CxxStep { uncacheable: flags.classified.uncacheable(), ..CxxStep::default() });
        self.push(step)
    }

    fn passes_step(&mut self, part: Part<'_>, bitcode: &FilePath, changed: &FilePath) -> Result<(), LowerError> {
        let args = crate::engine::cxx::argv::lto::only_passes(&options(&self.request, part.of).opt_passes, bitcode, changed);
        let mut step = self.step(StepKind::Lto, part, "opt", args, &self.tools_of("opt"));
        step.explicit = vec![bitcode.clone()];
        step.outputs = vec![Output::file(changed.clone())];
        step.cxx = Some(CxxStep { bitcode: true, ..CxxStep::default() });
        self.push(step)
    }

    fn step(&self, kind: StepKind, part: Part<'_>, program: &str, args: Vec<FilePath>, tools: &Tools) -> StepSpec {
        StepSpec { command: Some(self.command(program, args, tools)), ..blank(kind, part.source.to_string(), self.home(part)) }
    }
}

/// The files that arguments of unknown flags name. What directories hold counts by name (`Fence`).
pub fn named_files<'n>(request: &LowerRequest<'n>, classified: &'n Classified) -> impl Iterator<Item = FilePath> + use<'n> {
    let there = request.named_inputs;
    classified.named_paths.iter().filter(move |path| there.get(*path) == Some(&false)).cloned()
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

fn with<const N: usize>(first: &FilePath, rest: [Option<FilePath>; N]) -> Vec<FilePath> {
    std::iter::once(first.clone()).chain(rest.into_iter().flatten()).collect()
}

fn optional(path: &FilePath) -> Output {
    Output { optional: true, ..Output::file(path.clone()) }
}

/// The assembler writes none, whatever it is told.
pub fn writes_depfile(language: Language) -> bool {
    language != Language::Assembler
}

/// Where the compiler lists what it read for `output`.
pub fn depfile(output: &FilePath) -> FilePath {
    let mut name = output.as_path().as_os_str().to_owned();
    name.push(".d");
    FilePath::new(name)
}
