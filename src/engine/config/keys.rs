//! The nearest of some names to one that is not among them. Does not know what they name.

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

    const NAMES: &[&str] = &["compile.flags", "compile.include_dirs", "binary.library_name", "llvm.root"];

    #[test]
    fn the_nearest_name_is_offered_only_when_near() {
        let check = |word: &str, expect: Option<&str>| assert_eq!(nearest(word, NAMES.iter().copied()), expect, "{word}");
        check("compile.falgs", Some("compile.flags"));
        check("compile.include_dir", Some("compile.include_dirs"));
        check("binary.libary_name", Some("binary.library_name"));
        check("llvm.roots", Some("llvm.root"));
        check("zzz", None);
        check("", None);
    }
}
