//! The texts that settings are made of.

use std::path::{Path, PathBuf};

use super::World;
use super::paths;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::failure::Failure;
use crate::engine::jobs::queue::QueueText;
use crate::engine::path::FilePath;
use crate::engine::tree::SETTINGS;
use crate::engine::variables::Variables;

/// No configuration is larger.
const LIMIT: u64 = 4 << 20;

/// What was read.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct ConfigTexts {
    pub root: PathBuf,
    pub user: Option<String>,
    pub project: Option<String>,
    pub path_of_file: String,
}

/// Reads the user's configuration and the project's, which is `named` or the root's `jmake.toml`.
pub fn read(world: &World, root: &Path, named: Option<&FilePath>, variables: &Variables) -> Result<ConfigTexts, Failure> {
    let lookup = |name: &str| variables.get(name).map(ToOwned::to_owned);
    let user = match paths::user_config_path(&lookup) {
        Ok(path) => text(world, &path)?,
        Err(_no_home) => None,
    };
    let path = named.map_or_else(|| root.join(SETTINGS), |named| named.under(root));
    let project = text(world, &path)?;
    if named.is_some() && project.is_none() {
        return Err(Failure::usage(format!("{} is not there; name another file, or none", path.display())));
    }
    Ok(ConfigTexts { root: root.to_owned(), user, project, path_of_file: path.strip_prefix(root).unwrap_or(&path).display().to_string() })
}

fn text(world: &World, path: &Path) -> Result<Option<String>, Failure> {
    let Ok(stat) = world.fs.stat(path) else {
        return match std::fs::read_link(path) {
            Ok(target) => Err(Failure::usage(format!(
                "{} is a symbolic link to {}, which cannot be read; put your settings there, or remove the link",
                path.display(),
                target.display()
            ))),
            Err(_) => Ok(None),
        };
    };
    if !stat.is_file() {
        return Err(Failure::usage(format!("{} is not a regular file; put your settings into one, or remove it", path.display())));
    }
    if stat.size > LIMIT {
        return Err(Failure::usage(format!("{} is larger than 4 MiB; that cannot be a configuration", path.display())));
    }
    let bytes = world.fs.read(path).map_err(Failure::environment)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Failure::usage(format!("{}:{line}: not UTF-8; write the file in UTF-8", path.display())))
        }
    }
}

impl ConfigTexts {
    /// Identity of all that the settings depend on.
    #[must_use]
    pub fn key(&self, profile: &str, build_dir: &FilePath, variables: &Variables, staged: bool, queue: Option<&QueueText>) -> Digest {
        let mut hasher = Hasher::default();
        for text in [&self.user, &self.project] {
            hasher.part(&[u8::from(text.is_some())]).part(text.as_deref().unwrap_or_default().as_bytes());
        }
        hasher.part(self.path_of_file.as_bytes());
        if let Some(queue) = queue {
            hasher.part(queue.file.as_bytes()).part(queue.text.as_bytes());
        }
        hasher.part(self.root.as_os_str().as_encoded_bytes()).part(profile.as_bytes()).part(build_dir.as_bytes()).part(&[u8::from(staged)]);
        for name in ["CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS"] {
            hasher.part(variables.get(name).unwrap_or_default().as_encoded_bytes());
        }
        hasher.finish()
    }
}
