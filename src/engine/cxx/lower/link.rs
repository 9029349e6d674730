//! Targets that were found to archives, libraries and programs. Does not know how objects are made, nor of declared targets.

use super::objects::Lowering;
use super::parts::{Part, found};
use super::products::Link;
use super::{LowerError, Requested, names, select};
use crate::engine::config::settings::{LibraryType, Lto};
use crate::engine::cxx::argv::link;
use crate::engine::discover::{IfMain, Target, TargetKind};
use crate::engine::fingerprint::ends_run;
use crate::engine::graph::ThinArchive;
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
            let full = self.request.settings.options.lto == Lto::Full;
            let module = if full { self.module(found(source))? } else { None };
            let made = module.map_or_else(|| self.object(found(source)), Ok)?;
            self.out.wanted.push(made);
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
                self.archive(&target.name, &output, &inputs, &dir.join("@lib.rsp"))?;
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
        let (inputs, archives) = if self.request.settings.options.lto == Lto::Full {
            (self.linkable(&target.name, &dir.join("@exe"), &parts(&sources))?, Vec::new())
        } else {
            (self.linkable(&target.name, &dir.join("@exe"), &parts(own))?, self.internal(project, &home)?)
        };
        let link = self.found_link(target, link::Product::Executable, &sources, &output, dir.join("@exe"));
        self.link(Link { inputs, archives, ..link })?;
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
            archives: Vec::new(),
            before: Vec::new(),
            libraries: [target.libraries.as_slice(), &options.link_libraries].concat(),
            run_paths: Vec::new(),
            export_list: &[],
            output: output.clone(),
            links: Vec::new(),
            stem,
        }
    }

    /// The archives through which programs use the project's objects. A new object costs what is in one of them, not all.
    fn internal(&mut self, project: &[FilePath], home: &str) -> Result<Vec<ThinArchive>, LowerError> {
        let dir = self.work_dir(home);
        let mut archives = Vec::new();
        for share in shares(project) {
            let objects: Vec<FilePath> = share.iter().map(|source| self.object(found(source))).collect::<Result<_, _>>()?;
            let stem = names::internal_archive(archives.len(), share);
            let file = |ending: &str| dir.join(format!("{stem}.{ending}"));
            let archive = ThinArchive { path: file("a"), list: file("members") };
            self.thin_archive(home, &archive, &objects, &file("rsp"))?;
            archives.push(archive);
        }
        Ok(archives)
    }
}

/// An archive has at least so many members where there are more of them,
const FEWEST: usize = 64;
/// ends behind one out of so many,
const USUAL: u32 = 64;
/// or when it has so many.
const MOST: usize = 256;

/// Sources in groups, cut where their names say: one that comes or goes changes its own group, or that and the next.
fn shares(sources: &[FilePath]) -> impl Iterator<Item = &[FilePath]> {
    let mut rest = sources;
    std::iter::from_fn(move || {
        let ends = |&at: &usize| at == MOST || at >= rest.len() || ends_run(rest[at - 1].as_bytes(), USUAL);
        let end = (FEWEST..=MOST).find(ends)?.min(rest.len());
        let (share, others) = rest.split_at(end);
        rest = others;
        Some(share).filter(|share| !share.is_empty())
    })
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
