//! What functions answer about the daemon. Does not know how it is asked.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use crate::engine::cache::CacheCounts;

/// An actor.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Actor {
    pub name: String,
    pub running: bool,
    pub restarts: u32,
}

/// How the daemon does.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Since it started.
    pub uptime: Duration,
    /// Every actor.
    pub actors: Vec<Actor>,
    /// Every cache.
    pub caches: Vec<CacheCounts>,
    /// Every open project: its root, its steps, whether it is watched.
    pub projects: Vec<(String, usize, bool)>,
}

/// To `check_daemons`.
#[must_use]
pub fn checked(standing: &Standing) -> Json {
    let all = standing.actors.iter().all(|actor| actor.running);
    json!({ "success": true, "all_running": all, "daemons": actors(standing) })
}

/// To `cache_stats`.
#[must_use]
pub fn caches(standing: &Standing) -> Json {
    json!({ "success": true, "caches": counts(&standing.caches) })
}

/// To `get_stats`.
#[must_use]
pub fn stats(standing: &Standing) -> Json {
    let projects = standing.projects.iter().map(|(root, steps, watching)| (root, json!({ "steps": steps, "watching": watching })));
    let projects: Map<String, Json> = projects.map(|(root, project)| (root.clone(), project)).collect();
    let caches = counts(&standing.caches);
    let stats = json!({ "uptime_s": standing.uptime.as_secs(), "actors": actors(standing), "caches": caches, "projects": projects });
    json!({ "success": true, "stats": stats, "caches": caches })
}

/// To `clear_caches`, of what there was.
#[must_use]
pub fn cleared(before: &[CacheCounts]) -> Json {
    let cleared: Map<String, Json> = before.iter().map(|cache| (cache.name.to_owned(), cache.entries.into())).collect();
    json!({ "success": true, "cleared": cleared })
}

fn actors(standing: &Standing) -> Json {
    let actor = |actor: &Actor| (actor.name.clone(), json!({ "running": actor.running, "restarts": actor.restarts }));
    standing.actors.iter().map(actor).collect::<Map<_, _>>().into()
}

fn counts(caches: &[CacheCounts]) -> Json {
    let one = |cache: &CacheCounts| {
        let counts = json!({ "entries": cache.entries, "capacity": cache.capacity, "hits": cache.hits, "misses": cache.misses });
        (cache.name.to_owned(), counts)
    };
    caches.iter().map(one).collect::<Map<_, _>>().into()
}
