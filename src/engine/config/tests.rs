//! Settings files, profiles and variables, as tables of input and expectation. Does not touch files.

#[path = "tests/broken.rs"]
mod broken;
#[path = "tests/described.rs"]
mod described;
#[path = "tests/effects.rs"]
mod effects;
#[path = "tests/keys.rs"]
mod keys;
#[path = "tests/random.rs"]
mod random;
#[path = "tests/reference.rs"]
mod reference;

use proptest::prelude::*;

use super::settings::{LibraryType, Lto};
use super::{ConfigError, Request, load};
use crate::engine::config::settings::Settings;

fn request<'a>(project: Option<&'a str>, environment: &'a dyn Fn(&str) -> Option<String>) -> Request<'a> {
    Request { root_name: "Root", user: None, project, environment, profile: "dev", build_dir: "build".into(), path_of_file: "jmake.toml" }
}

fn none(_: &str) -> Option<String> {
    None
}

fn settings(text: &str) -> Settings {
    load(&request(Some(text), &none)).unwrap().0
}

fn error(text: &str) -> String {
    load(&request(Some(text), &none)).unwrap_err().to_string()
}

#[test]
fn a_project_without_a_file_gets_the_defaults() {
    let (s, notes) = load(&request(None, &none)).unwrap();
    assert_eq!((s.name.as_str(), s.profile.as_str(), notes.len()), ("Root", "dev", 0));
    assert_eq!(s.options.profile_flags, ["-O0", "-g", "-gdwarf-4"]);
    assert_eq!((s.options.lto, s.library_type, s.output_dir, s.options.flags), (Lto::Off, None, None, vec![]));
}

#[test]
fn every_honoured_key_arrives() {
    let s = settings(
        r#"
        [project]
        name = "geom"
        [compile]
        flags = ["-Wall"]
        include_dirs = ["./include", "/opt/x"]
        extra_sources = ["./deps/x.c"]
        defines = { A = "", B = "2", C = 3, D = true }
        [link]
        lto = "full"
        opt_passes = ["instcombine"]
        allow_undefined = true
        [binary]
        library_name = "libg.so"
        library_type = "static"
        link_libraries = ["z", "-lm"]
        output_dir = "out/{profile}"
        [llvm]
        root = "/usr/lib/llvm-19"
        [hooks]
        on_success = ["say", "it is built"]
        on_failure = []
        "#,
    );
    assert_eq!((s.on_success, s.on_failure.len()), (vec!["say".to_owned(), "it is built".to_owned()], 0));
    assert_eq!(s.name, "geom");
    assert_eq!(s.options.include_dirs, ["include".into(), "/opt/x".into()]);
    assert_eq!(s.extra_sources, ["deps/x.c".into()]);
    let defines: Vec<_> = s.options.defines.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(defines, ["A=", "B=2", "C=3", "D=1"]);
    assert_eq!((s.options.lto, s.options.opt_passes.len(), s.options.allow_undefined), (Lto::Full, 1, true));
    assert_eq!((s.library_name.as_str(), s.library_type), ("libg.so", Some(LibraryType::Static)));
    assert_eq!(s.options.link_libraries, ["z", "m"]);
    assert_eq!((s.output_dir, s.llvm_root), (Some("out/dev".into()), Some("/usr/lib/llvm-19".into())));
}

#[test]
fn later_sources_of_flags_win_by_standing_later() {
    let environment = |name: &str| {
        Some(match name {
            "CPPFLAGS" => "-DP".to_owned(),
            "CFLAGS" => "-DC='a b'".to_owned(),
            "CXXFLAGS" => "-DX".to_owned(),
            _ => "-s".to_owned(),
        })
    };
    let project =
        "compile.flags = ['-project']\n[profile.asan]\ninherits = 'release'\nflags = ['-profile']\n[profile.release]\nflags = ['-r']";
    let mut request = request(Some(project), &environment);
    request.user = Some("compile.flags = ['-user']");
    request.profile = "asan";
    let (s, _) = load(&request).unwrap();
    assert_eq!(s.options.profile_flags, ["-O2", "-DNDEBUG"]);
    assert_eq!(s.options.flags, ["-user", "-project", "-r", "-profile"]);
    assert_eq!(
        (s.options.environment.c, s.options.environment.cxx),
        (vec!["-DP".into(), "-DC=a b".into()], vec!["-DP".to_owned(), "-DX".into()])
    );
    assert_eq!(s.options.environment.link, ["-s"]);
}

