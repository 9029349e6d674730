//! Declared targets in a few words, and what they come to.

use super::*;

/// `kind name: pattern… [-excluded…] [> depends…]`, one a `;`.
fn settings(text: &str) -> Settings {
    let targets = text.split(';').map(|line| {
        let (head, rest) = line.trim().split_once(':').unwrap();
        let (kind, name) = head.split_once(' ').unwrap();
        let (sources, depends) = rest.split_once('>').unwrap_or((rest, ""));
        let words = |text: &str| text.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        let (exclude, sources): (Vec<_>, Vec<_>) = words(sources).into_iter().partition(|word| word.starts_with('-'));
        let mut options = Options { link_libraries: vec![format!("sys_{name}"), "m".into()], ..Options::default() };
        options.defines.insert("OWN".into(), name.into());
        TargetSettings {
            name: name.into(),
            kind: match kind {
                "lib" => Kind::StaticLibrary,
                "shared" => Kind::SharedLibrary,
                "headers" => Kind::Headers,
                "objects" => Kind::Objects,
                "test" => Kind::Test,
                "plugin" => Kind::Plugin,
                _ => Kind::Executable,
            },
            sources,
            exclude: exclude.iter().map(|word| word[1..].to_owned()).collect(),
            depends: words(depends),
            options,
            public_include_dirs: vec![format!("{name}/include").as_str().into()],
            public_defines: [(format!("HAVE_{name}"), String::new()), ("OWN".into(), "other".into())].into(),
            ..TargetSettings::default()
        }
    });
    Settings { targets: targets.collect(), ..Settings::default() }
}

fn run(text: &str) -> Result<Vec<Declared>, DeclareError> {
    let paths = ["a/x.c", "a/y.c", "b/z.cpp", "b/deep/w.cpp", "main.c", "a/x.h"];
    let entry = |path: &str| FileEntry { path: path.into(), kind: FileKind::of(&path.into()), facts: Arc::default() };
    declare(&settings(text), &paths.map(entry))
}

fn one(text: &str) -> Declared {
    run(text).unwrap().pop().unwrap()
}

#[test]
fn sources_are_chosen_by_patterns() {
    let check = |line: &str, expect: &str| {
        let found = one(line).sources;
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), expect, "{line}");
    };
    check("exe p: main.c", "main.c");
    check("exe p: a", "a/x.c a/y.c");
    check("exe p: a/*.c main.c -a/y.c", "a/x.c main.c");
    check("exe p: b/**/*.cpp -b/deep", "b/z.cpp");
    check("headers p:", "");
}

#[test]
fn libraries_are_linked_in_the_order_of_their_use() {
    let common = "lib base: a; lib mid: b > base; shared top: main.c > mid; headers h: > base;";
    let check = |line: &str, expect: &str| assert_eq!(one(&format!("{common} {line}")).libraries.join(" "), expect, "{line}");
    check("exe p: main.c > mid", "mid base");
    check("exe p: main.c > base mid", "mid base");
    check("exe p: main.c > top", "top");
    check("exe p: main.c > h", "base");
    check("exe p: main.c > top mid", "top mid base");
}

#[test]
fn what_is_public_reaches_all_and_needs_of_static_libraries_who_links_them() {
    let program = one("lib base: a; shared top: b > base; lib mid: b > base; exe p: main.c > mid top");
    let dirs: Vec<String> = program.options.include_dirs.iter().map(ToString::to_string).collect();
    assert_eq!(dirs, ["p/include", "mid/include", "top/include", "base/include"]);
    assert_eq!(program.options.defines["OWN"], "p");
    assert!(program.options.defines.contains_key("HAVE_base"));
    assert_eq!(program.options.link_libraries, ["sys_p", "sys_mid", "sys_base", "m"]);
}

#[test]
fn objects_and_programs_are_no_libraries() {
    let program = one("objects o: a; exe tool: main.c; plugin q: b; exe p: main.c > o tool q");
    assert_eq!((program.objects.join(" "), program.libraries.len(), program.before.join(" ")), ("o".into(), 0, "tool q".into()));
    assert!(one("objects o: a; exe p: > o").sources.is_empty());
}

#[test]
fn tests_are_built_when_they_are_asked_for() {
    assert!(one("exe p: main.c").by_default && !one("test p: main.c").by_default);
    let (targets, _) = targets(&run("test t: main.c; exe p: main.c").unwrap());
    assert_eq!(targets.iter().map(|t| (t.name.as_str(), t.group)).collect::<Vec<_>>(), [("p", None), ("t", Some(Group::Test))]);
}

#[test]
fn mistakes_are_named() {
    let check = |text: &str, expect: &str| {
        let said = run(text).unwrap_err().to_string();
        assert!(said.starts_with(expect), "{said}");
    };
    check("exe p: main.c > bases; lib base: a", "target `p` in jmake.toml depends on `bases`, which is no target; did you mean `base`?");
    check("exe p: main.c > nobody", "target `p` in jmake.toml depends on `nobody`, which is no target; declare it");
    check("lib x: a > y; lib y: a > z; lib z: a > y", "targets in jmake.toml depend on each other in a circle: y → z → y;");
    check("lib x: a > x", "targets in jmake.toml depend on each other in a circle: x → x;");
    check("lib x: a; exe x: main.c", "two targets in jmake.toml are named `x`");
    check("exe p: main.c src/*.c", "target `p` in jmake.toml: `src/*.c` fits no source file");
    check("exe p: a/x.h", "target `p` in jmake.toml: `a/x.h` fits no source file");
    check("exe p: a -a", "target `p` in jmake.toml has no sources;");
    check("exe p: [", "target `p` in jmake.toml: `[` is no pattern: ");
}
