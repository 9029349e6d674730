//! What concerns all steps of a build: its compile commands, files that unknown flags name, remarks. Does not know what is made.

use std::collections::HashSet;
use std::rc::Rc;

use super::language::LanguageFlags;
use super::objects::{Lowering, depfile, writes_depfile};
use super::parts::parts;
use super::products::classified;
use super::{CompileCommand, Lowered};
use crate::engine::cxx::argv::compile;

impl Lowering<'_> {
    /// Compile commands and what concerns all steps.
    pub fn finish(mut self) -> Lowered {
        for part in parts(&self.request) {
            let (flags, language) = (self.flags(part), self.language(part.source));
            let output = self.place(part, ".o");
            let mut arguments = vec![self.program(compile::driver(language))];
            let depfile = depfile(&output);
            let depfile = writes_depfile(language).then_some(&depfile);
            arguments.extend(compile::fused(&flags.args, part.source, &output, depfile));
            self.out.compile_commands.push(CompileCommand { source: part.source.clone(), arguments, output });
        }
        let mut seen = HashSet::new();
        self.out.wanted.retain(|path| seen.insert(path.clone()));
        let flags: Vec<Rc<LanguageFlags>> = self.flags.values().cloned().collect();
        let named = flags.iter().flat_map(|f| f.classified.named_paths.iter().chain(&f.classified.search_dirs));
        self.out.maybe_inputs.extend(named.cloned());
        let declared = self.request.discovery.declared.values().map(|declared| declared.options.as_ref());
        let linked = declared.chain([&self.request.settings.options]).flat_map(|options| classified(options).named_paths);
        self.out.maybe_inputs.extend(linked);
        self.out.maybe_inputs.sort();
        self.out.maybe_inputs.dedup();
        self.out.notes.extend(flags.iter().filter_map(|f| f.classified.uncacheable()));
        self.out.notes.sort();
        self.out.notes.dedup();
        self.out
    }
}
