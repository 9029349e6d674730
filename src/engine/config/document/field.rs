//! The six fields that are filled, and the values they get. Does not know where in a text they stand.

use toml_edit::Item;

/// A field that JMake can fill.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Field {
    /// `discovery.files`
    Files,
    /// `discovery.include_dirs`
    IncludeDirs,
    /// `discovery.binaries`
    Binaries,
    /// `llvm.tools`
    Tools,
    /// `compile.output_dir`
    OutputDir,
    /// `binary.library_name`
    LibraryName,
}

impl Field {
    /// In the order in which they are told.
    pub const ALL: [Self; 6] = [Self::Files, Self::IncludeDirs, Self::Binaries, Self::Tools, Self::OutputDir, Self::LibraryName];

    /// As users write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "discovery.files",
            Self::IncludeDirs => "discovery.include_dirs",
            Self::Binaries => "discovery.binaries",
            Self::Tools => "llvm.tools",
            Self::OutputDir => "compile.output_dir",
            Self::LibraryName => "binary.library_name",
        }
    }

    /// Its section and its key.
    #[must_use]
    pub fn path(self) -> [&'static str; 2] {
        self.name().split_once('.').map_or([self.name(), ""], |(section, key)| [section, key])
    }

    /// The lists that it is made of, if it is more than one.
    #[must_use]
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Files => &["cpp_sources", "cpp_headers", "c_sources", "c_headers"],
            Self::Binaries => &["executables", "static_libs", "shared_libs"],
            _ => &[],
        }
    }

    /// Found in the project or on the machine; the others are chosen, and stay as they are for ever.
    #[must_use]
    pub fn is_found(self) -> bool {
        !matches!(self, Self::OutputDir | Self::LibraryName)
    }
}

/// What a field gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// One text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
    /// True or false, or a number, as TOML has it.
    Plain(String),
    /// Named texts or lists, in order.
    Table(Vec<(String, Value)>),
}

impl Value {
    /// Each value that is not a table, with the name that leads to it.
    pub(in crate::engine::config) fn leaves(&self) -> Vec<(Option<&str>, &Self)> {
        match self {
            Self::Table(entries) => entries.iter().map(|(name, value)| (Some(name.as_str()), value)).collect(),
            leaf => vec![(None, leaf)],
        }
    }

    /// Whether `item` says the same.
    pub(super) fn is_in(&self, item: &Item) -> bool {
        match self {
            Self::Text(text) => item.as_str() == Some(text),
            Self::Plain(plain) => {
                let truth = item.as_bool().map(|truth| truth.to_string());
                let number = || item.as_integer().map(|number| number.to_string());
                let found = truth.or_else(number).or_else(|| item.as_float().map(|number| number.to_string()));
                found.as_deref() == Some(plain)
            }
            Self::List(texts) => item.as_array().is_some_and(|array| {
                let texts = texts.iter().map(|text| Some(text.as_str()));
                array.iter().map(toml_edit::Value::as_str).eq(texts)
            }),
            Self::Table(entries) => item.as_table_like().is_some_and(|table| {
                let said = |(name, value): &(String, Self)| table.get(name).is_some_and(|item| value.is_in(item));
                table.len() == entries.len() && entries.iter().all(said)
            }),
        }
    }
}
