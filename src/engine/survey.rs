//! What discovery says of a project, for `jmake discover` and `jmake complete`. Does not know how it is shown.

use super::discover::Discovery;

/// A project as JMake sees it.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The project's name.
    pub name: String,
    /// Its sources, headers, targets and what is left out.
    pub discovery: Discovery,
    /// `shared_library` or `static_library`.
    pub library_kind: &'static str,
    /// The graph of its files is to be written somewhere.
    pub writes_graph: bool,
    /// Remarks of the walk and the settings.
    pub notes: Vec<String>,
}
