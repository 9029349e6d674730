//! What was put into a text or taken out of it, as a unified diff. Does not know what the text is.

use std::fmt::Write as _;

/// So many lines around a change are shown.
const AROUND: usize = 3;

/// One line of both texts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Line<'a> {
    Kept(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// The diff from `old` to `new`, both called `name`; empty if they are equal.
#[must_use]
pub fn unified(name: &str, old: &str, new: &str) -> String {
    let lines = lines(old, new);
    let mut out = String::new();
    let mut shown = 0;
    while let Some(change) = (shown..lines.len()).find(|at| !matches!(lines[*at], Line::Kept(_))) {
        if out.is_empty() {
            let _ = write!(out, "--- {name}\n+++ {name}\n");
        }
        let start = change.saturating_sub(AROUND).max(shown);
        shown = end_of_hunk(&lines, change);
        hunk(&mut out, &lines, start, shown);
    }
    out
}

/// Behind the context of the last change that is near enough to the one before it.
fn end_of_hunk(lines: &[Line<'_>], change: usize) -> usize {
    let mut last = change;
    let is_change = |at: &usize| lines.get(*at).is_some_and(|line| !matches!(line, Line::Kept(_)));
    while let Some(next) = (last + 1..=last + 2 * AROUND).rev().find(is_change) {
        last = next;
    }
    lines.len().min(last + AROUND + 1)
}

fn hunk(out: &mut String, lines: &[Line<'_>], start: usize, end: usize) {
    let of_old = |range: &[Line<'_>]| range.iter().filter(|line| !matches!(line, Line::New(_))).count();
    let of_new = |range: &[Line<'_>]| range.iter().filter(|line| !matches!(line, Line::Gone(_))).count();
    let at = |before: usize, count: usize| if count == 0 { before } else { before + 1 };
    let (old, new) = (of_old(&lines[start..end]), of_new(&lines[start..end]));
    let (old_at, new_at) = (at(of_old(&lines[..start]), old), at(of_new(&lines[..start]), new));
    let _ = writeln!(out, "@@ -{old_at},{old} +{new_at},{new} @@");
    for line in &lines[start..end] {
        let (mark, text) = match line {
            Line::Kept(text) => (' ', text),
            Line::Gone(text) => ('-', text),
            Line::New(text) => ('+', text),
        };
        let _ = write!(out, "{mark}{text}");
        if !text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// Every old line is sought in what is left of the new ones; one that is nowhere is gone. Good for texts to which something was added.
fn lines<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    let mut rest: Vec<&str> = new.split_inclusive('\n').rev().collect();
    for line in old.split_inclusive('\n') {
        if rest.contains(&line) {
            while let Some(next) = rest.pop() {
                if next == line {
                    break;
                }
                out.push(Line::New(next));
            }
            out.push(Line::Kept(line));
        } else {
            out.push(Line::Gone(line));
        }
    }
    out.extend(rest.into_iter().rev().map(Line::New));
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changes_stand_in_their_surroundings() {
        assert_eq!(unified("f", "a\n", "a\n"), "");
        assert_eq!(unified("f", "", "a\n"), "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14";
        let new = "1\n2\n3\n4\nnew\n5\n6\n7\n8\n9\n10\n11\n12\n13\nx\n";
        let expect = "--- f\n+++ f\n@@ -2,6 +2,7 @@\n 2\n 3\n 4\n+new\n 5\n 6\n 7\n\
                      @@ -11,4 +12,4 @@\n 11\n 12\n 13\n-14\n\\ No newline at end of file\n+x\n";
        assert_eq!(unified("f", old, new), expect);
    }

    proptest! {
        #[test]
        fn both_texts_are_in_it(old in "([abc]\n){0,12}[abc]?", new in "([abc]\n){0,12}[abc]?") {
            let lines = lines(&old, &new);
            let text = |wanted: fn(&Line<'_>) -> bool| -> String {
                let wanted = lines.iter().filter(|line| wanted(line));
                wanted.map(|line| match line { Line::Kept(text) | Line::Gone(text) | Line::New(text) => *text }).collect()
            };
            prop_assert_eq!(text(|line| !matches!(line, Line::New(_))), old.clone());
            prop_assert_eq!(text(|line| !matches!(line, Line::Gone(_))), new.clone());
            prop_assert_eq!(unified("f", &old, &new).is_empty(), old == new);
        }
    }
}
