//! An LLVM install as a value. Does not know how one is found on disk.

mod asked;
mod version;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::asked::{Verdict, believed_major, maybe_newest, verdict};
pub use self::version::{Version, VersionText, parse_version};
use crate::engine::config::settings::Settings;
use crate::engine::digest::Digest;
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::Dialect;

/// The oldest clang whose command line JMake speaks.
pub const OLDEST: Version = Version(14, 0, 0);

/// Programs without which an install builds nothing.
pub const NEEDED: &[&str] = &["clang", "clang++", "llvm-ar"];

/// Whether an install with these tools can build, whatever its version.
#[must_use]
pub fn is_complete(tools: &BTreeMap<String, FilePath>) -> bool {
    NEEDED.iter().all(|name| tools.contains_key(*name))
}

/// What installs a toolchain.
pub const INSTALL: &str = "apt-get install clang lld llvm";

/// One LLVM install.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Install {
    /// The directory that holds its programs.
    pub bin_dir: FilePath,
    /// Of its clang.
    pub version: Version,
    /// The default target, such as `x86_64-pc-linux-gnu`.
    pub triple: String,
    /// Every tool, by its plain name (`clang++`, `llvm-ar`, `ld.lld`), to its absolute path.
    pub tools: BTreeMap<String, FilePath>,
    /// How it was found, in words.
    pub origin: String,
}

/// Programs by path, each with its identity: a digest of its content and of that of the shared libraries it loads.
pub type Identities = BTreeMap<FilePath, Digest>;

/// The install that a build uses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Toolchain {
    /// Which.
    pub install: Install,
    /// Of those of its programs that a build may run.
    pub identities: Identities,
    /// Identity of libraries that `LD_LIBRARY_PATH` puts before those that the programs would load without it, if there are any.
    pub preloaded: Option<Digest>,
}

impl std::ops::Deref for Toolchain {
    type Target = Install;

    fn deref(&self) -> &Install {
        &self.install
    }
}

impl Install {
    /// The tool called `name`, if the install has it.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&FilePath> {
        self.tools.get(name)
    }
}

/// The programs by whose content an install is told from another: those that a build runs.
pub const IDENTIFYING: &[&str] = &["clang", "clang++", "ld.lld", "lld", "llvm-ar", "llvm-link", "opt", "llc"];

/// A remark if a variable that should name a compiler names one that JMake cannot use.
#[must_use]
pub fn not_clang(variable: &str, value: &str) -> Option<String> {
    let program = value.split_whitespace().find(|word| !word.contains('='))?;
    let name = program.rsplit('/').next().unwrap_or(program);
    (!name.contains("clang")).then(|| format!("${variable} is {value}, which is not clang; JMake builds with LLVM and does not use it"))
}

/// Why no toolchain was chosen.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum ToolError {
    /// There is none on this machine.
    #[error("no LLVM toolchain was found; looked in llvm-config's directory, /usr/lib/llvm-*, PATH, $CC and $CXX. Install one: {INSTALL}")]
    None,
    /// There are some, none usable.
    #[error("no usable LLVM toolchain: {}. Install a complete one: {INSTALL}", .0.join("; "))]
    Unusable(Vec<String>),
    /// There is none where the settings say.
    #[error(
        "llvm.root in jmake.toml is {root}, where no LLVM toolchain is; found: {}. Write the root of one of these, or take the key out to \
         use the newest",
        .found.join(", ")
    )]
    NotInRoot {
        /// As given.
        root: String,
        /// What there is.
        found: Vec<String>,
    },
    /// The one asked for is not there.
    #[error("there is no LLVM toolchain `{wanted}`; found: {}. Ask for one of these, or install it: {}", .found.join(", "), install(.wanted))]
    NoSuch {
        /// As asked for.
        wanted: String,
        /// What there is.
        found: Vec<String>,
    },
}

fn install(wanted: &str) -> String {
    match wanted.split('.').next().and_then(|major| major.parse::<u32>().ok()) {
        Some(major) => format!("apt-get install clang-{major} lld-{major} llvm-{major}"),
        None => INSTALL.to_owned(),
    }
}

/// What [`choose`] is asked for: the command line's wish, else the version of the settings, else, if JMake is not to choose, `own`, the
/// directory of the user's own clang. A root that the settings name is looked into alone, so there is nothing to be chosen by.
#[must_use]
pub fn wanted(asked: Option<&str>, settings: &Settings, own: impl FnOnce() -> Option<PathBuf>) -> Option<String> {
    match (asked, &settings.llvm_root, &settings.llvm_version) {
        (Some(asked), ..) => Some(asked.to_owned()),
        (None, Some(_), _) => None,
        (None, None, Some(version)) => Some(version.clone()),
        (None, None, None) if settings.choose_llvm => None,
        (None, None, None) => own().map(|dir| dir.display().to_string()),
    }
}

