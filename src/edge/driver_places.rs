//! Where a driver looks before it runs anything: installs of GCC, configuration files, programs on the path, the processor. What it makes of
//! them is not known here; only whether they are as they were.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::fs::Stat;
use crate::engine::cxx::driver_paths;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;

/// Files by which drivers know a distribution.
const DISTRIBUTIONS: [&str; 7] = [
    "/etc/os-release",
    "/etc/lsb-release",
    "/etc/debian_version",
    "/etc/redhat-release",
    "/etc/SuSE-release",
    "/etc/gentoo-release",
    "/etc/env.d/gcc",
];

/// Objects that are in every program, which a driver looks for above its own directory first.
const OF_PROGRAMS: [&str; 12] = [
    "Scrt1.o",
    "crt1.o",
    "gcrt1.o",
    "rcrt1.o",
    "crti.o",
    "crtn.o",
    "crtbegin.o",
    "crtbeginS.o",
    "crtbeginT.o",
    "crtend.o",
    "crtendS.o",
    "crtfastmath.o",
];

/// What tells one kind of processor from another, in `/proc/cpuinfo`.
const OF_PROCESSOR: [&str; 12] = [
    "vendor_id",
    "cpu family",
    "model",
    "model name",
    "stepping",
    "flags",
    "CPU implementer",
    "CPU architecture",
    "CPU variant",
    "CPU part",
    "CPU revision",
    "Features",
];

/// What makes a driver look where it looks.
#[derive(Clone, Debug)]
pub struct Driver<'a> {
    /// The directory of its program.
    pub bin_dir: &'a Path,
    /// What it is told.
    pub flags: &'a [FilePath],
    /// Where it runs.
    pub root: &'a Path,
    /// What it gets.
    pub variables: &'a Variables,
}

/// Identity of all that, as of now.
#[must_use]
pub fn digest(driver: &Driver<'_>) -> Digest {
    let mut hasher = Hasher::default();
    hasher.part(&processor().bytes);
    for place in places(driver) {
        hasher.part(place.as_os_str().as_encoded_bytes());
        if let Some(Stat { dev, ino, size, mtime_ns, ctime_ns, mode, .. }) = std::fs::metadata(&place).ok().map(|about| Stat::of(&about)) {
            hasher.part(&mtime_ns.to_le_bytes()).part(&ctime_ns.to_le_bytes());
            for number in [dev, ino, size, u64::from(mode)] {
                hasher.part(&number.to_le_bytes());
            }
        }
    }
    hasher.finish()
}

/// Directories and files; a directory tells of the names in it. Absent ones are kept: they may come.
#[must_use]
pub fn places(driver: &Driver<'_>) -> BTreeSet<PathBuf> {
    let mut all: BTreeSet<PathBuf> = DISTRIBUTIONS.iter().map(PathBuf::from).collect();
    all.extend(programs(driver.variables));
    all.extend(["/usr/local", "/opt", "/opt/rh"].map(PathBuf::from));
    let own = driver.bin_dir.parent().map(Path::to_owned);
    let resources = own.iter().flat_map(|own| entries(&own.join("lib/clang")));
    all.extend(resources.flat_map(|version| {
        let lib = version.join("lib");
        // One for all machines, or one for each.
        entries(&lib).into_iter().filter(|dir| dir.is_dir()).chain([lib.join("linux"), lib, version]).collect::<Vec<_>>()
    }));
    all.extend(own.iter().flat_map(|own| OF_PROGRAMS.map(|name| own.join(name))));
    for prefix in ["/", "/usr"].into_iter().map(PathBuf::from).chain(own) {
        add_install(&prefix, &mut all);
    }
    for place in driver_paths::looked_into(driver.flags) {
        let place = place.under(driver.root);
        if place.is_dir() {
            add_install(&place, &mut all);
            add_install(&place.join("usr"), &mut all);
        }
        add_configuration(&place, &mut all);
    }
    let home = driver.variables.get("HOME").map(|home| Path::new(home).join(".config/clang"));
    for dir in [driver.bin_dir.to_owned(), PathBuf::from("/etc/clang")].into_iter().chain(home) {
        let files = entries(&dir).into_iter().filter(|path| path.extension() == Some(OsStr::new("cfg")));
        files.for_each(|file| add_configuration(&file, &mut all));
        all.insert(dir);
    }
    all
}

/// Where programs are looked for that a driver runs, and the libraries of all of them.
fn programs(variables: &Variables) -> Vec<PathBuf> {
    let path = variables.get("PATH").unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"));
    let more = ["COMPILER_PATH", "GCC_EXEC_PREFIX", "LD_LIBRARY_PATH"].into_iter().filter_map(|name| variables.get(name));
    std::iter::once(path).chain(more).flat_map(std::env::split_paths).filter(|dir| dir.is_absolute()).collect()
}

