//! The texts of the templates: valid, without braces that should have been filled, and what they promise in remarks.

use serde_json::json;

use super::*;
use crate::engine::jobs::values::Values;
use crate::engine::{config, jobs};

fn settings(text: &str) -> (Settings, Vec<String>) {
    let request = config::Request {
        root_name: "x",
        user: None,
        project: Some(text),
        environment: &|_| None,
        profile: "dev",
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    config::load(&request).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn texts(template: &Template) -> Vec<(String, String)> {
    let text = |file: TemplateFile| (file.path.to_string(), String::from_utf8(file.content).unwrap());
    filled(template.files(), "Geo").into_iter().map(text).collect()
}

#[test]
fn settings_of_templates_are_valid_and_so_are_their_remarks() {
    for template in BUILT_IN {
        let (_, text) = texts(template).swap_remove(0);
        assert!(text.starts_with("#:schema "), "{}", template.name);
        let (read, notes) = settings(&text);
        assert_eq!((read.name.as_str(), notes), ("Geo", Vec::new()), "{}", template.name);
        let is_code = |line: &&str| line.strip_prefix("# ").is_some_and(|rest| rest.starts_with('[') || rest.contains(" = "));
        let open = text.lines().map(|line| if is_code(&line) { &line[2..] } else { line }).collect::<Vec<_>>().join("\n");
        let table: toml::Table = open.parse().unwrap_or_else(|error| panic!("{error}\n{open}"));
        assert!(table.contains_key("job_queue") && table.contains_key("jobs"), "{open}");
        assert_eq!(settings(&open).1, [""; 0], "{}", template.name);
        let values = Values { root: "/p".into(), settings: json!({ "project": { "root": "/p" } }), ..Values::default() };
        let (queue, problems) = jobs::read("jmake.toml", &open, &values);
        assert!(queue.is_some() && problems.is_empty(), "{}: {problems:?}", template.name);
    }
}

#[test]
fn names_are_filled_in_and_nothing_else() {
    for template in BUILT_IN {
        for (path, text) in texts(template) {
            assert!(!path.contains("{{") && !text.contains("{{name") && !text.contains("{{library"), "{path}:\n{text}");
            assert!(path != SETTINGS || text.contains("{{project.root}}"), "{text}");
        }
    }
    let file = |path: &str, content: &[u8]| TemplateFile { path: path.into(), content: content.to_vec(), executable: true };
    let given = vec![file("{{name}}/x", b"{{name}} {{other}} {{library}}"), file("logo", b"\xff{{name}}")];
    assert_eq!(filled(given, "Geo"), [file("Geo/x", b"Geo {{other}} libgeo.so"), file("logo", b"\xff{{name}}")]);
}

#[test]
fn templates_are_found_by_all_their_names() {
    let found = |name: &str| built_in(name).map(|template| template.name);
    let check = |name: &str, expect: &str| assert_eq!(found(name), Some(expect), "{name}");
    BUILT_IN.iter().for_each(|template| check(template.name, template.name));
    check("cpp_project", "library-tests");
    check("lib_project", "shared-library");
    check("binary_project", "executable");
    assert_eq!(found("executeable"), None);
    assert!(unknown("executeable", &["mine".to_owned()]).message.contains("did you mean `executable`? There are: executable, "));
    assert!(unknown("zzz", &["mine".to_owned()]).message.contains("no template `zzz`. There are: executable, shared-library"));
    assert!(can_be_named("a-b") && !can_be_named("") && !can_be_named("..") && !can_be_named("a/b"));
    let mut paths: Vec<_> = without_sources(BUILT_IN[0].files()).into_iter().map(|file| file.path.to_string()).collect();
    paths.sort();
    assert_eq!(paths, [".gitignore", "jmake.toml"]);
}
