//! A project's name from its directory's. Does not know which directories there are.

/// Longer names are cut.
const LONGEST: usize = 60;

/// Libraries of the system that nearly everything is linked with: a library of such a name would be linked in their place.
const TAKEN: [&str; 14] = ["c", "m", "dl", "rt", "pthread", "util", "resolv", "nsl", "crypt", "atomic", "gcc", "stdc++", "c++", "ld"];

/// A name that may stand in paths, quotes and the names of libraries: letters, digits, `_`, `-` and `.`, beginning with a letter or a digit.
#[must_use]
pub fn project_name(directory: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c } else { '-' };
    let name: String = directory.trim().chars().map(plain).take(LONGEST).collect();
    let name = name.trim_matches(|c| matches!(c, '-' | '.' | '_'));
    match name {
        "" => "project".to_owned(),
        name if TAKEN.contains(&name.to_lowercase().as_str()) => format!("{name}-project"),
        name => name.to_owned(),
    }
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
        check("c", "c-project");
        check("Util", "Util-project");
        check("cc", "cc");
        assert_eq!(project_name(&"x".repeat(300)).len(), LONGEST);
    }
}
