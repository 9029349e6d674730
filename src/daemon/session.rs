//! One client: reads its request, has it served, and sends what comes of it. Does not decide anything about builds.

mod build;
mod complete;
mod graph;
mod init;
mod jobs;
mod neighbours;
mod questions;
mod watch;

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;
use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

use super::doors::Doors;
use super::event_log::OpenLogs;
use super::running_jobs::RunningJobs;
use super::translate;
use crate::actors::supervisor::Supervisor;
use crate::edge::World;
use crate::engine::config::json_schema::json_schema;
use crate::engine::failure::Failure;
use crate::messages::supervisor::{BeginShutdown, Ending, GetDaemon, OpenedProject};
use crate::wire::{self, Control, Failed, FailureKind, Refusal, Refused, Reply, Request, Welcome};

/// What every session knows.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) root: Addr<Supervisor>,
    pub(super) doors: Doors,
    pub(super) socket: Arc<PathBuf>,
    pub(super) build_id: Arc<str>,
    pub(super) processors: usize,
    pub(super) logs: OpenLogs,
    pub(super) jobs: RunningJobs,
    pub(super) world: World,
    /// The daemon is about to end: who would go on for ever ends now.
    pub(super) stopping: tokio::sync::watch::Receiver<Option<Ending>>,
}

type Lines<R> = FramedRead<R, LinesCodec>;

/// Serves one client to its end.
pub(super) async fn serve<R, W>(service: Service, reader: R, writer: W, client_pid: u32)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let lines = FramedRead::new(reader, LinesCodec::new_with_max_length(wire::MAX_LINE));
    let mut session = Session { service, lines, writer, unsent: Vec::new(), client_pid };
    if let Err(gone) = session.run().await {
        tracing::debug!("a client went away: {gone}");
    }
}

struct Session<R, W> {
    service: Service,
    lines: Lines<R>,
    writer: W,
    /// What goes before whatever is sent next.
    unsent: Vec<u8>,
    client_pid: u32,
}

