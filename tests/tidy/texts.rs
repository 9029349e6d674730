//! Laws for texts of every kind: links lead somewhere, and nothing names the machine it was written on.

use super::{holds_for_texts, root};

/// What a law finds wrong with a file, given its path and text.
pub type Law = fn(&str, &str) -> Vec<String>;

/// The targets of links in a Markdown text.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// A relative link leads to a file.
fn links_lead_somewhere(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with(".md") {
        return Vec::new();
    }
    let folder = root().join(path).parent().expect("a file is in a folder").to_owned();
    let relative = links(text).filter(|link| !link.contains("://") && !link.starts_with('#') && !link.starts_with("mailto:"));
    let broken = relative.filter(|link| !folder.join(link.split('#').next().unwrap_or(link)).exists());
    broken.map(|link| format!("the link to {link} is broken")).collect()
}

/// Nothing here depends on the machine or the network it was written on.
fn names_no_machine(path: &str, text: &str) -> Vec<String> {
    if path == "Cargo.lock" {
        return Vec::new();
    }
    const FOLDERS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/fa", "rm/"), concat!("bash", "_jobs")];
    const HOSTS: [&str; 5] = [
        concat!("crates", ".io/"),
        concat!("pypi", ".org"),
        concat!("pythonhosted", ".org"),
        concat!("npmjs", ".org"),
        concat!("deb.", "debian.org"),
    ];
    let is_own_folder = |line: &str, folder: &str| {
        line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_lowercase() || matches!(c, '.' | '}' | '~')))
    };
    let wrong = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| FOLDERS.iter().any(|folder| is_own_folder(line, folder)) || HOSTS.iter().any(|host| line.contains(host)));
    wrong.map(|(line, number)| format!("line {number}: {}", line.trim())).collect()
}

/// The map is read in one sitting.
fn the_map_is_short(path: &str, text: &str) -> Vec<String> {
    let lines = text.lines().count();
    if path == "ARCHITECTURE.md" && lines > 250 { vec![format!("{lines} lines; 250 at most")] } else { Vec::new() }
}

/// Runs `law` over (path, text, part of what it must find; "" if nothing).
#[track_caller]
fn check(law: Law, table: &[(&str, &str, &str)]) {
    for (path, text, expect) in table {
        let found = law(path, text).join("\n");
        let as_expected = if expect.is_empty() { found.is_empty() } else { found.contains(expect) };
        assert!(as_expected, "{path}:\n{text}\nexpected {expect:?}, found {found:?}");
    }
}

#[test]
fn links_are_whole() {
    check(
        links_lead_somewhere,
        &[
            ("README.md", "see [this](docs/no-such-page.md)", "no-such-page"),
            ("docs/x.md", "see [this](Cargo.toml)", "Cargo.toml"),
            ("README.md", "see [this](Cargo.toml#package) and [that](https://example.org/x)", ""),
            ("src/x.rs", "a[0](b)", ""),
        ],
    );
    holds_for_texts(links_lead_somewhere);
}

#[test]
fn no_machine_is_named() {
    check(
        names_no_machine,
        &[
            ("README.md", concat!("cd /wo", "rk/main"), "line 1"),
            ("scripts/x.sh", concat!("curl https://static.crates", ".io/x"), "line 1"),
            ("README.md", "cd ~/work/project", ""),
            ("Cargo.lock", concat!("source = \"registry+https://github.com/rust-lang/crates", ".io-index\""), ""),
        ],
    );
    holds_for_texts(names_no_machine);
}

#[test]
fn the_map_fits() {
    let long = "x\n".repeat(251);
    check(the_map_is_short, &[("ARCHITECTURE.md", &long, "251 lines"), ("README.md", &long, ""), ("ARCHITECTURE.md", "x\n", "")]);
    holds_for_texts(the_map_is_short);
}
