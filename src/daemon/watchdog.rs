//! Ends the process if its main thread hangs: there the root of the actors lives, and nobody above it could help. Does not know
//! what runs there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::edge::own_process;

/// How often the thread shows that it lives, and how often that is looked at.
const BEAT: Duration = Duration::from_secs(1);
/// So many looks without a beat are the end. Looks are counted, not seconds: the whole machine may have slept.
const MISSED_MAX: u32 = 5;

/// Watches the current thread from now on. `at_end` is called before the process ends with `exit_code`.
pub(super) fn watch(exit_code: u8, at_end: impl FnOnce() + Send + 'static) {
    let beats = Arc::new(AtomicU64::new(0));
    let seen = beats.clone();
    actix_rt::spawn(async move {
        let mut interval = tokio::time::interval(BEAT);
        loop {
            interval.tick().await;
            beats.fetch_add(1, Ordering::Relaxed);
        }
    });
    let watch = move || {
        wait_for_silence(&seen);
        tracing::error!("the daemon ends: its main thread does not answer");
        at_end();
        own_process::end_now(exit_code)
    };
    if let Err(error) = std::thread::Builder::new().name("watchdog".into()).spawn(watch) {
        tracing::warn!("nobody watches the main thread: {error}");
    }
}

fn wait_for_silence(beats: &AtomicU64) {
    let (mut last, mut missed) = (0, 0);
    while missed < MISSED_MAX {
        std::thread::park_timeout(BEAT);
        let now = beats.load(Ordering::Relaxed);
        missed = if now == last { missed + 1 } else { 0 };
        last = now;
    }
}
