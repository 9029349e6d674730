//! The socket: bound by one process a user, for that user only. Does not know what is said on it.

use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::edge::paths;
use crate::engine::failure::Failure;
use crate::wire::Request;

/// A bound socket. The lock is held as long as the process lives.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) listener: UnixListener,
    _lock: File,
}

/// What came of the wish to listen.
#[derive(Debug)]
pub(super) enum Binding {
    /// This process is the daemon.
    Bound(Bound),
    /// Another one is.
    Taken,
}

/// So long somebody may hold the lock of a socket at which nobody answers: who was killed does until the system has cleaned up.
const GRACE: Duration = Duration::from_secs(5);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Binds the socket, unless a living daemon holds it. A socket file that nobody listens on is replaced.
pub(super) async fn bind(socket: &Path) -> Result<Binding, Failure> {
    paths::ensure_socket_dir(socket).map_err(Failure::environment)?;
    let lock_path = beside(socket, "lock");
    let failed = |what: &str, error: std::io::Error| Failure::environment(format!("cannot {what} {}: {error}", socket.display()));
    let lock = File::options().create(true).truncate(false).write(true).open(&lock_path).map_err(|error| failed("lock", error))?;
    let begun = Instant::now();
    while lock.try_lock().is_err() {
        if UnixStream::connect(socket).is_ok() {
            return Ok(Binding::Taken);
        }
        if begun.elapsed() > GRACE {
            let told = "is locked by a process that does not listen there; end that one (`fuser` names it), or set JMAKE_SOCKET";
            return Err(Failure::environment(format!("{} {told}", socket.display())));
        }
        tokio::time::sleep(PAUSE).await;
    }
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed("replace", error)),
        _ => {}
    }
    let listener = UnixListener::bind(socket).map_err(|error| failed("listen on", error))?;
    std::fs::set_permissions(socket, Permissions::from_mode(0o600)).map_err(|error| failed("protect", error))?;
    listener.set_nonblocking(true).map_err(|error| failed("listen on", error))?;
    Ok(Binding::Bound(Bound { listener, _lock: lock }))
}

fn beside(socket: &Path, ending: &str) -> PathBuf {
    let mut name = socket.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Why a request means files that this process does not see, as from another mount namespace.
pub(super) fn other_tree(request: &Request) -> Option<String> {
    let project = match request {
        Request::Build(build) | Request::Watch(build) => &build.project,
        Request::Explain(explain) => &explain.project,
        Request::Graph(graph) => &graph.project,
        Request::Check(check) => &check.project,
        Request::Init(init) => &init.project,
        Request::Complete(complete) => &complete.project,
        Request::Install(install) => &install.project,
        Request::Jobs(jobs) => &jobs.project,
        Request::Discover(project)
        | Request::Targets(project)
        | Request::Clean(project)
        | Request::Tools(project)
        | Request::Templates(project) => project,
        Request::Status | Request::Schema | Request::Stop { .. } | Request::Cancel => return None,
    };
    let root = project.root.as_path();
    let same = std::fs::metadata(root).is_ok_and(|seen| (seen.dev(), seen.ino()) == (project.root_dev, project.root_ino));
    (!same).then(|| format!("the daemon does not see {} as the client does", root.display()))
}

/// The process id of a client of this very user; `None` for anybody else's, which is dropped.
pub(super) fn peer_of_this_user(stream: &tokio::net::UnixStream) -> Option<u32> {
    let peer = stream.peer_cred().ok()?;
    if peer.uid() != crate::edge::own_process::uid() {
        tracing::warn!(uid = peer.uid(), "a client of another user was dropped");
        return None;
    }
    Some(peer.pid().and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0))
}
