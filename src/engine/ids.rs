//! Typed ids for files, steps and builds. Does not know what they name.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        pub struct $name(pub u32);

        impl $name {
            /// The id as an index into a dense table.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// A file or directory of one graph.
    FileId
}
id! {
    /// A step of one graph.
    StepId
}
id! {
    /// One process that may be run, unique within a daemon's life.
    RunId
}
id! {
    /// One build request, unique within a daemon's life.
    BuildId
}
