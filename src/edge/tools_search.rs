//! LLVM installs on this machine: where they may be, and what is in them. Which one is used is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::World;
use super::inquiry::{self, Inquiry, InquiryError};
use super::process::Heard;
use crate::engine::cxx::toolchain::{self, IDENTIFYING, Identities, Toolchain};
use crate::engine::digest::{Digest, Hasher};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::scan::binary;
use crate::engine::variables::Variables;

/// A directory of LLVM's programs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Candidate {
    /// Canonical.
    pub bin_dir: PathBuf,
    /// How it was found, in words.
    pub origin: String,
    /// Programs by their plain names, a version in the name taken off.
    pub tools: BTreeMap<String, FilePath>,
    /// Which major version its clang is believed to have.
    pub major: Option<u32>,
}

fn search_path(variables: &Variables) -> &OsStr {
    variables.get("PATH").unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"))
}

/// All candidates, each directory once; those that somebody named come first. `told` is what [`told_by_llvm_config`] says.
#[must_use]
pub fn candidates(root: Option<&Path>, wanted: Option<&str>, told: Option<&Path>, variables: &Variables) -> Vec<Candidate> {
    let mut dirs: Vec<(PathBuf, String)> = Vec::new();
    if let Some(root) = root {
        dirs.push((root.join("bin"), "llvm.root".into()));
        dirs.push((root.to_owned(), "llvm.root".into()));
    }
    if let Some(wanted) = wanted.filter(|wanted| wanted.contains('/')) {
        let path = Path::new(wanted);
        let file = path.is_file().then(|| path.parent()).flatten().map(Path::to_owned);
        dirs.push((file.unwrap_or_else(|| path.join("bin")), "--toolchain".into()));
        dirs.push((path.to_owned(), "--toolchain".into()));
    }
    let path = search_path(variables);
    for name in ["CC", "CXX"] {
        let program = variables.text(name).and_then(|value| shlex::split(&value)?.into_iter().next());
        if let Some(found) = program.and_then(|program| which(&program, path)) {
            dirs.extend(real_dir(&found).map(|dir| (dir, format!("${name}"))));
        }
    }
    dirs.extend(numbered("/usr/lib"));
    dirs.extend(numbered("/usr/local"));
    dirs.extend(numbered("/opt"));
    for dir in std::env::split_paths(path) {
        dirs.extend(clang_in(&dir).and_then(|clang| real_dir(&clang)).map(|dir| (dir, "PATH".into())));
    }
    dirs.extend(told.map(|dir| (dir.to_owned(), "llvm-config".into())));
    let mut found: Vec<Candidate> = Vec::new();
    for (dir, origin) in dirs {
        let Ok(bin_dir) = dir.canonicalize() else { continue };
        if found.iter().all(|known| known.bin_dir != bin_dir) {
            let tools = tools_in(&bin_dir);
            if tools.contains_key("clang") || tools.contains_key("clang++") {
                found.push(Candidate { major: major(&bin_dir, &tools), bin_dir, origin, tools });
            }
        }
    }
    found
}

/// By what lies beside an install's programs. A clang that leads elsewhere looks there.
fn major(bin_dir: &Path, tools: &BTreeMap<String, FilePath>) -> Option<u32> {
    let mut drivers = ["clang", "clang++"].iter().filter_map(|name| tools.get(*name));
    let at_home = drivers.all(|driver| real_dir(driver.as_path()).is_some_and(|dir| dir == bin_dir));
    let resources = ["../lib/clang", "../lib64/clang"].map(|dir| std::fs::read_dir(bin_dir.join(dir)));
    let entries = resources.into_iter().flatten().flatten().flatten();
    toolchain::believed_major(entries.filter_map(|entry| entry.file_name().into_string().ok())).filter(|_| at_home)
}

/// The path of an install as candidates have it: where its directory of programs really is. Anything else stays as it is.
#[must_use]
pub fn real_place(asked: &str) -> String {
    let path = Path::new(asked);
    let mut dirs = [path.join("bin"), path.to_owned()].into_iter().filter(|dir| asked.contains('/') && dir.is_dir());
    dirs.next().and_then(|dir| dir.canonicalize().ok()).map_or_else(|| asked.to_owned(), |dir| dir.display().to_string())
}

/// `llvm-19/bin` and the like in `parent`.
fn numbered(parent: &str) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm"));
    let mut dirs: Vec<_> = named.map(|entry| (entry.path().join("bin"), parent.to_owned())).filter(|(dir, _)| dir.is_dir()).collect();
    dirs.sort();
    dirs
}

/// The directory that a program is really in.
#[must_use]
pub fn real_dir(program: &Path) -> Option<PathBuf> {
    program.canonicalize().ok()?.parent().map(Path::to_owned)
}

