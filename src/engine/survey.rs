//! What `jmake discover` shows. Does not know how it is shown.

use super::discover::Discovery;
use super::path::FilePath;
use super::scan::binary::BinaryFacts;

/// A project as JMake sees it.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The project's name.
    pub name: String,
    /// Its sources, headers, targets and what is left out.
    pub discovery: Discovery,
    /// Its binaries, told by content.
    pub binaries: Vec<(FilePath, BinaryFacts)>,
    /// `shared_library` or `static_library`.
    pub library_kind: &'static str,
    /// Remarks of the walk and the settings.
    pub notes: Vec<String>,
}
