//! Command lines as text.

use super::*;
use crate::engine::config::options::{Options, Visibility, Warnings};
use crate::engine::config::settings::Settings;
use crate::engine::config::{Request, load};
use crate::engine::cxx::flags::classify;
use crate::engine::cxx::toolchain::{Identities, Install, Toolchain, Version};
use crate::engine::discover::Language;

fn settings(profile: &str, toml: &str) -> Settings {
    let environment = |name: &str| (name == "LDFLAGS" && toml.contains("# env")).then(|| "-Lenv".to_owned());
    let request = Request {
        root_name: "P",
        user: None,
        project: Some(toml),
        environment: &environment,
        profile,
        build_dir: "build".into(),
        path_of_file: "jmake.toml",
    };
    load(&request).unwrap().0
}

fn toolchain(lld: bool) -> Toolchain {
    let tools = if lld { vec![("ld.lld".to_owned(), "/l/ld.lld".into())] } else { vec![] };
    let install = Install {
        bin_dir: "/l".into(),
        version: Version(19, 0, 0),
        triple: String::new(),
        tools: tools.into_iter().collect(),
        origin: String::new(),
    };
    Toolchain { install, identities: Identities::new(), preloaded: None }
}

fn text(args: &[FilePath]) -> String {
    args.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_compile_gets_its_flags_in_order() {
    let check = |profile: &str, toml: &str, language, expect: &str| {
        let flags = compile::flags(&settings(profile, toml).options, language, &["".into(), "include".into()]);
        assert_eq!(text(&flags), expect);
    };
    let end = "-I. -Iinclude -fcolor-diagnostics";
    check("dev", "", Language::Cxx, &format!("-std=gnu++17 -fPIC -O0 -g -gdwarf-4 {end}"));
    check("release", "", Language::C, &format!("-std=gnu17 -fPIC -O2 -DNDEBUG {end}"));
    check("release", "", Language::Assembler, &format!("-Qunused-arguments -fPIC -O2 -DNDEBUG {end}"));
    let flags = "compile.flags = ['-std=c++20', '-Wall', '-MF', 'x.d', '-MMD', '-ofoo', '-c']";
    check("release", flags, Language::Cxx, &format!("-std=gnu++17 -fPIC -O2 -DNDEBUG -std=c++20 -Wall {end}"));
    check("release", flags, Language::C, &format!("-std=gnu17 -fPIC -O2 -DNDEBUG -Wall {end}"));
    let given = "compile.include_dirs = ['own']\ncompile.defines = { A = '', B = 'x y' }\nlink.lto = 'thin'";
    let expect = "-std=gnu17 -fPIC -O2 -DNDEBUG -DA -DB=x y -Iown -I. -Iinclude -flto=thin -fcolor-diagnostics";
    check("release", given, Language::C, expect);
}

#[test]
fn stages_have_the_flags_of_the_whole() {
    let flags = [FilePath::from("-O2")];
    let (source, object, bitcode, depfile) = ("-a.c".into(), "o/a.c.o".into(), "o/a.c.bc".into(), "o/a.c.d".into());
    let check = |args: Vec<FilePath>, expect: &str| assert_eq!(text(&args), expect);
    check(compile::fused(&flags, &source, &object, None), "-O2 -c ./-a.c -o o/a.c.o");
    check(compile::fused(&flags, &source, &object, Some(&depfile)), "-O2 -c ./-a.c -o o/a.c.o -MD -MF o/a.c.d");
    check(
        compile::frontend(&flags, &source, &bitcode, &depfile),
        "-O2 -emit-llvm -Xclang -emit-llvm-uselists -c ./-a.c -o o/a.c.bc -MD -MF o/a.c.d",
    );
    check(compile::backend(&flags, &bitcode, &object), "-O2 -Qunused-arguments -Xclang -disable-llvm-passes -x ir -c o/a.c.bc -o o/a.c.o");
}

#[test]
fn links_are_written_out() {
    let check = |lld: bool, toml: &str, product: link::Product<'_>, expect: &str| {
        let settings = settings("release", toml);
        let flags = link::flags(&settings.options, &toolchain(lld), Language::Cxx, product);
        let (output, depfile) = ("out/x".into(), "o/x.d".into());
        let files = link::Files {
            archives: &[],
            inputs: &["a.o".into(), "b.o".into()],
            libraries: &settings.options.link_libraries,
            run_paths: &[],
            output: &output,
            depfile: &depfile,
            script: None,
        };
        assert_eq!(text(&link::arguments(&flags, &settings.options, files)), expect);
    };
    let ends = "-Wl,--push-state,--as-needed -lm -lpthread -ldl -Wl,--pop-state";
    let own = "-O2 -DNDEBUG";
    let shown = "-Qunused-arguments -fcolor-diagnostics";
    let files = "-o out/x -Xlinker --dependency-file=o/x.d a.o b.o";
    let shared = link::Product::Shared { soname: "libx.so" };
    let exe = link::Product::Executable;
    check(true, "", exe, &format!("-fuse-ld=lld -Wl,--color-diagnostics {own} {shown} {files} {ends}"));
    check(false, "", exe, &format!("{own} {shown} {files} {ends}"));
    let soname = "-shared -Xlinker -soname -Xlinker libx.so";
    check(true, "", shared, &format!("-fuse-ld=lld -Wl,--color-diagnostics {own} {shown} {soname} -Wl,-z,defs {files} {ends}"));
    check(
        true,
        "link.allow_undefined = true",
        shared,
        &format!("-fuse-ld=lld -Wl,--color-diagnostics {own} {shown} {soname} {files} {ends}"),
    );
    let asan = "compile.flags = ['-fsanitize=address', '-x', 'c++']";
    check(true, asan, shared, &format!("-fuse-ld=lld -Wl,--color-diagnostics {own} -fsanitize=address {shown} {soname} {files} {ends}"));
    let libraries = "binary.link_libraries = ['z', 'libq.a', 'dir/libr.so'] # env";
    check(
        true,
        libraries,
        exe,
        &format!("-fuse-ld=lld -Wl,--color-diagnostics {own} {shown} {files} -Lenv -lz -l:libq.a dir/libr.so {ends}"),
    );
    check(true, "compile.flags = ['-fuse-ld=gold']", exe, &format!("{own} -fuse-ld=gold {shown} {files} {ends}"));
}

