//! Which sources make which program of a group. Does not know the project's own programs, or names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Group;
use super::frameworks::Framework;
use super::links::Links;
use super::request::Files;
use super::roles::{Member, Roles};
use crate::engine::path::FilePath;

/// A program of a group.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub member: Member,
    /// The file that defines `main`; `None` if a framework's library does.
    pub main: Option<usize>,
    /// The fuzzer that `main` drives, which names the program.
    pub fuzzer: Option<usize>,
    /// All its sources but `main`.
    pub sources: BTreeSet<usize>,
}

impl Program {
    fn directory(&self, files: &Files) -> FilePath {
        self.main.map_or_else(|| self.member.region.clone(), |main| files.path(main).parent())
    }

    fn files(&self) -> Vec<usize> {
        self.sources.iter().copied().chain(self.main).collect()
    }
}

/// The programs of all groups, and the sources that no program takes, with the reason.
pub(super) fn assemble(files: &Files, links: &Links, roles: &Roles) -> (Vec<Program>, Vec<(usize, String)>) {
    let mut groups: BTreeMap<Group, Vec<usize>> = BTreeMap::new();
    for (at, part) in &roles.parts {
        if let Some(member) = &part.member {
            groups.entry(member.group).or_default().push(*at);
        }
    }
    let (mut programs, mut lone) = (Vec::new(), Vec::new());
    for (_, sources) in groups {
        let mut assembly = Assembly { files, links, roles, programs: Vec::new(), helpers: Vec::new(), lone: Vec::new() };
        assembly.run(&sources);
        programs.extend(assembly.programs);
        lone.extend(assembly.lone);
    }
    (programs, lone)
}

struct Assembly<'a> {
    files: &'a Files,
    links: &'a Links,
    roles: &'a Roles,
    programs: Vec<Program>,
    helpers: Vec<(usize, Member)>,
    lone: Vec<(usize, String)>,
}

