//! A daemon's life: start, serve, end in order. Does not know what is served.

use std::ffi::OsString;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use super::doors::Doors;
use super::event_log::OpenLogs;
use super::listen::{Binding, bind};
use super::running_jobs::RunningJobs;
use super::session::{Service, serve};
use super::sessions::Sessions;
use super::{DaemonOptions, listen, watchdog};
use crate::actors::{self, Outside, supervisor::Supervisor};
use crate::edge::{World, compute, own_process, paths};
use crate::engine::failure::Failure;
use crate::messages::supervisor::{EndThread, Ending, GetBranch, Shutdown};

/// How long the last sessions may take to tell their clients the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long the thread of the tree may take to end.
const JOIN: Duration = Duration::from_millis(200);

/// How long steps that were ended may take to clean up.
const CLEANING_UP: Duration = Duration::from_millis(500);

/// After so long a client is accepted again that could not be.
const PAUSE: Duration = Duration::from_millis(100);

/// Exit code of a daemon that failed itself.
const INTERNAL: u8 = 4;
/// Exit code of a daemon that the machine does not let live.
const ENVIRONMENT: u8 = 3;

/// Runs until told to stop. Returns the exit code.
#[must_use]
pub fn run(options: DaemonOptions) -> u8 {
    if options.detach {
        return detach(&options);
    }
    if own_process::is_respawned() {
        own_process::close_inherited();
        own_process::leave_session();
    }
    start_logging();
    compute::install_panic_handler();
    let system = System::new();
    let ended = system.block_on(live(options));
    // The threads of the actors are joined. Dropping it would wait for those of the runtime, too, of which one may read standard input for ever.
    std::mem::forget(system);
    match ended {
        Ok(exit_code) => exit_code,
        Err(failure) => {
            // The starter reads the log's last lines; a person in the foreground reads this.
            tracing::error!("{failure}");
            failure.kind.exit_code()
        }
    }
}

/// The daemon proper is a grandchild of whoever starts it, so that nobody has to wait for it.
fn detach(options: &DaemonOptions) -> u8 {
    let mut arguments: Vec<OsString> = vec!["run".into()];
    if let Some(socket) = &options.socket {
        arguments.extend(["--socket".into(), socket.into()]);
    }
    if let Some(timeout) = options.idle_timeout {
        arguments.extend(["--idle-timeout".into(), timeout.as_secs().to_string().into()]);
    }
    own_process::respawn(&arguments).unwrap_or(ENVIRONMENT)
}

fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("JMAKE_LOG").unwrap_or_else(|_| "info".into());
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    if subscriber.try_init().is_err() {
        tracing::debug!("logging was started before");
    }
}

async fn live(options: DaemonOptions) -> Result<u8, Failure> {
    let variable = |name: &str| std::env::var_os(name);
    let cache_dir = paths::cache_dir(&variable).map_err(Failure::environment)?;
    let socket = match &options.socket {
        Some(socket) => socket.clone(),
        None => paths::socket_path(&variable),
    };
    let world = World::real(&cache_dir);
    let (processes, claims) = (world.process.clone(), world.claims.clone());
    let exit_code = if options.once { once(world, cache_dir, socket).await } else { resident(world, cache_dir, socket, &options).await? };
    // Whatever a failure left running.
    processes.close();
    // What is stopped cleans up: nobody else knows of it.
    if !claims.are_given_back(Path::new("/"), CLEANING_UP) {
        tracing::warn!("a step that was stopped is still cleaning up");
    }
    Ok(exit_code)
}

/// Serves one request over standard input and output.
async fn once(world: World, cache_dir: PathBuf, socket: PathBuf) -> u8 {
    let (ended, mut end) = tokio::sync::mpsc::unbounded_channel();
    let logs = OpenLogs::default();
    let cut = ended.clone();
    // Its one session cannot be cut off and ask again: it ends with the process.
    let cut_sessions = Arc::new(move || {
        // It may have ended just now.
        let _ending = cut.send(Ending::Failed);
    });
    let root = actors::start(world.clone(), cache_dir, Outside { announce: logs.announcer(), cut_sessions, ended });
    let (_running, stopping) = watch::channel(None);
    let service = service(&root, socket, logs, world, stopping);
    tokio::select! {
        () = serve(service, tokio::io::stdin(), tokio::io::stdout(), std::process::id()) => {}
        _ = end.recv() => return INTERNAL,
    }
    finish(&root).await;
    join(&root).await;
    0
}