#[test]
fn archives_and_whole_program_steps_are_written_out() {
    let check = |args: Vec<FilePath>, expect: &str| assert_eq!(text(&args), expect);
    let objects = ["a.o".into(), "@b.o".into()];
    check(archive::whole(&"x.a".into(), &objects), "rcsD x.a a.o ./@b.o");
    check(archive::thin(&"x.a".into(), &objects), "rcsDT x.a a.o ./@b.o");
    check(lto::merge(&["a.bc".into(), "b.bc".into()], &"l.bc".into()), "-o l.bc a.bc b.bc");
    let flags: Vec<FilePath> = ["-O2", "-Os", "-ffunction-sections", "-fdata-sections", "-fno-data-sections"].map(Into::into).to_vec();
    check(lto::optimise(&flags, &["licm".into()], &"l.bc".into(), &"o.bc".into()), "-passes=default<Os>,licm l.bc -o o.bc");
    check(lto::generate(&flags, &"o.bc".into(), &"x.o".into()), "-O2 -relocation-model=pic -filetype=obj -function-sections o.bc -o x.o");
    assert_eq!(lto::dropped(["-O2", "-fsanitize=address"]), Some("-fsanitize=address"));
}

#[test]
fn long_lines_go_into_a_file() {
    let (args, file) = response::shorten(vec!["a b".into(), "c\"\\".into()], None, &"x.rsp".into());
    assert_eq!((args.len(), file), (2, None));
    let mut long = vec![FilePath::from("a b"), "c\"\\".into()];
    long.extend((0..10_000).map(|i| FilePath::from(format!("{i:08}").as_str())));
    let (args, file) = response::shorten(long, None, &"x.rsp".into());
    assert_eq!(text(&args), "@x.rsp");
    assert!(file.unwrap().content.starts_with(b"\"a b\"\n\"c\\\"\\\\\"\n\"00000000\"\n"));
}

