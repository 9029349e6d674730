//! Where in the text of a jmake.toml a value stands, or would stand. Does not know what it is.

use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::{DocumentError, typed};

/// What was found at the end of a path.
#[derive(Debug)]
pub(super) enum Place<'a> {
    /// The value is there; marked as filled in before or not.
    Present { item: &'a Item, marked: bool },
    /// An empty text stands for it, or for a table of which `rest` is a part.
    Empty { at: Range<usize>, rest: &'a [&'a str], after: &'static str },
    /// It is not there. `before` and `after` are what has to stand around it.
    Absent { at: usize, before: String, after: &'static str },
}

/// How one got to a table.
#[derive(Clone, Copy)]
struct Way<'a> {
    text: &'a str,
    path: &'a [&'a str],
    /// How much of the path is behind.
    depth: usize,
    /// How much of it the last header or brace stands for: what comes then is typed with dots.
    base: usize,
    /// What stands behind a line that is put in.
    mark: &'static str,
}

/// A mark as it stands behind something.
const BEHIND: &str = " # jmake complete";
const BEHIND_LINE: &str = " # jmake complete\n";

/// Finds the place of `path` below `root`, in `text`, each line of which ends with a newline. `mark`: what is put there is marked.
pub(super) fn find<'a>(text: &'a str, root: &'a Item, path: &'a [&'a str], mark: bool) -> Result<Place<'a>, DocumentError> {
    let mut item = root;
    let mut marked = false;
    for depth in 0..path.len() {
        let Some(table) = item.as_table_like() else {
            let not_a_table = || DocumentError::NotATable(path[..depth].join("."));
            return empty(text, item, &path[depth..], mark).ok_or_else(not_a_table);
        };
        // A header speaks for what is right below it.
        marked = depth > 0 && is_marked(text, item);
        let mut way = Way { text, path, depth, base: depth, mark: if mark && !marked { BEHIND } else { "" } };
        let Some(next) = table.get(path[depth]) else {
            way.base -= dotted(root, &path[..depth]);
            return Ok(way.absent(item, table));
        };
        item = next;
    }
    let marked = marked || is_marked(text, item);
    Ok(empty(text, item, &[], mark).unwrap_or(Place::Present { item, marked }))
}

/// The mark is all that stands behind it on its line.
fn is_marked(text: &str, item: &Item) -> bool {
    let behind = item.span().and_then(|span| text.get(span.end..)).and_then(|rest| rest.lines().next());
    behind.is_some_and(|rest| rest.trim() == super::MARK)
}

/// The place of an empty text.
fn empty<'a>(text: &str, item: &'a Item, rest: &'a [&'a str], mark: bool) -> Option<Place<'a>> {
    let at = item.span().filter(|_| item.as_str() == Some(""))?;
    let is_last = text[at.end..].lines().next().is_none_or(|behind| behind.trim().is_empty());
    Some(Place::Empty { at, rest, after: if mark && is_last { BEHIND } else { "" } })
}

/// How many tables at the end of `path` have neither header nor braces of their own.
fn dotted(root: &Item, path: &[&str]) -> usize {
    let mut count = 0;
    let mut item = Some(root);
    for name in path {
        item = item.and_then(Item::as_table_like).and_then(|table| table.get(name));
        let is_dotted = item.and_then(Item::as_table_like).is_some_and(TableLike::is_dotted);
        count = if is_dotted { count + 1 } else { 0 };
    }
    count
}

impl<'a> Way<'a> {
    fn absent(self, item: &Item, table: &dyn TableLike) -> Place<'a> {
        let values = table.get_values();
        let last = values.iter().filter_map(|(_, value)| value.span()).map(|span| span.end).max();
        let Some(header) = item.as_table() else { return self.in_braces(item, last) };
        let is_open = header.is_dotted() || (self.depth > 0 && !header.is_implicit() && self.path.len() - self.depth == 1);
        match last.or_else(|| item.span().map(|span| span.end)) {
            Some(last) if is_open => self.on_a_line(last),
            Some(last) if self.depth > 0 && !header.is_implicit() => self.below_a_header(self.end_of_section(last)),
            _ => self.below_a_header(self.text.len()),
        }
    }

    /// Within the braces of an inline table, behind its last value or at their beginning.
    fn in_braces(self, item: &Item, last: Option<usize>) -> Place<'a> {
        let keys = typed::dotted(&self.path[self.base..=self.depth]);
        let (lead, close) = self.nested();
        let lead = format!("{keys} = {lead}");
        match (last, item.span()) {
            (Some(at), _) => Place::Absent { at, before: format!(", {lead}"), after: close },
            (None, Some(span)) => {
                let bare = self.text[span.start + 1..].starts_with('}');
                let after = if bare && close.is_empty() { " " } else { close };
                Place::Absent { at: span.start + 1, before: format!(" {lead}"), after }
            }
            (None, None) => self.below_a_header(self.text.len()),
        }
    }

    /// What opens and closes a table around the value, if one has to be.
    fn nested(self) -> (String, &'static str) {
        match self.path.get(self.depth + 1) {
            Some(name) => (format!("{{ {} = ", typed::dotted(&[name])), " }"),
            None => (String::new(), ""),
        }
    }

    /// On a line behind that of `last`, which is typed in the same table.
    fn on_a_line(self, last: usize) -> Place<'a> {
        let line = self.text[..last].rfind('\n').map_or(0, |at| at + 1);
        let indent: String = self.text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
        Place::Absent {
            at: self.line_after(last),
            before: format!("{indent}{} = ", typed::dotted(&self.path[self.base..])),
            after: self.line_end(),
        }
    }

    fn line_end(self) -> &'static str {
        if self.mark.is_empty() { "\n" } else { BEHIND_LINE }
    }

    /// In a section of its own.
    fn below_a_header(self, at: usize) -> Place<'a> {
        let (last, tables) = self.path.split_last().map_or(("", &[][..]), |(last, tables)| (*last, tables));
        let before = self.text[..at].trim_start_matches('\u{feff}');
        let gap = if before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n") { "" } else { "\n" };
        let after = if self.text[at..].is_empty() || self.text[at..].starts_with(['\n', '\r']) { "\n" } else { "\n\n" };
        Place::Absent { at, before: format!("{gap}[{}]{}\n{} = ", typed::dotted(tables), self.mark, typed::dotted(&[last])), after }
    }

    /// Where the section of the line of `last` ends: behind its remarks, but before those right above the next header.
    fn end_of_section(self, last: usize) -> usize {
        let start = self.line_after(last);
        let is_blank = |line: &&str| line.trim().is_empty();
        let gap: Vec<&str> =
            self.text[start..].split_inclusive('\n').take_while(|line| is_blank(line) || line.trim().starts_with('#')).collect();
        let length = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
        if start + length(&gap) == self.text.len() {
            return self.text.len();
        }
        let own = &gap[..gap.iter().rposition(is_blank).unwrap_or(0)];
        let used = own.iter().rposition(|line| !is_blank(line)).map_or(0, |at| at + 1);
        start + length(&own[..used])
    }

    fn line_after(self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |newline| at + newline + 1)
    }
}
