//! The names that may stand in jmake.toml, and the nearest one to a name that may not. Does not know values.

/// Keys that a build honours now, as `section.key`.
pub const HONOURED: &[&str] = &[
    "project.name",
    "compile.flags",
    "compile.defines",
    "compile.include_dirs",
    "compile.extra_sources",
    "link.lto",
    "link.opt_passes",
    "link.allow_undefined",
    "binary.library_name",
    "binary.library_type",
    "binary.link_libraries",
    "binary.output_dir",
    "llvm.root",
    "hooks.on_success",
    "hooks.on_failure",
];

/// Keys of the format that a build does not use yet. A section's name alone stands for all of it.
pub const KNOWN: &[&str] = &[
    "version",
    "last_updated",
    "project.root",
    "project.version",
    "project.authors",
    "project.description",
    "discovery",
    "reorganize",
    "compile.enabled",
    "compile.output_dir",
    "compile.emit_ir",
    "compile.emit_bc",
    "compile.parallel",
    "link.enabled",
    "link.optimize",
    "link.output_dir",
    "link.opt_level",
    "binary.enabled",
    "binary.rpath",
    "binary.lib_dirs",
    "symbols",
    "wrap",
    "test",
    "llvm.use_jmake_llvm",
    "llvm.isolated",
    "llvm.source",
    "llvm.tools",
    "target",
    "workflow",
    "cache",
    "daemon",
    "error_learning",
    "custom",
    "job_queue",
    "jobs",
];

/// Sections that are looked into; any other is noted as a whole.
pub const SECTIONS: &[&str] = &["project", "compile", "link", "binary", "llvm", "hooks", "profile"];

/// What to say of a key that is not honoured.
#[must_use]
pub fn note(file: &str, key: &str) -> String {
    if KNOWN.contains(&key) {
        return format!("{file}: `{key}` has no effect yet");
    }
    let all = HONOURED.iter().chain(KNOWN).chain(SECTIONS).copied();
    match nearest(key, all) {
        Some(right) => format!("{file}: `{key}` is not a key of jmake.toml and has no effect; did you mean `{right}`?"),
        None => format!("{file}: `{key}` is not a key of jmake.toml and has no effect"),
    }
}

/// The candidate closest to `word`, if one is close enough to be what was meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 4);
    candidates.into_iter().map(|c| (distance(word, c), c)).filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// The number of insertions, removals, replacements and swaps of neighbours between two words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(100).collect(), b.chars().take(100).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_only_when_near() {
        let check = |word: &str, expect: Option<&str>| assert_eq!(nearest(word, HONOURED.iter().copied()), expect, "{word}");
        check("compile.falgs", Some("compile.flags"));
        check("compile.include_dir", Some("compile.include_dirs"));
        check("binary.libary_name", Some("binary.library_name"));
        check("llvm.roots", Some("llvm.root"));
        check("zzz", None);
        check("", None);
    }
}