/// Serves all who come to the socket.
async fn resident(world: World, cache_dir: PathBuf, socket: PathBuf, options: &DaemonOptions) -> Result<u8, Failure> {
    let (ended, mut end) = tokio::sync::mpsc::unbounded_channel();
    let (sessions, logs) = (Sessions::default(), OpenLogs::default());
    // Before anybody can know of this daemon: an early signal must find it listening.
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::environment)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::environment)?;
    let bound = match bind(&socket).await? {
        Binding::Bound(bound) => bound,
        Binding::Taken => {
            say_ready(&socket);
            return Ok(0);
        }
    };
    let processes = world.process.clone();
    watchdog::watch(INTERNAL, move || processes.close());
    let root = actors::start(world.clone(), cache_dir, Outside { announce: logs.announcer(), cut_sessions: sessions.cutter(), ended });
    let (stop, stopping) = watch::channel(None);
    let service = service(&root, socket.clone(), logs, world, stopping);
    say_ready(&socket);
    tracing::info!(socket = %socket.display(), pid = std::process::id(), "serving");
    let mut ending = tokio::select! {
        () = accept_all(&bound.listener, &service, &sessions) => Ending::Failed,
        () = idle(&sessions, options.idle_timeout) => Ending::Stop,
        _ = terminate.recv() => Ending::Stop,
        _ = interrupt.recv() => Ending::Stop,
        ending = end.recv() => ending.unwrap_or(Ending::Failed),
    };
    retire(bound, &socket);
    stop.send_replace(Some(ending));
    while ending == Ending::Drain {
        ending = tokio::select! {
            () = sessions.all_ended() => Ending::Stop,
            _ = terminate.recv() => Ending::Stop,
            _ = interrupt.recv() => Ending::Stop,
            ending = end.recv() => ending.unwrap_or(Ending::Failed),
        };
    }
    if ending == Ending::Stop {
        finish(&root).await;
    }
    // Sessions that do not end now never will: their clients see the connection close.
    let _said = tokio::time::timeout(FAREWELL, sessions.all_ended()).await;
    if ending == Ending::Stop {
        join(&root).await;
    }
    Ok(if ending == Ending::Failed { INTERNAL } else { 0 })
}

/// Gives up the socket: the next client starts another daemon.
fn retire(bound: listen::Bound, socket: &Path) {
    // Gone already if somebody cleaned up.
    let _gone = std::fs::remove_file(socket);
    drop(bound);
}

/// Everything is flushed, nothing runs on.
async fn finish(root: &Addr<Supervisor>) {
    if let Err(error) = root.send(Shutdown).await {
        tracing::error!("the shutdown was not in order: {error}");
    }
}

/// Nobody needs the thread of the tree any more. If it hangs, it ends with the process.
async fn join(root: &Addr<Supervisor>) {
    let Ok(thread) = root.send(EndThread).await else { return };
    let joins = thread.0.into_iter().map(|thread| move || drop(thread.join()));
    if !compute::all_within(JOIN, joins) {
        tracing::warn!("the thread of the actors did not end in time");
    }
}

fn service(root: &Addr<Supervisor>, socket: PathBuf, logs: OpenLogs, world: World, stopping: watch::Receiver<Option<Ending>>) -> Service {
    let processors = own_process::processors();
    Service {
        root: root.clone(),
        doors: Doors::default(),
        socket: Arc::new(socket),
        build_id: build_id().into(),
        processors,
        logs,
        jobs: RunningJobs::default(),
        world,
        stopping,
    }
}

fn build_id() -> String {
    let (size, modified_ns) = own_process::executable();
    crate::wire::build_id(size, modified_ns)
}

/// Clients are accepted on the thread that serves them, so that a request crosses none. Another thread takes over from one that is given up.
async fn accept_all(listener: &StdListener, service: &Service, sessions: &Sessions) {
    while let Ok(branch) = service.root.send(GetBranch).await {
        let Ok(listener) = listener.try_clone() else { return };
        let (here, sessions_there) = (Service { doors: Doors::default(), ..service.clone() }, sessions.clone());
        let (_stays, left) = oneshot::channel::<()>();
        branch.arbiter.spawn_fn(move || {
            let Ok(listener) = UnixListener::from_std(listener) else { return };
            actix_rt::spawn(async move {
                tokio::select! {
                    biased;
                    _ = left => {}
                    () = accept(&listener, &here, &sessions_there) => {}
                }
            });
        });
        sessions.all_cut().await;
    }
}

async fn accept(listener: &UnixListener, service: &Service, sessions: &Sessions) {
    let mut failing = false;
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely: those in use come back when sessions or compilers end.
                if !std::mem::replace(&mut failing, true) {
                    tracing::warn!("cannot accept a client: {error}");
                }
                let _one_ended_or_later = tokio::time::timeout(PAUSE, sessions.one_ended()).await;
                continue;
            }
        };
        failing = false;
        let Some(client_pid) = listen::peer_of_this_user(&stream) else { continue };
        let Ok(handle) = stream.as_fd().try_clone_to_owned() else { continue };
        let (ticket, service) = (sessions.enter(handle.into()), service.clone());
        actix_rt::spawn(async move {
            let _open = ticket;
            let (reader, writer) = stream.into_split();
            serve(service, reader, writer, client_pid).await;
        });
    }
}

async fn idle(sessions: &Sessions, timeout: Option<Duration>) {
    let Some(timeout) = timeout else { return std::future::pending().await };
    loop {
        if tokio::time::timeout(timeout, sessions.one_ended()).await.is_err() && sessions.count() == 0 {
            return;
        }
    }
}

/// One line, then nothing more: whoever started the daemon waits for it.
fn say_ready(socket: &Path) {
    let mut stdout = std::io::stdout();
    // Nobody may be listening.
    let _unheard = writeln!(stdout, "ready {}", socket.display()).and_then(|()| stdout.flush());
    own_process::close_stdout();
}