impl Assembly<'_> {
    fn run(&mut self, sources: &[usize]) {
        let mut fuzzers = Vec::new();
        for &at in sources {
            let (Some(part), Some(member)) = (self.roles.parts.get(&at), self.roles.member(at).cloned()) else { continue };
            if part.main.is_some() {
                self.programs.push(Program { member, main: Some(at), fuzzer: None, sources: BTreeSet::new() });
            } else if self.files.facts(at).fuzzer {
                fuzzers.push((at, member));
            } else {
                self.helpers.push((at, member));
            }
        }
        self.pair_fuzzers(fuzzers);
        self.add_framework_programs();
        self.place_helpers();
    }

    /// Each fuzzer becomes a program with the `main` that drives it.
    fn pair_fuzzers(&mut self, fuzzers: Vec<(usize, Member)>) {
        let drives = |p: &&Program| p.main.is_some_and(|main| self.files.facts(main).drives_fuzzer);
        let drivers: Vec<Program> = self.programs.iter().filter(drives).cloned().collect();
        let mut used = HashSet::new();
        for (at, member) in fuzzers {
            let Some(driver) = drivers.iter().find(|d| d.member.region == member.region) else {
                let why = "it is a libFuzzer target, and no file of its directory defines a `main` that calls it: add one, or link it \
                           with -fsanitize=fuzzer";
                self.lone.push((at, why.to_owned()));
                continue;
            };
            used.insert(driver.main);
            self.programs.push(Program { member, main: driver.main, fuzzer: Some(at), sources: BTreeSet::from([at]) });
        }
        self.programs.retain(|p| p.fuzzer.is_some() || !used.contains(&p.main));
    }

    /// Sources that use a framework, where no `main` does, get the framework's.
    fn add_framework_programs(&mut self) {
        let mut made: BTreeMap<FilePath, Program> = BTreeMap::new();
        for (at, member) in std::mem::take(&mut self.helpers) {
            let families = self.families(at);
            let brings_main = self.roles.frameworks.get(&at).into_iter().flatten().any(|f| f.main_library().is_some());
            let served = self.programs.iter().any(|p| p.member.region == member.region && self.uses_any(p, &families));
            if !brings_main || served || !self.is_test_itself(at, &member.region) {
                self.helpers.push((at, member));
                continue;
            }
            let new = || Program { member: member.clone(), main: None, fuzzer: None, sources: BTreeSet::new() };
            made.entry(member.region.clone()).or_insert_with(new).sources.insert(at);
        }
        self.programs.extend(made.into_values());
    }

    /// Whether `at` itself includes a framework's header, rather than through the header of a helper.
    fn is_test_itself(&self, at: usize, region: &FilePath) -> bool {
        self.own_headers(at, region).is_empty()
    }

    fn families(&self, at: usize) -> BTreeSet<Framework> {
        self.roles.frameworks.get(&at).into_iter().flatten().map(|f| f.family()).collect()
    }

    fn uses_any(&self, program: &Program, families: &BTreeSet<Framework>) -> bool {
        families.is_empty() || program.main.is_none_or(|main| !self.families(main).is_disjoint(families))
    }

    fn place_helpers(&mut self) {
        let helpers = std::mem::take(&mut self.helpers);
        let (with_header, plain): (Vec<_>, Vec<_>) =
            helpers.into_iter().partition(|(at, member)| !self.own_headers(*at, &member.region).is_empty());
        for (at, member) in &plain {
            self.place_by_directory(*at, member);
        }
        let left = self.place_by_headers(&with_header);
        for (at, member) in &left {
            self.place_by_directory(*at, member);
        }
        if !left.is_empty() {
            self.place_by_headers(&with_header);
        }
    }

    /// Sources with a header of their own go where that header is included; gives those that go nowhere.
    fn place_by_headers(&mut self, helpers: &[(usize, Member)]) -> Vec<(usize, Member)> {
        let headers: Vec<Vec<usize>> = helpers.iter().map(|(at, member)| self.own_headers(*at, &member.region)).collect();
        let mut placed = HashSet::new();
        // A helper may bring headers that ask for further helpers.
        let mut open: Vec<usize> = if helpers.is_empty() { Vec::new() } else { (0..self.programs.len()).collect() };
        while let Some(index) = open.pop() {
            let reached = self.links.reached_from(self.programs[index].files());
            for ((at, member), headers) in helpers.iter().zip(&headers) {
                let program = &mut self.programs[index];
                let near = program.member.region.as_path().starts_with(member.region.as_path());
                if near && headers.iter().any(|h| reached.contains(h)) {
                    placed.insert(*at);
                    if program.sources.insert(*at) && open.last() != Some(&index) {
                        open.push(index);
                    }
                }
            }
        }
        helpers.iter().filter(|(at, _)| !placed.contains(at)).cloned().collect()
    }

    /// A source joins each program of the nearest directory that has any: those whose `main` lies right there, else those below.
    fn place_by_directory(&mut self, at: usize, member: &Member) {
        let families = self.families(at);
        let mut dir = self.files.path(at).parent();
        loop {
            let mut near: Vec<usize> = self.programs_under(&dir, member, &families);
            let right_here: Vec<usize> = near.iter().copied().filter(|p| self.programs[*p].directory(self.files) == dir).collect();
            if !right_here.is_empty() {
                near = right_here;
            }
            if !near.is_empty() {
                near.into_iter().for_each(|p| {
                    self.programs[p].sources.insert(at);
                });
                return;
            }
            if dir == member.region || dir.as_bytes().is_empty() {
                break;
            }
            dir = dir.parent();
        }
        let place = if member.region.as_bytes().is_empty() { "the project".to_owned() } else { format!("{}/", member.region) };
        let what = member.group.noun();
        self.lone.push((at, format!("it belongs to {what}s and defines no `main`, and no other {what} of {place} does")));
    }

    fn programs_under(&self, dir: &FilePath, member: &Member, families: &BTreeSet<Framework>) -> Vec<usize> {
        let fits = |p: &Program| {
            p.member.region == member.region && p.directory(self.files).as_path().starts_with(dir.as_path()) && self.uses_any(p, families)
        };
        (0..self.programs.len()).filter(|at| fits(&self.programs[*at])).collect()
    }

    /// The headers named like the source, below `region`.
    fn own_headers(&self, at: usize, region: &FilePath) -> Vec<usize> {
        let named = self.files.headers_with_stem(&self.files.path(at).stem());
        named.iter().copied().filter(|h| self.files.path(*h).as_path().starts_with(region.as_path())).collect()
    }
}