/// The same; where nothing is asked for, the one in `root`, which the settings name.
///
/// # Errors
/// As for [`choose`].
pub fn choose_within<'a>(found: &'a [Arc<Install>], wanted: Option<&str>, root: Option<&Path>) -> Result<&'a Arc<Install>, ToolError> {
    let (None, Some(root)) = (wanted, root) else { return choose(found, wanted) };
    let root = root.display().to_string();
    choose(found, Some(&root)).map_err(|error| match error {
        ToolError::NoSuch { found, .. } => ToolError::NotInRoot { root, found },
        other => other,
    })
}

/// Programs that are used instead of the toolchain's own: those of the settings, unless the command line wishes for another LLVM.
#[must_use]
pub fn replaced<'a>(asked: Option<&str>, settings: &'a Settings) -> Option<&'a BTreeMap<String, FilePath>> {
    Some(&settings.llvm_tools).filter(|tools| asked.is_none() && !tools.is_empty())
}

/// A remark if the settings ask for one LLVM by its version or directory, and name the compiler of another. `real_dir` is where a program
/// really is.
#[must_use]
pub fn mixed(settings: &Settings, chosen: &Install, replaced: &Install, real_dir: impl Fn(&Path) -> Option<PathBuf>) -> Option<String> {
    let key = match (&settings.llvm_root, &settings.llvm_version) {
        (Some(_), _) => "llvm.root",
        (None, Some(_)) => "llvm.version",
        (None, None) => return None,
    };
    let dir = |install: &Install, name: &str| install.tool(name).and_then(|path| real_dir(path.as_path()));
    let name = NEEDED.iter().find(|name| dir(replaced, name) != dir(chosen, name))?;
    Some(format!(
        "{name} is {}, as llvm.tools in jmake.toml says, not that of LLVM {}, which {key} asks for; remove one of the two",
        replaced.tool(name)?,
        chosen.describe()
    ))
}

/// All installs, each with whether a build runs its programs, that one first; a remark if it runs a compiler that is in none of them.
#[must_use]
pub fn in_use(mut all: Vec<Arc<Install>>, chosen: &Install, compiler_dir: Option<&Path>) -> (Vec<(Arc<Install>, bool)>, Option<String>) {
    if all.iter().all(|install| install.bin_dir != chosen.bin_dir) {
        all.insert(0, Arc::new(chosen.clone()));
    }
    let used = |install: &Install| Some(install.bin_dir.as_path()) == compiler_dir;
    let foreign = compiler_dir.filter(|_| !all.iter().any(|install| used(install)));
    let foreign = foreign.map(|dir| format!("the compiler used here is in {}, as llvm.tools in jmake.toml says", dir.display()));
    all.sort_by_key(|install| !used(install));
    (all.into_iter().map(|install| (install.clone(), used(&install))).collect(), foreign)
}

/// The install to build with: the newest usable one that fits `wanted`, a version (`14`, `19.1`) or a path of its root,
/// its programs' directory or one of its programs. Of equals the first found wins.
///
/// # Errors
/// None is there, none is complete, or none fits.
pub fn choose<'a>(found: &'a [Arc<Install>], wanted: Option<&str>) -> Result<&'a Arc<Install>, ToolError> {
    if found.is_empty() && wanted.is_none() {
        return Err(ToolError::None);
    }
    let fitting: Vec<&Arc<Install>> = found.iter().filter(|t| wanted.is_none_or(|wanted| t.fits(wanted))).collect();
    if let (true, Some(wanted)) = (fitting.is_empty(), wanted) {
        let found = if found.is_empty() { vec!["none".to_owned()] } else { found.iter().map(|install| install.describe()).collect() };
        return Err(ToolError::NoSuch { wanted: wanted.to_owned(), found });
    }
    let usable = fitting.iter().filter(|t| t.lacks().is_none()).copied();
    let newest =
        usable.fold(None, |best: Option<&Arc<Install>>, t| if best.is_some_and(|b| b.version >= t.version) { best } else { Some(t) });
    newest.ok_or_else(|| ToolError::Unusable(fitting.iter().filter_map(|t| Some(format!("{} {}", t.describe(), t.lacks()?))).collect()))
}

impl Install {
    /// Its version and place, in words.
    #[must_use]
    pub fn describe(&self) -> String {
        format!("{} in {}", self.version, self.bin_dir)
    }

    /// Why it cannot build, in words; `None` if it can.
    #[must_use]
    pub fn lacks(&self) -> Option<String> {
        if self.version < OLDEST {
            return Some(format!("is older than {OLDEST}"));
        }
        let missing: Vec<&str> = NEEDED.iter().copied().filter(|name| self.tool(name).is_none()).collect();
        (!missing.is_empty()).then(|| format!("has no {}", missing.join(", ")))
    }

