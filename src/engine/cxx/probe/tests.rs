//! Outputs of real drivers, shortened, and what is read from them.

use super::*;

const CLANG_19: &str = r#"Debian clang version 19.1.7 (3~deb12u1)
Target: x86_64-pc-linux-gnu
 (in-process)
 "/usr/lib/llvm-19/bin/clang" "-cc1" "-emit-obj" "-iquote" "q" "-cxx-isystem" "cxs" "-isystem" "sy" "-idirafter" "da" "-include" "a b\".h" "-I" "inc" "-I" "/usr/include" "-I/cpath" "-c-isystem" "/c-only" "-internal-isystem" "/usr/lib/gcc/../c++/12" "-internal-isystem" "/usr/local/include" "-internal-externc-isystem" "/usr/include" "-O2" "-o" "jmake-probe.o" "-x" "c++" "/dev/null"
"#;

#[test]
fn the_search_list_is_in_clangs_order() {
    let probe = parse_compile(CLANG_19).unwrap();
    let text = |dirs: &[FilePath]| dirs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(text(&probe.quote_dirs), "q");
    assert_eq!(text(&probe.search_dirs), "inc /cpath sy cxs /usr/lib/gcc/../c++/12 /usr/local/include /usr/include da");
    assert_eq!(probe.angled, 2);
    let c = parse_compile(&CLANG_19.replace("\"c++\"", "\"c\"")).unwrap();
    assert_eq!(text(&c.search_dirs), "inc /cpath sy /c-only /usr/lib/gcc/../c++/12 /usr/local/include /usr/include da");
}

#[test]
fn profiles_are_named_as_they_are_read() {
    let probe = parse_compile(&CLANG_19.replace("\"-O2\"", "\"-O2\" \"-fprofile-instrument-use-path=prof/default.profdata\"")).unwrap();
    assert_eq!(probe.profiles, ["prof/default.profdata".into()]);
    let line = " \"/ld.lld\" \"-plugin-opt=cs-profile-path=a.profdata\" \"--lto-sample-profile=b.prof\"\n";
    assert_eq!(parse_link(line).unwrap().profiles, ["a.profdata".into(), "b.prof".into()]);
}

#[test]
fn what_leads_elsewhere_is_known() {
    let of = |flags: &str| parse_compile(&CLANG_19.replace("\"-O2\"", &format!("\"-O2\" {flags}"))).unwrap();
    assert!(!of("").fenced && of("\"-fmodules\"").fenced && of("\"-fmodule-map-file=x.modulemap\"").fenced);
    let framework = of("\"-Fone\" \"-F\" \"two\" \"-iframework\" \"three\"");
    assert_eq!(framework.framework_dirs, ["one".into(), "two".into(), "three".into()]);
    assert!(framework.fenced && framework.search_dirs == of("").search_dirs);
    let overlay = of("\"-ivfsoverlay\" \"ov.yaml\"");
    assert!(overlay.fenced && overlay.overlays == ["ov.yaml".into()]);
}

#[test]
fn the_programs_of_a_compile_are_known() {
    let assembled = format!("{CLANG_19} \"/usr/bin/as\" \"-o\" \"a.o\"\n");
    assert_eq!(parse_compile(&assembled).unwrap().programs, ["/usr/bin/as".into(), "/usr/lib/llvm-19/bin/clang".into()]);
}

#[test]
fn directories_of_embedded_data_are_a_list_of_their_own() {
    let probe = parse_compile(&CLANG_19.replace("\"-O2\"", "\"-O2\" \"--embed-dir=data\" \"--embed-dir=more\"")).unwrap();
    assert_eq!(probe.embed_dirs, ["data".into(), "more".into()]);
    assert!(!probe.search_dirs.contains(&"data".into()));
}

#[test]
fn comments_count_where_a_flag_says_so() {
    let of = |text: &str| parse_compile(text).unwrap().comment_blind.is_some();
    assert!(of(CLANG_19));
    assert!(!of(&CLANG_19.replace("\"-O2\"", "\"-Wdocumentation\"")));
}