/// The program that `name` means to a process that runs in `cwd`: a path from there, or what the search path has.
#[must_use]
pub fn program(name: &str, cwd: &Path, variables: &Variables) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(cwd.join(name)).filter(|program| program.is_file());
    }
    which(name, search_path(variables))
}

fn which(program: &str, path: &OsStr) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|program| program.is_file());
    }
    std::env::split_paths(path).map(|dir| dir.join(program)).find(|program| program.is_file())
}

/// Where the program `name` is on the client's `PATH`.
#[must_use]
pub fn which_of(name: &str, variables: &Variables) -> Option<PathBuf> {
    which(name, search_path(variables))
}

/// The directory of the clang that `$CXX` or `$CC` names, else of the first on the `PATH`.
#[must_use]
pub fn clang_of(variables: &Variables) -> Option<PathBuf> {
    let path = search_path(variables);
    let mut named = ["CXX", "CC"].into_iter().filter_map(|name| which(&shlex::split(&variables.text(name)?)?.into_iter().next()?, path));
    let named = named.find(|program| program.file_name().is_some_and(|name| name.to_string_lossy().contains("clang")));
    real_dir(&named.or_else(|| std::env::split_paths(path).find_map(|dir| clang_in(&dir)))?)
}

/// `toolchain` with `tools` in place of its own.
pub fn with_tools(world: &World, toolchain: &Toolchain, tools: &BTreeMap<String, FilePath>, root: &Path) -> Result<Toolchain, Failure> {
    let mut toolchain = toolchain.clone();
    for (name, path) in tools {
        let place = path.under(root);
        if !place.is_file() {
            return Err(Failure::environment(format!(
                "llvm.tools.\"{name}\" in jmake.toml is {path}, which is no file; correct it or take it out"
            )));
        }
        toolchain.install.tools.insert(name.clone(), FilePath::new(place));
    }
    toolchain.identities = identities_in(world, &toolchain.install.tools);
    Ok(toolchain)
}

/// Where the compiler really is that a build runs, `replaced` being what is used instead of the toolchain's own programs.
#[must_use]
pub fn compiler_dir(toolchain: &Toolchain, replaced: Option<&BTreeMap<String, FilePath>>, root: &Path) -> Option<PathBuf> {
    let named = replaced.and_then(|tools| ["clang++", "clang"].iter().find_map(|name| tools.get(*name)));
    real_dir(&named.or_else(|| toolchain.tool("clang++"))?.under(root))
}

fn clang_in(dir: &Path) -> Option<PathBuf> {
    ["clang++", "clang"].iter().map(|name| dir.join(name)).find(|path| path.exists())
}

/// Where `llvm-config` says that programs are. Asked only if they are not beside it: that takes longer than all else here.
pub async fn told_by_llvm_config(world: &World, variables: &Variables) -> Result<Option<PathBuf>, InquiryError> {
    let Some(program) = which("llvm-config", search_path(variables)) else { return Ok(None) };
    if let Some(dir) = real_dir(&program).filter(|dir| clang_in(dir).is_some()) {
        return Ok(Some(dir));
    }
    let answer = answer_of(world, &program, "--bindir", variables).await?;
    Ok(answer.map(|printed| PathBuf::from(printed.trim())))
}

/// What `program --version` prints; `None` if it does not run.
pub async fn version_text(world: &World, program: &Path, variables: &Variables) -> Result<Option<String>, InquiryError> {
    answer_of(world, program, "--version", variables).await
}

