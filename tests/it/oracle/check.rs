//! A clean build of the same tree at the same path, and what differs from it. Does not know what was done before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::damage::files;
use crate::support::{Run, Running, Space, llvm_bin};

/// What a build came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub errors: BTreeSet<String>,
    pub announced: BTreeSet<String>,
    /// Files of the build directory.
    pub made: BTreeMap<String, Vec<u8>>,
    /// Objects by source.
    pub database: BTreeMap<String, String>,
    /// Command lines by kind and label of their steps.
    pub commands: BTreeSet<(String, String, String)>,
    /// Names of tests and the like.
    pub grouped: Vec<String>,
    said: String,
}

impl Outcome {
    /// What `run` left in the project at `root`.
    pub fn of(run: &Run, root: &Path) -> Self {
        let events: Vec<Value> = run.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let of = |kind: &'static str| events.iter().filter(move |event| event["type"] == kind);
        let errors = of("diagnostic").filter(|it| it["severity"] == "error");
        let errors = errors.map(|it| format!("{}:{}:{}: {}", it["file"], it["line"], it["column"], it["message"])).collect();
        let announced = of("artifact").map(|it| format!("{} {} {}", it["target"], it["kind"], it["path"])).collect();
        let made = below_build(root);
        let database = database(&made);
        let line = |it: &Value| (text(&it["kind"]), text(&it["label"]), it["command"].to_string());
        let commands = of("step_started").map(line).collect();
        let programs = of("artifact").filter(|it| it["kind"] == "executable").filter_map(|it| it["target"].as_str());
        let grouped = programs.filter(|name| !["project", "other"].contains(name)).map(str::to_owned).collect();
        Self { code: run.status.code(), errors, announced, made, database, commands, grouped, said: run.to_string() }
    }

    /// How this differs from a clean build, beside what it left over.
    pub fn differences(&self, clean: &Self) -> Vec<String> {
        let mut found = Vec::new();
        if self.code != clean.code {
            found.push(format!("exit code {:?}; a clean build's is {:?}", self.code, clean.code));
        }
        if self.errors != clean.errors {
            found.push(format!("errors {:#?}; those of a clean build are {:#?}", self.errors, clean.errors));
        }
        if self.announced != clean.announced {
            found.push(format!("artifacts {:#?}; those of a clean build are {:#?}", self.announced, clean.announced));
        }
        found.extend(clean.made.iter().filter_map(|(path, bytes)| differing(path, self.made.get(path), bytes)));
        if !found.is_empty() {
            found.push(format!("the clean build: {}", clean.said));
        }
        found
    }

    /// What a clean build of everything in this profile does not make, less files of `strange`: nobody knows them to be JMake's.
    pub fn left_over(&self, clean: &Self, profile: &str, strange: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
        let folder = format!("build/{profile}/");
        let left = self
            .made
            .iter()
            .filter(|(path, bytes)| path.starts_with(&folder) && !clean.made.contains_key(*path) && strange.get(*path) != Some(*bytes));
        left.map(|(path, _)| format!("{path} is left over: a clean build does not make it\nthe clean build: {}", clean.said)).collect()
    }
}

/// Files of the build directory.
pub fn artifacts(space: &Space) -> BTreeMap<String, Vec<u8>> {
    below_build(&space.path(""))
}

fn below_build(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = files(&root.join("build")).into_iter();
    all.map(|path| (path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap())).collect()
}

