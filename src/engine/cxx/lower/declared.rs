//! Targets of jmake.toml to what they make, with the libraries of the project that they use. Does not know how objects are made.

use super::objects::Lowering;
use super::parts::{Part, found};
use super::products::Link;
use super::{LowerError, names};
use crate::engine::config::settings::Lto;
use crate::engine::config::targets::Kind;
use crate::engine::cxx::argv::link;
use crate::engine::discover::{Declared, Target};
use crate::engine::path::FilePath;
use crate::engine::report::ArtifactKind;

impl<'a> Lowering<'a> {
    /// The steps of a declared target, and what it asks to be built.
    pub fn declared(&mut self, shown: &Target, target: &'a Declared) -> Result<(), LowerError> {
        let made = self.made(target)?;
        match (kind(target.kind), names::declared_path(self.request.settings, target)) {
            (Some(kind), Some(path)) => self.artifact(shown, kind, path),
            _ => self.out.wanted.extend(made),
        }
        Ok(())
    }

    /// Objects of a source in every target that compiles it.
    pub fn objects_of(&mut self, source: &FilePath) -> Result<(), LowerError> {
        let discovery = self.request.discovery;
        let mut parts: Vec<Part<'_>> = Vec::new();
        for declared in discovery.declared.values().filter(|declared| declared.sources.contains(source)) {
            parts.push(Part { source, of: Some(declared) });
        }
        if parts.is_empty() {
            parts.push(found(source));
        }
        for part in parts {
            let object = self.object(part)?;
            self.out.wanted.push(object);
        }
        Ok(())
    }

    /// What comes of a target, by steps that are there then: its file, its objects, or nothing.
    fn made(&mut self, target: &'a Declared) -> Result<Vec<FilePath>, LowerError> {
        let output = names::declared_path(self.request.settings, target);
        let work = self.work_dir(&target.name);
        match (target.kind, output) {
            (Kind::Headers, _) | (_, None) if target.kind != Kind::Objects => Ok(Vec::new()),
            (Kind::StaticLibrary, Some(output)) => {
                let inputs = self.linkable(&target.name, &work.join("@lib"), &self.own_parts(target))?;
                self.archive(&target.name, &output, &inputs, &work.join("@lib.rsp"))?;
                Ok(vec![output])
            }
            (_, Some(output)) => {
                self.linked(target, &output, &work)?;
                Ok(vec![output])
            }
            (_, None) => self.own_parts(target).into_iter().map(|part| self.object(part)).collect(),
        }
    }

    fn linked(&mut self, target: &'a Declared, output: &FilePath, work: &FilePath) -> Result<(), LowerError> {
        let (shared, stem) = match target.kind {
            Kind::SharedLibrary | Kind::Plugin => (true, work.join("@lib")),
            _ => (false, work.join("@exe")),
        };
        let libraries = self.named(&target.libraries);
        let archives = libraries.iter().copied().filter(|library| library.kind == Kind::StaticLibrary);
        let merged: Vec<Part<'a>> = archives.flat_map(|library| self.own_parts(library)).collect();
        let mut parts = self.own_parts(target);
        let language = self.driver_language(&[parts.as_slice(), &merged].concat());
        let whole = target.options.lto == Lto::Full;
        if whole {
            parts.extend(merged);
        }
        let mut inputs = self.linkable(&target.name, &stem, &parts)?;
        let mut run_paths = Vec::new();
        for library in libraries.into_iter().filter(|library| !whole || library.kind == Kind::SharedLibrary) {
            let files = self.made(library)?;
            run_paths.extend(files.iter().filter(|_| library.kind == Kind::SharedLibrary).map(FilePath::parent));
            inputs.extend(files);
        }
        let before: Vec<&'a Declared> = self.named(&target.before);
        let before = before.into_iter().map(|other| self.made(other)).collect::<Result<Vec<_>, _>>()?.concat();
        let soname = names::soname(&target.output_name, &target.library);
        let options = target.link_options();
        self.link(Link {
            target: &target.name,
            options: &options,
            product: if shared { link::Product::Shared { soname: &soname } } else { link::Product::Executable },
            language,
            inputs,
            archives: Vec::new(),
            before,
            libraries: options.link_libraries.clone(),
            run_paths,
            export_list: &target.export_list,
            output: output.clone(),
            links: names::link_paths(self.request.settings, target),
            stem,
        })
    }

    /// The target's own sources and those of the objects that it takes in.
    pub fn own_parts(&self, target: &'a Declared) -> Vec<Part<'a>> {
        let all = std::iter::once(target).chain(self.named(&target.objects));
        all.flat_map(|of| of.sources.iter().map(move |source| Part { source, of: Some(of) })).collect()
    }

    fn named(&self, names: &[String]) -> Vec<&'a Declared> {
        let declared = &self.request.discovery.declared;
        names.iter().filter_map(|name| declared.get(name).map(AsRef::as_ref)).collect()
    }
}

fn kind(kind: Kind) -> Option<ArtifactKind> {
    match kind {
        Kind::Executable | Kind::Test | Kind::Example | Kind::Benchmark => Some(ArtifactKind::Executable),
        Kind::SharedLibrary | Kind::Plugin => Some(ArtifactKind::SharedLibrary),
        Kind::StaticLibrary => Some(ArtifactKind::StaticLibrary),
        Kind::Headers | Kind::Objects => None,
    }
}
