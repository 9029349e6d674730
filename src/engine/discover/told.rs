//! What a build says of files that it leaves out, in few lines. Does not know when it says so.

use std::collections::BTreeMap;

use super::{Discovery, LeftOut, Repeat};
use crate::engine::path::FilePath;
use crate::engine::report::Remark;
use crate::engine::scan::kind::FileKind;

/// Why a module unit is left out.
pub(super) const MODULE: &str = "it is a C++20 module unit or imports one, which JMake does not build yet";
/// So many files have a line of their own.
const LINES: usize = 10;
/// So many files are named in one line.
const NAMED: usize = 3;

/// Remarks on what `found` leaves out; `groups`: of tests and the like, too. `handled`: by somebody else, such as a job.
#[must_use]
pub fn told(found: &Discovery, groups: bool, handled: &dyn Fn(&FilePath) -> bool) -> Vec<Remark> {
    let repeated: Vec<&LeftOut> = found
        .left_out
        .iter()
        .filter(|left| match left.repeat {
            Repeat::Always => true,
            Repeat::WithGroups => groups,
            Repeat::Never => false,
        })
        .collect();
    let kinds = by_kind(found.left_out.iter().filter(|left| !handled(&left.path)));
    let mut lines: Vec<Remark> = kinds.into_iter().map(Remark::from).collect();
    let one = |left: &&LeftOut| format!("{} is left out: {}", left.path, left.why);
    let mut closing: Vec<String> = repeated.iter().take(LINES).map(one).collect();
    if let Some(more) = repeated.len().checked_sub(LINES).filter(|more| *more > 0) {
        closing.push(format!("{more} more are left out for want of headers"));
    }
    if !(lines.is_empty() && closing.is_empty()) {
        let out = found.left_out.iter().filter(|left| is_source(left)).count();
        closing.push(format!("{out} of {} sources are left out; `jmake discover` says why", found.sources.len() + out));
    }
    lines.extend(closing.into_iter().map(|text| Remark { text, closing: true }));
    lines
}

fn is_source(left: &LeftOut) -> bool {
    matches!(FileKind::of(&left.path), FileKind::Source(_) | FileKind::Unsupported(_))
}

/// One line for each language, and one for modules.
fn by_kind<'a>(left_out: impl Iterator<Item = &'a LeftOut>) -> Vec<String> {
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for left in left_out {
        if left.why == MODULE || matches!(FileKind::of(&left.path), FileKind::Unsupported(_)) {
            kinds.entry(&left.why).or_default().push(left.path.to_string());
        }
    }
    let line = |(why, paths): (&str, Vec<String>)| {
        if let [only] = paths.as_slice() {
            return format!("{only} is left out: {why}");
        }
        let more = paths.len().checked_sub(NAMED).filter(|more| *more > 0).map(|more| format!(" and {more} more"));
        let named = paths[..paths.len().min(NAMED)].join(", ");
        format!("{named}{} are left out: {}", more.unwrap_or_default(), why.replacen("it is", "each is", 1))
    };
    kinds.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::discover::{Language, Source};

    fn discovery(left_out: &[(&str, &str, Repeat)]) -> Discovery {
        let left = |(path, why, repeat): &(&str, &str, Repeat)| LeftOut { path: (*path).into(), why: (*why).into(), repeat: *repeat };
        let sources = vec![Source { path: "a.c".into(), language: Language::C }];
        Discovery { sources, left_out: left_out.iter().map(left).collect(), ..Discovery::default() }
    }

    fn check(left_out: &[(&str, &str, Repeat)], groups: bool, expect: &[&str]) {
        let said = told(&discovery(left_out), groups, &|path| path.name() == "made.y");
        let said: Vec<String> = said.iter().map(|it| format!("{}{}", it.text, if it.closing { " !" } else { "" })).collect();
        assert_eq!(said, expect);
    }

    #[test]
    fn what_lacks_a_header_is_told_and_told_again() {
        check(&[("a_win.c", "it is for Windows", Repeat::Never), ("made.y", "it is a grammar", Repeat::Never)], true, &[]);
        let lacking = [("b.c", "no <x.h>", Repeat::Always), ("t.c", "no <t.h>", Repeat::WithGroups), ("w.c", "Windows", Repeat::Never)];
        let count = "3 of 4 sources are left out; `jmake discover` says why !";
        check(&lacking, false, &["b.c is left out: no <x.h> !", count]);
        check(&lacking, true, &["b.c is left out: no <x.h> !", "t.c is left out: no <t.h> !", count]);
    }

    #[test]
    fn other_languages_and_modules_have_a_line_each() {
        let files = ["a.m", "b.m", "c.mm", "d.mm"].map(|path| (path, "it is Objective-C", Repeat::Never));
        let rest = [("m.cpp", MODULE, Repeat::Never), ("k.cu", "it is CUDA", Repeat::Never), ("n.ixx", MODULE, Repeat::Never)];
        let expect = [
            "k.cu is left out: it is CUDA",
            "a.m, b.m, c.mm and 1 more are left out: each is Objective-C",
            "m.cpp, n.ixx are left out: each is a C++20 module unit or imports one, which JMake does not build yet",
            "7 of 8 sources are left out; `jmake discover` says why !",
        ];
        check(&[files.as_slice(), &rest].concat(), false, &expect);
    }

    #[test]
    fn long_lists_are_cut() {
        let paths: Vec<String> = (0..14).map(|n| format!("f{n:02}.c")).collect();
        let left: Vec<(&str, &str, Repeat)> = paths.iter().map(|path| (path.as_str(), "no <x.h>", Repeat::Always)).collect();
        let said = told(&discovery(&left), false, &|_| false);
        assert_eq!(said.len(), 12);
        assert_eq!(said[10].text, "4 more are left out for want of headers");
        assert!(said.iter().all(|it| it.closing));
    }
}
