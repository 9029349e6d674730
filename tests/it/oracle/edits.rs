//! Random edits of a project's files. Does not know what they mean for a build.

use super::chance::Chance;
use super::project::{Header, Project, Role, SETTINGS, joined, parent, passed_on, value};
use super::tree::Tree;
use crate::support::Space;

#[derive(Clone, Copy)]
enum Edit {
    Body,
    Value,
    Remark,
    Touch,
    AddSource,
    AddHeader,
    DropSource,
    DropHeader,
    RenameSource,
    RenameHeader,
    MoveDirectory,
    LinkHeader,
    Shadow,
    Unshadow,
    Appear,
    Settings,
    Passed,
    Break,
}

const EDITS: [(usize, Edit); 18] = [
    (5, Edit::Body),
    (5, Edit::Value),
    (3, Edit::Remark),
    (2, Edit::Touch),
    (2, Edit::AddSource),
    (2, Edit::AddHeader),
    (2, Edit::DropSource),
    (2, Edit::DropHeader),
    (2, Edit::RenameSource),
    (2, Edit::RenameHeader),
    (2, Edit::MoveDirectory),
    (2, Edit::LinkHeader),
    (5, Edit::Shadow),
    (2, Edit::Unshadow),
    (5, Edit::Appear),
    (3, Edit::Settings),
    (5, Edit::Passed),
    (2, Edit::Break),
];

/// Changes the project and what of it has to be done on the disk at once. Says what it did.
pub fn edit(space: &Space, chance: &mut Chance, project: &mut Project, tree: &mut Tree) -> String {
    loop {
        if let Some(done) = apply(chance.weighted(&EDITS), space, chance, project, tree) {
            return done;
        }
    }
}

/// `None` if there is nothing to do it to.
fn apply(edit: Edit, space: &Space, chance: &mut Chance, project: &mut Project, tree: &mut Tree) -> Option<String> {
    match edit {
        Edit::Body => Some(body(chance, project)),
        Edit::Value => header_value(chance, project),
        Edit::Remark => remark(chance, project),
        Edit::Touch => Some(touch(space, chance, project, tree)),
        Edit::AddSource => add_source(chance, project),
        Edit::AddHeader => add_header(chance, project),
        Edit::DropSource => drop_source(chance, project),
        Edit::DropHeader => drop_header(chance, project),
        Edit::RenameSource => rename_source(space, chance, project, tree),
        Edit::RenameHeader => rename_header(space, chance, project, tree),
        Edit::MoveDirectory => move_directory(space, chance, project, tree),
        Edit::LinkHeader => link_header(chance, project),
        Edit::Shadow => shadow(chance, project),
        Edit::Unshadow => unshadow(chance, project),
        Edit::Appear => appear(chance, project),
        Edit::Settings => Some(settings(chance, project)),
        Edit::Passed => passed(chance, project),
        Edit::Break => Some(break_one(chance, project)),
    }
}

fn body(chance: &mut Chance, project: &mut Project) -> String {
    let at = chance.below(project.sources.len());
    let source = &mut project.sources[at];
    source.value = value(chance);
    format!("{}: other value {}", source.path, source.value)
}

/// What jobs pass on.
fn passed(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let passed = project.passed.as_mut()?;
    *passed = passed_on(chance);
    Some(format!("data/passed.txt: {passed}"))
}

fn any_header<'a>(chance: &mut Chance, project: &'a mut Project) -> Option<&'a mut Header> {
    let at = chance.below(project.headers.len());
    project.headers.get_mut(at)
}

fn header_value(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let number = value(chance);
    let header = any_header(chance, project)?;
    header.value = number;
    Some(format!("{}: other value {number}", header.path))
}

fn remark(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let (text, line) = (value(chance), chance.one_in(3));
    let (path, remarks) = if chance.one_in(2) {
        let header = any_header(chance, project)?;
        (&header.path, &mut header.remarks)
    } else {
        let at = chance.below(project.sources.len());
        let source = &mut project.sources[at];
        (&source.path, &mut source.remarks)
    };
    if line {
        remarks.push(text);
    } else {
        remarks[0] = text;
    }
    Some(format!("{path}: {} {text}", if line { "one more remark" } else { "other remark" }))
}

