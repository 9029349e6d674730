//! Asks pkg-config, and says which files its answer stands on. What the answer means is decided elsewhere.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::World;
use super::inquiry::{self, Inquiry};
use super::process::Heard;
use super::tools_search::which_of;
use crate::engine::config::options::Platform;
use crate::engine::cxx::pkg_config::{self, Answer, PkgConfigError};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;

/// What it says of `modules`, and all that could change it: the program, where its files are looked for, and those that are there.
pub async fn ask(
    world: &World,
    root: &Path,
    platform: &Platform,
    modules: &[String],
    variables: &Variables,
) -> Result<(Answer, Vec<FilePath>), Failure> {
    let program = pkg_config::programs(platform).iter().find_map(|name| which_of(name, variables));
    let Some(program) = program else { return Err(Failure::environment(PkgConfigError::NoProgram(modules.join("`, `")))) };
    let own = pkg_config::variables(platform, root, variables);
    let asked = async |args: &[&str], modules: &[String]| {
        let args = args.iter().map(OsString::from).chain(modules.iter().map(OsString::from)).collect();
        let inquiry = Inquiry { program: &program, args, cwd: root, variables: &own, heard: Heard::Output };
        inquiry::ask(world, inquiry).await.map_err(Failure::environment)
    };
    let said = asked(&["--exists", "--print-errors", "--errors-to-stdout"], modules).await?;
    if !said.trim().is_empty() {
        return Err(Failure::usage(PkgConfigError::Missing {
            names: modules.join(", "),
            said: said.trim().to_owned(),
            triple: platform.triple.clone(),
        }));
    }
    let answer = Answer { cflags: asked(&["--cflags"], modules).await?, libs: asked(&["--libs"], modules).await? };
    let usual = asked(&["--variable=pc_path", "pkg-config"], &[]).await?;
    let mut places = described_in(&own, usual.trim());
    places.push(program);
    Ok((answer, places.iter().map(FilePath::new).collect()))
}

/// The directories of descriptions, in which every entry counts, and the descriptions themselves.
fn described_in(variables: &Variables, usual: &str) -> Vec<PathBuf> {
    let (more, instead) = (variables.text("PKG_CONFIG_PATH"), variables.text("PKG_CONFIG_LIBDIR"));
    let path = [more.unwrap_or_default(), instead.unwrap_or_else(|| usual.to_owned())].join(":");
    let dirs: Vec<PathBuf> = std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect();
    let entries = dirs.iter().filter_map(|dir| std::fs::read_dir(dir).ok()).flatten().flatten().map(|entry| entry.path());
    let files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "pc")).collect();
    dirs.into_iter().chain(files).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_that_may_be_read_counts() {
        let dir = tempfile::tempdir().unwrap();
        let (own, usual) = (dir.path().join("own"), dir.path().join("usual"));
        for (place, name) in [(&own, "x.pc"), (&own, "note"), (&usual, "z.pc")] {
            std::fs::create_dir_all(place).unwrap();
            std::fs::write(place.join(name), "").unwrap();
        }
        let of = |names: &[(&str, &Path)]| {
            let variables = Variables::new(names.iter().map(|(name, value)| (name.into(), value.into())).collect());
            described_in(&variables, usual.to_str().unwrap())
        };
        assert_eq!(of(&[]), [usual.clone(), usual.join("z.pc")]);
        assert_eq!(of(&[("PKG_CONFIG_PATH", &own)]), [own.clone(), usual.clone(), own.join("x.pc"), usual.join("z.pc")]);
        assert_eq!(of(&[("PKG_CONFIG_LIBDIR", &own)]), [own.clone(), own.join("x.pc")]);
    }
}
