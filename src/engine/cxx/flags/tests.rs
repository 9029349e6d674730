//! The flag table, as a table of flags and what they name.

use super::*;

fn text(flags: &str) -> String {
    let c = classify(&flags.split(' ').collect::<Vec<_>>());
    let paths = |list: &[FilePath]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let parts = [
        ("in", paths(&c.inputs)),
        ("include", paths(&c.included)),
        ("out", paths(&c.outputs)),
        ("dir", paths(&c.search_dirs)),
        ("unknown", c.unknown.join(" | ")),
        ("named", paths(&c.named_paths)),
    ];
    parts.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join("; ")
}

#[test]
fn flags_are_sorted_by_what_they_name() {
    let check = |flags: &str, expect: &str| assert_eq!(text(flags), expect, "{flags}");
    check("-O2 -g -gdwarf-4 -Wall -Wno-error=x -fPIC -march=native -std=c++20 -DX=/a/b -UY -pthread", "");
    check("-Iinc -I lib -isystem sys -isystemsys2 --sysroot=/s", "dir: inc lib sys sys2 /s");
    check(
        "-include a.h -includeb.h -imacros m.h -include-pch p.pch",
        "in: p.pch; include: a.h b.h m.h; named: a.h.pch a.h.gch b.h.pch b.h.gch",
    );
    check("-fprofile-sample-use=x.profdata -fplugin=p.so -fsanitize-ignorelist=i.txt", "in: x.profdata p.so i.txt");
    check("-MD -MF a.d -MTt -MT u -o x.o", "out: a.d x.o");
    check("-Wp,-MD,a.d", "unknown: -Wp,-MD,a.d; named: a.d");
    check("-Xclang -load -Xclang p.so", "unknown: -Xclang -load | -Xclang p.so; named: p.so");
    check("-ffoo=bar,baz", "unknown: -ffoo=bar,baz; named: bar baz");
    check("-fno-such-thing -mno-avx -Wsomething", "");
    check("@args.rsp", "unknown: @args.rsp; named: args.rsp");
    check("-Wl,@args.rsp", "unknown: -Wl,@args.rsp; named: args.rsp");
    check("x.a", "unknown: x.a; named: x.a");
    check("-include", "");
    check("-fprofile-use -fprofile-use=dir -fprofile-instr-use", "");
    check("-fmodules -fmodule-map-file=m", "unknown: -fmodules | -fmodule-map-file=m; named: m");
    check("-fsanitize=address,undefined --coverage -gsplit-dwarf -ffunction-sections", "");
}

#[test]
fn only_flags_with_known_stages_are_staged() {
    let check = |flags: &str, expect: bool| assert_eq!(can_be_staged(&flags.split(' ').collect::<Vec<_>>()), expect, "{flags}");
    check("-O2 -g", true);
    check("-fsanitize=address --coverage -gsplit-dwarf", true);
    check("-flto=thin", false);
    check("-flto -fno-lto", true);
    check("-Xclang -foo", false);
    check("-save-temps=obj", false);
}
