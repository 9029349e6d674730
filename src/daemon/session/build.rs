//! One client that wants something built: starts the build and follows it to its end. Decides nothing about it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_util::codec::LinesCodecError;

use super::neighbours::Trouble;
use super::{Gone, Session};
use crate::actors::supervise::ask;
use crate::daemon::event_log::EventLog;
use crate::daemon::translate;
use crate::engine::failure::Failure;
use crate::engine::ids::BuildId;
use crate::engine::request::BuildRequest;
use crate::messages::events::SharedSink;
use crate::messages::orchestrator::{CancelBuild, StartBuild};
use crate::messages::supervisor::OpenedProject;
use crate::wire::{self, Request};

/// What the shell is told of a build that the user ended.
const INTERRUPTED: u8 = 130;
/// So much is sent at once, and a little more.
const CHUNK: usize = 256 << 10;
/// What comes of a build so soon is sent at once: a client that is woken once is done sooner.
const SOON: Duration = Duration::from_millis(1);

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    pub(super) async fn build(&mut self, request: wire::BuildRequest) -> Result<Result<u8, Failure>, Gone> {
        let request = translate::build(request, self.client_pid, self.service.processors);
        let opened = match self.project(request.project.root.clone()).await {
            Ok(opened) => opened,
            Err(failure) => return Ok(Err(failure)),
        };
        if let Some(ended) = self.after_neighbours(&request, &opened).await? {
            return Ok(ended);
        }
        let log = self.service.logs.open();
        let sink: SharedSink = log.clone();
        let build = match ask(&opened.start, StartBuild { request, sink }).await {
            Ok(build) => build,
            Err(failure) => return Ok(Err(failure)),
        };
        let followed = self.follow(&log, build, &opened).await;
        if followed.is_err() {
            opened.cancel.do_send(CancelBuild { build });
        }
        followed.map(Ok)
    }

    /// Has the projects built that this one needs. `Some`: that, or the client, ended it.
    pub(super) async fn after_neighbours(
        &mut self,
        request: &BuildRequest,
        opened: &OpenedProject,
    ) -> Result<Option<Result<u8, Failure>>, Gone> {
        let service = self.service.clone();
        let trouble = tokio::select! {
            built = service.build_neighbours(request, opened) => match built {
                Ok(()) => return Ok(None),
                Err(trouble) => trouble,
            },
            line = self.lines.next() => return match line {
                Some(Ok(_)) => Ok(Some(Ok(INTERRUPTED))),
                _ => Err(Gone("it closed the connection".to_owned())),
            },
        };
        match trouble {
            Trouble::Refused(failure) => Ok(Some(Err(failure))),
            Trouble::Failed { root, lines, exit_code } => {
                let told = translate::failed_elsewhere(&root, &lines);
                self.send(&told).await?;
                Ok(Some(Ok(exit_code)))
            }
        }
    }

    /// Sends a build's events until it ends; passes on a wish to stop. An error means that the client is gone. One that takes nothing is
    /// waited for, and listened to: what it has not taken is in the log.
    async fn follow(&mut self, log: &EventLog, build: BuildId, opened: &OpenedProject) -> Result<u8, Gone> {
        let (mut offset, mut listening) = (0, true);
        let (mut taken, mut bytes) = (0, Vec::new());
        let (soon, mut waiting) = (tokio::time::sleep(SOON), true);
        tokio::pin!(soon);
        loop {
            tokio::select! {
                () = &mut soon, if waiting => waiting = false,
                written = self.writer.write(&bytes[taken..]), if taken < bytes.len() && !waiting => match written {
                    Ok(0) => return Err(Gone("it takes nothing any more".to_owned())),
                    Ok(written) => taken += written,
                    Err(error) => return Err(Gone(error.to_string())),
                },
                lines = log.after(offset), if taken == bytes.len() || waiting => match lines {
                    Ok(lines) => {
                        bytes.drain(..std::mem::take(&mut taken));
                        add(&mut bytes, &lines, &mut offset);
                        waiting &= bytes.len() < CHUNK;
                    }
                    Err(exit_code) => {
                        self.unsent = bytes.split_off(taken);
                        return Ok(exit_code);
                    }
                },
                line = self.lines.next(), if listening => match line {
                    Some(Ok(line)) if wire::decode_request_line(line.as_bytes()).is_ok_and(|request| request == Request::Cancel) => {
                        opened.cancel.do_send(CancelBuild { build });
                    }
                    Some(Ok(_)) => {}
                    Some(Err(LinesCodecError::MaxLineLengthExceeded)) => listening = false,
                    Some(Err(error)) => return Err(Gone(error.to_string())),
                    None => return Err(Gone("it closed the connection".to_owned())),
                },
            }
        }
    }
}

/// Adds so much of `lines` as is sent at once; `offset` counts them.
fn add(bytes: &mut Vec<u8>, lines: &[Arc<[u8]>], offset: &mut usize) {
    for line in lines {
        bytes.extend_from_slice(line);
        *offset += 1;
        if bytes.len() >= CHUNK {
            break;
        }
    }
}
