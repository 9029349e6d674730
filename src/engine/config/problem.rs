//! What is wrong with a settings file, shown at the place where it is wrong. Does not know what is right.

use std::ops::Range;

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// There are no settings because of it.
    Error,
    /// It has no effect, or not the one that was meant.
    Warning,
}

/// One thing wrong at one place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The file, as its user calls it.
    pub file: String,
    /// One-based.
    pub line: usize,
    /// One-based, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub advice: String,
    /// The line of text it stands in.
    pub text: String,
    /// How many characters to underline, at least one.
    pub width: usize,
}

impl Problem {
    /// The problem `message` at the bytes `span` of `content`.
    #[must_use]
    pub fn at(file: &str, content: &str, span: Range<usize>, message: impl Into<String>, advice: impl Into<String>) -> Self {
        let start = floor(content, span.start);
        let end = floor(content, span.end).max(start);
        let line_start = content[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = content[start..].find('\n').map_or(content.len(), |at| start + at);
        Self {
            severity: Severity::Error,
            file: file.to_owned(),
            line: content[..start].matches('\n').count() + 1,
            column: content[line_start..start].chars().count() + 1,
            message: message.into(),
            advice: advice.into(),
            text: content[line_start..line_end].trim_end_matches('\r').to_owned(),
            width: content[start..end.min(line_end).max(start)].chars().count().max(1),
        }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// The same in one line, for a build that goes on.
    #[must_use]
    pub fn note(&self) -> String {
        format!("{}:{}: {}; {}", self.file, self.line, self.message, self.advice.replace('\n', " "))
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = if self.severity == Severity::Warning { "warning" } else { "error" };
        writeln!(f, "{}:{}:{}: {severity}: {}", self.file, self.line, self.column, self.message)?;
        let number = self.line.to_string();
        // Tabs stay tabs, so that the marks stand below what they mark.
        let lead: String = self.text.chars().take(self.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        writeln!(f, " {number} | {}", self.text)?;
        writeln!(f, " {} | {lead}{}", " ".repeat(number.len()), "^".repeat(self.width))?;
        write!(f, "  {}", self.advice.replace('\n', "\n    "))
    }
}

/// How many warnings a build shows.
const SHOWN: usize = 5;

/// What a build says of `warnings`: a line for each, or how to see the rest.
#[must_use]
pub fn notes(warnings: &[Problem]) -> Vec<String> {
    let mut notes: Vec<String> = warnings.iter().map(Problem::note).collect();
    if notes.len() > SHOWN {
        let more = notes.len() - SHOWN + 1;
        notes.truncate(SHOWN - 1);
        notes.push(format!("{more} more warnings of the settings; `jmake check` shows all"));
    }
    notes
}

/// Why there are no valid settings.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// All that was found wrong in the files.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// The profile asked for is neither built in nor in a file.
    #[error("there is no profile `{name}`{}; there are: {}. Use one of them, or add a [profile.{name}] table to jmake.toml",
        .nearest.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`")), .known.join(", "))]
    UnknownProfile {
        /// As asked for.
        name: String,
        /// What may have been meant.
        nearest: Option<String>,
        /// All that exist.
        known: Vec<String>,
    },
    /// The profile's name cannot be part of a path.
    #[error("`{0}` cannot name a profile: use letters, digits, `-`, `_` and `.`, and start with a letter or digit")]
    BadProfileName(String),
    /// A flags variable with an open quote.
    #[error("{name} cannot be split into flags: {value}\n  close its quotes, or unset it")]
    BadVariable {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
    },
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}
