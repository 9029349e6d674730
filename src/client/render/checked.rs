//! What is wrong with settings, and where they came from, for people. Does not know what is right.

use super::listing::table;
use crate::client::screen::visible;
use crate::wire::CheckReply;

/// The answer to `check`.
pub(super) fn checked(reply: &CheckReply) -> String {
    let mut out = String::new();
    for problem in &reply.problems {
        for line in problem.rendered.lines() {
            // Tabs stay tabs, so that the marks stand below what they mark.
            out.push_str(&line.split('\t').map(visible).collect::<Vec<_>>().join("\t"));
            out.push('\n');
        }
        out.push('\n');
    }
    out.push_str(&verdict(reply));
    let rows = reply.settings.iter().map(|it| vec![visible(&it.key), visible(&cut(&it.value)), visible(&it.origin)]);
    table(&mut out, ["key", "value", "from"], rows);
    out
}

/// So many characters of a value are shown; `--json` has all.
const SHOWN: usize = 60;

/// `value` without what does not fit, a list without the items that do not.
fn cut(value: &str) -> String {
    let Some((at, _)) = value.char_indices().nth(SHOWN) else { return value.to_owned() };
    let start = &value[..at];
    match (value.chars().next(), value.chars().next_back(), start.rfind(", ")) {
        (Some('[' | '{'), Some(end), Some(at)) => format!("{}, …{end}", &value[..at]),
        _ => format!("{start}…"),
    }
}

fn verdict(reply: &CheckReply) -> String {
    let file = reply.file.as_deref().map_or_else(|| "no jmake.toml:".to_owned(), |file| format!("{}:", visible(file)));
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match (reply.errors, reply.warnings) {
        (0, 0) if reply.file.is_none() => format!("{file} all settings are built in\n"),
        (0, 0) => format!("{file} no problems\n"),
        (errors, warnings) => format!("{file} {}, {}\n", count(errors, "error"), count(warnings, "warning")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ProblemReply, SettingReply};

    #[test]
    fn long_values_are_cut() {
        let check = |value: &str, expect: &str| assert_eq!(cut(value), expect);
        check("[]", "[]");
        check(&format!("\"{}\"", "é".repeat(58)), &format!("\"{}\"", "é".repeat(58)));
        check(&format!("\"{}\"", "é".repeat(59)), &format!("\"{}…", "é".repeat(59)));
        check(&format!("[\"a.c\", \"b.c\", \"{}\"]", "c".repeat(60)), "[\"a.c\", \"b.c\", …]");
        check(&format!("[\"{}\"]", "c".repeat(60)), &format!("[\"{}…", "c".repeat(58)));
        check(&format!("{{ A = \"1\", B = \"{}\" }}", "2".repeat(60)), "{ A = \"1\", …}");
    }

    #[test]
    fn problems_come_first_and_the_count_last() {
        let check = |reply: CheckReply, expect: &str| assert_eq!(checked(&reply), expect);
        let file = Some("jmake.toml".to_owned());
        check(CheckReply::default(), "no jmake.toml: all settings are built in\n");
        check(CheckReply { file: file.clone(), ..CheckReply::default() }, "jmake.toml: no problems\n");
        let problem = ProblemReply { rendered: "a\n\tb\u{1b}".to_owned(), ..ProblemReply::default() };
        let reply = CheckReply { file: file.clone(), errors: 1, warnings: 2, problems: vec![problem], settings: Vec::new() };
        check(reply, "a\n\tb\\u{1b}\n\njmake.toml: 1 error, 2 warnings\n");
        let setting = SettingReply { key: "k".to_owned(), value: "1".to_owned(), origin: "built in".to_owned() };
        let reply = CheckReply { file, settings: vec![setting], ..CheckReply::default() };
        check(reply, "jmake.toml: no problems\n\n key  value  from\n k    1      built in\n");
    }
}
