//! What JMake knows of C, C++ and LLVM: flags, command lines, drivers and what tools print. Does not run anything.

pub mod argv;
pub mod comment_neutral;
pub mod declarations;
pub mod diagnostics;
pub mod driver_paths;
pub mod flag_sets;
pub mod flags;
pub mod interface_only;
pub mod lower;
pub mod pkg_config;
pub mod probe;
pub mod toolchain;
pub mod undefined;
