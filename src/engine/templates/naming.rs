//! A project's name from its directory's. Does not know which directories there are.

/// Longer names are cut.
const LONGEST: usize = 60;

/// A name that may stand in paths, quotes and the names of libraries: letters, digits, `_`, `-` and `.`, beginning with a letter or a digit.
#[must_use]
pub fn project_name(directory: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let name: String = directory.trim().chars().map(plain).take(LONGEST).collect();
    let name = name.trim_matches(|c| matches!(c, '-' | '.' | '_'));
    if name.is_empty() { "project".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_stand_anywhere() {
        let check = |directory: &str, expect: &str| assert_eq!(project_name(directory), expect, "{directory}");
        check("geom", "geom");
        check("My Project 2", "My-Project-2");
        check(".hidden", "hidden");
        check("a.b_c-d", "a.b_c-d");
        check("\"quoted\\\"", "quoted");
        check("\u{e9}t\u{e9}", "t");
        check("\u{65e5}\u{672c}", "project");
        check("", "project");
        assert_eq!(project_name(&"x".repeat(300)).len(), LONGEST);
    }
}
