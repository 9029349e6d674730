//! Processes of this machine, found by what they name; and waiting for something to be so.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Waits for `condition`, a moment at a time; false if it did not come true in time.
pub fn until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while !condition() {
        if Instant::now() > end {
            return false;
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
    true
}

/// Processes that name `folder` in their command line, environment or working directory, with their command lines.
pub fn naming(folder: &Path) -> Vec<(i32, String)> {
    let needle = folder.as_os_str().as_bytes();
    let own = std::process::id().cast_signed();
    let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    all.filter(|pid| *pid != own && !is_zombie(*pid))
        .filter_map(|pid| {
            let of = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
            let folder = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
            let line = of("cmdline");
            let names = [&line[..], &of("environ"), folder.as_os_str().as_bytes()].iter().any(|text| contains(text, needle));
            names.then(|| (pid, String::from_utf8_lossy(&line).replace('\0', " ")))
        })
        .collect()
}

/// Kills what names `folder`, until nothing does.
pub fn end_all_naming(folder: &Path) {
    until(Duration::from_secs(10), || {
        let left = naming(folder);
        for (pid, _) in &left {
            if let Some(pid) = Pid::from_raw(*pid) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        left.is_empty()
    });
}

fn is_zombie(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z') || rest.starts_with('X'))
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|part| part == needle)
}
