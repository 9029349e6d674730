//! Where a value came from, in words. Does not know values.

use std::fmt;

/// Where a value came from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Origin {
    /// It is so unless said.
    BuiltIn,
    /// A profile that is built in.
    BuiltInProfile(String),
    /// A settings file: its name, line and column.
    File(String, usize, usize),
    /// A profile in a settings file: the profile's name, then as above.
    Profile(String, String, usize, usize),
    /// A variable.
    Variable(&'static str),
    /// A flag of the command line.
    CommandLine(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::BuiltInProfile(name) => write!(f, "built-in profile {name}"),
            Self::File(file, line, column) => write!(f, "{file}:{line}:{column}"),
            Self::Profile(name, file, line, column) => write!(f, "profile {name}, {file}:{line}:{column}"),
            Self::Variable(name) => write!(f, "${name}"),
            Self::CommandLine(flag) => f.write_str(flag),
        }
    }
}