async fn answer_of(world: &World, program: &Path, question: &str, variables: &Variables) -> Result<Option<String>, InquiryError> {
    let inquiry = Inquiry { program, args: vec![question.into()], cwd: Path::new("/"), variables, heard: Heard::Output };
    match inquiry::ask(world, inquiry).await {
        Ok(printed) => Ok(Some(printed)),
        Err(InquiryError::Spawn(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Every executable of a directory, symbolic links followed. `clang-19` is `clang` where no plain name is there.
fn tools_in(dir: &Path) -> BTreeMap<String, FilePath> {
    let mut tools = BTreeMap::new();
    let mut suffixed = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let runs = std::fs::metadata(&path).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0);
        let Some(name) = entry.file_name().to_str().map(str::to_owned).filter(|_| runs) else { continue };
        match name.rsplit_once('-') {
            Some((plain, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => suffixed.push((plain.to_owned(), path.clone())),
            _ => drop(tools.insert(name, FilePath::new(&path))),
        }
    }
    for (plain, path) in suffixed {
        tools.entry(plain).or_insert_with(|| FilePath::new(&path));
    }
    tools
}

/// What `argv` prints on standard error, with the variables that tools get.
pub async fn probe_text(world: &World, argv: &[FilePath], cwd: &Path, variables: &Variables) -> Result<String, InquiryError> {
    let (program, args) = argv.split_first().map_or((Path::new(""), &[][..]), |(program, args)| (program.as_path(), args));
    let args = args.iter().map(|arg| arg.as_path().as_os_str().to_owned()).collect();
    inquiry::ask(world, Inquiry { program, args, cwd, variables, heard: Heard::Errors }).await
}

/// Which shared libraries a program needs, read once for each content.
#[derive(Debug, Default)]
pub struct NeededLibraries(Mutex<HashMap<Digest, Vec<String>>>);

/// Programs, and the shared libraries they load.
#[must_use]
pub fn files_of<'p>(world: &World, programs: impl IntoIterator<Item = &'p FilePath>) -> BTreeSet<PathBuf> {
    let mut files: BTreeSet<PathBuf> = BTreeSet::new();
    for path in programs.into_iter().map(FilePath::as_path) {
        let Some(digest) = world.digests.digest(path) else { continue };
        files.extend(loaded(world, path, digest));
        files.insert(path.to_owned());
    }
    files
}

/// Identities of those of an install's programs that tell it from another.
#[must_use]
pub fn identities_in(world: &World, tools: &BTreeMap<String, FilePath>) -> Identities {
    identities_of(world, IDENTIFYING.iter().filter_map(|name| tools.get(*name)))
}

/// Identities of programs: of the content of each and of the shared libraries it loads.
#[must_use]
pub fn identities_of<'p>(world: &World, programs: impl IntoIterator<Item = &'p FilePath>) -> Identities {
    let programs: Vec<&FilePath> = programs.into_iter().collect();
    let each: Vec<(&FilePath, BTreeSet<PathBuf>)> = programs.into_par_iter().map(|program| (program, files_of(world, [program]))).collect();
    let files: BTreeSet<&PathBuf> = each.iter().flat_map(|(_, files)| files).collect();
    // LLVM's libraries are large: hashed side by side, each once.
    let digest = |file: &'_ PathBuf| world.digests.digest(file).map(|digest| digest.bytes).unwrap_or_default();
    let digests: HashMap<&PathBuf, _> = Vec::from_iter(files).into_par_iter().with_max_len(1).map(|file| (file, digest(file))).collect();
    let identity = |files: &BTreeSet<PathBuf>| {
        let mut hasher = Hasher::default();
        for file in files {
            hasher.part(file.as_os_str().as_encoded_bytes()).part(&digests[file]);
        }
        hasher.finish()
    };
    each.iter().map(|(program, files)| ((*program).clone(), identity(files))).collect()
}

/// Identity of the libraries that `LD_LIBRARY_PATH` puts before those that a program in `bin_dir` would load without it, if there are any.
#[must_use]
pub fn preloaded(world: &World, bin_dir: &FilePath, variables: &Variables) -> Option<Digest> {
    let dirs = library_dirs(bin_dir.as_path());
    let named = std::env::split_paths(variables.get("LD_LIBRARY_PATH")?).filter(|dir| dir.is_absolute());
    let mut hasher = Hasher::default();
    let mut count = 0;
    for dir in named {
        let mut entries: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        entries.sort();
        let is_library = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".so"));
        let shadows = |path: &Path| path.file_name().is_some_and(|name| dirs.iter().any(|dir| dir.join(name).exists()));
        for library in entries.iter().filter(|path| is_library(path) && shadows(path)) {
            let Some(digest) = world.digests.digest(library) else { continue };
            hasher.part(library.as_os_str().as_encoded_bytes()).part(&digest.bytes);
            count += 1;
        }
    }
    (count > 0).then(|| hasher.finish())
}

/// Where a program in `bin_dir` finds its libraries.
fn library_dirs(bin_dir: &Path) -> Vec<PathBuf> {
    let system = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64", "/usr/lib"].map(PathBuf::from);
    std::iter::once(bin_dir.join("../lib")).chain(system).collect()
}

/// The libraries a program needs that are found beside it or in the system's directories.
fn loaded(world: &World, program: &Path, digest: Digest) -> Vec<PathBuf> {
    let Some(bin) = program.canonicalize().ok().and_then(|real| real.parent().map(Path::to_owned)) else { return Vec::new() };
    let dirs = library_dirs(&bin);
    let known = || world.libraries.0.lock().unwrap_or_else(PoisonError::into_inner);
    let needed = known().get(&digest).cloned();
    let needed = needed.unwrap_or_else(|| {
        let facts = super::fs::read(program).ok().and_then(|bytes| binary::detect(&bytes));
        let needed = facts.map(|facts| facts.needed).unwrap_or_default();
        known().insert(digest, needed.clone());
        needed
    });
    needed.iter().filter_map(|name| dirs.iter().map(|dir| dir.join(name)).find(|path| path.exists())).collect()
}
