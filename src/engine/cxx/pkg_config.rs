//! Modules of pkg-config: how it is asked, and what its answers mean for options. Does not run it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::engine::config::options::{Options, Platform};
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::Dependency;
use crate::engine::path::FilePath;
use crate::engine::variables::Variables;

/// Why a dependency is not there.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum PkgConfigError {
    /// No pkg-config.
    #[error(
        "[dependencies] in jmake.toml names `{0}`, and there is no pkg-config on the PATH to ask for it; install it with apt-get install pkg-config"
    )]
    NoProgram(String),
    /// No such module, or none so new.
    #[error(
        "[dependencies] in jmake.toml{}: {said}\nInstall the development package of {names}{}, add the directory of its .pc file to \
         PKG_CONFIG_PATH, or take it out of [dependencies]",
        triple.as_ref().map(|triple| format!(", looked for in modules for {triple}")).unwrap_or_default(),
        triple.as_ref().map(|triple| format!(" for {triple}")).unwrap_or_default()
    )]
    #[allow(missing_docs, reason = "the names say all")]
    Missing { names: String, said: String, triple: Option<String> },
    /// Its answer cannot be read.
    #[error("pkg-config's answer for {0} has an open quotation mark: {1}; mend its .pc file")]
    Unreadable(String, String),
}

/// The modules that the settings name, with the versions they ask for.
#[must_use]
pub fn modules(settings: &Settings) -> Vec<String> {
    let named = |dependency: &Dependency| match dependency {
        Dependency::PkgConfig(module) => Some(module.clone()),
        Dependency::Path { .. } => None,
    };
    settings.dependencies.iter().filter_map(named).collect()
}

/// The program's names, the best first: for another platform there may be one of its own.
#[must_use]
pub fn programs(platform: &Platform) -> Vec<String> {
    let own = platform.triple.iter().map(|triple| format!("{triple}-pkg-config"));
    own.chain(["pkg-config".to_owned(), "pkgconf".to_owned()]).collect()
}

/// What it gets. This machine's modules say nothing of another platform's: it is told where those are, unless somebody else did.
#[must_use]
pub fn variables(platform: &Platform, root: &Path, variables: &Variables) -> Variables {
    let Some(triple) = platform.triple.as_ref().filter(|_| variables.get("PKG_CONFIG_LIBDIR").is_none()) else { return variables.clone() };
    let mut all = variables.all();
    let dirs = match platform.sysroot.as_ref().map(|sysroot| sysroot.under(root)) {
        Some(sysroot) => {
            all.push(("PKG_CONFIG_SYSROOT_DIR".into(), sysroot.clone().into()));
            [format!("usr/lib/{triple}/pkgconfig"), "usr/lib/pkgconfig".into(), "usr/share/pkgconfig".into()].map(|dir| sysroot.join(dir))
        }
        None => [format!("/usr/lib/{triple}/pkgconfig"), format!("/usr/{triple}/lib/pkgconfig"), "/usr/share/pkgconfig".into()]
            .map(PathBuf::from),
    };
    let joined: Vec<OsString> = dirs.into_iter().map(OsString::from).collect();
    all.push(("PKG_CONFIG_LIBDIR".into(), joined.join(std::ffi::OsStr::new(":"))));
    Variables::new(all)
}

/// What is printed for compiles and for links.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Answer {
    pub cflags: String,
    pub libs: String,
}

/// The settings with what all targets need of the modules.
///
/// # Errors
/// The answer cannot be read.
pub fn applied(settings: &Settings, modules: &[String], answer: &Answer) -> Result<Settings, PkgConfigError> {
    let split = |text: &str| shlex::split(text).ok_or_else(|| PkgConfigError::Unreadable(modules.join(", "), text.trim().to_owned()));
    let (cflags, libs) = (split(&answer.cflags)?, split(&answer.libs)?);
    let mut settings = settings.clone();
    for options in std::iter::once(&mut settings.options).chain(settings.targets.iter_mut().map(|target| &mut target.options)) {
        add(options, &cflags, &libs);
    }
    Ok(settings)
}

