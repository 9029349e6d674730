//! Targets that were found to archives, libraries and programs. Does not know how objects are made, nor of declared targets.

use super::objects::Lowering;
use super::parts::{Part, found};
use super::products::Link;
use super::{LowerError, Requested, names, select};
use crate::engine::config::settings::{LibraryType, Lto};
use crate::engine::cxx::argv::{archive, link};
use crate::engine::discover::{IfMain, Target, TargetKind};
use crate::engine::path::FilePath;
use crate::engine::report::ArtifactKind;

impl<'a> Lowering<'a> {
    /// The steps of one target. While it is not known what the project's sources are, only its objects.
    pub fn target(&mut self, target: &'a Target, project: &[FilePath], withheld: bool) -> Result<(), LowerError> {
        if let Some(main) = select::conditional_main(target) {
            match self.request.confirmed_mains.get(main) {
                None => return self.objects_only(&target.sources),
                Some(false) => {
                    return self
                        .absent(format!("{main} does not define `main` with these settings: there is no program `{}`", target.name));
                }
                Some(true) => {}
            }
        }
        if let Some(declared) = self.request.discovery.declared.get(&target.name) {
            return self.declared(target, declared);
        }
        if target.kind == TargetKind::Library {
            return self.found_library(target, withheld);
        }
        let own = own_sources(target);
        if withheld && target.uses_project {
            let shared = if self.request.settings.options.lto == Lto::Full { &[][..] } else { project };
            return self.objects_only(&[own.as_slice(), shared].concat());
        }
        self.executable(target, &own, if target.uses_project { project } else { &[] })
    }

    /// The project's library, unless a program takes its place.
    fn found_library(&mut self, target: &'a Target, withheld: bool) -> Result<(), LowerError> {
        if withheld {
            return self.objects_only(&target.sources);
        }
        let main = select::mains(&self.request, true).next();
        match (&target.if_main, main) {
            (IfMain::Goes(why), Some(main)) => {
                let told = || format!("{main} defines `main` with these settings: there is no library `{}`", target.name);
                match (why, self.request.requested) {
                    (Some(why), _) => self.absent(why.clone()),
                    (None, Requested::Targets(_)) => self.absent(told()),
                    (None, _) => Ok(()),
                }
            }
            _ => self.library(target, &select::library(&self.request, target)),
        }
    }

    /// There is no such target after all: an error for who asked for it, else a remark.
    fn absent(&mut self, why: String) -> Result<(), LowerError> {
        if matches!(self.request.requested, Requested::Targets(_)) {
            return Err(LowerError::Absent(why));
        }
        self.out.notes.push(why);
        Ok(())
    }

    fn objects_only(&mut self, sources: &[FilePath]) -> Result<(), LowerError> {
        for source in sources {
            let made = match self.request.settings.options.lto {
                Lto::Full => self.module(found(source))?,
                _ => Some(self.object(found(source))?),
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
        let inputs = self.linkable(&target.name, &dir.join("@lib"), &parts(sources))?;
        match self.request.settings.library_type.unwrap_or_default() {
            LibraryType::Static => {
                self.archive(&target.name, &output, &inputs, &dir.join("@lib.rsp"), archive::whole)?;
                self.artifact(target, ArtifactKind::StaticLibrary, output);
            }
            LibraryType::Shared => {
                let settings = self.request.settings;
                let soname = names::soname(&names::library(settings), &settings.library_version);
                let product = link::Product::Shared { soname: &soname };
                let (export_list, links) = (settings.export_list.as_slice(), names::library_links(settings));
                let link = Link { inputs, export_list, links, ..self.found_link(target, product, sources, &output, dir.join("@lib")) };
                self.link(link)?;
                self.artifact(target, ArtifactKind::SharedLibrary, output);
            }
        }
        Ok(())
    }

    fn executable(&mut self, target: &Target, own: &[FilePath], project: &[FilePath]) -> Result<(), LowerError> {
        let output = names::executable_path(self.request.settings, &target.name);
        let dir = self.work_dir(&target.name);
        let (home, unmade) = (self.archive_home(&target.name), self.unmade(&target.name, project));
        let project = unmade.as_deref().unwrap_or(project);
        let sources = [own, project].concat();
        let (inputs, members) = if self.request.settings.options.lto == Lto::Full {
            (self.linkable(&target.name, &dir.join("@exe"), &parts(&sources))?, Vec::new())
        } else {
            let mut inputs = self.linkable(&target.name, &dir.join("@exe"), &parts(own))?;
            let members = self.internal(project, &home)?;
            inputs.extend(members.first().map(|_| self.internal_path(&home)));
            (inputs, members)
        };
        let link = self.found_link(target, link::Product::Executable, &sources, &output, dir.join("@exe"));
        self.link(Link { inputs, members, ..link })?;
        self.artifact(target, ArtifactKind::Executable, output);
        Ok(())
    }

    /// A link without inputs.
    fn found_link<'l>(
        &self,
        target: &'l Target,
        product: link::Product<'l>,
        sources: &[FilePath],
        output: &FilePath,
        stem: FilePath,
    ) -> Link<'l>
    where
        'a: 'l,
    {
        let options = &self.request.settings.options;
        Link {
            target: &target.name,
            options,
            product,
            language: self.driver_language(&parts(sources)),
            inputs: Vec::new(),
            members: Vec::new(),
            before: Vec::new(),
            libraries: [target.libraries.as_slice(), &options.link_libraries].concat(),
            run_paths: Vec::new(),
            export_list: &[],
            output: output.clone(),
            links: Vec::new(),
            stem,
        }
    }

    fn internal_path(&self, home: &str) -> FilePath {
        self.work_dir(home).join("@project.a")
    }

    /// The archive through which programs use the project's objects; its members.
    fn internal(&mut self, project: &[FilePath], home: &str) -> Result<Vec<FilePath>, LowerError> {
        let objects: Vec<FilePath> = project.iter().map(|source| self.object(found(source))).collect::<Result<_, _>>()?;
        if !objects.is_empty() {
            let (path, long) = (self.internal_path(home), self.work_dir(home).join("@project.rsp"));
            self.archive(home, &path, &objects, &long, archive::thin)?;
        }
        Ok(objects)
    }
}

fn parts(sources: &[FilePath]) -> Vec<Part<'_>> {
    sources.iter().map(found).collect()
}

/// The target's own sources, the one with `main` first.
fn own_sources(target: &Target) -> Vec<FilePath> {
    let mut own: Vec<FilePath> = target.main.iter().map(|(path, _)| path.clone()).collect();
    own.extend(target.sources.iter().filter(|s| target.main.as_ref().is_none_or(|(main, _)| main != *s)).cloned());
    own
}