#[test]
fn every_option_has_its_flags() {
    let plain = Options { profile_flags: vec!["-O0".into()], ..Options::default() };
    let check = |change: fn(&mut Options), c: &str, cxx: &str, link: &str| {
        let mut options = plain.clone();
        change(&mut options);
        let compile = |language| text(&compile::flags(&options, language, &[]));
        assert_eq!(compile(Language::C), format!("{c} -fcolor-diagnostics"));
        assert_eq!(compile(Language::Cxx), format!("{cxx} -fcolor-diagnostics"));
        let flags = link::flags(&options, &toolchain(false), Language::C, link::Product::Executable);
        let (output, depfile, inputs) = ("out/x".into(), "x.d".into(), ["a.o".into()]);
        let run_paths = [link::run_path(&output, &"out/lib".into())];
        let (inputs, run_paths) = (inputs.as_slice(), run_paths.as_slice());
        let files = link::Files { inputs, archives: &[], libraries: &[], run_paths, output: &output, depfile: &depfile, script: None };
        let line = text(&link::arguments(&flags, &options, files));
        let shown = line.replace(" -Wl,--push-state,--as-needed -lm -lpthread -ldl -Wl,--pop-state", "");
        let shown = shown.replace(" -Qunused-arguments -fcolor-diagnostics -o out/x -Xlinker --dependency-file=x.d", " |");
        assert_eq!(shown.replace("-Xlinker -rpath -Xlinker $ORIGIN/lib ", ""), link);
        let whole = [compile::flags(&options, Language::C, &[]), compile::flags(&options, Language::Cxx, &[])].concat();
        let words: Vec<String> = whole.iter().map(ToString::to_string).collect();
        assert_eq!(classify(&words).unknown, Vec::<String>::new());
    };
    let (c, cxx, link) = ("-std=gnu17 -fPIC -O0", "-std=gnu++17 -fPIC -O0", "-O0 | a.o");
    let both = |more: &str| [c, cxx].map(|plain| format!("{plain} {more}").trim_end().to_owned());
    check(|_| (), c, cxx, link);
    check(|o| o.std = Some("c++23".into()), c, "-std=c++23 -fPIC -O0", link);
    check(|o| o.c_std = Some("c11".into()), "-std=c11 -fPIC -O0", cxx, link);
    let with = |change: fn(&mut Options), more: &str, link: &str| {
        let [c, cxx] = both(more);
        check(change, &c, &cxx, link);
    };
    with(|o| o.warnings = Warnings::None, "-w", link);
    with(|o| o.warnings = Warnings::All, "-Wall", link);
    with(|o| o.warnings = Warnings::Extra, "-Wall -Wextra", link);
    with(|o| o.warnings = Warnings::Everything, "-Weverything", link);
    with(|o| o.warnings_as_errors = true, "-Werror", link);
    with(
        |o| o.sanitizers = vec!["address".into(), "undefined".into()],
        "-fsanitize=address,undefined",
        "-O0 -fsanitize=address,undefined | a.o",
    );
    with(|o| o.coverage = true, "-fprofile-instr-generate -fcoverage-mapping", "-O0 -fprofile-instr-generate | a.o");
    with(|o| o.opt_level = Some("O3".into()), "-O3", "-O0 -O3 | a.o");
    with(|o| o.opt_level = Some("s".into()), "-Os", "-O0 -Os | a.o");
    with(|o| o.link_flags = vec!["-Wl,-z,now".into(), "-lx".into()], "", "-O0 | a.o -Wl,-z,now -lx");
    with(|o| o.lib_dirs = vec!["".into(), "deps/lib".into()], "", "-O0 | a.o -L. -Ldeps/lib");
    let hidden = "-fvisibility=hidden";
    check(|o| o.visibility = Visibility::Hidden, &format!("{c} {hidden}"), &format!("{cxx} {hidden} -fvisibility-inlines-hidden"), link);
    let platform = |o: &mut Options| o.platform.triple = Some("aarch64-linux-gnu".into());
    let [c, cxx] = ["gnu17", "gnu++17"].map(|std| format!("-std={std} -fPIC --target=aarch64-linux-gnu -O0"));
    check(platform, &c, &cxx, "--target=aarch64-linux-gnu -O0 | a.o");
}

#[test]
fn libraries_are_found_from_where_the_program_is() {
    let check = |output: &str, dir: &str, expect: &str| assert_eq!(link::run_path(&output.into(), &dir.into()).to_string(), expect);
    check("build/dev/bin/x", "build/dev/lib", "$ORIGIN/../lib");
    check("build/dev/lib/libx.so", "build/dev/lib", "$ORIGIN");
    check("x", "deps/lib", "$ORIGIN/deps/lib");
    check("build/dev/bin/x", "/opt/lib", "/opt/lib");
}
