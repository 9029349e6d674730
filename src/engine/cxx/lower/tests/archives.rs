//! Archives through which programs use the project's objects.

use super::*;

#[test]
fn a_library_and_a_program_share_the_projects_objects() {
    let expect = [
        "compile clang: src/a.c -> ~p/src/a.c.o",
        "compile clang++: src/b.cpp -> ~p/src/b.cpp.o",
        "link clang++: ~p/src/a.c.o ~p/src/b.cpp.o -> build/dev/lib/libp.so",
        "compile clang: main.c -> ~tool/main.c.o",
        "archive llvm-ar: ~p/src/a.c.o ~p/src/b.cpp.o -> ~p/@project.a ~p/@project.members",
        "link clang++: ~tool/main.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/tool",
        "want build/dev/lib/libp.so build/dev/bin/tool",
    ];
    check("lib src/a.c src/b.cpp; exe tool main.c +project", "", &expect);
}

#[test]
fn small_members_are_held_and_large_ones_named() {
    let lowered = run("lib a.c b.c; exe tool main.c +project", "", &Requested::Default, &[]).unwrap();
    let archive = lowered.steps.iter().find(|step| step.kind == StepKind::Archive).unwrap();
    assert!(archive.is_light(0) && archive.is_light(1 << 20) && !archive.is_light((1 << 20) + 1));
    let words = |step: &StepSpec| step.command.as_ref().unwrap().args.clone();
    let (thin, whole) = (words(archive), words(&archive.clone().lightened()));
    assert_eq!((&thin[0], &whole[0]), (&"rcsDT".into(), &"rcsD".into()));
    assert_eq!(thin[1..], whole[1..]);
    // What others know by name or load is the same always.
    let others = lowered.steps.iter().filter(|step| step.kind != StepKind::Archive);
    assert!(others.clone().count() == 5 && others.into_iter().all(|step| !step.is_light(0) && step.clone().lightened() == *step));
}

/// What the archives of a program hold that uses so many sources, one of them left out.
fn archived(sources: u32, without: Option<u32>) -> Vec<(FilePath, Vec<FilePath>)> {
    let all: String = (0..sources).filter(|number| Some(*number) != without).map(|number| format!(" s/{number:04}.c")).collect();
    let lowered = run(&format!("lib{all}; exe tool main.c +project"), "", &Requested::Default, &[]).unwrap();
    let archives = lowered.steps.iter().filter(|step| step.kind == StepKind::Archive);
    let archives: Vec<_> = archives.map(|step| (step.outputs[0].path.clone(), step.explicit.clone())).collect();
    let link = lowered.steps.iter().find(|step| step.outputs[0].path == "build/dev/bin/tool".into()).unwrap();
    let named = |path: &FilePath| archives.iter().any(|(archive, _)| archive == path);
    assert_eq!(link.explicit.iter().filter(|path| named(path)).count(), archives.len());
    assert_eq!(link.cxx.as_ref().unwrap().thin_archives.len(), archives.len());
    let args = link.command.as_ref().unwrap().args.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(args.contains("-Wl,--start-group .jmake_cache/obj/dev/p/@project.a "), archives.len() > 1, "{args}");
    archives
}

#[test]
fn many_objects_are_in_several_archives_and_one_that_goes_changes_few() {
    assert_eq!(archived(64, None).len(), 1);
    let all = archived(2000, None);
    assert!((10..=2000 / 64).contains(&all.len()), "{}", all.len());
    let members: Vec<&FilePath> = all.iter().flat_map(|(_, members)| members).collect();
    assert!(members.len() == 2000 && members.is_sorted());
    assert!(all[..all.len() - 1].iter().all(|(_, members)| (64..=256).contains(&members.len())));
    for gone in [0, 777, 1999] {
        let fewer = archived(2000, Some(gone));
        let others = fewer.iter().filter(|archive| !all.contains(archive)).count();
        assert!(others <= 4, "{others} of {} changed without {gone}", fewer.len());
    }
}

#[test]
fn parts_of_programs_are_in_their_archive_and_not_in_the_library() {
    let expect = [
        "compile clang: x.c -> ~p/x.c.o",
        "link clang: ~p/x.c.o -> build/dev/lib/libp.so",
        "compile clang: cli/prog.c -> ~prog/cli/prog.c.o",
        "compile clang: cli/part.c -> ~p/cli/part.c.o",
        "archive llvm-ar: ~p/cli/part.c.o ~p/x.c.o -> ~p/@project.a ~p/@project.members",
        "link clang: ~prog/cli/prog.c.o ~p/@project.a | ~p/@project.members -> build/dev/bin/prog",
        "want build/dev/lib/libp.so build/dev/bin/prog",
    ];
    check("lib x.c; objects cli/part.c; exe prog cli/prog.c +project", "", &expect);
    let alone = ["compile clang: x.c -> ~p/x.c.o", "link clang: ~p/x.c.o -> build/dev/lib/libp.so", "want build/dev/lib/libp.so"];
    check("lib x.c; objects cli/part.c", "", &alone);
}
