//! Targets to archives, libraries and programs. Does not know how objects are made.

use std::sync::Arc;

use super::objects::{Lowering, blank};
use super::{LowerError, LowerRequest, names, select, whole};
use crate::engine::config::settings::{LibraryType, Lto};
use crate::engine::cxx::argv::{archive, compile, link, response};
use crate::engine::cxx::flags::classify;
use crate::engine::cxx::interface_only::is_operand;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::discover::{Group, Language, Target, TargetKind};
use crate::engine::fingerprint::Reading;
use crate::engine::graph::{Command, CxxStep, Depfile, Output, Search, SearchKind};
use crate::engine::path::FilePath;
use crate::engine::report::{Artifact, ArtifactKind, StepKind};
use crate::engine::testing::TestRun;

impl Lowering<'_> {
    /// The steps of one target. While it is not known what the project's sources are, only its objects.
    pub fn target(&mut self, target: &Target, project: &[FilePath], withheld: bool) -> Result<(), LowerError> {
        if let Some(main) = select::conditional_main(target) {
            match self.request.confirmed_mains.get(main) {
                None => return self.objects_only(&target.sources),
                Some(false) => {
                    self.out
                        .notes
                        .push(format!("{main} does not define `main` with these settings: there is no program `{}`", target.name));
                    return Ok(());
                }
                Some(true) => {}
            }
        }
        let own = own_sources(target);
        if withheld && (target.uses_project || target.kind == TargetKind::Library) {
            let shared = if self.request.settings.options.lto == Lto::Full { &[][..] } else { project };
            return self.objects_only(&[own.as_slice(), shared].concat());
        }
        match target.kind {
            TargetKind::Library => self.library(target, &merged(project, &own)),
            TargetKind::Executable => self.executable(target, &own, if target.uses_project { project } else { &[] }),
        }
    }

    fn objects_only(&mut self, sources: &[FilePath]) -> Result<(), LowerError> {
        for source in sources {
            let made = match self.request.settings.options.lto {
                Lto::Full => self.module(source)?,
                _ => Some(self.object(source)?),
            };
            self.out.wanted.extend(made);
        }
        Ok(())
    }

    fn library(&mut self, target: &Target, sources: &[FilePath]) -> Result<(), LowerError> {
        if sources.is_empty() {
            return Ok(());
        }
        let output = names::library_path(self.request.settings);
        let dir = self.work_dir(&names::library(self.request.settings));
        let inputs = self.linkable(&target.name, &dir.join("@lib"), sources)?;
        match self.request.settings.library_type.unwrap_or_default() {
            LibraryType::Static => {
                self.archive(&target.name, &output, &inputs, &dir.join("@lib.rsp"), archive::whole)?;
                self.artifact(target, ArtifactKind::StaticLibrary, output);
            }
            LibraryType::Shared => {
                let soname = names::library_file(self.request.settings);
                let product = link::Product::Shared { soname: &soname };
                self.link(target, product, sources, (&inputs, &[]), (&output, &dir.join("@lib")))?;
                self.artifact(target, ArtifactKind::SharedLibrary, output);
            }
        }
        Ok(())
    }

    fn executable(&mut self, target: &Target, own: &[FilePath], project: &[FilePath]) -> Result<(), LowerError> {
        let output = names::executable_path(self.request.settings, &target.name);
        let dir = self.work_dir(&target.name);
        let sources = [own, project].concat();
        let (inputs, members) = if self.request.settings.options.lto == Lto::Full {
            (self.linkable(&target.name, &dir.join("@exe"), &sources)?, Vec::new())
        } else {
            let mut inputs = self.linkable(&target.name, &dir.join("@exe"), own)?;
            let members = self.internal(project)?;
            inputs.extend(members.first().map(|_| self.internal_path()));
            (inputs, members)
        };
        self.link(target, link::Product::Executable, &sources, (&inputs, &members), (&output, &dir.join("@exe")))?;
        self.artifact(target, ArtifactKind::Executable, output);
        Ok(())
    }

    /// Objects to link: one for each source, or one for all of them and those of assembler.
    fn linkable(&mut self, target: &str, stem: &FilePath, sources: &[FilePath]) -> Result<Vec<FilePath>, LowerError> {
        if self.request.settings.options.lto == Lto::Full {
            return whole::program(self, target, stem, sources);
        }
        sources.iter().map(|source| self.object(source)).collect()
    }

    fn internal_path(&self) -> FilePath {
        self.work_dir(&names::library(self.request.settings)).join("@project.a")
    }

    /// The archive through which programs use the project's objects; its members.
    fn internal(&mut self, project: &[FilePath]) -> Result<Vec<FilePath>, LowerError> {
        let objects: Vec<FilePath> = project.iter().map(|source| self.object(source)).collect::<Result<_, _>>()?;
        if !objects.is_empty() {
            let (path, name) = (self.internal_path(), names::library(self.request.settings));
            let long = self.work_dir(&name).join("@project.rsp");
            self.archive(&name, &path, &objects, &long, archive::thin)?;
        }
        Ok(objects)
    }

    fn archive(
        &mut self,
        target: &str,
        output: &FilePath,
        objects: &[FilePath],
        long: &FilePath,
        line: fn(&FilePath, &[FilePath]) -> Vec<FilePath>,
    ) -> Result<(), LowerError> {
        let (args, response) = response::shorten(line(output, objects), Some(output), long);
        let mut step = blank(StepKind::Archive, output.to_string(), target.to_owned());
        step.explicit = objects.to_vec();
        step.outputs = vec![Output::file(output.clone())];
        step.command = Some(Command { response, ..self.command("llvm-ar", args, self.request.toolchain.identity) });
        self.push(step)
    }

    fn link(
        &mut self,
        target: &Target,
        product: link::Product<'_>,
        sources: &[FilePath],
        (inputs, members): (&[FilePath], &[FilePath]),
        (output, stem): (&FilePath, &FilePath),
    ) -> Result<(), LowerError> {
        let settings = self.request.settings;
        let cxx = sources.iter().any(|s| self.language(s) == Language::Cxx);
        let language = if cxx { Language::Cxx } else { Language::C };
        let flags = link::flags(&settings.options, self.request.toolchain, language, product);
        let libraries = [target.libraries.as_slice(), &settings.options.link_libraries].concat();
        let depfile = FilePath::from(format!("{stem}.d").as_str());
        let args = link::arguments(&flags, &settings.options, link::Files { inputs, libraries: &libraries, output, depfile: &depfile });
        let (args, response) = response::shorten(args, Some(output), &FilePath::from(format!("{stem}.rsp").as_str()));
        let mut step = blank(StepKind::Link, output.to_string(), target.name.clone());
        step.explicit = inputs.to_vec();
        let files = libraries.iter().filter(|l| l.contains('/') && !l.starts_with('/')).map(|l| FilePath::from(l.as_str()));
        let profiles = self.request.link_probe.profiles.iter().cloned();
        step.implicit = members.iter().cloned().chain(files).chain(profiles).collect();
        step.outputs = vec![Output::file(output.clone())];
        let operands = libraries.iter().all(|library| !library.contains('/') || is_operand(library));
        let reading = (operands && self.request.link_probe.interfaces).then_some(Reading::Interface);
        let (uncacheable, search) = (self.link_uncacheable(), Some(self.library_search()));
        step.cxx = Some(CxxStep { uncacheable, reading, search, ..CxxStep::default() });
        let command = self.command(compile::driver(language), args, self.link_identity());
        step.command = Some(Command { response, depfile: Some(Depfile { path: depfile }), ..command });
        self.push(step)
    }

    fn link_uncacheable(&self) -> Option<String> {
        let settings = self.request.settings;
        let all = [
            &settings.options.flags,
            &settings.options.environment.c,
            &settings.options.environment.cxx,
            &settings.options.environment.link,
        ];
        classify(&all.into_iter().flatten().collect::<Vec<_>>()).uncacheable()
    }

    fn link_identity(&self) -> Digest {
        let LowerRequest { toolchain, link_probe, linker, .. } = self.request;
        Hasher::default().part(&toolchain.identity.bytes).part(&link_probe.identity.bytes).part(&linker.bytes).finish()
    }

    fn library_search(&self) -> Arc<Search> {
        let dirs = self.request.link_probe.library_dirs.clone();
        Arc::new(Search { kind: SearchKind::Libraries, dirs, unordered: 0, embed_dirs: Vec::new() })
    }

    fn artifact(&mut self, target: &Target, kind: ArtifactKind, path: FilePath) {
        self.out.wanted.push(path.clone());
        let test = || TestRun::of(self.request.settings, &target.name, self.request.toolchain.triple.split('-').next().unwrap_or_default());
        let test = (target.group == Some(Group::Test) && kind == ArtifactKind::Executable).then(test);
        self.out.artifacts.push(Artifact { target: target.name.clone(), kind, path, test });
    }
}

/// The target's own sources, the one with `main` first.
fn own_sources(target: &Target) -> Vec<FilePath> {
    let mut own: Vec<FilePath> = target.main.iter().map(|(path, _)| path.clone()).collect();
    own.extend(target.sources.iter().filter(|s| target.main.as_ref().is_none_or(|(main, _)| main != *s)).cloned());
    own
}

fn merged(a: &[FilePath], b: &[FilePath]) -> Vec<FilePath> {
    let mut all = [a, b].concat();
    all.sort();
    all.dedup();
    all
}
