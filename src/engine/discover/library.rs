//! Whether the project makes a library, of which sources, and why. Does not know the library's form.

use std::collections::BTreeSet;

use super::links::{Link, Links};
use super::names::{group_by_directory, is_library_directory, is_program_directory, vendor_directory};
use super::request::{Files, Request};
use super::roles::Roles;
use super::{IfMain, Main};
use crate::engine::path::FilePath;
use crate::engine::scan::facts::name_digest;
use crate::engine::scan::kind::FileKind;

/// The project's library.
pub(super) struct Library {
    pub sources: Vec<usize>,
    pub if_main: IfMain,
    pub why: String,
}

/// What is decided about a library.
pub(super) enum Verdict {
    Made(Library),
    /// There is none, for a reason that is worth a remark.
    Refused(String),
    None,
}

/// Decides from the sources that belong to no program.
pub(super) fn decide(request: &Request<'_>, files: &Files, links: &Links, roles: &Roles) -> Verdict {
    let mains: Vec<usize> = roles.parts.iter().filter(|(_, p)| p.main.is_some() && p.member.is_none()).map(|(at, _)| *at).collect();
    let sure_main = mains.iter().any(|at| roles.parts[at].main == Some(Main::Yes));
    let sources = without_program_parts(files, roles, &mains, request.want_library);
    let made = |why: String, if_main: IfMain| Verdict::Made(Library { sources: sources.clone(), if_main, why });
    if sources.is_empty() && (sure_main || mains.is_empty()) {
        return Verdict::None;
    }
    if request.want_library {
        return made("the settings ask for a library".to_owned(), IfMain::Stays);
    }
    if mains.is_empty() {
        return made("no file defines `main`".to_owned(), IfMain::Stays);
    }
    let public = public_headers(files, links, roles, &sources, &mains);
    let needs = public.as_ref().and_then(|_| needs_a_program(files, links, &sources, &mains));
    match (sure_main, public, needs) {
        (_, Some(why), None) => made(why, IfMain::Stays),
        (true, Some(why), Some(needs)) => Verdict::Refused(refusal(&why, &needs)),
        (true, None, _) => Verdict::None,
        (false, public, needs) => {
            let why = public.zip(needs).map(|(why, needs)| refusal(&why, &needs));
            made("no file surely defines `main`".to_owned(), IfMain::Goes(why))
        }
    }
}

fn refusal(why: &str, needs: &str) -> String {
    format!("no library is made although {why}: {needs}")
}

/// The project's own sources, less those that lie with a program apart from the library's.
fn without_program_parts(files: &Files, roles: &Roles, mains: &[usize], all: bool) -> Vec<usize> {
    let own: Vec<usize> = roles.own().collect();
    let has_library_directory = own.iter().any(|at| is_library_directory(&files.path(*at).parent()));
    let program_directories: BTreeSet<FilePath> = mains
        .iter()
        .map(|at| files.path(*at).parent())
        .filter(|dir| is_program_directory(dir) || (has_library_directory && !is_library_directory(dir)))
        .collect();
    let with_program = |at: usize| {
        let dir = files.path(at).parent();
        !files.asked_for(at) && !is_library_directory(&dir) && program_directories.iter().any(|p| dir.as_path().starts_with(p.as_path()))
    };
    let library: Vec<usize> = own.iter().copied().filter(|at| !with_program(*at)).collect();
    if library.is_empty() && all { own } else { library }
}

/// Why the project has headers for others, if it has.
fn public_headers(files: &Files, links: &Links, roles: &Roles, sources: &[usize], mains: &[usize]) -> Option<String> {
    if let Some(header) = files.entries.iter().find(|e| e.kind == FileKind::Header && e.path.as_path().starts_with("include")) {
        return Some(format!("there are headers under include/, such as {}", header.path));
    }
    let beside: BTreeSet<FilePath> = sources.iter().map(|at| files.path(*at).parent()).collect();
    let users = roles.parts.iter().filter(|(_, p)| p.member.is_some()).map(|(at, _)| *at).chain(mains.iter().copied());
    for user in users {
        let mut headers = links.of[user].iter().filter_map(Link::file).filter(|at| files.is_header(*at));
        let public = headers.find(|at| {
            let path = files.path(*at);
            beside.contains(&path.parent()) && vendor_directory(path).is_none() && group_by_directory(path).is_none()
        });
        if let Some(header) = public {
            return Some(format!("{} includes {}, which lies beside the library's sources", files.path(user), files.path(header)));
        }
    }
    None
}

/// What the library's sources seem to take from a file with `main`, so that they do not stand alone.
fn needs_a_program(files: &Files, links: &Links, sources: &[usize], mains: &[usize]) -> Option<String> {
    let mut reached: Vec<usize> = links.reached_from(sources.to_vec()).into_iter().filter(|at| !mains.contains(at)).collect();
    reached.sort_unstable();
    for main in mains {
        for name in files.facts(*main).defines.iter().filter(|name| *name != "main") {
            let digest = name_digest(name);
            if let Some(user) = reached.iter().find(|at| files.facts(**at).declares.binary_search(&digest).is_ok()) {
                return Some(format!(
                    "{} declares `{name}`, which {} defines (set binary.library_type to get one all the same)",
                    files.path(*user),
                    files.path(*main)
                ));
            }
        }
    }
    None
}
