//! Names that sources define and declare for each other: where one meets another of a file with `main`, a project may come to have a
//! library or lose it. Does not know which files include which.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::known::Seen;
use crate::engine::path::FilePath;
use crate::engine::scan::facts::{SourceFacts, name_digest};

/// Whether a name that came or went with these changes, declared or defined, is one that another file defines or declares.
pub fn meet(files: &HashMap<FilePath, Arc<SourceFacts>>, seen: &[Seen]) -> bool {
    let pairs: Vec<[&SourceFacts; 2]> =
        seen.iter().filter_map(|one| Some([files.get(&one.path)?.as_ref(), one.facts.as_deref()?])).collect();
    let declared = changed(pairs.iter().map(|pair| pair.map(|facts| facts.declares.iter().copied().collect())));
    let defined = changed(pairs.iter().map(|pair| pair.map(|facts| defines(facts).collect())));
    if declared.is_empty() && defined.is_empty() {
        return false;
    }
    let all = || files.values().map(AsRef::as_ref).chain(pairs.iter().map(|pair| pair[1]));
    let declares = |facts: &SourceFacts| defined.iter().any(|name| facts.declares.binary_search(name).is_ok());
    all().any(|facts| declares(facts) || defines(facts).any(|name| declared.contains(&name)))
}

fn defines(facts: &SourceFacts) -> impl Iterator<Item = u64> {
    facts.defines.iter().map(|name| name_digest(name))
}

/// What is in one of each two sets only.
fn changed(pairs: impl Iterator<Item = [HashSet<u64>; 2]>) -> HashSet<u64> {
    pairs.flat_map(|[then, now]| then.symmetric_difference(&now).copied().collect::<Vec<_>>()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::discover::Language;
    use crate::engine::scan::source::scan;

    fn facts(text: &str) -> Arc<SourceFacts> {
        Arc::new(scan(text.as_bytes(), Language::C))
    }

    fn check(changes: &[(&str, &str)], expect: bool) {
        let files = [
            ("main.c", "int level; int used; int main(void) { return used; }"),
            ("a.c", "#include \"a.h\"\nint a(void) { return used; }"),
            ("a.h", "extern int used; int help(void);"),
        ];
        let files = files.map(|(path, text)| (FilePath::from(path), facts(text))).into();
        let seen = |(path, text): &(&str, &str)| Seen { path: (*path).into(), facts: Some(facts(text)), ..Seen::default() };
        assert_eq!(meet(&files, &changes.iter().map(seen).collect::<Vec<_>>()), expect, "{changes:?}");
    }

    #[test]
    fn what_is_declared_here_and_defined_beside_main_counts() {
        check(&[("a.c", "int a(void) { return 1; } int b(void) { return 2; }")], false);
        check(&[("a.h", "extern int used; int help(void); int more(void);")], false);
        check(&[("a.h", "extern int used;")], false);
        check(&[("a.h", "int help(void);")], true);
        check(&[("a.h", "extern int used; extern int level; int help(void);")], true);
        check(&[("main.c", "int level; int used; int more; int main(void) { return used; }")], false);
        check(&[("main.c", "int level; int main(void) { return 0; }")], true);
        check(&[("main.c", "int level; int used; int help(void) { return 1; } int main(void) { return used; }")], true);
    }

    #[test]
    fn names_that_come_at_the_same_time_meet() {
        let main = ("main.c", "int level; int used; int more; int main(void) { return used; }");
        let header = ("a.h", "extern int used; extern int more; int help(void);");
        check(&[main], false);
        check(&[header], false);
        check(&[main, header], true);
    }
}