#[test]
fn profiles_that_cannot_be_are_named() {
    let check = |profile: &str, project: &str, expect: &str| {
        let mut request = request(Some(project), &none);
        request.profile = profile;
        let said = load(&request).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    };
    check("fast", "[profile.asan]\nflags = []", "there is no profile `fast`; there are: dev, release, asan");
    check("debug", "", "there is no profile `debug`; did you mean `dev`; there are: dev, release. Use one of them");
    check("../x", "", "`../x` cannot name a profile");
    check("a", "[profile.a]\ninherits = 'b'\n[profile.b]\ninherits = 'a'", "circle: a -> b -> a");
    // Whichever profile is asked for.
    check("dev", "[profile.a]\ninherits = 'relaese'", "there is no profile `relaese` to inherit from");
}

#[test]
fn a_profile_of_the_user_may_inherit_from_one_of_some_projects() {
    let mut request = request(Some("[profile.team]\nflags = ['-t']"), &none);
    request.user = Some("[profile.mine]\ninherits = 'team'");
    assert!(load(&request).unwrap().1.is_empty());
    request.project = None;
    let (settings, notes) = load(&request).unwrap();
    assert_eq!((settings.profile.as_str(), notes.len()), ("dev", 1));
    assert!(notes[0].contains("there is no profile `team` to inherit from"), "{notes:?}");
}

#[test]
fn unhonoured_keys_are_notes() {
    let notes =
        load(&request(Some("version = '1'\n[compile]\nfalgs = []\nemit_ir = true\n[binaryy]\n[profile.dev]\nflgs = []"), &none)).unwrap().1;
    assert_eq!(
        notes,
        [
            "jmake.toml:3: `compile.falgs` is not a key of jmake.toml and has no effect; did you mean `compile.flags`?",
            "jmake.toml:5: `binaryy` is not a key of jmake.toml and has no effect; did you mean `binary`?",
            "jmake.toml:7: `profile.dev.flgs` is not a key of jmake.toml and has no effect; did you mean `flags`?",
        ]
    );
}

#[test]
fn problems_are_shown_where_they_stand_and_all_at_once() {
    assert_eq!(
        error("[compile]\nflags = \"-O2\"\n[link]\nlto = \"ful\"\nallow_undefined = 'yes'\n"),
        "\
jmake.toml:2:9: error: `compile.flags` must be a list of strings, not a string
 2 | flags = \"-O2\"
   |         ^^^^^
  write flags = [\"-O2\"]
jmake.toml:4:7: error: `link.lto` must be one of \"off\", \"thin\", \"full\"
 4 | lto = \"ful\"
   |       ^^^^^
  did you mean \"full\"?
jmake.toml:5:19: error: `link.allow_undefined` must be true or false, not a string
 5 | allow_undefined = 'yes'
   |                   ^^^^^
  write true or false, without quotes"
    );
    assert!(error("name = \n").starts_with("jmake.toml:1:8:"), "{}", error("name = \n"));
    assert!(error("[compile]\n\tflags = ['a', 3]").contains("   | \t              ^"), "{}", error("[compile]\n\tflags = ['a', 3]"));
}

#[test]
fn a_variable_with_an_open_quote_is_named() {
    let environment = |name: &str| (name == "CFLAGS").then(|| "-D'x".to_owned());
    let said = load(&request(None, &environment)).unwrap_err();
    assert_eq!(said, ConfigError::BadVariable { name: "CFLAGS", value: "-D'x".into() });
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "[\\PC\\n\\r\\t\0]{0,200}", toml in "(\\[?(compile|link|profile|x)?\\.?(flags|lto|dev)?\\]? ?=? ?(\\[|\"|'|\\{|1|true|é)?\n?){0,12}") {
        for text in [&text, &toml] {
            if let Err(error) = load(&request(Some(text), &none)) {
                prop_assert!(!error.to_string().is_empty());
            }
        }
    }
}
