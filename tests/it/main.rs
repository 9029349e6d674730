//! The integration tests: the real binaries, a real compiler, a home and a daemon per test. `support` gives each its space.

#![allow(clippy::unwrap_used, clippy::match_wild_err_arm, reason = "a test that cannot go on fails")]

mod bad_input;
mod build;
mod caches;
mod changed_trees;
mod check;
mod clean;
mod cli;
mod comment_blind;
mod complete;
mod corpus;
mod cutoffs;
mod daemon;
mod errors;
mod explain;
mod generated;
mod handover;
mod incremental;
mod init;
mod inputs;
mod inquiries;
mod installing;
mod interfaces;
mod jobs;
mod kills;
mod linked_includes;
mod lookups;
mod neighbours;
mod no_files;
mod oracle;
mod outputs;
mod settings;
mod settled;
mod side_by_side;
mod stalled;
mod supervision;
mod support;
mod targets;
mod testing;
mod tool_inputs;
mod traps;
mod tried;
mod undefined;
mod watch;
mod without_events;
