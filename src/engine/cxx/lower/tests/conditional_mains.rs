//! Sources of which only their objects tell whether they define `main`, and the targets that hang on it.

use super::*;

#[test]
fn a_confirmed_main_takes_the_place_of_a_library_that_is_for_nobody_else() {
    let made = |project: &str, requested: &Requested, yes: bool| {
        let lowered = run(project, "", requested, &[("m.c", yes)]).unwrap();
        let wanted: Vec<String> = lowered.wanted.iter().map(ToString::to_string).collect();
        (wanted.join(" "), lowered.notes.join(" "))
    };
    let unsure = "unsure-lib a.c; maybe m m.c +project";
    let nothing_said = |wanted: &str| (wanted.to_owned(), String::new());
    assert_eq!(made(unsure, &Requested::Default, true), nothing_said("build/dev/bin/m"));
    assert_eq!(made("lib a.c; maybe m m.c +project", &Requested::Default, true), nothing_said("build/dev/lib/libp.so build/dev/bin/m"));
    assert_eq!(made(unsure, &Requested::Default, false).0, "build/dev/lib/libp.so");
    let refused = |project: &str, name: &str, yes: bool| {
        let said = run(project, "", &Requested::Targets(vec![name.into()]), &[("m.c", yes)]).unwrap_err().to_string();
        said.split(';').next().unwrap().to_owned()
    };
    assert_eq!(refused(unsure, "p", true), "m.c defines `main` with these settings: there is no library `p`");
    assert_eq!(refused(unsure, "m", false), "m.c does not define `main` with these settings: there is no program `m`");
}

#[test]
fn a_conditional_main_is_looked_into_before_anything_depends_on_it() {
    let project = "lib a.c; maybe m m.c; exe x x.c +project";
    let first = run(project, "", &Requested::Default, &[]).unwrap();
    let expect = [
        "compile clang: m.c -> ~p/m.c.o",
        "compile clang: a.c -> ~p/a.c.o",
        "compile clang: x.c -> ~x/x.c.o",
        "want ~p/m.c.o ~p/a.c.o ~x/x.c.o",
        "await m.c in ~p/m.c.o",
    ];
    assert_eq!(text(&first), expect.join("\n"));
    let yes = run(project, "", &Requested::Default, &[("m.c", true)]).unwrap();
    let expect = [
        "compile clang: a.c -> ~p/a.c.o",
        "link clang: ~p/a.c.o -> build/dev/lib/libp.so",
        "compile clang: m.c -> ~p/m.c.o",
        "link clang: ~p/m.c.o -> build/dev/bin/m",
        "compile clang: x.c -> ~x/x.c.o",
        "archive llvm-ar: ~p/a.c.o -> ~p/@project.a ~p/@project.members",
        "link clang: ~x/x.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/x",
        "want build/dev/lib/libp.so build/dev/bin/m build/dev/bin/x",
    ];
    assert_eq!(text(&yes), expect.join("\n"));
    let no = run(project, "", &Requested::Default, &[("m.c", false)]).unwrap();
    let library = no.steps.iter().find(|s| s.outputs[0].path == "build/dev/lib/libp.so".into()).unwrap();
    assert_eq!(library.explicit, [".jmake_cache/obj/dev/p/a.c.o".into(), ".jmake_cache/obj/dev/p/m.c.o".into()]);
    assert_eq!(no.artifacts.len(), 2);
    for step in &first.steps {
        assert!(yes.steps.contains(step) && no.steps.contains(step), "{}", step.label);
    }
}

#[test]
fn those_targets_are_denied_that_are_not_made_of_what_objects_told() {
    let check = |project: &str, told: &[(&str, bool)], expect: &[&str]| {
        let (found, lowered) = (sketch(project), run(project, "", &Requested::All, told).unwrap());
        let confirmed = told.iter().map(|(path, is_main)| ((*path).into(), *is_main)).collect();
        let denied: Vec<&str> = found.targets.iter().filter(|it| is_denied(&found, &confirmed, it)).map(|it| it.name.as_str()).collect();
        assert_eq!(denied, expect, "{project}");
        let made = |name: &&str| lowered.artifacts.iter().any(|artifact| artifact.target == *name);
        let open = !lowered.awaiting.is_empty();
        assert!(open || found.targets.iter().all(|it| made(&it.name.as_str()) != denied.contains(&it.name.as_str())), "{project}");
    };
    check("lib a.c; maybe m m.c", &[], &[]);
    check("lib a.c; maybe m m.c", &[("m.c", true)], &[]);
    check("lib a.c; maybe m m.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c", &[], &[]);
    check("unsure-lib a.c; maybe m m.c", &[("m.c", true)], &["p"]);
    check("unsure-lib a.c; maybe m m.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c; maybe n n.c", &[("m.c", false)], &["m"]);
    check("unsure-lib a.c; maybe m m.c; maybe n n.c", &[("m.c", false), ("n.c", true)], &["p", "m"]);
    check("lib; maybe m m.c; maybe n n.c", &[("m.c", true)], &[]);
    check("lib; maybe m m.c; maybe n n.c", &[("m.c", true), ("n.c", true)], &["p"]);
    check("lib; maybe m m.c", &[("m.c", false)], &["m"]);
}

#[test]
fn with_lto_a_conditional_main_is_looked_into_as_machine_code() {
    let lowered = run("maybe m m.c", "link.lto = 'thin'", &Requested::Default, &[]).unwrap();
    assert_eq!(text(&lowered), "compile clang: m.c -> ~p/@main/m.c.o\nwant ~p/@main/m.c.o\nawait m.c in ~p/@main/m.c.o");
    assert!(lowered.steps[0].command.as_ref().unwrap().args.contains(&"-fno-lto".into()));
}