    fn fits(&self, wanted: &str) -> bool {
        let asked: Option<Vec<u32>> = wanted.split('.').map(|part| part.parse().ok()).collect();
        if let Some(asked) = asked {
            return asked.len() <= 3 && [self.version.0, self.version.1, self.version.2].starts_with(&asked);
        }
        let path = Path::new(wanted);
        let bin = self.bin_dir.as_path();
        bin == path || bin == path.join("bin") || self.tools.values().any(|tool| tool.as_path() == path)
    }
}

/// What a driver does with one set of flags in one language, learnt from one `-###` run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct DriverProbe {
    /// Identity of the expanded command lines, source and output names taken out.
    pub identity: Digest,
    /// Their words, each with its argument.
    pub expanded: Vec<String>,
    /// Directories for `"…"` only, in order.
    pub quote_dirs: Vec<FilePath>,
    /// Directories for `<…>` and `"…"`, in order, absent ones kept, system ones included.
    pub search_dirs: Vec<FilePath>,
    /// How many of these, at the start, stem from `-I` and `CPATH`.
    pub angled: usize,
    /// All that runs when something is compiled.
    pub programs: Vec<FilePath>,
    /// Files that the compiler reads beside texts: profiles, and what sanitizers leave alone.
    pub profiles: Vec<FilePath>,
    /// Where `#embed` looks besides.
    pub embed_dirs: Vec<FilePath>,
    /// Where frameworks are looked for.
    pub framework_dirs: Vec<FilePath>,
    /// Overlays of the file system.
    pub overlays: Vec<FilePath>,
    /// What is found does not follow from the directories alone: there are modules, frameworks or overlays.
    pub fenced: bool,
    /// How texts are read, if a change of comments alone cannot change what is made of them.
    pub comment_blind: Option<Dialect>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(dir: &str, version: Version, tools: &[&str]) -> Arc<Install> {
        Arc::new(Install {
            bin_dir: dir.into(),
            version,
            triple: String::new(),
            tools: tools.iter().map(|t| ((*t).to_owned(), FilePath::from(dir).join(t))).collect(),
            origin: String::new(),
        })
    }

    #[test]
    fn the_newest_usable_toolchain_that_fits_is_chosen() {
        let whole = &["clang", "clang++", "llvm-ar"];
        let all = [
            install("/usr/lib/llvm-14/bin", Version(14, 0, 6), whole),
            install("/usr/lib/llvm-19/bin", Version(19, 1, 7), whole),
            install("/usr/bin", Version(19, 1, 7), whole),
            install("/opt/20/bin", Version(20, 1, 0), &["clang"]),
            install("/opt/9/bin", Version(9, 0, 0), whole),
        ];
        let check = |wanted: Option<&str>, expect: &str| {
            let said = choose(&all, wanted).map_or_else(|e| e.to_string(), |t| t.bin_dir.to_string());
            assert!(said.starts_with(expect), "{wanted:?}: {said}");
        };
        check(None, "/usr/lib/llvm-19/bin");
        check(Some("14"), "/usr/lib/llvm-14/bin");
        check(Some("19.1"), "/usr/lib/llvm-19/bin");
        check(Some("/usr/lib/llvm-14"), "/usr/lib/llvm-14/bin");
        check(Some("/usr/bin"), "/usr/bin");
        check(Some("/usr/lib/llvm-14/bin/clang++"), "/usr/lib/llvm-14/bin");
        check(Some("20"), "no usable LLVM toolchain: 20.1.0 in /opt/20/bin has no clang++, llvm-ar.");
        check(Some("9"), "no usable LLVM toolchain: 9.0.0 in /opt/9/bin is older than 14.0.0.");
        check(Some("1"), "there is no LLVM toolchain `1`; found: 14.0.6 in /usr/lib/llvm-14/bin, ");
        let within =
            |root: &str| choose_within(&all, None, Some(Path::new(root))).map(|it| it.bin_dir.to_string()).map_err(|e| e.to_string());
        assert_eq!(within("/usr/lib/llvm-14"), Ok("/usr/lib/llvm-14/bin".to_owned()));
        assert!(
            within("/nope").unwrap_err().starts_with("llvm.root in jmake.toml is /nope, where no LLVM toolchain is; found: 14.0.6 in ")
        );
        assert_eq!(choose_within(&all, Some("14"), Some(Path::new("/nope"))).unwrap().bin_dir, "/usr/lib/llvm-14/bin".into());
        assert!(choose(&[], None).unwrap_err().to_string().ends_with("apt-get install clang lld llvm"));
        assert!(choose(&all, Some("17")).unwrap_err().to_string().ends_with("apt-get install clang-17 lld-17 llvm-17"));
    }
}
