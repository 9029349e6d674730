//! Messages to lines and back. Does not know sockets: bytes in, bytes out.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{Control, Failed, FailureKind, FromDaemon};
use super::event::{Event, Timed};
use super::graph::GraphPart;
use super::reply::{IncludesReply, Reply};
use super::request::{Hello, Request};
use super::{MAX_LINE, MAX_TEXT};
use crate::engine::report::BuildEvent;

/// A line that is no message, or a message that is no line.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Longer than [`MAX_LINE`].
    #[error("a message of {0} bytes is longer than the {MAX_LINE} that one line may have; is the environment or the answer that large?")]
    TooLong(usize),
    /// Not JSON, or not a message of this protocol.
    #[error("a line is not a message of JMake's protocol ({0}); are both ends of one version? `jmake daemon restart` makes sure")]
    Malformed(#[from] serde_json::Error),
}

/// Hello and request as one buffer, for one write.
pub fn encode_opening(hello: &Hello, request: &Request) -> Result<Vec<u8>, WireError> {
    let mut bytes = encode(hello)?;
    bytes.extend(encode(request)?);
    Ok(bytes)
}

/// A request alone, such as `Cancel`.
pub fn encode_request(request: &Request) -> Result<Vec<u8>, WireError> {
    encode(request)
}

/// A line that is no event.
pub fn encode_control(control: &Control) -> Result<Vec<u8>, WireError> {
    encode(control)
}

/// An event. Long texts are cut into several lines (tool output) or shortened (all others), so that it never fails.
#[must_use]
pub fn encode_event(time_ms: u64, event: &BuildEvent) -> Vec<u8> {
    encode_timed(time_ms, event.into())
}

/// The same of an event that is none of a build.
#[must_use]
pub fn encode_timed(time_ms: u64, event: Event) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in within_limits(event) {
        let line = encode(&Timed { event, time_ms }).or_else(|_| encode(&Timed { event: too_long(), time_ms }));
        bytes.extend(line.unwrap_or_default());
    }
    bytes
}

/// An answer, its include graph in lines of its own; a failure if it is still too long.
#[must_use]
pub fn encode_reply(mut reply: Reply) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Reply::Discover(discover) = &mut reply {
        for part in std::mem::take(&mut discover.graph).chunks(GRAPH_PART) {
            bytes.extend(encode(&Control::Reply(Reply::Includes(IncludesReply { graph: part.to_vec() }))).unwrap_or_default());
        }
    }
    if let Reply::Graph(graph) = &mut reply {
        let steps = std::mem::take(&mut graph.steps);
        let steps = steps.chunks(GRAPH_PART).map(|part| GraphPart { steps: part.to_vec(), files: Vec::new() });
        // One of them may declare thousands of things.
        let files = std::mem::take(&mut graph.files).into_iter().map(|file| GraphPart { steps: Vec::new(), files: vec![file] });
        for part in steps.chain(files) {
            bytes.extend(encode(&Control::Reply(Reply::GraphPart(part))).unwrap_or_default());
        }
    }
    let failed = |error: WireError| encode(&Control::Failed(Failed { kind: FailureKind::Internal, message: error.to_string() }));
    bytes.extend(encode(&Control::Reply(reply)).or_else(failed).unwrap_or_default());
    bytes
}

/// The first line of a client, without or with its newline.
pub fn decode_hello_line(line: &[u8]) -> Result<Hello, WireError> {
    decode(line)
}

/// A further line of a client, without or with its newline.
pub fn decode_request_line(line: &[u8]) -> Result<Request, WireError> {
    decode(line)
}

/// A line of a daemon, without or with its newline.
pub fn decode_line(line: &[u8]) -> Result<FromDaemon, WireError> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        r#type: Cow<'a, str>,
    }
    check_length(line.len())?;
    let head: Head = serde_json::from_slice(line)?;
    if Control::NAMES.contains(&&*head.r#type) { decode(line).map(FromDaemon::Control) } else { decode(line).map(FromDaemon::Event) }
}

/// Files of the include graph in one line.
const GRAPH_PART: usize = 1000;

/// Changed files in one event.
const MOST_PATHS: usize = 1000;

fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, WireError> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    check_length(line.len())?;
    Ok(line)
}

fn decode<T: DeserializeOwned>(line: &[u8]) -> Result<T, WireError> {
    check_length(line.len())?;
    Ok(serde_json::from_slice(line)?)
}

fn check_length(length: usize) -> Result<(), WireError> {
    if length > MAX_LINE { Err(WireError::TooLong(length)) } else { Ok(()) }
}

fn too_long() -> Event {
    Event::Notice { text: "an event was too long to be sent; it is left out here".to_owned() }
}

fn within_limits(event: Event) -> Vec<Event> {
    match event {
        Event::StepOutput { step, label, target, failed, text } if text.len() > MAX_TEXT => pieces(&text)
            .map(|piece| Event::StepOutput { step, label: label.clone(), target: target.clone(), failed, text: piece.to_owned() })
            .collect(),
        Event::Diagnostic { severity, file, line, column, message, rendered } => {
            vec![Event::Diagnostic { severity, file, line, column, message: shortened(message), rendered: shortened(rendered) }]
        }
        Event::BuildError { build, first } => vec![Event::BuildError { build, first: shortened(first) }],
        Event::Notice { text } => vec![Event::Notice { text: shortened(text) }],
        Event::Reminder { text } => vec![Event::Reminder { text: shortened(text) }],
        // The first ones say enough; a reader asks the build for the rest.
        Event::FileChanged { mut paths } => {
            paths.truncate(MOST_PATHS);
            vec![Event::FileChanged { paths }]
        }
        other => vec![other],
    }
}

/// Cuts after a newline where one is near enough, else between characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.floor_char_boundary(MAX_TEXT);
        let end = if end == rest.len() { end } else { rest[..end].rfind('\n').map_or(end, |at| at + 1) };
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn shortened(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push_str("\n(the rest is left out)\n");
    }
    text
}