/// The client cannot be reached any more.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Gone(String);

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    async fn run(&mut self) -> Result<(), Gone> {
        let Some(request) = self.opening().await? else { return Ok(()) };
        let pid = std::process::id();
        let welcome = Welcome { protocol: wire::PROTOCOL_MAX, build_id: self.service.build_id.to_string(), pid };
        // At once, and by itself: whoever has it knows that somebody serves, and what becomes of that.
        self.control(&Control::Welcome(welcome)).await?;
        let exit_code = match self.answer(request).await? {
            Ok(exit_code) => exit_code,
            Err(failure) => self.failed(&failure).await?,
        };
        self.control(&Control::Done { exit_code }).await
    }

    /// The request, if it is one that this daemon serves.
    async fn opening(&mut self) -> Result<Option<Request>, Gone> {
        let hello = match self.line().await? {
            Some(Ok(line)) => wire::decode_hello_line(line.as_bytes()).map_err(|error| error.to_string()),
            Some(Err(why)) => Err(why),
            None => return Ok(None),
        };
        let hello = match hello {
            Ok(hello) => hello,
            Err(why) => return self.refuse(Refusal::Malformed, why).await,
        };
        let request = match self.line().await? {
            Some(Ok(line)) => wire::decode_request_line(line.as_bytes()).map_err(|error| error.to_string()),
            Some(Err(why)) => Err(why),
            None => return Ok(None),
        };
        if hello.agreed().is_none() {
            return self.refuse(Refusal::Protocol, "this daemon speaks another protocol".to_owned()).await;
        }
        let request = match request {
            Ok(request) => request,
            Err(why) => return self.refuse(Refusal::Malformed, why).await,
        };
        let any_build = matches!(request, Request::Status | Request::Stop { .. });
        if !any_build && *hello.build_id != *self.service.build_id {
            return self.refuse(Refusal::OtherBuild, "this daemon is of another build of JMake".to_owned()).await;
        }
        if let Some(why) = super::listen::other_tree(&request) {
            return self.refuse(Refusal::OtherTree, why).await;
        }
        Ok(Some(request))
    }

    async fn refuse(&mut self, refusal: Refusal, why: String) -> Result<Option<Request>, Gone> {
        self.control(&Control::Refused(Refused::new(refusal, why, std::process::id()))).await?;
        Ok(None)
    }

    async fn line(&mut self) -> Result<Option<Result<String, String>>, Gone> {
        match self.lines.next().await {
            None => Ok(None),
            Some(Ok(line)) => Ok(Some(Ok(line))),
            Some(Err(LinesCodecError::MaxLineLengthExceeded)) => Ok(Some(Err(format!("a line is longer than {} bytes", wire::MAX_LINE)))),
            Some(Err(LinesCodecError::Io(error))) if error.kind() == std::io::ErrorKind::InvalidData => {
                Ok(Some(Err("a line is not UTF-8".to_owned())))
            }
            Some(Err(error)) => Err(Gone(error.to_string())),
        }
    }

    async fn answer(&mut self, request: Request) -> Result<Result<u8, Failure>, Gone> {
        match request {
            Request::Build(request) => self.build(*request).await,
            Request::Watch(request) => self.watch(*request).await,
            Request::Discover(project) => {
                let answer = self.discover(*project).await;
                self.reply(answer.map(Reply::Discover)).await
            }
            Request::Explain(request) => {
                let answer = self.explain(*request).await;
                self.reply(answer.map(|found| Reply::Explain(translate::explained(found)))).await
            }
            Request::Targets(project) => {
                let answer = self.targets(*project).await;
                self.reply(answer.map(Reply::Discover)).await
            }
            Request::Graph(request) => self.graph(*request).await,
            Request::Check(request) => match self.check(*request).await {
                Ok(found) => {
                    let exit_code = if found.errors == 0 { 0 } else { 2 };
                    Ok(self.reply(Ok(Reply::Check(found))).await?.map(|_| exit_code))
                }
                Err(failure) => Ok(Err(failure)),
            },
            Request::Schema => self.reply(Ok(Reply::Schema(wire::SchemaReply { schema: json_schema() }))).await,
            Request::Init(request) => {
                let answer = self.init(*request).await;
                self.reply(answer.map(Reply::Init)).await
            }
            Request::Templates(project) => {
                let answer = self.templates(*project).await;
                self.reply(answer.map(Reply::Templates)).await
            }
            Request::Complete(request) => self.complete(*request).await,
            Request::Jobs(request) => self.jobs(*request).await,
            Request::Install(request) => {
                let answer = self.install(*request).await;
                self.reply(answer.map(|installed| Reply::Install(translate::installed(installed)))).await
            }
            Request::Clean(project) => {
                let answer = self.clean(*project).await;
                self.reply(answer.map(|cleaned| Reply::Clean(translate::cleaned(cleaned)))).await
            }
            Request::Tools(project) => {
                let answer = self.tools(*project).await;
                self.reply(answer.map(Reply::Tools)).await
            }
            Request::Status => {
                let standing = self.service.root.send(GetDaemon).await.map_err(|_| root_failed());
                let socket = self.service.socket.clone();
                self.reply(standing.map(|standing| Reply::Status(translate::status(standing, &socket)))).await
            }
            Request::Stop { drain } => {
                let ending = if drain { Ending::Drain } else { Ending::Stop };
                self.service.root.do_send(BeginShutdown(ending));
                Ok(Ok(0))
            }
            Request::Cancel => Ok(Err(Failure::usage("nothing to cancel: this connection asked for nothing"))),
        }
    }

    async fn project(&self, root: PathBuf) -> Result<Arc<OpenedProject>, Failure> {
        self.service.open(root).await
    }

    async fn reply(&mut self, answer: Result<Reply, Failure>) -> Result<Result<u8, Failure>, Gone> {
        match answer {
            Ok(reply) => {
                self.send(&wire::encode_reply(reply)).await?;
                Ok(Ok(0))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    async fn failed(&mut self, failure: &Failure) -> Result<u8, Gone> {
        let kind = match failure.kind {
            crate::engine::failure::FailureKind::Usage => FailureKind::Usage,
            crate::engine::failure::FailureKind::Environment => FailureKind::Environment,
            crate::engine::failure::FailureKind::Internal => FailureKind::Internal,
        };
        self.control(&Control::Failed(Failed { kind, message: failure.message.clone() })).await?;
        Ok(failure.kind.exit_code())
    }

    async fn control(&mut self, control: &Control) -> Result<(), Gone> {
        let bytes = wire::encode_control(control).map_err(|error| Gone(error.to_string()))?;
        self.send(&bytes).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.unsent.extend_from_slice(bytes);
        send(&mut self.writer, &std::mem::take(&mut self.unsent)).await
    }
}

fn root_failed() -> Failure {
    Failure::internal("the daemon failed and ends; run the command again to start another one, and report this with its log")
}

async fn send<W: AsyncWrite + Unpin>(writer: &mut W, bytes: &[u8]) -> Result<(), Gone> {
    let sent = async {
        writer.write_all(bytes).await?;
        writer.flush().await
    };
    sent.await.map_err(|error: std::io::Error| Gone(error.to_string()))
}
