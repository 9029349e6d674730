//! One law per room: what its files may name.

use super::laws::{mentions_of, within};
use super::source::Source;
use super::{check, holds_for_sources};

/// Which rooms of this crate the files of a room may name. What is not here may be named by nobody.
fn may_use(room: &str) -> &'static [&'static str] {
    match room {
        "bin" => &["crate::client", "crate::daemon"],
        "client" => &["crate::wire", "crate::edge::paths", "crate::edge::spawn", "crate::edge::term"],
        "daemon" => &["crate::actors", "crate::messages", "crate::wire", "crate::edge", "crate::engine"],
        "actors" => &["crate::messages", "crate::edge", "crate::engine"],
        "messages" | "edge" | "wire" => &["crate::engine"],
        _ => &[],
    }
}

/// Use goes one way: from the world towards pure values.
fn use_goes_one_way(source: &Source) -> Vec<String> {
    let Some(room) = source.room() else { return Vec::new() };
    let own = format!("crate::{room}");
    let is_wrong =
        |mention: &str| mention.starts_with("crate::") && !within(mention, &own) && !may_use(room).iter().any(|path| within(mention, path));
    mentions_of(source, is_wrong, &format!("{room} may use only {:?}", may_use(room)))
}

/// Crates and modules that touch the world or wait for it.
fn touches_the_world(mention: &str) -> bool {
    const PATHS: [&str; 14] = [
        "std::fs",
        "std::process",
        "std::net",
        "std::env",
        "std::os",
        "std::io::stdin",
        "std::io::stdout",
        "std::io::stderr",
        "tokio",
        "rustix",
        "inotify",
        "redb",
        "tempfile",
        "walkdir",
    ];
    PATHS.iter().any(|path| within(mention, path))
}

/// Values in, values out.
fn engine_is_pure(source: &Source) -> Vec<String> {
    if source.room() != Some("engine") {
        return Vec::new();
    }
    let is_wrong = |mention: &str| {
        let calls = ["Instant::now", "SystemTime::now", "thread::spawn", "thread::Builder"];
        // Bytes of names are values, whatever module their type lives in.
        let bytes = within(mention, "std::os::unix::ffi");
        !bytes && (touches_the_world(mention) || calls.iter().any(|call| mention.ends_with(call)))
    };
    let mut wrong = mentions_of(source, is_wrong, "the engine turns values into values");
    let methods = [".exists()", ".canonicalize()", ".read_dir()", ".symlink_metadata()", ".read_link()"];
    let touched = methods.iter().filter(|method| source.code.contains(**method));
    wrong.extend(touched.map(|method| format!("`{method}`: the engine does not look at files")));
    wrong
}

/// An actor delegates whatever touches the world.
fn actors_only_send(source: &Source) -> Vec<String> {
    if source.room() != Some("actors") {
        return Vec::new();
    }
    let own_process_or_files = |mention: &str| {
        ["std::fs", "std::process", "std::net", "tokio::fs", "tokio::process", "tokio::net", "rustix"]
            .iter()
            .any(|path| within(mention, path))
    };
    mentions_of(source, own_process_or_files, "an actor asks edge for it")
}

/// An actor knows messages, never another actor.
fn actors_do_not_know_each_other(source: &Source) -> Vec<String> {
    if source.room() != Some("actors") || matches!(source.path.as_str(), "src/actors/mod.rs" | "src/actors/supervise.rs") {
        return Vec::new();
    }
    let own = source.path["src/actors/".len()..].trim_end_matches(".rs").split('/').next().unwrap_or_default();
    let is_wrong = |mention: &str| {
        let Some(rest) = mention.strip_prefix("crate::actors::") else { return mention == "crate::actors" };
        let other = rest.split("::").next().unwrap_or_default();
        let is_module = other.starts_with(|c: char| c.is_ascii_lowercase());
        is_module && other != own && other != "supervise"
    };
    mentions_of(source, is_wrong, "actors meet only in actors/mod.rs")
}

/// Messages are types; the compiler checks who sends what.
fn messages_are_typed(source: &Source) -> Vec<String> {
    if source.room() != Some("messages") {
        return Vec::new();
    }
    let mut wrong = mentions_of(source, |mention| touches_the_world(mention) && !within(mention, "tokio::sync"), "a message is a value");
    let loose = ["Map<String, String>", "dyn Any", "serde_json::Value"];
    wrong.extend(loose.iter().filter(|kind| source.code.contains(**kind)).map(|kind| format!("`{kind}`: a message has a type")));
    wrong
}

/// The client starts fast, and runs without the daemon's machinery.
fn client_is_thin(source: &Source) -> Vec<String> {
    let by_the_client = matches!(source.path.as_str(), "src/edge/paths.rs" | "src/edge/spawn.rs" | "src/edge/term.rs");
    if source.room() != Some("client") && !by_the_client {
        return Vec::new();
    }
    let heavy = ["tokio", "actix", "actix_rt", "futures_util", "rayon", "redb", "inotify"];
    mentions_of(source, |mention| heavy.iter().any(|path| within(mention, path)), "the client stays thin")
}

/// What crosses the socket does not know the socket.
fn wire_is_values(source: &Source) -> Vec<String> {
    if source.room() != Some("wire") {
        return Vec::new();
    }
    let not_bytes = |mention: &str| touches_the_world(mention) && !within(mention, "std::os::unix::ffi");
    mentions_of(source, not_bytes, "wire turns values into bytes")
}

