//! The text that tells pkg-config of a project. Does not know what is installed beside it.

use super::{Linked, Places};
use crate::engine::config::settings::Settings;
use crate::engine::config::targets::Dependency;
use crate::engine::neighbours::{Offer, distinct};
use crate::engine::path::FilePath;

/// What pkg-config says of the project: its `libraries`, each before those that it uses, and what these need of others.
pub(super) fn text(
    settings: &Settings,
    libraries: &[Linked],
    offers: &[Offer],
    headers: bool,
    places: &Places,
    prefix: &FilePath,
) -> String {
    let version = settings.version.as_deref().unwrap_or("0");
    let description = settings.description.as_deref().unwrap_or(&settings.name);
    let mut text = format!("prefix={prefix}\nlibdir=${{prefix}}/{}\n", places.lib);
    if headers {
        text.push_str(&format!("includedir=${{prefix}}/{}\n", places.include));
    }
    text.push_str(&format!("\nName: {}\nDescription: {}\nVersion: {version}\n", settings.name, description.replace('\n', " ")));
    // Whoever links a static library links what it needs; headers alone have no other way to say so.
    let open = libraries.is_empty() || libraries.iter().any(|library| library.is_static);
    let private = if open { "" } else { ".private" };
    let required = settings.dependencies.iter().filter_map(module).collect::<Vec<_>>().join(", ");
    if !required.is_empty() {
        text.push_str(&format!("Requires{private}: {required}\n"));
    }
    let further: String = needs(settings, libraries, offers).iter().map(|library| format!(" {library}")).collect();
    let own: String = libraries.iter().map(|library| format!(" -l{}", library.name)).collect();
    if !libraries.is_empty() || open && !further.is_empty() {
        text.push_str(&format!("Libs: -L${{libdir}}{own}{}\n", if open { &further } else { "" }));
    }
    if !open && !further.is_empty() {
        text.push_str(&format!("Libs.private:{further}\n"));
    }
    let include = headers.then(|| "-I${includedir}".to_owned());
    let flags: Vec<String> = include.into_iter().chain(defines(settings, libraries)).collect();
    if !flags.is_empty() {
        text.push_str(&format!("Cflags: {}\n", flags.join(" ")));
    }
    text
}

fn module(dependency: &Dependency) -> Option<&str> {
    match dependency {
        Dependency::PkgConfig(module) => Some(module),
        Dependency::Path { .. } => None,
    }
}

/// Libraries that the project's own need: a name comes once, after all that use it.
fn needs(settings: &Settings, libraries: &[Linked], offers: &[Offer]) -> Vec<String> {
    let of_targets = libraries.iter().filter_map(|library| settings.targets.iter().find(|target| target.name == library.target));
    let mut typed: Vec<&String> = of_targets.flat_map(|target| &target.options.link_libraries).collect();
    typed.extend(&settings.options.link_libraries);
    typed.extend(offers.iter().flat_map(|offer| offer.libraries.iter().chain(&offer.needs)));
    // Others are files of this machine.
    let named = typed.into_iter().filter(|name| !name.contains('/')).map(|name| format!("-l{name}"));
    let mut all: Vec<String> = distinct(named.rev());
    all.reverse();
    all
}

/// As pkg-config reads it.
fn quoted(word: String) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,".contains(c);
    if word.chars().all(is_plain) { Some(word) } else { Some(shlex::try_quote(&word).ok()?.replace('$', "$$")) }
}

/// Macros that the headers of the libraries want.
fn defines(settings: &Settings, libraries: &[Linked]) -> Vec<String> {
    let own = settings.targets.iter().filter(|target| libraries.is_empty() || libraries.iter().any(|one| one.target == target.name));
    let define = |(name, value): (&String, &String)| if value.is_empty() { format!("-D{name}") } else { format!("-D{name}={value}") };
    let all = own.flat_map(|target| target.public_defines.iter().map(define));
    distinct(all).into_iter().filter_map(quoted).collect()
}