fn touch(space: &Space, chance: &mut Chance, project: &Project, tree: &Tree) -> String {
    let paths: Vec<&String> = project.sources.iter().map(|it| &it.path).chain(project.headers.iter().map(|it| &it.path)).collect();
    let path = *chance.pick(&paths);
    tree.touch(space, path, chance);
    format!("{path}: written again")
}

fn add_source(chance: &mut Chance, project: &mut Project) -> Option<String> {
    if project.sources.len() >= 12 {
        return None;
    }
    let number = project.add_part(chance);
    let callers: Vec<usize> = (0..project.sources.len()).filter(|at| project.sources[*at].role != Role::Part).collect();
    if let Some(at) = (!callers.is_empty()).then(|| *chance.pick(&callers)) {
        project.sources[at].calls.push(number);
    }
    Some(format!("{} added", project.sources.last()?.path))
}

fn add_header(chance: &mut Chance, project: &mut Project) -> Option<String> {
    if project.headers.len() >= 8 {
        return None;
    }
    let number = project.add_header(chance);
    let at = chance.below(project.sources.len());
    project.sources[at].headers.push(number);
    Some(format!("{} added, {} includes it", project.header(number)?.path, project.sources[at].path))
}

/// Most often nothing calls it afterwards.
fn drop_source(chance: &mut Chance, project: &mut Project) -> Option<String> {
    if project.sources.len() < 3 {
        return None;
    }
    let at = chance.below(project.sources.len());
    let source = project.sources.remove(at);
    let careless = chance.one_in(4);
    if !careless {
        project.mend();
    }
    Some(format!("{} removed{}", source.path, if careless { ", its uses not" } else { "" }))
}

fn drop_header(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let number = any_header(chance, project)?.number;
    project.headers.retain(|header| header.number != number);
    let careless = chance.one_in(4);
    if !careless {
        project.mend();
    }
    Some(format!("h{number}.h removed{}", if careless { ", its uses not" } else { "" }))
}

fn rename_source(space: &Space, chance: &mut Chance, project: &mut Project, tree: &mut Tree) -> Option<String> {
    let number = project.number();
    let at = chance.below(project.sources.len());
    let source = &mut project.sources[at];
    let ending = source.path.rsplit_once('.')?.1;
    let test = if source.path.contains("_test.") { "_test" } else { "" };
    let to = joined(parent(&source.path), &format!("n{number}{test}.{ending}"));
    tree.rename(space, &source.path, &to);
    let from = std::mem::replace(&mut source.path, to);
    Some(format!("{from} renamed to {}", source.path))
}

/// Its number is its name: those that include it follow.
fn rename_header(space: &Space, chance: &mut Chance, project: &mut Project, tree: &mut Tree) -> Option<String> {
    let number = project.number();
    let at = chance.below(project.headers.len());
    let old = project.headers.get(at).filter(|header| !header.shadow && header.real.is_none())?.clone();
    let to = joined(parent(&old.path), &format!("h{number}.h"));
    tree.rename(space, &old.path, &to);
    let header = &mut project.headers[at];
    (header.number, header.path) = (number, to.clone());
    let lists = project.sources.iter_mut().map(|it| &mut it.headers).chain(project.headers.iter_mut().map(|it| &mut it.headers));
    lists.flatten().filter(|it| **it == old.number).for_each(|it| *it = number);
    Some(format!("{} renamed to {to}", old.path))
}

