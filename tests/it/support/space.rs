//! A directory of one test: project, home, caches and socket in it, and an environment that names nothing else.
//! Nothing that was started in it outlives it.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::processes;
use super::run::{Run, Running};

/// One test's world.
pub struct Space {
    dir: tempfile::TempDir,
    name: String,
    variables: Vec<(OsString, OsString)>,
    as_nobody: bool,
}

/// The user and group that own nothing.
const NOBODY: u32 = 65534;

impl Space {
    /// An empty project, and no daemon.
    pub fn new() -> Self {
        Self::named("project")
    }

    /// The same, in a folder of this name.
    pub fn named(name: &str) -> Self {
        let parent = std::env::temp_dir();
        // Short: a socket's path may have 107 bytes. Readable by all: some tests run as nobody.
        let dir = tempfile::Builder::new().prefix("jm").permissions(fs::Permissions::from_mode(0o755)).tempdir_in(parent).unwrap();
        let space = Self { dir, name: name.to_owned(), variables: Vec::new(), as_nobody: false };
        for name in [name, "home", "cache", "config", "state", "tmp"] {
            fs::create_dir(space.place(name)).unwrap();
        }
        fs::create_dir(space.place("run")).unwrap();
        fs::set_permissions(space.place("run"), fs::Permissions::from_mode(0o700)).unwrap();
        space
    }

    /// A project with these files.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let space = Self::new();
        files.iter().for_each(|(path, text)| space.write(path, text));
        space
    }

    /// A folder of this space: the project's, home, cache, config, state, run or tmp.
    pub fn place(&self, name: &str) -> PathBuf {
        fs::canonicalize(self.dir.path()).unwrap().join(name)
    }

    /// A file of the project.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.place(&self.name).join(path)
    }

    /// Where its daemon listens.
    pub fn socket(&self) -> PathBuf {
        self.place("run/daemon.sock")
    }

    /// Writes a file of the project, and its folders.
    #[track_caller]
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// A file of the project.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        let path = self.path(path);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Replaces a part of a file of the project.
    #[track_caller]
    pub fn edit(&self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.read(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        self.write(path, text.replace(from, to));
    }

    /// Whether a file of the project exists.
    pub fn exists(&self, path: impl AsRef<Path>) -> bool {
        self.path(path).exists()
    }

    /// Removes a file or folder of the project.
    #[track_caller]
    pub fn remove(&self, path: impl AsRef<Path>) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
    }

    /// Copies a folder of somebody else into the project.
    pub fn copy(&self, from: &Path) {
        for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
            let to = self.path(entry.path().strip_prefix(from).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir_all(to).unwrap();
            } else if entry.file_type().is_file() {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }

    /// Sets a variable for what is started from now on.
    pub fn set(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.variables.retain(|(it, _)| it != name);
        self.variables.push((name.into(), value.as_ref().into()));
    }

    /// Takes a variable away again.
    pub fn unset(&mut self, name: &str) {
        self.variables.retain(|(it, _)| it != name);
    }

    /// Runs `jmake`, in the project.
    #[track_caller]
    pub fn jmake(&self, args: &[&str]) -> Run {
        self.start(args).finish()
    }

    /// Builds with `--json`.
    #[track_caller]
    pub fn build(&self, args: &[&str]) -> Run {
        let mut all = vec!["build", "--json"];
        all.extend_from_slice(args);
        self.jmake(&all)
    }

    /// Starts `jmake`, in the project.
    #[track_caller]
    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(self.client(args))
    }

    /// Runs `jmake` on a terminal, in the project.
    #[track_caller]
    pub fn on_terminal(&self, args: &[&str]) -> Run {
        Running::on_terminal(self.client(args)).finish()
    }

    fn client(&self, args: &[&str]) -> Command {
        let program = if self.as_nobody { self.place("bin/jmake") } else { env!("CARGO_BIN_EXE_jmake").into() };
        let mut command = self.command(program);
        command.args(args);
        command
    }

    /// From now on everything runs without the rights of root, which may read and write everything. No change for other users.
    pub fn drop_root(&mut self) {
        if !super::is_root() {
            return;
        }
        // Where the real ones are, nobody may not be able to look.
        fs::create_dir(self.place("bin")).unwrap();
        for (name, from) in [("jmake", env!("CARGO_BIN_EXE_jmake")), ("jmake-actors", env!("CARGO_BIN_EXE_jmake-actors"))] {
            fs::copy(from, self.place("bin").join(name)).unwrap();
        }
        for entry in walkdir::WalkDir::new(self.place("")).into_iter().map(Result::unwrap) {
            std::os::unix::fs::lchown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        self.as_nobody = true;
    }

    /// Any program, in the project and in this environment.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if self.as_nobody {
            let real = std::mem::replace(&mut command, Command::new("setpriv"));
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"]);
            command.arg(real.get_program());
        }
        command.current_dir(self.path("")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.place("home")).env("TMPDIR", self.place("tmp"));
        command.env("XDG_CACHE_HOME", self.place("cache")).env("XDG_CONFIG_HOME", self.place("config"));
        command.env("XDG_STATE_HOME", self.place("state")).env("JMAKE_SOCKET", self.socket());
        command.envs(self.variables.iter().cloned());
        command
    }

    /// The daemon's process, if one serves this space.
    pub fn daemon(&self) -> Option<i32> {
        let status = self.jmake(&["status", "--json"]);
        let pid = status.object()["daemon"]["pid"].as_i64()?;
        Some(i32::try_from(pid).unwrap())
    }

    /// The daemon's process, started if need be.
    #[track_caller]
    pub fn started_daemon(&self) -> i32 {
        self.jmake(&["daemon", "start"]).ok();
        self.daemon().expect("a daemon that was started answers")
    }

    /// Everything that runs in this space: the processes whose command line, environment or working directory names it.
    pub fn processes(&self) -> Vec<(i32, String)> {
        processes::naming(&self.place(""))
    }

    /// What the daemon wrote to its log.
    pub fn log(&self) -> String {
        fs::read_to_string(self.place("state/jmake/daemon.log")).unwrap_or_default()
    }

    /// The names that a shared library of the project defines for others, in order.
    #[track_caller]
    pub fn exports(&self, library: &str) -> Vec<String> {
        use object::{Object, ObjectSymbol};
        let bytes = self.read(library);
        let file = object::File::parse(&*bytes).unwrap();
        let defined = file.dynamic_symbols().filter(|symbol| symbol.is_definition() && symbol.is_global());
        let mut names: Vec<String> = defined.map(|symbol| symbol.name().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// Files of the project that somebody left half made.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let files = walkdir::WalkDir::new(self.path("")).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
        files.filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes().windows(4).any(|part| part == b".tmp"))).collect()
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        processes::end_all_naming(&self.place(""));
        // What a test made unreadable is its own again.
        for entry in walkdir::WalkDir::new(self.dir.path()).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_dir()) {
            let _ = fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o755));
        }
        if std::thread::panicking() && !self.log().is_empty() {
            eprintln!("--- the daemon's log:\n{}", self.log());
        }
    }
}
