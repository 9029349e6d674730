//! JMake: a C and C++ build system that needs no build file.
//!
//! Reading order, from pure values to the world:
//!
//! 1. [`engine`]: every decision, as functions of values.
//! 2. [`edge`]: every touch of the world, without decisions.
//! 3. [`messages`] and [`actors`]: who asks whom, and mailboxes around engine values.
//! 4. [`wire`]: what crosses the socket.
//! 5. [`daemon`] and [`client`]: the two ends of the socket.
//!
//! `ARCHITECTURE.md` draws the rooms; `tests/tidy.rs` checks their laws.

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
compile_error!("JMake runs on Linux on x86-64 and aarch64 only");

pub mod engine;

pub mod edge;

pub mod messages;

pub mod actors;

pub mod wire;

pub mod client;
pub mod daemon;
