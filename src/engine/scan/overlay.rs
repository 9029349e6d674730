//! An overlay of the file system (`-ivfsoverlay`): the files that it puts in the place of others. Reads as much of YAML as says that; what it
//! cannot read it owns up to.

use crate::engine::path::FilePath;

/// What names such a file.
const KEY: &str = "external-contents";

/// The files that `text` leads to, as spelled; `None` if one of them is not named plainly.
#[must_use]
pub fn contents(text: &str) -> Option<Vec<FilePath>> {
    text.match_indices(KEY).map(|(at, _)| value(text.get(at + KEY.len()..)?)).collect()
}

/// Whether names are seen from where the overlay lies.
#[must_use]
pub fn is_relative(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("overlay-relative") else { return false };
    value(rest).is_some_and(|value| value == "true".into())
}

/// What comes after a key: in quotes of either kind, or plain up to what ends it.
fn value(rest: &str) -> Option<FilePath> {
    let rest = rest.trim_start_matches(['\'', '"']).trim_start().strip_prefix(':')?.trim_start();
    let quoted = ['\'', '"'].into_iter().find_map(|quote| rest.strip_prefix(quote).map(|rest| (quote, rest)));
    let text = match quoted {
        Some((quote, rest)) => rest.split_once(quote)?.0,
        None => rest.split([',', '}', ']', '\n']).next()?.split(" #").next()?.trim_end(),
    };
    (!text.is_empty() && !text.contains('\\')).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_overlay_leads_to_is_found() {
        let check = |text: &str, expect: Option<&[&str]>| {
            let expect = expect.map(|all| all.iter().map(|path| FilePath::from(*path)).collect());
            assert_eq!(contents(text), expect, "{text}");
        };
        check("", Some(&[]));
        check(
            "{ 'version': 0, 'roots': [ { 'name': '/p/inc', 'type': 'directory', 'contents': [\n\
             { 'name': 'a.h', 'type': 'file', 'external-contents': '/x/a b.h' },\n\
             { \"name\": \"b.h\", \"type\": \"file\", \"external-contents\" : \"b.h\" } ] } ] }",
            Some(&["/x/a b.h", "b.h"]),
        );
        check("roots:\n  - name: /p/a.h\n    type: file\n    external-contents: ../a.h # where it is\n", Some(&["../a.h"]));
        check("external-contents: |\n  a.h\n", Some(&["|"]));
        check("external-contents: \"a\\x41.h\"", None);
        check("external-contents", None);
    }

    #[test]
    fn names_may_be_seen_from_the_overlay() {
        assert!(is_relative("{ 'overlay-relative': 'true', 'roots': [] }"));
        assert!(is_relative("overlay-relative: true\n"));
        assert!(!is_relative("'overlay-relative': 'false'") && !is_relative("version: 0"));
    }
}
