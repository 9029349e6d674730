//! Why a step runs, as a type and in plain words. Does not know how it was found out.

use crate::engine::path::FilePath;

/// Why a step has to run.
#[derive(Clone, Debug, Eq, Hash, PartialEq, thiserror::Error)]
pub enum Reason {
    /// There is no record of it.
    #[error("first build")]
    NeverBuilt,
    /// It may have left something else behind than it did when it last came to its end.
    #[error("its last run did not come to its end")]
    Unfinished,
    /// In a dry run: a step that it waits for would run.
    #[error("a step before it would run")]
    DependencyWouldRun,
    /// The user said so.
    #[error("forced")]
    Forced,
    /// A program it runs, or what the driver makes of its flags, is another; no more is known.
    #[error("the tools or their environment changed")]
    ToolsChanged,
    /// A program that it runs has other content, or loads other libraries.
    #[error("{0} changed")]
    ToolChanged(FilePath),
    /// It runs one program in the place of another.
    #[error("{new} runs in the place of {old}")]
    ToolReplaced {
        /// Then.
        old: FilePath,
        /// Now.
        new: FilePath,
    },
    /// The driver makes something else of its flags.
    #[error("{}", expansion(variables, driver, added, removed))]
    ExpansionChanged {
        /// Those that lead the driver and are not what they were.
        variables: Vec<String>,
        /// Its name.
        driver: String,
        /// Words that are new.
        added: Vec<String>,
        /// Words that are gone.
        removed: Vec<String>,
    },
    /// A variable has another value, or leads to other files.
    #[error("the variable {0} leads to something else")]
    VariableChanged(String),
    /// Another part of its description.
    #[error("its {what} changed")]
    CommandChanged {
        /// Which part.
        what: String,
    },
    /// It has an argument more.
    #[error("{noun} {0} added", noun = noun(.0))]
    ArgumentAdded(String),
    /// It has an argument less.
    #[error("{noun} {0} removed", noun = noun(.0))]
    ArgumentRemoved(String),
    /// It has one argument in the place of another.
    #[error("{noun} {old} became {new}", noun = noun(.old))]
    ArgumentReplaced {
        /// Then.
        old: String,
        /// Now.
        new: String,
    },
    /// A source more is part of it.
    #[error("{0} is new")]
    SourceAdded(FilePath),
    /// A source that was part of it is not there.
    #[error("{0} is gone")]
    SourceGone(FilePath),
    /// A source is there and no part of it any more.
    #[error("{0} is no part of it any more")]
    SourceLeftOut(FilePath),
    /// It reads a file more.
    #[error("{0} is a new input")]
    InputAdded(FilePath),
    /// It reads a file less.
    #[error("{0} is not an input any more")]
    InputRemoved(FilePath),
    /// A file that it reads has other content.
    #[error("{0} changed")]
    InputChanged(FilePath),
    /// A file that it reads has the same content, but a text shows when that was written.
    #[error("{0} was written at another time, which __TIMESTAMP__ shows")]
    InputTouched(FilePath),
    /// A file that it reads has the same content but comes from another run of an opaque command, which counts for an opaque step.
    #[error("{0} was made anew")]
    InputRemade(FilePath),
    /// A file that it looked for in vain is there.
    #[error("{0} appeared")]
    InputAppeared(FilePath),
    /// A file is there that may be found in the place of one that it reads.
    #[error("{path} appeared, and may hide {hidden}")]
    InputShadows {
        /// The one.
        path: FilePath,
        /// The other.
        hidden: FilePath,
    },
    /// A file that it reads is not there.
    #[error("{0} is gone")]
    InputGone(FilePath),
    /// It reads a file that nobody can name.
    #[error("{0} embeds a file whose name is made by macros or operands, so it is read anew every time")]
    ReadsUnnamed(FilePath),
    /// A file that it made is not there, nor in the store.
    #[error("{0} is gone")]
    OutputGone(FilePath),
    /// A file that it made has other permissions, and cannot be put back.
    #[error("the permissions of {0} were changed")]
    OutputMode(FilePath),
    /// A file that it made has other content, and the store does not have the right one.
    #[error("{0} was overwritten")]
    OutputOverwritten(FilePath),
}

impl Reason {
    /// The input that it is about.
    #[must_use]
    pub fn input(&self) -> Option<&FilePath> {
        match self {
            Self::InputAdded(path)
            | Self::InputChanged(path)
            | Self::InputRemade(path)
            | Self::InputAppeared(path)
            | Self::InputGone(path)
            | Self::ReadsUnnamed(path) => Some(path),
            _ => None,
        }
    }
}

/// So many words of an expansion are told.
const TOLD: usize = 4;

fn expansion(variables: &[String], driver: &str, added: &[String], removed: &[String]) -> String {
    let words = |verb: &str, words: &[String]| {
        let more = if words.len() > TOLD { format!(" and {} more", words.len() - TOLD) } else { String::new() };
        (!words.is_empty()).then(|| format!("{verb} {}{more}", words.iter().take(TOLD).cloned().collect::<Vec<_>>().join(" ")))
    };
    let what: Vec<String> = [words("adds", added), words("leaves out", removed)].into_iter().flatten().collect();
    let what = if what.is_empty() { "orders them otherwise".to_owned() } else { what.join(" and ") };
    match variables {
        [] => format!("{driver} makes something else of the flags: it {what}"),
        all => format!("{} changed, so that {driver} {what}", all.join(" and ")),
    }
}

fn noun(argument: &str) -> &'static str {
    match argument.as_bytes() {
        [b'-', b'D' | b'U', _, ..] => "macro",
        [b'-', ..] => "flag",
        _ => "argument",
    }
}
