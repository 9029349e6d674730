//! Which clang it is, as it says itself. Does not know who asks.

use serde::{Deserialize, Serialize};

use crate::engine::path::FilePath;

/// `major.minor.patch`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Version(pub u32, pub u32, pub u32);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// What `clang --version` says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VersionText {
    /// Of this clang.
    pub version: Version,
    /// The default target.
    pub triple: String,
    /// Where it believes to be installed; a symbolic link's directory if called through one.
    pub installed_dir: Option<FilePath>,
}

/// Reads the output of `clang --version`; `None` if it is not clang's.
#[must_use]
pub fn parse_version(output: &str) -> Option<VersionText> {
    let field = |name: &str| output.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let first = output.lines().find(|line| line.contains("clang version "))?;
    let number = first.split("clang version ").nth(1)?.split(|c: char| c != '.' && !c.is_ascii_digit()).next()?;
    Some(VersionText {
        version: parse_number(number)?,
        triple: field("Target:").unwrap_or_default().to_owned(),
        installed_dir: field("InstalledDir:").map(FilePath::from),
    })
}

/// `19`, `19.1` or `19.1.7`.
fn parse_number(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let (major, minor, patch) = (parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    Some(Version(major, minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_texts_are_read() {
        let check = |text: &str, expect: Option<(Version, &str, Option<&str>)>| {
            let expect =
                expect.map(|(version, triple, dir)| VersionText { version, triple: triple.into(), installed_dir: dir.map(Into::into) });
            assert_eq!(parse_version(text), expect, "{text}");
        };
        let debian = "Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu\nThread model: posix\nInstalledDir: /usr/bin\n";
        check(debian, Some((Version(14, 0, 6), "x86_64-pc-linux-gnu", Some("/usr/bin"))));
        check("Debian clang version 19.1.7 (3~deb12u1)\nTarget: t\n", Some((Version(19, 1, 7), "t", None)));
        check("Ubuntu clang version 18.1.3 (1ubuntu1)\n", Some((Version(18, 1, 3), "", None)));
        check("clang version 21.0.0git (https://x abc)\nTarget: aarch64-linux\n", Some((Version(21, 0, 0), "aarch64-linux", None)));
        check("gcc (Debian 12.2.0-14) 12.2.0\n", None);
        check("clang version \n", None);
        check("", None);
    }
}
