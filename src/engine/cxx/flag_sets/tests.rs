//! Which sets there are for which settings.

use std::sync::Arc;

use super::*;
use crate::engine::config::targets::TargetSettings;
use crate::engine::cxx::toolchain::{Identities, Install, Version};
use crate::engine::discover::{FileEntry, declare};

fn toolchain() -> Toolchain {
    let (tools, origin) = (BTreeMap::new(), String::new());
    let install = Install { bin_dir: "/l".into(), version: Version(19, 0, 0), triple: String::new(), tools, origin };
    Toolchain { install, identities: Identities::new(), preloaded: None }
}

fn files(paths: &[&str]) -> Vec<FileEntry> {
    paths.iter().map(|path| FileEntry { path: (*path).into(), kind: FileKind::of(&(*path).into()), facts: Arc::default() }).collect()
}

fn counts(settings: &Settings, paths: &[&str]) -> (usize, usize) {
    let declared = declare(settings, &files(paths)).unwrap();
    let sets = FlagSets::of(settings, &declared, &files(paths), &toolchain()).unwrap();
    (sets.compiles.len(), sets.links.len())
}

fn rule(pattern: &str, flag: &str) -> FileRule {
    FileRule { patterns: vec![pattern.into()], flags: vec![flag.into()], ..FileRule::default() }
}

#[test]
fn equal_flags_are_one_set() {
    let paths = ["a.c", "b.cpp", "x/c.c", "s.s"];
    assert_eq!(counts(&Settings::default(), &paths), (2, 1));
    let ruled = |files: Vec<FileRule>| counts(&Settings { files, ..Settings::default() }, &paths);
    assert_eq!(ruled(vec![rule("x/*.c", "-O3")]), (3, 1));
    assert_eq!(ruled(vec![rule("x/*.c", "-O3"), rule("a.c", "-O3")]), (3, 1));
    assert_eq!(ruled(vec![rule("x/*.c", "-O3"), rule("**/*.c", "-g")]), (4, 1));
    assert_eq!(ruled(vec![rule("none.c", "-O3")]), (2, 1));
    let target = |name: &str, source: &str, define: &str| {
        let mut options = Options::default();
        options.defines.insert(define.into(), String::new());
        TargetSettings { name: name.into(), sources: vec![source.into()], options, ..TargetSettings::default() }
    };
    let targets = vec![target("a", "a.c", "A"), target("c", "x", "A"), target("b", "b.cpp", "B")];
    assert_eq!(counts(&Settings { targets, ..Settings::default() }, &paths), (4, 2));
}

#[test]
fn rules_come_after_the_options_in_their_order() {
    let settings = Settings { files: vec![rule("*.c", "-O1"), rule("a.c", "-O2")], ..Settings::default() };
    let rules = Rules::of(&settings).unwrap();
    let options = Options { flags: vec!["-O0".into()], ..Options::default() };
    assert_eq!(rules.applied(&options, &rules.fitting(&"a.c".into())).flags, ["-O0", "-O1", "-O2"]);
    assert_eq!(rules.applied(&options, &rules.fitting(&"x/a.c".into())).flags, ["-O0"]);
    let broken = Settings { files: vec![rule("[", "-O1")], ..Settings::default() };
    assert!(Rules::of(&broken).unwrap_err().to_string().starts_with("`[` is no pattern: "));
}
