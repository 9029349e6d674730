//! Typed messages between actors, one file per receiver.
//!
//! | receiver | asked by | asks |
//! |---|---|---|
//! | [`supervisor`] | every actor (failures), sessions | all, for status and shutdown |
//! | [`tool_cache`] | orchestrators, sessions | nobody |
//! | [`file_scanner`] | orchestrators, watching sessions | nobody |
//! | [`config_store`] | orchestrators, watching sessions | nobody |
//! | [`orchestrator`] | sessions | the three above and the pool |
//! | [`compile_pool`] | orchestrators | its workers |
//! | [`compile_worker`] | the pool | nobody |
//!
//! Requests are imperative and go down the tree; [`events`] are in the past tense and go up. Nobody awaits a parent.
//! Nothing here knows how a message is handled.

pub mod compile_pool;
pub mod compile_worker;
pub mod config_store;
pub mod events;
pub mod file_scanner;
pub mod orchestrator;
pub mod supervisor;
pub mod tool_cache;

use actix::prelude::*;

/// Request: do nothing. Answered at once by an actor that is not stuck.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Ping;

/// Request: write what must outlive the process to disk.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Flush;

/// Query: how an actor's caches do.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Vec<crate::engine::cache::CacheCounts>")]
pub struct GetCaches;

/// Request: forget what is remembered in memory. Answered with how the caches did until then.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Vec<crate::engine::cache::CacheCounts>")]
pub struct ClearCaches;
