//! What part each source plays: the project's own, a program, a member of a group, or none. Does not know targets.

use std::collections::{BTreeMap, HashSet};

use super::frameworks::Framework;
use super::links::{Link, Links, closure};
use super::names::{group_by_directory, group_by_name, other_platform};
use super::request::Files;
use super::told::MODULE;
use super::{Group, LeftOut, Main, Repeat};
use crate::engine::path::FilePath;
use crate::engine::scan::facts::{MainFact, name_digest};
use crate::engine::scan::kind::FileKind;

/// Membership in a group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Member {
    pub group: Group,
    /// The outermost directory of the group; the root for what is only named so.
    pub region: FilePath,
}

/// The part of one source.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Part {
    pub main: Option<Main>,
    pub member: Option<Member>,
}

/// The parts of all sources that may be compiled, and the rest.
#[derive(Default)]
pub(super) struct Roles {
    pub parts: BTreeMap<usize, Part>,
    pub left_out: Vec<LeftOut>,
    /// The frameworks that each source uses, itself or through headers.
    pub frameworks: BTreeMap<usize, Vec<Framework>>,
}

impl Roles {
    pub fn new(files: &Files, links: &Links) -> Self {
        let mut roles = Self::default();
        roles.take_candidates(files);
        roles.drop_other_platforms(files);
        roles.find_included_mains(files, links);
        roles.find_frameworks(links);
        roles.join_groups(files);
        roles.drop_partial_amalgams(files, links);
        roles.drop_included(files, links);
        roles.keep_something_to_build();
        roles
    }

    pub fn member(&self, at: usize) -> Option<&Member> {
        self.parts.get(&at)?.member.as_ref()
    }

    /// Leaves `at` out.
    pub fn leave_out(&mut self, files: &Files, at: usize, why: String, repeat: Repeat) {
        self.parts.remove(&at);
        self.left_out.push(LeftOut { path: files.path(at).clone(), why, repeat });
    }

    /// The project's own sources that define no `main`.
    pub fn own(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().filter(|(_, p)| p.main.is_none() && p.member.is_none()).map(|(at, _)| *at)
    }

    fn take_candidates(&mut self, files: &Files) {
        for (at, entry) in files.entries.iter().enumerate() {
            if files.is_vendored(at) {
                continue;
            }
            match entry.kind {
                FileKind::Unsupported(what) => self.leave_out(files, at, format!("it is {}", what.why()), Repeat::Never),
                FileKind::Source(_) if entry.facts.module => {
                    self.leave_out(files, at, MODULE.to_owned(), Repeat::Never);
                }
                FileKind::Source(_) => {
                    let main = match entry.facts.main {
                        MainFact::None => None,
                        MainFact::Conditional => Some(Main::IfObjectDefinesIt),
                        MainFact::Yes => Some(Main::Yes),
                    };
                    self.parts.insert(at, Part { main, member: None });
                }
                FileKind::Header | FileKind::Other => {}
            }
        }
    }

    /// Unless nothing else is left.
    fn drop_other_platforms(&mut self, files: &Files) {
        let foreign: Vec<(usize, String)> =
            self.parts.keys().filter(|at| !files.asked_for(**at)).filter_map(|at| Some((*at, other_platform(files.path(*at))?))).collect();
        if foreign.len() < self.parts.len() {
            for (at, platform) in foreign {
                self.leave_out(files, at, format!("its name says that it is for another platform ({platform})"), Repeat::Never);
            }
        }
    }

    /// A file may get its `main` from a header, as tests do, or only its name.
    fn find_included_mains(&mut self, files: &Files, links: &Links) {
        let brings_main = |at: usize| {
            let mut included = links.of[at].iter().filter(|l| !l.include.conditional).filter_map(Link::file);
            included.any(|file| files.facts(file).main == MainFact::Yes)
        };
        // A name that a header makes `main` is one where it is defined by who includes that header.
        let named = |file: usize| files.facts(file).main_names.iter().map(move |name| (file, name_digest(name)));
        let names: Vec<(usize, u64)> = (0..files.entries.len()).flat_map(named).collect();
        let by_name = |at: usize| {
            let fitting: Vec<usize> =
                names.iter().filter(|(_, name)| files.facts(at).defined.binary_search(name).is_ok()).map(|(file, _)| *file).collect();
            let reached = (!fitting.is_empty()).then(|| links.reached_from(vec![at]));
            reached.is_some_and(|reached| fitting.iter().any(|file| reached.contains(file)))
        };
        for (at, part) in &mut self.parts {
            if part.main.is_none() && (brings_main(*at) || by_name(*at)) {
                part.main = Some(Main::IfObjectDefinesIt);
            }
        }
    }

    fn find_frameworks(&mut self, links: &Links) {
        let includers = links.includers(false);
        for framework in Framework::ALL {
            let direct = (0..links.of.len()).filter(|at| links.of[*at].iter().any(|l| framework.owns(&l.include.name))).collect();
            let users = closure(direct, |at| includers[at].clone());
            for at in self.parts.keys().filter(|at| users.contains(at)) {
                self.frameworks.entry(*at).or_default().push(framework);
            }
        }
    }

