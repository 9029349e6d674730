//! Where the compiler looks for files, as its expanded command line says. Does not know what is there.

use crate::engine::path::FilePath;

/// Directories by the group clang sorts them into.
#[derive(Default)]
pub(super) struct SearchLists {
    pub(super) quote: Vec<FilePath>,
    pub(super) angled: Vec<FilePath>,
    pub(super) system: Vec<FilePath>,
    /// System directories of one language, from `C_INCLUDE_PATH` and kin.
    pub(super) of_language: Vec<FilePath>,
    pub(super) internal: Vec<FilePath>,
    pub(super) after: Vec<FilePath>,
    /// No directories of headers: directories of frameworks, which hold these.
    pub(super) frameworks: Vec<FilePath>,
    /// Not searched, but part of what is: overlays.
    pub(super) overlays: Vec<FilePath>,
}

impl SearchLists {
    pub(super) fn of(cc1: &[String]) -> Self {
        let mut lists = Self::default();
        let mut other_language = Vec::new();
        let cxx = cc1.windows(2).any(|pair| pair[0] == "-x" && pair[1].starts_with("c++"));
        let mut args = cc1.iter();
        while let Some(arg) = args.next() {
            let list = match arg.as_str() {
                "-iquote" => &mut lists.quote,
                "-I" => &mut lists.angled,
                "-isystem" | "-iwithsysroot" => &mut lists.system,
                "-c-isystem" => {
                    if cxx {
                        &mut other_language
                    } else {
                        &mut lists.of_language
                    }
                }
                "-cxx-isystem" => {
                    if cxx {
                        &mut lists.of_language
                    } else {
                        &mut other_language
                    }
                }
                "-internal-isystem" | "-internal-externc-isystem" => &mut lists.internal,
                "-idirafter" => &mut lists.after,
                "-F" | "-iframework" | "-internal-iframework" => &mut lists.frameworks,
                "-ivfsoverlay" | "-vfsoverlay" => &mut lists.overlays,
                joined => {
                    lists.angled.extend(joined.strip_prefix("-I").map(FilePath::from));
                    lists.frameworks.extend(joined.strip_prefix("-F").map(FilePath::from));
                    continue;
                }
            };
            list.extend(args.next().map(|dir| FilePath::from(dir.as_str())));
        }
        lists
    }

    /// The order in which clang looks. A directory named twice counts where it comes first, but a system directory
    /// named by `-I` counts among the system ones. And how many stem from `-I`.
    pub(super) fn angled_order(&self) -> (Vec<FilePath>, usize) {
        let system: Vec<&FilePath> = self.system.iter().chain(&self.of_language).chain(&self.internal).collect();
        let angled = self.angled.iter().filter(|dir| !system.contains(dir));
        let mut order: Vec<FilePath> = Vec::new();
        let mut add = |dir: &FilePath| {
            if !order.contains(dir) {
                order.push(dir.clone());
            }
            order.len()
        };
        let count = angled.map(&mut add).last().unwrap_or(0);
        system.iter().copied().chain(&self.after).for_each(|dir| {
            add(dir);
        });
        (order, count)
    }
}
