//! The door by which tests make an actor panic or hang.
//!
//! With the cargo feature `faults`, `$JMAKE_FAULTS` names a directory; a file in it named after a point holds one word a line, `panic`,
//! `hang`, `kill` (the daemon) or `ok` (none), each used once. Without the feature there is no door: nothing is read, and this compiles to nothing.

/// A place where a test may have something go wrong, such as `ToolCache` (a handler), `ToolCache.spawned` or `ToolCache.restart`.
#[cfg(not(feature = "faults"))]
#[inline(always)]
pub fn point(_name: &str) {}

/// A place where a test may have something go wrong, such as `ToolCache` (a handler), `ToolCache.spawned` or `ToolCache.restart`.
#[cfg(feature = "faults")]
pub fn point(name: &str) {
    match next(name).as_deref() {
        Some("panic") => panic!("fault at {name}"),
        Some("hang") => loop {
            std::thread::park();
        },
        Some("kill") => {
            let _never = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
        _ => {}
    }
}

#[cfg(feature = "faults")]
fn next(name: &str) -> Option<String> {
    static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = std::path::PathBuf::from(std::env::var_os("JMAKE_FAULTS")?).join(name);
    let text = std::fs::read_to_string(&path).ok()?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    if rest.is_empty() { std::fs::remove_file(&path) } else { std::fs::write(&path, rest) }.ok()?;
    Some(first.to_owned())
}
