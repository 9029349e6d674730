//! Turns parts into named targets. Does not decide which parts there are.

use std::collections::BTreeSet;

use super::frameworks::{Framework, libraries};
use super::library::Library;
use super::programs::Program;
use super::request::Files;
use super::roles::Roles;
use super::{Group, IfMain, Main, Target, TargetKind};
use crate::engine::path::FilePath;

/// Directories whose names say nothing about a program in them.
const PLAIN_DIRECTORIES: [&str; 5] = ["src", "source", "sources", "main", "code"];

/// Makes targets with names that no two share.
pub(super) struct Targets<'a> {
    files: &'a Files,
    roles: &'a Roles,
    project: &'a str,
    /// There are objects of the project to link.
    has_project: bool,
    taken: BTreeSet<String>,
    pub made: Vec<Target>,
}

impl<'a> Targets<'a> {
    pub fn new(files: &'a Files, roles: &'a Roles, project: &'a str) -> Self {
        let unsure = roles.parts.values().filter(|p| p.member.is_none() && p.main == Some(Main::IfObjectDefinesIt)).count();
        let has_project = roles.own().next().is_some() || unsure > 0;
        Self { files, roles, project, has_project, taken: BTreeSet::new(), made: Vec::new() }
    }

    /// The library.
    pub fn library(&mut self, library: Library) {
        let name = format!("lib{}", self.project.to_lowercase());
        self.taken.insert(name.clone());
        self.made.push(Target {
            name,
            kind: TargetKind::Library,
            group: None,
            main: None,
            sources: self.paths(library.sources),
            uses_project: false,
            if_main: library.if_main,
            libraries: Vec::new(),
            why: library.why,
        });
    }

    /// The programs of the project itself.
    pub fn executables(&mut self) {
        let mains: Vec<(usize, Main)> =
            self.roles.parts.iter().filter(|(_, p)| p.member.is_none()).filter_map(|(at, p)| Some((*at, p.main?))).collect();
        let sure = mains.iter().filter(|(at, _)| is_plain(&self.files.path(*at).stem())).count();
        for (at, main) in mains {
            let path = self.files.path(at).clone();
            let name = match is_plain(&path.stem()) {
                false => path.stem(),
                true if sure == 1 => self.project.to_owned(),
                true => self.directory_name(&path),
            };
            let why = defines_main(&path, main);
            self.program(name, None, Some((at, main)), Vec::new(), Vec::new(), why);
        }
    }

    /// A program of a group.
    pub fn grouped(&mut self, program: Program) {
        let (group, region) = (program.member.group, program.member.region);
        let everything = program.sources.iter().copied().chain(program.main);
        let mut frameworks: Vec<Framework> =
            everything.flat_map(|at| self.roles.frameworks.get(&at).cloned().unwrap_or_default()).collect();
        frameworks.sort_unstable();
        frameworks.dedup();
        let main = program.main.and_then(|at| Some((at, self.roles.parts.get(&at)?.main?)));
        let name = self.group_name(program.fuzzer.or(program.main), group, &region);
        let article = if group == Group::Example { "an" } else { "a" };
        let member = match region.as_bytes() {
            b"" => format!("{article} {} by its name or what it includes", group.noun()),
            _ => format!("{article} {} because it lies under {region}/", group.noun()),
        };
        let why = match (program.fuzzer, main) {
            (Some(fuzzer), Some((at, _))) => format!("{} is a fuzzer, and {} drives it", self.files.path(fuzzer), self.files.path(at)),
            (_, Some((at, main))) => format!("{}; {member}", defines_main(self.files.path(at), main)),
            (_, None) => {
                let titles: Vec<&str> = frameworks.iter().map(|f| f.title()).collect();
                format!(
                    "{} files use {} and define no `main`: the library of that name brings it",
                    program.sources.len(),
                    titles.join(", ")
                )
            }
        };
        let libraries = libraries(&frameworks, main.is_none());
        self.program(name, Some(group), main, program.sources.into_iter().collect(), libraries, why);
    }

    fn program(
        &mut self,
        name: String,
        group: Option<Group>,
        main: Option<(usize, Main)>,
        sources: Vec<usize>,
        libraries: Vec<String>,
        why: String,
    ) {
        let path = main.map(|(at, _)| self.files.path(at).clone());
        let name = self.unique(name, path.as_ref());
        self.made.push(Target {
            name,
            kind: TargetKind::Executable,
            group,
            main: path.zip(main.map(|(_, main)| main)),
            sources: self.paths(sources),
            uses_project: self.has_project,
            if_main: IfMain::Stays,
            libraries,
            why,
        });
    }

    fn group_name(&self, named_by: Option<usize>, group: Group, region: &FilePath) -> String {
        match named_by.map(|at| self.files.path(at)) {
            Some(path) if is_plain(&path.stem()) => self.directory_name(path),
            Some(path) => path.stem(),
            None if region.as_bytes().is_empty() => format!("{}_{}s", self.project, group.noun()),
            None => region.name(),
        }
    }

    /// The nearest directory whose name says something.
    fn directory_name(&self, path: &FilePath) -> String {
        let mut dir = path.parent();
        while PLAIN_DIRECTORIES.contains(&dir.name().as_str()) {
            dir = dir.parent();
        }
        if dir.as_bytes().is_empty() { self.project.to_owned() } else { dir.name() }
    }

    /// `name`, with more and more of the path before it until no other target has it.
    fn unique(&mut self, name: String, path: Option<&FilePath>) -> String {
        let mut candidate = name.clone();
        let mut dir = path.map_or_else(|| FilePath::from(""), FilePath::parent);
        let mut number = 2;
        while self.taken.contains(&candidate) {
            if dir.as_bytes().is_empty() {
                candidate = format!("{name}-{number}");
                number += 1;
            } else {
                candidate = format!("{}-{candidate}", dir.name());
                dir = dir.parent();
            }
        }
        self.taken.insert(candidate.clone());
        candidate
    }

    fn paths(&self, sources: Vec<usize>) -> Vec<FilePath> {
        let mut paths: Vec<FilePath> = sources.into_iter().map(|at| self.files.path(at).clone()).collect();
        paths.sort();
        paths
    }
}

fn is_plain(stem: &str) -> bool {
    stem == "main"
}

fn defines_main(path: &FilePath, main: Main) -> String {
    match main {
        Main::Yes => format!("{path} defines `main`"),
        Main::IfObjectDefinesIt => format!("{path} defines `main` under a condition"),
    }
}