fn database(made: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let bytes = made.get("build/compile_commands.json").map_or(&b"[]"[..], Vec::as_slice);
    let entries: Vec<Value> = serde_json::from_slice(bytes).unwrap();
    entries.iter().map(|it| (text(&it["file"]), text(&it["output"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn differing(path: &str, own: Option<&Vec<u8>>, clean: &[u8]) -> Option<String> {
    let Some(own) = own else { return Some(format!("{path} is missing")) };
    if own == clean {
        return None;
    }
    let at = own.iter().zip(clean).take_while(|(a, b)| a == b).count();
    Some(format!("{path} differs from a clean build's at byte {at} ({} bytes, {} in the clean one)", own.len(), clean.len()))
}

/// Makes clean builds, each once.
pub struct Reference {
    /// Knows the tools of this machine, and nothing else.
    warm: Space,
    /// How to get a private mount namespace; `None` if this machine gives none.
    unshare: Option<&'static str>,
}

/// Mounts $1 over $2 and runs the rest there.
const MOUNTED: &str = r#"mount --bind "$1" "$2" && cd "$2" && shift 2 && exec "$@""#;

impl Reference {
    /// Looks at the machine.
    pub fn new() -> Self {
        let warm =
            Space::with(&[("main.c", "int f(void); int main(void) { return f(); }\n"), ("f.cpp", "extern \"C\" int f() { return 0; }\n")]);
        for version in [14, 19] {
            if llvm_bin(version).is_some() {
                warm.build(&["--no-daemon", "--toolchain", &version.to_string()]).ok();
            }
        }
        warm.build(&["--no-daemon"]).ok();
        let works = |flags: &&str| {
            let run = warm
                .command("unshare")
                .args([flags, "--propagation", "private", "mount", "--bind"])
                .arg(warm.path(""))
                .arg(warm.place("tmp"))
                .output();
            run.is_ok_and(|run| run.status.success())
        };
        let unshare = ["-m", "-rm"].into_iter().find(works);
        Self { warm, unshare }
    }

    /// A cache that knows the tools, at `place`.
    pub fn warm(&self, place: &Path) {
        if place.exists() {
            fs::remove_dir_all(place).unwrap();
        }
        fs::create_dir_all(place.join("jmake/snapshots")).unwrap();
        for file in files(&self.warm.place("cache/jmake/snapshots")) {
            fs::copy(&file, place.join("jmake/snapshots").join(file.file_name().unwrap())).unwrap();
        }
    }

    /// Builds the project with these arguments as if for the first time: the same files at the same path, no outputs, no records, an
    /// empty store. In a private mount namespace, or, if `moved`, with the project moved aside and back.
    pub fn build(&self, space: &Space, args: &[&str], moved: bool) -> Outcome {
        let (clean, cache) = (space.place("clean"), space.place("clean-cache"));
        if clean.exists() {
            fs::remove_dir_all(&clean).unwrap();
        }
        copy(&space.path(""), &clean);
        self.warm(&cache);
        let jmake = env!("CARGO_BIN_EXE_jmake");
        let mut command = match self.unshare.filter(|_| !moved) {
            Some(flags) => {
                let mut command = space.command("unshare");
                command.args([flags, "--propagation", "private", "sh", "-c", MOUNTED, "sh"]).arg(&clean).arg(space.path("")).arg(jmake);
                command
            }
            None => space.command(jmake),
        };
        command.args(args).arg("--no-daemon").env("XDG_CACHE_HOME", &cache);
        let run = if moved || self.unshare.is_none() { exchanged(space, &clean, command) } else { Running::start(command).finish() };
        Outcome::of(&run, &clean)
    }
}

/// Runs `command` with `clean` in the place of the project.
fn exchanged(space: &Space, clean: &Path, command: Command) -> Run {
    let (project, aside) = (space.path(""), space.place("aside"));
    fs::rename(&project, &aside).unwrap();
    fs::rename(clean, &project).unwrap();
    let run = Running::start(command).finish();
    fs::rename(&project, clean).unwrap();
    fs::rename(&aside, &project).unwrap();
    run
}

/// Every file but those that JMake made.
fn copy(from: &Path, to: &Path) {
    let made =
        |entry: &walkdir::DirEntry| entry.depth() == 1 && ["build", ".jmake_cache", "made"].iter().any(|name| entry.file_name() == *name);
    for entry in walkdir::WalkDir::new(from).into_iter().filter_entry(|entry| !made(entry)).map(Result::unwrap) {
        let place = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(place).unwrap();
        } else if entry.file_type().is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(entry.path()).unwrap(), place).unwrap();
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

/// Clean builds by what they were made of.
pub type Known = HashMap<blake3::Hash, Outcome>;

/// Stands for all that a clean build depends on.
pub fn identity(space: &Space, args: &str) -> blake3::Hash {
    let root = space.path("");
    let made = |entry: &walkdir::DirEntry| {
        entry.depth() == 1 && ["build", ".jmake_cache", ".git", "made"].iter().any(|name| entry.file_name() == *name)
    };
    let mut hasher = blake3::Hasher::new();
    hasher.update(args.as_bytes());
    let entries = walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().filter_entry(|entry| !made(entry)).map(Result::unwrap);
    for entry in entries {
        let content = match entry.file_type() {
            kind if kind.is_symlink() => fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes(),
            kind if kind.is_file() => fs::read(entry.path()).unwrap(),
            _ => Vec::new(),
        };
        hasher.update(format!("\n{} {:?} {}\n", entry.path().display(), entry.file_type(), content.len()).as_bytes()).update(&content);
    }
    hasher.finalize()
}