#[test]
fn rooms_are_used_in_one_direction() {
    check(
        use_goes_one_way,
        &[
            ("src/engine/graph.rs", "use crate::edge::clock;", "engine may use only"),
            ("src/engine/graph.rs", "use super::super::wire::Event;", "crate::wire"),
            ("src/edge/fs.rs", "use crate::messages::events;", "edge may use only"),
            ("src/edge/fs.rs", "use crate::{engine::path, wire};", "crate::wire"),
            ("src/messages/pool.rs", "use crate::actors::pool;", "messages"),
            ("src/wire/mod.rs", "use crate::edge::paths;", "wire"),
            ("src/client/run.rs", "use crate::edge::store;", "client"),
            ("src/client/run.rs", "use crate::engine::report;", "client"),
            ("src/client/run.rs", "use crate::edge::paths;", ""),
            ("src/daemon/run.rs", "use crate::client;", "daemon"),
            ("src/bin/jmake.rs", "use jmake::edge::paths;", "bin"),
            ("src/bin/jmake.rs", "use jmake::client;", ""),
            ("src/engine/plan/mod.rs", "use super::graph; use crate::engine::ids;", ""),
        ],
    );
    holds_for_sources(use_goes_one_way);
}

#[test]
fn the_engine_is_pure() {
    check(
        engine_is_pure,
        &[
            ("src/engine/graph.rs", "use std::{fs, path::Path};", "std::fs"),
            ("src/engine/graph.rs", "std::process::exit(1)", "std::process"),
            ("src/engine/graph.rs", "use std::net::TcpStream;", "std::net"),
            ("src/engine/graph.rs", "std::env::var(x)", "std::env"),
            ("src/engine/graph.rs", "use std::time::Instant;\nlet now = Instant::now();", "Instant::now"),
            ("src/engine/graph.rs", "std::time::SystemTime::now()", "SystemTime::now"),
            ("src/engine/graph.rs", "use std::thread;\nthread::spawn(f);", "thread::spawn"),
            ("src/engine/graph.rs", "use tokio::sync::mpsc;", "tokio"),
            ("src/engine/graph.rs", "fn f(p: &Path) -> bool { p.exists() }", "exists"),
            ("src/engine/graph.rs", "use std::time::Instant;\nfn f(now: Instant) {}", ""),
            ("src/engine/graph.rs", "#[cfg(test)]\nmod tests { use std::fs; }", ""),
            ("src/engine/graph.rs", "/// Not `std::fs::read`.\nconst WHY: &str = \"std::fs\";", ""),
            ("src/edge/fs.rs", "use std::fs;", ""),
        ],
    );
    holds_for_sources(engine_is_pure);
}

#[test]
fn actors_touch_nothing() {
    check(
        actors_only_send,
        &[
            ("src/actors/pool.rs", "use std::process::Command;", "edge"),
            ("src/actors/pool.rs", "tokio::fs::read(x)", "edge"),
            ("src/actors/pool.rs", "use crate::edge::process;", ""),
        ],
    );
    holds_for_sources(actors_only_send);
}

#[test]
fn actors_meet_in_mod_rs() {
    check(
        actors_do_not_know_each_other,
        &[
            ("src/actors/pool.rs", "use super::orchestrator::Orchestrator;", "mod.rs"),
            ("src/actors/pool.rs", "use crate::actors::scanner;", "mod.rs"),
            ("src/actors/pool/worker.rs", "use super::super::scanner;", "mod.rs"),
            ("src/actors/pool.rs", "use super::supervise::Supervised;", ""),
            ("src/actors/pool/worker.rs", "use super::state;", ""),
            ("src/actors/mod.rs", "use self::pool::Pool;", ""),
        ],
    );
    holds_for_sources(actors_do_not_know_each_other);
}

#[test]
fn messages_have_types() {
    check(
        messages_are_typed,
        &[
            ("src/messages/pool.rs", "struct M(HashMap<String, String>);", "Map"),
            ("src/messages/pool.rs", "struct M(Box<dyn Any>);", "Any"),
            ("src/messages/pool.rs", "use std::fs::File;", "value"),
            ("src/messages/pool.rs", "use tokio::sync::oneshot;", ""),
        ],
    );
    holds_for_sources(messages_are_typed);
}

#[test]
fn the_client_is_thin() {
    check(
        client_is_thin,
        &[
            ("src/client/connect.rs", "use tokio::net::UnixStream;", "thin"),
            ("src/client/connect.rs", "actix::System::new()", "thin"),
            ("src/edge/paths.rs", "use tokio::fs;", "thin"),
            ("src/client/connect.rs", "use std::os::unix::net::UnixStream;", ""),
        ],
    );
    holds_for_sources(client_is_thin);
}

#[test]
fn the_wire_is_values() {
    check(
        wire_is_values,
        &[
            ("src/wire/codec.rs", "use std::fs::File;", "bytes"),
            ("src/wire/codec.rs", "use tokio::io::AsyncRead;", "bytes"),
            ("src/wire/codec.rs", "use serde::Serialize;", ""),
        ],
    );
    holds_for_sources(wire_is_values);
}
