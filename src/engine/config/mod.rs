//! Settings: as typed, merged, valid. Does not read files.

pub mod settings;
