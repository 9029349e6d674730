//! What the shell is told. Does not know why.

/// All was done.
pub const DONE: u8 = 0;
/// A compile, link, test or job failed; for `daemon status`: there is none.
pub const FAILED: u8 = 1;
/// Wrong usage or invalid configuration.
pub const USAGE: u8 = 2;
/// The machine does not allow it.
pub const ENVIRONMENT: u8 = 3;
/// JMake itself failed.
pub const INTERNAL: u8 = 4;
/// Stopped by the user.
pub const INTERRUPTED: u8 = 130;
