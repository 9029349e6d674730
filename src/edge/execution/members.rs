//! Whether what a link reads through thin archives is what their lists say. Does not know what lists look like.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::edge::World;
use crate::engine::graph::ThinArchive;
use crate::engine::path::FilePath;

/// A list that cannot be read any more, or a member that holds something else, so that the link read what no record tells of. Where changes
/// are heard, only those are looked at that were doubted since the build began: it looked at the others itself.
pub(super) fn changed(world: &World, root: &Path, archives: &[ThinArchive], since: u64) -> Option<FilePath> {
    if archives.is_empty() {
        return None;
    }
    let within = |path: PathBuf| FilePath::new(path.strip_prefix(root).unwrap_or(&path));
    let doubted: Option<HashSet<FilePath>> = world.digests.doubted_since(since).map(|all| all.into_iter().map(within).collect());
    archives.iter().find_map(|ThinArchive { list, .. }| {
        let place = list.under(root);
        // A list is vouched for if its members are.
        let (content, heard) = world.digests.firm(&place);
        if heard && doubted.as_ref().is_some_and(HashSet::is_empty) {
            return None;
        }
        let Some(said) = content.and_then(|content| world.member_lists.of(&place, &content)) else { return Some(list.clone()) };
        let other = |path: &&FilePath| said.denies(path, world.digests.digest(&path.under(root)));
        match doubted.as_ref().filter(|_| heard) {
            Some(doubted) => doubted.iter().filter(|path| said.has(path)).find(other).cloned(),
            None => said.paths().find(other).cloned(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::change_log::Change;
    use crate::engine::fingerprint::{Input, MemberList};

    #[test]
    fn a_member_that_was_overwritten_is_found_if_it_is_doubted() {
        let dir = tempfile::tempdir().unwrap();
        let (root, world) = (dir.path(), World::real(&dir.path().join("cache")));
        let archives = [ThinArchive { path: "@p.a".into(), list: "@p.members".into() }];
        let names: [FilePath; 2] = ["a.o".into(), "b.o".into()];
        names.iter().for_each(|name| std::fs::write(name.under(root), "one").unwrap());
        let members: Vec<Input> = names.iter().map(|name| (name.clone(), world.identity(&name.under(root)))).collect();
        std::fs::write(archives[0].list.under(root), MemberList::text(&members)).unwrap();
        let since = world.digests.moment();
        std::fs::write(names[1].under(root), "two").unwrap();
        assert_eq!(changed(&world, root, &archives, since), Some(names[1].clone()), "nobody would hear of it");
        std::fs::write(names[1].under(root), "one").unwrap();
        let all = || names.iter().chain([&archives[0].list]).map(|path| path.under(root));
        assert!(all().all(|place| world.digests.made(&place, || true).is_some()));
        let since = world.digests.moment();
        std::fs::write(names[1].under(root), "other").unwrap();
        assert_eq!(changed(&world, root, &archives, since), None, "nothing was heard");
        world.digests.forget(&names[0].under(root));
        assert_eq!(changed(&world, root, &archives, since), None, "it is what it was");
        world.digests.forget(&names[1].under(root));
        assert_eq!(changed(&world, root, &archives, since), Some(names[1].clone()));
        assert_eq!(changed(&world, root, &archives, world.digests.moment()), None);
        world.digests.doubt(&Change::Everything);
        assert_eq!(changed(&world, root, &archives, since), Some(names[1].clone()), "any may be another");
        world.digests.forget(&archives[0].list.under(root));
        std::fs::remove_file(archives[0].list.under(root)).unwrap();
        assert_eq!(changed(&world, root, &archives, since), Some(archives[0].list.clone()));
    }
}
