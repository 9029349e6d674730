//! `--json`: what the daemon says, one object a line. Does not know people.

use serde::Serialize;

use super::screen::{Screen, Stream};
use super::session::Show;
use crate::wire::{Control, FromDaemon, GraphPart, Includes, Reply, StatusReply};

/// Passes the public events through as they came, and answers without their envelope.
#[derive(Debug, Default)]
pub struct Json {
    screen: Screen,
    graph: Vec<Includes>,
    parts: GraphPart,
}

impl Json {
    fn reply(&mut self, reply: &Reply) {
        match reply {
            Reply::Status(status) => self.object(status),
            Reply::Tools(tools) => self.object(tools),
            Reply::Clean(clean) => self.object(clean),
            Reply::Install(install) => self.object(install),
            Reply::Init(init) => self.object(init),
            Reply::Templates(templates) => self.object(templates),
            Reply::Explain(explain) => self.object(explain),
            Reply::Check(check) => self.object(check),
            Reply::Schema(schema) => self.object(&schema.schema),
            Reply::Jobs(jobs) => self.object(jobs),
            Reply::GraphPart(part) => self.parts.take(part),
            Reply::Graph(graph) => {
                let whole = std::mem::take(&mut self.parts).whole(graph);
                self.object(&whole);
            }
            Reply::Includes(part) => self.graph.extend_from_slice(&part.graph),
            Reply::Discover(discover) => {
                let mut whole = discover.clone();
                whole.graph = std::mem::take(&mut self.graph);
                self.object(&whole);
            }
        }
    }

    fn object(&mut self, object: &impl Serialize) {
        match serde_json::to_string(object) {
            Ok(line) => self.screen.put_line(Stream::Out, line),
            Err(error) => self.screen.put_line(Stream::Err, format!("jmake: the answer is no JSON: {error}")),
        }
    }

    /// Shows how nothing is, where no daemon runs.
    pub fn status(status: &StatusReply) {
        let mut json = Self::default();
        json.object(status);
        json.screen.flush();
    }
}

impl Show for Json {
    fn line(&mut self, line: &FromDaemon, raw: &[u8]) {
        match line {
            FromDaemon::Event(timed) if timed.event.is_public() => self.screen.put_line(Stream::Out, raw),
            FromDaemon::Control(Control::Reply(reply)) => self.reply(reply),
            FromDaemon::Control(Control::Failed(failed)) => {
                self.screen.put_line(Stream::Out, raw);
                self.screen.put_line(Stream::Err, format!("jmake: {}", failed.message));
            }
            FromDaemon::Event(_) | FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        self.screen.flush();
    }

    fn end(&mut self) {
        self.screen.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{DiscoverReply, decode_line, encode_reply};

    fn shown(lines: &[&[u8]]) -> String {
        let mut json = Json::default();
        for raw in lines {
            json.line(&decode_line(raw).unwrap(), raw);
        }
        let out = json.screen.take().into_iter().filter(|(stream, _)| *stream == Stream::Out);
        String::from_utf8(out.flat_map(|(_, bytes)| bytes).collect()).unwrap()
    }

    #[test]
    fn public_events_pass_and_the_others_do_not() {
        let notice = br#"{"type":"notice","text":"x","time_ms":1}"#.as_slice();
        let progress = br#"{"type":"progress","done":1,"total":2,"running":1,"time_ms":1}"#.as_slice();
        let output = br#"{"type":"step_output","step":1,"label":"a","target":"t","failed":false,"text":"x","time_ms":1}"#.as_slice();
        let done = br#"{"type":"done","exit_code":0}"#.as_slice();
        assert_eq!(shown(&[notice, progress, output, done]), format!("{}\n", String::from_utf8_lossy(notice)));
    }

    #[test]
    fn an_answer_is_one_object_with_its_graph() {
        let graph = vec![Includes { file: "a.c".into(), includes: vec!["a.h".into()] }];
        let lines = encode_reply(Reply::Discover(DiscoverReply { graph, ..DiscoverReply::default() }));
        let lines: Vec<&[u8]> = lines.split_inclusive(|&byte| byte == b'\n').collect();
        let out = shown(&lines);
        assert_eq!(out.lines().count(), 1);
        assert!(out.starts_with(r#"{"root":""#) && out.contains(r#""graph":[{"file":"a.c","includes":["a.h"]}]"#), "{out}");
    }
}