#[test]
fn the_identity_is_that_of_the_whole_line_and_of_nothing_else() {
    let of = |text: &str| parse_compile(text).unwrap().identity;
    assert_eq!(of(CLANG_19), of(&CLANG_19.replace("Target:", "Thread model:")));
    assert_ne!(of(CLANG_19), of(&CLANG_19.replace("-O2", "-O3")));
    assert_eq!(of(CLANG_19), of(&CLANG_19.replace("\"-O2\"", "\"-O2\" \"-source-date-epoch\" \"86400\"")));
    assert_ne!(of(CLANG_19), of(&CLANG_19.replace("\"-O2\" \"-o\"", "\"-O2-o\"")));
}

#[test]
fn the_linker_line_gives_its_directories() {
    let probe = parse_link(
        "clang version 14\n \"/usr/lib/llvm-14/bin/ld.lld\" \"-shared\" \"-o\" \"jmake-probe\" \"-L/usr/lib/gcc/12\" \"-L/lib\" \"-lc\"\n",
    )
    .unwrap();
    assert_eq!(probe.program, "/usr/lib/llvm-14/bin/ld.lld".into());
    assert_eq!(probe.library_dirs, ["/usr/lib/gcc/12".into(), "/lib".into()]);
    let probe = parse_link(" \"/usr/bin/ld\" \"-plugin\" \"/usr/lib/LLVMgold.so\" \"-lc\"\n").unwrap();
    assert_eq!(probe.programs().map(ToString::to_string).collect::<Vec<_>>(), ["/usr/bin/ld", "/usr/lib/LLVMgold.so"]);
}

#[test]
fn a_refusal_is_told_in_the_compilers_words() {
    let check = |text: &str, expect: &str| {
        let said = parse_compile(text).unwrap_err().to_string();
        assert!(said.contains(expect), "{said}");
    };
    check("clang: error: unknown argument: '-fbogus'\nDebian clang version 14.0.6\n", "clang: error: unknown argument: '-fbogus'");
    check("gcc: fine\n", "Is it clang?");
    check("", "Is it clang?");
    check(" \"ld\" \"-o\n", "no command line");
}

#[test]
fn nothing_is_compiled() {
    let text = |args: Vec<FilePath>| args.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(text(compile_arguments(Language::Cxx, &["-O2".into()])), "-### -O2 -x c++ -c /dev/null -o jmake-probe.o");
    assert_eq!(text(link_arguments(&["-shared".into()])), "-### -shared");
}

const LINKED: &str = r#"clang version 19
InstalledDir: /l/bin
 "/l/bin/ld.lld" "-pie" "-o" "jmake-output" "crt1.o" "--dependency-file=jmake-depfile" "--jmake-inputs" "-ljmake-libraries" "-lc"
"#;

#[test]
fn a_line_is_used_for_others_only_if_nothing_else_leads_it() {
    let line = |text: &str| parse_link(text).unwrap().line;
    assert_eq!(line(LINKED).unwrap().len(), 8);
    let soname = line(&LINKED.replace("\"-pie\"", "\"-shared\" \"-soname\" \"jmake-soname\""));
    assert!(soname.is_some());
    for (from, to) in [
        ("/l/bin/ld.lld", "/usr/bin/ld"),
        ("/l/bin/ld.lld", "ld.lld"),
        ("InstalledDir: /l/bin", "InstalledDir: /elsewhere/bin"),
        ("InstalledDir: /l/bin\n", ""),
        ("clang version 19", "Configuration file: /l/bin/clang.cfg"),
        ("\"-pie\"", "\"-L/home/jmake-output/libs\""),
        ("\"-pie\"", "\"-plugin-opt=dwo_dir=jmake-output_dwo\""),
        ("\"-pie\"", "\"-L/caf\u{fffd}\""),
        ("\"-lc\"", "\"-Ta\nb.ld\""),
        ("\"-ljmake-libraries\" ", ""),
        ("\n \"/l", "\n \"/l/bin/objcopy\" \"a\"\n \"/l"),
    ] {
        assert!(LINKED.contains(from) && line(&LINKED.replace(from, to)).is_none(), "{from} {to}");
    }
}
