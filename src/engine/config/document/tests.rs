//! What a completed text keeps and what it gets, as tables of texts and on random ones.

use proptest::prelude::*;

use super::{DocumentError, Field, MARK, Mode, Value, WRITTEN, filled, has_targets, marked, missing, typed};

fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(ToString::to_string).collect())
}

fn table(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// Something for each field.
fn value(field: Field) -> Value {
    match field {
        Field::Files => table(&[
            ("cpp_sources", texts(&["a.cpp"])),
            ("cpp_headers", texts(&["a.hpp"])),
            ("c_sources", texts(&[])),
            ("c_headers", texts(&[])),
        ]),
        Field::IncludeDirs => texts(&["include"]),
        Field::Binaries => table(&[("executables", texts(&[])), ("static_libs", texts(&[])), ("shared_libs", texts(&["x.so"]))]),
        Field::Tools => table(&[("clang++", Value::Text("/l/clang++".into())), ("opt", Value::Text("/l/opt".into()))]),
        Field::OutputDir => Value::Text("build/ir".into()),
        Field::LibraryName => Value::Text("libx.so".into()),
    }
}

fn complete(text: &str, mode: Mode) -> Result<String, DocumentError> {
    WRITTEN.into_iter().try_fold(text.to_owned(), |text, field| filled(&text, field, &value(field), mode))
}

#[track_caller]
fn check(field: Field, text: &str, expect: &str) {
    assert_eq!(filled(text, field, &value(field), Mode::Fill).unwrap().replace(" # jmake complete", ""), expect);
}

#[test]
fn a_missing_section_is_added_at_the_end() {
    check(Field::OutputDir, "", "[compile]\noutput_dir = \"build/ir\"\n");
    check(Field::OutputDir, "# x\n", "# x\n\n[compile]\noutput_dir = \"build/ir\"\n");
    check(Field::OutputDir, "a = 1", "a = 1\n\n[compile]\noutput_dir = \"build/ir\"");
    check(Field::OutputDir, "[[jobs]]\r\nid = 1\r\n\r\n", "[[jobs]]\r\nid = 1\r\n\r\n[compile]\r\noutput_dir = \"build/ir\"\r\n");
    check(Field::OutputDir, "\u{feff}", "\u{feff}[compile]\noutput_dir = \"build/ir\"\n");
    check(Field::OutputDir, "[compile.defines]\nA = 1\n", "[compile.defines]\nA = 1\n\n[compile]\noutput_dir = \"build/ir\"\n");
    let tools = "[llvm.tools]\n\"clang++\" = \"/l/clang++\"\nopt = \"/l/opt\"\n";
    check(Field::Tools, "", tools);
}

#[test]
fn a_key_goes_behind_the_last_one_of_its_section() {
    check(
        Field::IncludeDirs,
        "[discovery] # d\n  enabled = true # e\n# f\n\n[link]\n",
        "[discovery] # d\n  enabled = true # e\n  include_dirs = [\"include\"]\n# f\n\n[link]\n",
    );
    check(Field::IncludeDirs, "[discovery]\n[link]\n", "[discovery]\ninclude_dirs = [\"include\"]\n[link]\n");
    check(
        Field::IncludeDirs,
        "[discovery]\nexclude_dirs = [\n 'a', # x\n]\n[link]",
        "[discovery]\nexclude_dirs = [\n 'a', # x\n]\ninclude_dirs = [\"include\"]\n[link]",
    );
}

#[test]
fn a_table_goes_behind_its_section_and_its_remarks() {
    let files = "[discovery.files]\ncpp_sources = [\"a.cpp\"]\ncpp_headers = [\"a.hpp\"]\nc_sources = []\nc_headers = []\n";
    check(
        Field::Files,
        "[discovery]\nenabled = true\n# depth = 3\n\n# About links.\n[link]\n",
        &format!("[discovery]\nenabled = true\n# depth = 3\n\n{files}\n# About links.\n[link]\n"),
    );
    check(Field::Files, "[discovery]\n# all\n", &format!("[discovery]\n# all\n\n{files}"));
    check(
        Field::Files,
        "[discovery.files]\nc_sources = [] # none\n\n[link]\n",
        "[discovery.files]\nc_sources = [] # none\ncpp_sources = [\"a.cpp\"]\ncpp_headers = [\"a.hpp\"]\nc_headers = []\n\n[link]\n",
    );
}

#[test]
fn keys_with_dots_and_braces_are_followed() {
    check(Field::OutputDir, "compile.enabled = true\n[link]\n", "compile.enabled = true\ncompile.output_dir = \"build/ir\"\n[link]\n");
    check(Field::OutputDir, "compile = {} # c\n", "compile = { output_dir = \"build/ir\" } # c\n");
    check(Field::OutputDir, "compile = { enabled = true }\n", "compile = { enabled = true, output_dir = \"build/ir\" }\n");
    check(
        Field::Tools,
        "llvm = { use_jmake_llvm = true }\n",
        "llvm = { use_jmake_llvm = true, tools = { \"clang++\" = \"/l/clang++\", opt = \"/l/opt\" } }\n",
    );
    check(
        Field::Binaries,
        "[discovery]\n\"binaries\".executables = []\n[x]\n",
        "[discovery]\n\"binaries\".executables = []\nbinaries.static_libs = []\nbinaries.shared_libs = [\"x.so\"]\n[x]\n",
    );
    check(
        Field::Binaries,
        "discovery = { binaries.executables = [], e = 1 }",
        "discovery = { binaries.executables = [], binaries.static_libs = [], binaries.shared_libs = [\"x.so\"], e = 1 }",
    );
}

#[test]
fn an_empty_text_is_filled_where_it_stands() {
    check(Field::LibraryName, "[binary]\nlibrary_name = '' # ?\n", "[binary]\nlibrary_name = \"libx.so\" # ?\n");
    check(Field::Tools, "[llvm]\ntools = \"\"\n", "[llvm]\ntools = { \"clang++\" = \"/l/clang++\", opt = \"/l/opt\" }\n");
}

#[test]
fn what_is_there_stays_unless_it_is_refreshed() {
    let text = "[compile]\noutput_dir = 'own' # mine\n[discovery]\ninclude_dirs = [] # none\n";
    check(Field::OutputDir, text, text);
    check(Field::IncludeDirs, text, text);
    let fresh = |text: &str, field| filled(text, field, &value(field), Mode::Refresh).unwrap();
    assert_eq!(fresh(text, Field::IncludeDirs), text, "somebody typed it");
    let marked = text.replace("# none", MARK);
    assert_eq!(fresh(&marked, Field::IncludeDirs), marked.replace("[] #", "[\"include\"] #"));
    let same = "[discovery]\ninclude_dirs = [ 'include' ] # jmake complete\n";
    assert_eq!(fresh(same, Field::IncludeDirs), same, "the same value, typed otherwise");
}

#[test]
fn what_was_filled_in_is_marked_and_known_again() {
    let fill = |text: &str, field| filled(text, field, &value(field), Mode::Fill).unwrap();
    let tools = "[llvm.tools] # jmake complete\n\"clang++\" = \"/l/clang++\"\nopt = \"/l/opt\"\n";
    assert_eq!(fill("", Field::Tools), tools, "the header speaks for what is below it");
    assert_eq!(
        fill("[discovery]\nenabled = true\n", Field::IncludeDirs),
        "[discovery]\nenabled = true\ninclude_dirs = [\"include\"] # jmake complete\n"
    );
    assert_eq!(fill("[llvm]\ntools = ''\n", Field::Tools).matches(MARK).count(), 1);
    assert_eq!(fill("[compile]\n", Field::OutputDir), "[compile]\noutput_dir = \"build/ir\"\n", "what is never looked for again");
    let own = "[discovery.files]\ncpp_sources = ['own.cpp']\n";
    let both = fill(own, Field::Files);
    assert_eq!(both.matches(MARK).count(), 3);
    let check =
        |text: &str, expect: (&[Field], &[Field])| assert_eq!((&marked(text).unwrap()[..], &typed(text).unwrap()[..]), expect, "{text}");
    check(tools, (&[Field::Tools], &[]));
    check(&tools.replace("# jmake complete", "# mine"), (&[], &[Field::Tools]));
    check(own, (&[], &[]));
    check(&both, (&[Field::Files], &[]));
    check("[discovery]\ninclude_dirs = ['x']\n", (&[], &[Field::IncludeDirs]));
    let fresh = filled(&both.replace("a.hpp", "b.hpp"), Field::Files, &value(Field::Files), Mode::Refresh).unwrap();
    assert_eq!(fresh, both, "what somebody typed stays, and the rest is written anew");
    assert!(has_targets("[[targets]]\nname = 'x'\n").unwrap() && !has_targets("[target]\n").unwrap());
}

#[test]
fn what_cannot_be_filled_is_said() {
    let error = |text: &str, field| filled(text, field, &value(field), Mode::Fill).unwrap_err().to_string();
    assert_eq!(error("compile = 3", Field::OutputDir), "`compile` is not a table; write [compile] on a line of its own instead");
    assert!(error("[[discovery]]", Field::Files).contains("`discovery` is not a table"));
    assert!(error("[discovery]\nfiles = []", Field::Files).contains("`discovery.files` is not a table"));
    assert!(missing("[").unwrap_err().to_string().contains("not valid TOML"));
}

#[test]
fn what_is_missing_is_known() {
    let check = |text: &str, expect: &[Field]| assert_eq!(missing(text).unwrap(), expect, "{text}");
    let all = Field::ALL;
    check("", &all);
    check("[binary]\nlibrary_name = ''\n[compile]\noutput_dir = 'x'", &[all[0], all[1], all[2], all[3], all[5]]);
    check("discovery = { include_dirs = [], files = '' }\n[llvm.tools]\n", &[all[0], all[2], all[3], all[4], all[5]]);
    check("[discovery.files]\ncpp_sources = []\nllvm.tools.x = ''", &[all[0], all[1], all[2], all[3], all[4], all[5]]);
    let whole = complete("", Mode::Fill).unwrap();
    check(&whole, &[]);
}

/// Whether the lines of `old` are in `new` in their order. Those may have grown that an empty text or a brace made way for.
fn keeps_lines(old: &str, new: &str) -> bool {
    let mut rest = new.trim_start_matches('\u{feff}').lines();
    old.trim_start_matches('\u{feff}')
        .lines()
        .all(|line| rest.any(|kept| kept == line || (line.contains(['{', '}', '"', '\'']) && grew(line, kept))))
}

/// `line` with something put into it once, in the place of an empty text or of nothing.
fn grew(line: &str, kept: &str) -> bool {
    let head = line.bytes().zip(kept.bytes()).take_while(|(a, b)| a == b).count();
    let tail = line.bytes().rev().zip(kept.bytes().rev()).take_while(|(a, b)| a == b).count();
    head + tail + 2 >= line.len()
}

/// A document in pieces that are valid in any order and number.
fn document() -> impl Strategy<Value = String> {
    let top = prop_oneof![
        Just("version = '1'"),
        Just("# remark \u{e9}"),
        Just(""),
        Just("discovery.enabled = true # x"),
        Just("discovery = { enabled = true }"),
        Just("discovery = {}"),
        Just("compile = { flags = [\n  '-O2', # two\n] }"),
        Just("'llvm' . \"tools\".opt = '/o'"),
        Just("binary.library_name = '' # later"),
        Just("text = '''\n[discovery]\nenabled = \"\"\n'''"),
        Just("  indented = 1"),
    ];
    let below = prop_oneof![
        Just("[discovery]\nenabled = true"),
        Just("[discovery] # here\n# exclude_dirs = []"),
        Just("[discovery.files]\ncpp_sources = ['x.cpp',\n  # mine\n  'y.cpp']"),
        Just("[discovery.files]\nc_sources = ''"),
        Just("[discovery]\nfiles.cpp_sources = []\n\tfiles.c_headers = []"),
        Just("[ discovery . 'binaries' ]\nexecutables = []"),
        Just("[compile.defines]\nA = 'x'\n# B = 1"),
        Just("[compile]\noutput_dir = ''"),
        Just("[\"compile\"]\nflags = []\n\n\n# above link\n[link]"),
        Just("[binary]\nlibrary_name = \"\" # ?\nrpath = true"),
        Just("[llvm]\ntools = { opt = '/o' }"),
        Just("[[jobs]]\nid = 'a'\n[jobs.args]\nx = 1"),
        Just("[custom.discovery]\nfiles = ''"),
        Just("# last words"),
        Just(""),
    ];
    let all = (prop::collection::vec(top, 0..5), prop::collection::vec(below, 0..6), any::<[bool; 3]>());
    all.prop_map(|(top, below, [crlf, bom, open])| {
        let mut text = top.into_iter().chain(below).collect::<Vec<_>>().join("\n");
        if !open {
            text.push('\n');
        }
        let text = if crlf { text.replace('\n', "\r\n") } else { text };
        if bom { format!("\u{feff}{text}") } else { text }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_line_is_kept_and_everything_is_filled(text in document()) {
        // Pieces that contradict each other are no document.
        if let Ok(before) = missing(&text) {
            let after = complete(&text, Mode::Fill);
            prop_assert!(after.is_ok(), "{:?}\n{text}", after);
            let after = after.unwrap();
            prop_assert!(keeps_lines(&text, &after), "{text:?}\n{after:?}");
            prop_assert_eq!(missing(&after).unwrap(), &[]);
            prop_assert_eq!(&complete(&after, Mode::Fill).unwrap(), &after);
            prop_assert_eq!(text.starts_with('\u{feff}'), after.starts_with('\u{feff}'));
            if !text.trim_start_matches('\u{feff}').is_empty() {
                prop_assert_eq!(text.ends_with('\n'), after.ends_with('\n'));
            }
            let bare = |text: &str| text.matches('\n').count() - text.matches("\r\n").count();
            prop_assert!(!text.contains("\r\n") || bare(&after) == 0, "{after:?}");
            prop_assert!(before.is_empty() == (after == text));
            let fresh = complete(&after, Mode::Refresh).unwrap();
            prop_assert_eq!(&complete(&fresh, Mode::Refresh).unwrap(), &fresh);
        }
    }

    #[test]
    fn no_text_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), toml in "(\u{feff}?\\[?\\[?(discovery|compile|llvm)?\\.?(files|tools)?\\]?\\]? ?=? ?(\\[|\"|'|\\{|\\}|''|1|true|é|#)?\r?\n?){0,12}") {
        for text in [String::from_utf8_lossy(&bytes).as_ref(), &toml] {
            if missing(text).is_ok() {
                let _ = complete(text, Mode::Fill);
                let _ = complete(text, Mode::Refresh);
            }
        }
    }
}