/// Sometimes a link stays behind.
fn move_directory(space: &Space, chance: &mut Chance, project: &mut Project, tree: &mut Tree) -> Option<String> {
    let paths = project.sources.iter().map(|it| it.path.as_str()).chain(project.headers.iter().map(|it| it.path.as_str()));
    let mut dirs: Vec<String> = paths.map(|path| parent(path).to_owned()).filter(|dir| !dir.is_empty() && dir != "tests").collect();
    dirs.retain(|dir| !project.links.iter().any(|(link, to)| inside(link, dir) || inside(to, dir)));
    let from = (!dirs.is_empty()).then(|| chance.pick(&dirs).clone())?;
    let to = joined(parent(&from), &format!("moved{}", project.number()));
    tree.rename(space, &from, &to);
    let places = project.sources.iter_mut().map(|it| &mut it.path);
    let places = places.chain(project.headers.iter_mut().flat_map(|it| std::iter::once(&mut it.path).chain(&mut it.real)));
    for path in places {
        if let Some(rest) = path.strip_prefix(&format!("{from}/")) {
            *path = format!("{to}/{rest}");
        }
    }
    let link = chance.one_in(3);
    if link {
        project.links.push((from.clone(), to.clone()));
    }
    Some(format!("{from} moved to {to}{}", if link { ", a link stays" } else { "" }))
}

fn inside(path: &str, dir: &str) -> bool {
    path == dir || path.starts_with(&format!("{dir}/"))
}

/// A header becomes a link to a file elsewhere, or a file again.
fn link_header(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let header = any_header(chance, project)?;
    header.real = match header.real {
        Some(_) => None,
        None => Some(format!("real/{}", header.path.replace('/', "_"))),
    };
    Some(format!("{} is {}", header.path, if header.real.is_some() { "a link" } else { "a file" }))
}

/// A header of the same name where it is found earlier, or later: most often beside a source that includes it.
fn shadow(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let at = chance.below(project.sources.len());
    let source = &project.sources[at];
    let number = (!source.headers.is_empty()).then(|| *chance.pick(&source.headers))?;
    let name = project.spelled(number);
    let dir = if chance.one_in(3) { *chance.pick(&["src", "include", "", "src/core"]) } else { parent(&source.path) };
    let path = joined(dir, &name);
    let linked = project.links.iter().any(|(link, _)| inside(&path, link));
    if linked || project.headers.iter().any(|header| header.path == path) {
        return None;
    }
    let said = format!("{path} added, another h{number}.h");
    project.headers.push(Header { number, path, value: value(chance), remarks: vec![0], headers: vec![], real: None, shadow: true });
    Some(said)
}

fn unshadow(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let shadows: Vec<usize> = (0..project.headers.len()).filter(|at| project.headers[*at].shadow).collect();
    let at = (!shadows.is_empty()).then(|| *chance.pick(&shadows))?;
    Some(format!("{} removed, another of its name stays", project.headers.remove(at).path))
}

/// A header that sources ask for by `__has_include` comes, or goes.
fn appear(chance: &mut Chance, project: &mut Project) -> Option<String> {
    let asked: Vec<usize> = project.sources.iter().filter_map(|source| source.asks).collect();
    let number = (!asked.is_empty()).then(|| *chance.pick(&asked))?;
    if let Some(at) = project.headers.iter().position(|header| header.number == number) {
        return Some(format!("{} removed, which some ask for", project.headers.remove(at).path));
    }
    let dir = *chance.pick(&["src", "include", "", "src/part"]);
    if project.links.iter().any(|(link, _)| inside(dir, link)) {
        return None;
    }
    let path = joined(dir, &format!("h{number}.h"));
    let said = format!("{path} added, which some ask for");
    project.headers.push(Header { number, path, value: value(chance), remarks: vec![0], headers: vec![], real: None, shadow: false });
    Some(said)
}

fn settings(chance: &mut Chance, project: &mut Project) -> String {
    project.settings = (!chance.one_in(4)).then(|| *chance.pick(&SETTINGS));
    format!("jmake.toml: {:?}", project.settings)
}

fn break_one(chance: &mut Chance, project: &mut Project) -> String {
    let at = chance.below(project.sources.len());
    project.sources[at].broken = true;
    format!("{}: a syntax error", project.sources[at].path)
}