/// The directories under `prefix` whose names a driver compares: versions of GCC, headers of C++, libraries of each machine. What is in
/// absent ones is left out: they tell when they come. What is beside them in `prefix` is not looked at: it may be somebody's home.
fn add_install(prefix: &Path, all: &mut BTreeSet<PathBuf>) {
    let mut machines = vec![PathBuf::from("x86_64-linux-gnu"), PathBuf::from("aarch64-linux-gnu")];
    for lib in ["lib", "lib32", "lib64", "libx32"].map(|lib| prefix.join(lib)) {
        // Where all is under `/usr`, these are links to what is looked at anyway.
        if !lib.is_symlink() {
            for of_gcc in ["gcc", "gcc-cross"].map(|of_gcc| lib.join(of_gcc)) {
                let found = entries(&of_gcc);
                let versions = found.iter().flat_map(|machine| entries(machine));
                all.extend(versions.flat_map(|version| [version.join("include"), version]));
                machines.extend(found.iter().filter_map(|machine| machine.file_name().map(PathBuf::from)));
                all.extend(found.into_iter().chain([of_gcc]).filter(|dir| dir.is_dir()));
            }
            all.extend(machines.iter().map(|machine| lib.join(machine)).filter(|dir| dir.is_dir()));
        }
        all.insert(lib);
    }
    let include = prefix.join("include");
    all.extend(entries(&include.join("c++")));
    all.extend(machines.iter().map(|machine| include.join(machine).join("c++")).filter(|dir| dir.is_dir()));
    all.extend(machines.iter().map(|machine| prefix.join(machine)));
    all.extend([include.join("c++"), include]);
}

/// A configuration file with those that it names, each once.
fn add_configuration(file: &Path, all: &mut BTreeSet<PathBuf>) {
    if !all.insert(file.to_owned()) {
        return;
    }
    let Ok(text) = super::fs::read(file) else { return };
    for named in driver_paths::named_by_configuration(&String::from_utf8_lossy(&text)) {
        add_configuration(&named.under(file.parent().unwrap_or(Path::new("/"))), all);
    }
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// What kind of processor this machine has: a cache may be another's.
#[must_use]
pub fn processor() -> Digest {
    static KNOWN: OnceLock<Digest> = OnceLock::new();
    *KNOWN.get_or_init(|| kind_of(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default()))
}

fn kind_of(text: &str) -> Digest {
    let first = text.lines().take_while(|line| !line.trim().is_empty());
    let fields = first.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim()));
    let mut hasher = Hasher::default();
    for (name, value) in fields.filter(|(name, _)| OF_PROCESSOR.contains(name)) {
        hasher.part(name.as_bytes()).part(value.as_bytes());
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_told_apart_by_what_they_can() {
        let one = "processor\t: 0\nvendor_id\t: A\nmodel name\t: M\ncpu MHz\t: 1\nflags\t: sse avx\n\nprocessor\t: 1\n";
        assert_eq!(kind_of(one), kind_of(&one.replace("MHz\t: 1", "MHz\t: 2").replace(": 0", ": 7")));
        assert_ne!(kind_of(one), kind_of(&one.replace("sse avx", "sse")));
        assert_ne!(kind_of(one), kind_of(&one.replace(": M", ": N")));
        assert_ne!(processor(), kind_of(""));
    }

    #[test]
    fn what_a_driver_sees_is_another_when_it_comes_goes_or_changes() {
        let dir = tempfile::tempdir().unwrap();
        let (bin, gcc) = (dir.path().join("llvm/bin"), dir.path().join("gcc"));
        std::fs::create_dir_all(&bin).unwrap();
        let variables = Variables::new(vec![("PATH".into(), "/bin".into()), ("HOME".into(), dir.path().into())]);
        let flags = [FilePath::from("--gcc-toolchain=gcc"), FilePath::from("--config=own.cfg")];
        let now = || digest(&Driver { bin_dir: &bin, flags: &flags, root: dir.path(), variables: &variables });
        let mut last = now();
        assert_eq!(last, now());
        let mut check = |path: &Path, text: &str| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
            let next = now();
            assert_ne!(last, next, "{}", path.display());
            last = next;
        };
        check(&bin.join("clang.cfg"), "@more.cfg");
        check(&bin.join("more.cfg"), "");
        check(&bin.join("more.cfg"), "-O2");
        check(&dir.path().join("own.cfg"), "-O2");
        check(&dir.path().join(".config/clang/clang.cfg"), "-O2");
        check(&gcc.join("lib/gcc/x86_64-linux-gnu/13/crtbegin.o"), "");
        check(&gcc.join("lib/gcc/x86_64-linux-gnu/14/crtbegin.o"), "");
        check(&gcc.join("include/c++/14/vector"), "");
        check(&gcc.join("lib/gcc/x86_64-linux-gnu/14/include/c++/vector"), "");
        check(&gcc.join("x86_64-linux-gnu/bin/ld"), "");
        check(&dir.path().join("llvm/crti.o"), "");
        std::fs::remove_file(bin.join("clang.cfg")).unwrap();
        assert_ne!(last, now());
    }
}
