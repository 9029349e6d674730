//! Every decision JMake makes, as functions of values.
//!
//! Time, file contents and facts about the machine come in as arguments. Nothing here knows actors, files, processes,
//! sockets, environment variables or the clock.

pub mod build;
pub mod cache;
pub mod change_log;
pub mod complete;
pub mod config;
pub mod cxx;
pub mod digest;
pub mod discover;
pub mod execution;
pub mod explain;
pub mod failure;
pub mod fair_queue;
pub mod fingerprint;
pub mod front_end;
pub mod graph;
pub mod half_made;
pub mod ids;
pub mod install;
pub mod jobs;
pub mod neighbours;
pub mod path;
pub mod plan;
pub mod project_graph;
pub mod report;
pub mod request;
pub mod restart;
pub mod scan;
pub mod settled;
pub mod source_graph;
pub mod survey;
pub mod templates;
pub mod testing;
pub mod text_diff;
pub mod tree;
pub mod variables;
pub mod watch;