fn add(options: &mut Options, cflags: &[String], libs: &[String]) {
    let mut words = cflags.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("-I") {
            Some("") => options.include_dirs.extend(words.next().map(|dir| FilePath::from(dir.as_str()))),
            Some(dir) => options.include_dirs.push(dir.into()),
            None => options.flags.push(word.clone()),
        }
    }
    let mut words = libs.iter();
    while let Some(word) = words.next() {
        let argument = |rest: &str, words: &mut std::slice::Iter<'_, String>| match rest {
            "" => words.next().cloned(),
            rest => Some(rest.to_owned()),
        };
        if let Some(rest) = word.strip_prefix("-l") {
            options.link_libraries.extend(argument(rest, &mut words));
        } else if let Some(rest) = word.strip_prefix("-L") {
            options.lib_dirs.extend(argument(rest, &mut words).map(|dir| FilePath::from(dir.as_str())));
        } else if word.starts_with('-') {
            options.link_flags.push(word.clone());
        } else {
            options.link_libraries.push(word.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::config::targets::TargetSettings;

    #[test]
    fn what_is_missing_is_told_with_its_machine() {
        let told = |triple: Option<&str>| {
            PkgConfigError::Missing { names: "zlib".into(), said: "No package".into(), triple: triple.map(Into::into) }.to_string()
        };
        assert!(told(None).starts_with("[dependencies] in jmake.toml: No package\nInstall the development package of zlib, add"));
        let arm = "[dependencies] in jmake.toml, looked for in modules for aarch64-linux-gnu: No package\n\
                   Install the development package of zlib for aarch64-linux-gnu, add";
        assert!(told(Some("aarch64-linux-gnu")).starts_with(arm), "{}", told(Some("aarch64-linux-gnu")));
    }

    #[test]
    fn answers_become_options_of_every_target() {
        let settings = Settings { targets: vec![TargetSettings::default()], ..Settings::default() };
        let answer = Answer {
            cflags: "-I/opt/x/include -DX=\\\"a\\\" -pthread -I /y\n".into(),
            libs: "-L/opt/x/lib -lx -l z -pthread /opt/y/liby.a \n".into(),
        };
        let settings = applied(&settings, &[], &answer).unwrap();
        assert_eq!(settings.options, settings.targets[0].options);
        let Options { include_dirs, flags, link_libraries, lib_dirs, link_flags, .. } = settings.options;
        assert_eq!(include_dirs, ["/opt/x/include".into(), "/y".into()]);
        assert_eq!(flags, ["-DX=\"a\"", "-pthread"]);
        assert_eq!((link_libraries, lib_dirs), (vec!["x".into(), "z".into(), "/opt/y/liby.a".into()], vec!["/opt/x/lib".into()]));
        assert_eq!(link_flags, ["-pthread"]);
        let open = Answer { libs: "'".into(), ..Answer::default() };
        assert!(applied(&Settings::default(), &["x".into()], &open).unwrap_err().to_string().contains("open quotation mark"));
    }

    #[test]
    fn another_platform_has_modules_of_its_own() {
        let of = |name: &str, triple: Option<&str>, sysroot: Option<&str>, given: &[(&str, &str)]| {
            let platform = Platform { triple: triple.map(Into::into), sysroot: sysroot.map(Into::into), ..Platform::default() };
            let given = Variables::new(given.iter().map(|(name, value)| (name.into(), value.into())).collect());
            variables(&platform, Path::new("/p"), &given).text(name)
        };
        assert_eq!(of("PKG_CONFIG_LIBDIR", None, None, &[]), None);
        let arm = Some("aarch64-linux-gnu");
        let usual = "/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/aarch64-linux-gnu/lib/pkgconfig:/usr/share/pkgconfig";
        assert_eq!(of("PKG_CONFIG_LIBDIR", arm, None, &[]).as_deref(), Some(usual));
        assert_eq!(of("PKG_CONFIG_LIBDIR", arm, None, &[("PKG_CONFIG_LIBDIR", "/own")]).as_deref(), Some("/own"));
        assert_eq!(of("PKG_CONFIG_SYSROOT_DIR", arm, Some("root"), &[]).as_deref(), Some("/p/root"));
        let platform = Platform { triple: arm.map(Into::into), ..Platform::default() };
        assert_eq!(programs(&platform)[0], "aarch64-linux-gnu-pkg-config");
    }
}
