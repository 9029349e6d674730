//! Lists of what the members of an archive hold, for an archive that only names them. Does not know who reads them.

use std::collections::HashMap;
use std::sync::Arc;

use super::record::Input;
use crate::engine::digest::Digest;
use crate::engine::path::FilePath;

/// What a list says. Cheap to copy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MemberList(Arc<HashMap<FilePath, Box<str>>>);

impl MemberList {
    /// The text of a list: a line for each member, with its digest, the length of its path, and the path, which may hold anything.
    #[must_use]
    pub fn text(members: &[Input]) -> Vec<u8> {
        let mut out = Vec::new();
        for (path, identity) in members {
            let digest = identity.map_or_else(|| "-".to_owned(), |identity| identity.digest.to_string());
            out.extend(format!("{digest} {} ", path.as_bytes().len()).bytes());
            out.extend(path.as_bytes());
            out.push(b'\n');
        }
        out
    }

    /// What such a text says. What is behind a mistake is not read.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        let (mut all, mut rest) = (HashMap::new(), text);
        while let Some((digest, path, behind)) = first(rest) {
            all.insert(FilePath::from_bytes(path), digest.into());
            rest = behind;
        }
        Self(Arc::new(all))
    }

    /// Whether it does not say that the file at `path` holds this. It says nothing of a file that is no member.
    #[must_use]
    pub fn denies(&self, path: &FilePath, content: Option<Digest>) -> bool {
        self.0.get(path).is_some_and(|listed| content.is_none_or(|content| content.to_string() != **listed))
    }

    /// Whether that file is a member.
    #[must_use]
    pub fn has(&self, path: &FilePath) -> bool {
        self.0.contains_key(path)
    }

    /// Its members, in no order.
    pub fn paths(&self) -> impl Iterator<Item = &FilePath> {
        self.0.keys()
    }
}

/// The first member of a text, and what follows.
fn first(text: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let mut words = text.splitn(3, |byte| *byte == b' ');
    let digest = std::str::from_utf8(words.next()?).ok()?;
    let length: usize = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let (path, behind) = words.next()?.split_at_checked(length)?;
    Some((digest, path, behind.strip_prefix(b"\n")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::fingerprint::Identity;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let [one, other] = [Digest::of(b"x"), Digest::of(b"y")];
        let names: [&[u8]; 4] = [b"a.o", b"b c.o", b"d\ne.o", b"\xff 3 f.o"];
        let members: Vec<Input> = names.iter().map(|name| (FilePath::from_bytes(name), Some(Identity::of(one)))).collect();
        let list = MemberList::of(&MemberList::text(&members));
        for (path, _) in &members {
            assert!(!list.denies(path, Some(one)) && list.denies(path, Some(other)) && list.denies(path, None), "{path}");
        }
        assert!(list.paths().count() == names.len() && !list.denies(&"else.o".into(), Some(other)));
    }

    #[test]
    fn what_is_no_list_says_nothing() {
        for text in ["", "x", "blake3:1 9 a.o\n", "blake3:1 -1 a.o\n", "blake3:1 3 a.ob", "blake3:1 99999999999999999999 a"] {
            assert_eq!(MemberList::of(text.as_bytes()), MemberList::default(), "{text}");
        }
    }
}