    fn join_groups(&mut self, files: &Files) {
        let interfaces = interfaces(files);
        let named: Vec<(usize, Option<Member>)> =
            self.parts.iter().map(|(at, part)| (*at, self.membership(files, &interfaces, *at, part))).collect();
        for (at, member) in named {
            if let Some(part) = self.parts.get_mut(&at) {
                part.member = member;
            }
        }
        self.return_lone_helpers();
    }

    fn membership(&self, files: &Files, interfaces: &HashSet<String>, at: usize, part: &Part) -> Option<Member> {
        if files.asked_for(at) {
            return None;
        }
        let path = files.path(at);
        let facts = files.facts(at);
        let named = files.test_dir().filter(|dir| path.as_path().starts_with(dir.as_path())).map(|dir| (Group::Test, dir.clone()));
        let by_directory = named.or_else(|| group_by_directory(path));
        if facts.fuzzer && part.main.is_none() {
            let region = by_directory.map_or(FilePath::from(""), |(_, region)| region);
            return Some(Member { group: Group::Fuzzer, region });
        }
        if let Some((group, region)) = by_directory {
            return Some(Member { group, region });
        }
        let by_framework = self.frameworks.get(&at).and_then(|f| f.first()).map(|f| f.group());
        let named = group_by_name(path, part.main.is_some());
        // A file with an interface of its own is a component, whatever its name: `bench.c` with `bench.h`.
        let component = part.main.is_none() && interfaces.contains(&path.stem());
        let group = by_framework.or(named.filter(|_| !component))?;
        Some(Member { group, region: FilePath::from("") })
    }

    /// A file that is only named like a test, where no test has a `main` and no framework brings one, belongs to the project.
    fn return_lone_helpers(&mut self) {
        let groups_with_main: HashSet<Group> =
            self.parts.values().filter(|p| p.main.is_some()).filter_map(|p| Some(p.member.as_ref()?.group)).collect();
        for (at, part) in &mut self.parts {
            let Some(member) = &part.member else { continue };
            let lone = member.region.as_bytes().is_empty() && part.main.is_none() && member.group != Group::Fuzzer;
            if lone && !self.frameworks.contains_key(at) && !groups_with_main.contains(&member.group) {
                part.member = None;
            }
        }
    }

    /// A file that includes several sources, and further ones under `#if`, is another way to build what its parts are built to anyway,
    /// as `onelua.c` of Lua: which of them are in it only flags tell, so that the parts are compiled each by itself.
    fn drop_partial_amalgams(&mut self, files: &Files, links: &Links) {
        let parts = |at: usize, conditional: bool| {
            let included = links.of[at].iter().filter(|l| l.include.conditional == conditional).filter_map(Link::file);
            included.filter(|to| *to != at && self.parts.contains_key(to)).count()
        };
        let of = |at: &usize| (*at, parts(*at, false), parts(*at, true));
        let found: Vec<_> = self.parts.keys().map(of).filter(|(_, always, under_if)| *always >= 2 && *under_if >= 1).collect();
        for (at, always, under_if) in found.into_iter().filter(|(at, ..)| !files.asked_for(*at)) {
            let why = format!("it includes {always} other sources, and {under_if} more under #if, which are compiled each by itself");
            self.leave_out(files, at, why, Repeat::Never);
        }
    }

    /// A source that another one includes is compiled as part of that one.
    fn drop_included(&mut self, files: &Files, links: &Links) {
        let mut includers: BTreeMap<usize, usize> = BTreeMap::new();
        for (from, link) in links.of.iter().enumerate().flat_map(|(from, links)| links.iter().map(move |l| (from, l))) {
            // A source that is not compiled, such as a module unit, brings nothing in.
            if !self.parts.contains_key(&from) && !files.is_header(from) {
                continue;
            }
            let Some(to) = link.file().filter(|to| *to != from && !link.include.conditional && self.parts.contains_key(to)) else {
                continue;
            };
            let outside = group_by_directory(files.path(from)).is_some() || self.member(from).is_some();
            if self.member(to).is_some() || !outside {
                includers.entry(to).or_insert(from);
            }
        }
        for (at, by) in includers {
            self.leave_out(files, at, format!("it is included by {}, and compiled as part of that", files.path(by)), Repeat::Never);
        }
    }

    /// Where nothing but groups is found, what is in them by its name alone is built by default.
    fn keep_something_to_build(&mut self) {
        if self.parts.values().any(|p| p.member.is_none()) {
            return;
        }
        for part in self.parts.values_mut() {
            let by_name = part.member.as_ref().is_some_and(|m| m.region.as_bytes().is_empty() && m.group != Group::Fuzzer);
            if by_name {
                part.member = None;
            }
        }
    }
}

/// The stems of headers that are not in a group's directory.
fn interfaces(files: &Files) -> HashSet<String> {
    let headers = files.entries.iter().filter(|e| e.kind == FileKind::Header && group_by_directory(&e.path).is_none());
    headers.map(|e| e.path.stem()).collect()
}
