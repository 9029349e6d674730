//! What a driver expands flags to, learnt from its `-###`. Does not run it.

mod search_lists;

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use self::search_lists::SearchLists;
use super::argv::link;
use super::comment_neutral::dialect_of;
use super::diagnostics;
use super::interface_only;
use super::toolchain::DriverProbe;
use crate::engine::digest::{Digest, Hasher};
use crate::engine::discover::Language;
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;

/// What comes before a file that the driver found for the compiler.
const READ: [&str; 2] = ["-fprofile-instrument-use-path=", "-fsanitize-system-ignorelist="];

/// What makes the compiler look for module maps.
const MODULES: [&str; 2] = ["-fmodules", "-fimplicit-module-maps"];

/// Why a probe says nothing.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum ProbeError {
    /// The driver refuses the flags; its own words.
    #[error("the compiler refuses the flags of this project:\n{0}\nChange them in jmake.toml or in CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS")]
    Refused(String),
    /// Its output holds no command line.
    #[error("the compiler's -### output holds no command line:\n{0}\nIs it clang? Choose another with --toolchain")]
    NoCommand(String),
}

impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::Refused(_) => Self::usage(error),
            ProbeError::NoCommand(_) => Self::environment(error),
        }
    }
}

/// What the driver passes to the linker.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct LinkProbe {
    /// Identity of the expanded command line.
    pub identity: Digest,
    /// Its words, each with its argument.
    pub expanded: Vec<String>,
    /// The linker it runs.
    pub program: FilePath,
    /// What that loads.
    pub plugins: Vec<FilePath>,
    /// Profiles that it reads.
    pub profiles: Vec<FilePath>,
    /// Where it looks for libraries, in order.
    pub library_dirs: Vec<FilePath>,
    /// Of shared libraries nothing but the interface counts for it.
    pub interfaces: bool,
    /// What it is told, with places for the files of a link, if that is all that the driver does.
    pub line: Option<Vec<String>>,
}

impl LinkProbe {
    /// All that runs when it links.
    pub fn programs(&self) -> impl Iterator<Item = &FilePath> {
        std::iter::once(&self.program).chain(&self.plugins)
    }

    /// With its directories spelled as the files in them are.
    #[must_use]
    pub fn spelled(self, spell: &mut dyn FnMut(&Path) -> FilePath) -> Self {
        Self { library_dirs: spelled(&self.library_dirs, spell), profiles: spelled(&self.profiles, spell), ..self }
    }
}

impl DriverProbe {
    /// With its directories spelled as the files in them are.
    #[must_use]
    pub fn spelled(self, spell: &mut dyn FnMut(&Path) -> FilePath) -> Self {
        let mut all = |dirs: &[FilePath]| spelled(dirs, spell);
        Self {
            quote_dirs: all(&self.quote_dirs),
            search_dirs: all(&self.search_dirs),
            profiles: all(&self.profiles),
            embed_dirs: all(&self.embed_dirs),
            framework_dirs: all(&self.framework_dirs),
            overlays: all(&self.overlays),
            ..self
        }
    }
}

fn spelled(dirs: &[FilePath], spell: &mut dyn FnMut(&Path) -> FilePath) -> Vec<FilePath> {
    dirs.iter().map(|dir| spell(dir.as_path())).collect()
}

/// The name clang gives a language after `-x`.
#[must_use]
pub fn language_name(language: Language) -> &'static str {
    match language {
        Language::C => "c",
        Language::Cxx => "c++",
        Language::Assembler => "assembler",
        Language::AssemblerWithCpp => "assembler-with-cpp",
    }
}

/// Arguments of the run that shows what `flags` mean in `language`. Nothing is compiled or written.
#[must_use]
pub fn compile_arguments(language: Language, flags: &[FilePath]) -> Vec<FilePath> {
    let rest = ["-x", language_name(language), "-c", "/dev/null", "-o", "jmake-probe.o"];
    std::iter::once("-###").map(FilePath::from).chain(flags.iter().cloned()).chain(rest.map(FilePath::from)).collect()
}

/// Arguments of the run that shows what a driver passes on to the linker, of the line of any link.
#[must_use]
pub fn link_arguments(line: &[FilePath]) -> Vec<FilePath> {
    std::iter::once("-###".into()).chain(line.iter().cloned()).collect()
}

/// Reads what [`compile_arguments`] made the driver print on stderr.
///
/// # Errors
/// The flags are refused, or the output is not clang's.
pub fn parse_compile(stderr: &str) -> Result<DriverProbe, ProbeError> {
    let commands = commands(stderr)?;
    let cc1 = commands.iter().find(|c| c.iter().any(|arg| arg == "-cc1" || arg == "-cc1as"));
    let cc1 = cc1.ok_or_else(|| ProbeError::NoCommand(stderr.to_owned()))?;
    let lists = SearchLists::of(cc1);
    let (search_dirs, angled) = lists.angled_order();
    let read = |arg: &String| READ.iter().find_map(|flag| arg.strip_prefix(flag)).map(FilePath::from);
    let profiles = cc1.iter().filter_map(read).collect();
    let comment_blind = dialect_of(&commands).ok();
    let embed_dirs = cc1.iter().filter_map(|arg| arg.strip_prefix("--embed-dir=")).map(FilePath::from).collect();
    let modules = |arg: &String| MODULES.contains(&arg.as_str()) || arg.starts_with("-fmodule-map-file=");
    let fenced = !lists.frameworks.is_empty() || !lists.overlays.is_empty() || cc1.iter().any(modules);
    Ok(DriverProbe {
        identity: identity(&commands),
        expanded: expanded(&commands),
        framework_dirs: lists.frameworks.clone(),
        overlays: lists.overlays.clone(),
        fenced,
        programs: programs(&commands),
        quote_dirs: lists.quote.clone(),
        search_dirs,
        angled,
        profiles,
        embed_dirs,
        comment_blind,
    })
}

