//! How the tests of a project are run: from settings to what a client has to start. Does not start anything, nor know what a test prints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::config::options::Platform;
use super::config::settings::Settings;
use super::config::targets::{Kind, TestSettings};
use super::path::FilePath;

/// A test that neither its settings nor the client give a time has so many seconds.
pub const TIMEOUT_S: u64 = 300;

/// Emulators by the processor that a triple begins with, as QEMU's user mode names them.
const EMULATORS: [(&str, &str); 7] = [
    ("aarch64", "qemu-aarch64"),
    ("arm", "qemu-arm"),
    ("i686", "qemu-i386"),
    ("powerpc64le", "qemu-ppc64le"),
    ("riscv64", "qemu-riscv64"),
    ("s390x", "qemu-s390x"),
    ("x86_64", "qemu-x86_64"),
];

/// How the program of one test is run.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct TestRun {
    /// A program and its arguments, before the test's path.
    pub runner: Vec<String>,
    /// What the test gets.
    pub args: Vec<String>,
    /// Beside the client's own variables.
    pub env: BTreeMap<String, String>,
    /// So many seconds it may take.
    pub timeout_s: u64,
    /// Relative to the root, where it stands.
    pub working_dir: FilePath,
}

impl TestRun {
    /// How the test `target` is run on a machine whose processor is `host`, such as `x86_64`.
    #[must_use]
    pub fn of(settings: &Settings, target: &str, host: &str) -> Self {
        let own = settings.targets.iter().find(|own| own.name == target && own.kind == Kind::Test);
        let TestSettings { args, env, timeout_s, working_dir, runner } = own.map_or(&settings.test, |own| &own.test).clone();
        let platform = own.map_or(&settings.options.platform, |own| &own.options.platform);
        Self {
            runner: if runner.is_empty() { emulator(platform, host) } else { runner },
            args,
            env,
            timeout_s: timeout_s.unwrap_or(TIMEOUT_S),
            working_dir: working_dir.unwrap_or_else(|| FilePath::from("")),
        }
    }
}

/// What any other program is run by on such a machine: nothing, if that runs it itself, else what tests are run by.
#[must_use]
pub fn runner(settings: &Settings, host: &str) -> Vec<String> {
    let platform = &settings.options.platform;
    let is_foreign = platform.triple.as_ref().is_some_and(|triple| processor(triple) != host);
    match is_foreign {
        true if !settings.test.runner.is_empty() => settings.test.runner.clone(),
        true => emulator(platform, host),
        false => Vec::new(),
    }
}

fn processor(triple: &str) -> &str {
    triple.split('-').next().unwrap_or_default()
}

/// What programs for `platform` need to run on `host`: nothing, or an emulator that finds their libraries.
#[must_use]
pub fn emulator(platform: &Platform, host: &str) -> Vec<String> {
    let Some(triple) = &platform.triple else { return Vec::new() };
    let processor = processor(triple);
    let known = EMULATORS.iter().find(|(name, _)| processor == *name || *name == "arm" && processor.starts_with("armv"));
    let Some((_, program)) = known.filter(|(name, _)| *name != host) else { return Vec::new() };
    let libraries = platform.sysroot.as_ref().map_or_else(|| format!("/usr/{triple}"), ToString::to_string);
    vec![(*program).to_owned(), "-L".to_owned(), libraries]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::targets::TargetSettings;

    #[test]
    fn a_test_is_run_as_its_own_settings_say_else_as_the_projects() {
        let common = TestSettings { args: vec!["--all".into()], timeout_s: Some(5), ..TestSettings::default() };
        let own = TestSettings { args: vec!["--own".into()], working_dir: Some("data".into()), ..TestSettings::default() };
        let target = TargetSettings { name: "own".into(), kind: Kind::Test, test: own, ..TargetSettings::default() };
        let settings = Settings { test: common, targets: vec![target], ..Settings::default() };
        let run = |name: &str| TestRun::of(&settings, name, "x86_64");
        assert_eq!((run("found").args, run("found").timeout_s), (vec!["--all".to_owned()], 5));
        assert_eq!((run("own").args, run("own").timeout_s), (vec!["--own".to_owned()], TIMEOUT_S));
        assert_eq!((run("own").working_dir, run("own").runner), ("data".into(), Vec::<String>::new()));
    }

    #[test]
    fn programs_for_another_processor_are_run_as_tests_are() {
        let check = |triple: Option<&str>, own: &[&str], expect: &str| {
            let mut settings = Settings::default();
            settings.options.platform.triple = triple.map(Into::into);
            settings.test.runner = own.iter().map(ToString::to_string).collect();
            assert_eq!(runner(&settings, "x86_64").join(" "), expect);
        };
        check(None, &["valgrind"], "");
        check(Some("x86_64-linux-gnu"), &["valgrind"], "");
        check(Some("aarch64-linux-gnu"), &[], "qemu-aarch64 -L /usr/aarch64-linux-gnu");
        check(Some("hexagon-linux"), &["sim", "-q"], "sim -q");
    }

    #[test]
    fn what_is_compiled_for_another_processor_is_emulated() {
        let check = |triple: Option<&str>, sysroot: Option<&str>, expect: &str| {
            let platform = Platform { triple: triple.map(Into::into), sysroot: sysroot.map(Into::into), ..Platform::default() };
            assert_eq!(emulator(&platform, "x86_64").join(" "), expect);
        };
        check(None, None, "");
        check(Some("x86_64-linux-gnu"), None, "");
        check(Some("aarch64-linux-gnu"), None, "qemu-aarch64 -L /usr/aarch64-linux-gnu");
        check(Some("armv7a-linux-gnueabihf"), Some("/opt/root"), "qemu-arm -L /opt/root");
        check(Some("hexagon-linux"), None, "");
    }
}