/// Reads what [`link_arguments`] made the driver print on stderr.
///
/// # Errors
/// The flags are refused, or the output is not clang's.
pub fn parse_link(stderr: &str) -> Result<LinkProbe, ProbeError> {
    let told = commands(stderr)?;
    let commands: Vec<Vec<String>> = told.iter().map(|line| link::without_places(line)).collect();
    let ld = commands.last().ok_or_else(|| ProbeError::NoCommand(stderr.to_owned()))?;
    let program = ld.first().ok_or_else(|| ProbeError::NoCommand(stderr.to_owned()))?;
    let dirs = ld.iter().filter_map(|arg| arg.strip_prefix("-L")).filter(|dir| !dir.is_empty()).map(FilePath::from);
    let plugins = ld.iter().zip(ld.iter().skip(1)).filter(|(flag, _)| matches!(flag.as_str(), "-plugin" | "--plugin"));
    let plugins = plugins.map(|(_, plugin)| plugin.as_str().into()).collect();
    let profile =
        |arg: &String| ["cs-profile-path=", "sample-profile="].iter().find_map(|name| Some(FilePath::from(arg.split_once(name)?.1)));
    let profiles = ld.iter().filter_map(profile).collect();
    let (library_dirs, interfaces) = (dirs.collect(), interface_only::reads_interfaces(&commands));
    let (identity, expanded) = (identity(&commands), expanded(&commands));
    let line = line_of(told, stderr);
    Ok(LinkProbe { identity, expanded, program: program.as_str().into(), plugins, profiles, library_dirs, interfaces, line })
}

/// The line of the only program that a driver runs, without that program, if it is the linker of the driver's own install and follows from
/// nothing but that, the flags and what is known of the machine: where else one is looked for, or a configuration file says, may change unseen.
fn line_of(told: Vec<Vec<String>>, stderr: &str) -> Option<Vec<String>> {
    let [mut line] = <[Vec<String>; 1]>::try_from(told).ok()?;
    let program = line.drain(..1).next()?;
    let of = |name: &str| stderr.lines().find_map(|said| said.strip_prefix(name));
    let own = Path::new(of("InstalledDir: ")?);
    let is_plain = Path::new(&program).parent() == Some(own) && of("Configuration file: ").is_none();
    let is_text = !stderr.contains(char::REPLACEMENT_CHARACTER) && stderr.lines().filter(|said| said.starts_with(" \"")).all(is_whole);
    (is_plain && is_text && link::has_places(&line)).then_some(line)
}

/// The first word of each line, once.
fn programs(commands: &[Vec<String>]) -> Vec<FilePath> {
    let all: BTreeSet<&String> = commands.iter().filter_map(|command| command.first()).collect();
    all.into_iter().map(|program| program.as_str().into()).collect()
}

/// What the identity is made of, for people: flags with their arguments. Programs are told of elsewhere.
fn expanded(commands: &[Vec<String>]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for command in commands {
        let mut words = counting(command).into_iter().skip(1).peekable();
        while let Some(word) = words.next() {
            let argument = words.next_if(|next| word.starts_with('-') && !next.starts_with('-'));
            out.push(argument.map_or_else(|| word.clone(), |argument| format!("{word} {argument}")));
        }
    }
    out
}

/// What stands for the time concerns only texts that show it: it is no part of this.
fn counting(command: &[String]) -> Vec<&String> {
    let epoch = command.iter().position(|arg| arg == "-source-date-epoch").map_or(0..0, |at| at..at + 2);
    command.iter().enumerate().filter(|(at, _)| !epoch.contains(at)).map(|(_, arg)| arg).collect()
}

fn identity(commands: &[Vec<String>]) -> Digest {
    let mut hasher = Hasher::default();
    for command in commands {
        let counting = counting(command);
        hasher.part(&(counting.len() as u64).to_le_bytes());
        for arg in counting {
            hasher.part(arg.as_bytes());
        }
    }
    hasher.finish()
}

/// The command lines that `-###` printed, split.
fn commands(stderr: &str) -> Result<Vec<Vec<String>>, ProbeError> {
    let (printed, said): (Vec<&str>, Vec<&str>) = stderr.lines().partition(|line| line.starts_with(" \""));
    let errors: Vec<&str> = said.into_iter().filter(|line| line.contains("error: ")).collect();
    if !errors.is_empty() {
        return Err(ProbeError::Refused(diagnostics::strip(&errors.join("\n"))));
    }
    if printed.is_empty() {
        return Err(ProbeError::NoCommand(stderr.to_owned()));
    }
    Ok(printed.iter().map(|line| split(line)).collect())
}

/// Whether every word ends: one may hold the end of a line.
fn is_whole(line: &str) -> bool {
    let (mut within, mut quoted) = (false, false);
    for c in line.chars() {
        within ^= c == '"' && !quoted;
        quoted = c == '\\' && !quoted;
    }
    !within
}

/// Takes apart `"a" "b \"c\""`.
fn split(line: &str) -> Vec<String> {
    let mut args = Vec::new();
    let mut current: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, &mut current) {
            ('"', None) => current = Some(String::new()),
            ('"', Some(_)) => args.extend(current.take()),
            ('\\', Some(arg)) => arg.extend(chars.next()),
            (c, Some(arg)) => arg.push(c),
            _ => {}
        }
    }
    args
}

#[cfg(test)]
mod tests;
