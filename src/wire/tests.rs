//! Messages survive the wire; whatever else arrives is refused.

use proptest::prelude::*;

use super::*;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::path::FilePath;
use crate::engine::report::{self, BuildEvent};

fn path() -> impl Strategy<Value = FilePath> {
    use std::os::unix::ffi::OsStringExt;
    prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| FilePath::new(std::ffi::OsString::from_vec(bytes)))
}

fn kind() -> impl Strategy<Value = StepKind> {
    use StepKind::{Archive, Backend, Compile, Custom, Frontend, Link, Lto};
    prop::sample::select(vec![Frontend, Backend, Compile, Link, Archive, Lto, Custom])
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop::sample::select(vec![Outcome::Ran, Outcome::Cached, Outcome::Failed, Outcome::Cancelled])
}

fn severity() -> impl Strategy<Value = Severity> {
    prop::sample::select(vec![Severity::Note, Severity::Warning, Severity::Error])
}

fn step_event() -> impl Strategy<Value = BuildEvent> {
    let text = any::<String>;
    prop_oneof![
        (any::<u32>(), kind(), text(), prop::collection::vec(path(), 0..3))
            .prop_map(|(step, kind, label, command)| BuildEvent::StepStarted { step: StepId(step), kind, label, command }),
        (any::<u32>(), kind(), text(), text(), outcome(), text(), any::<(u64, u64, u64)>()).prop_map(
            |(step, kind, label, target, outcome, reason, (wall_ms, user_ms, max_rss_kb))| {
                let cost = report::Cost { wall_ms, user_ms, max_rss_kb };
                BuildEvent::StepFinished { step: StepId(step), kind, label, target, outcome, reason, cost }
            }
        ),
        (any::<u32>(), text(), text(), any::<bool>(), text()).prop_map(|(step, label, target, failed, text)| BuildEvent::StepOutput {
            step: StepId(step),
            label,
            target,
            failed,
            text
        }),
        (severity(), prop::option::of(path()), any::<(u32, u32)>(), text(), text()).prop_map(
            |(severity, file, (line, column), message, rendered)| BuildEvent::Diagnostic(report::Diagnostic {
                severity,
                file,
                line,
                column,
                message,
                rendered
            })
        ),
    ]
}

fn build_event() -> impl Strategy<Value = BuildEvent> {
    let text = any::<String>;
    prop_oneof![
        (any::<u32>(), path(), text(), prop::collection::vec(text(), 0..3))
            .prop_map(|(build, root, profile, targets)| BuildEvent::BuildStarted { build: BuildId(build), root, profile, targets }),
        text().prop_map(|text| BuildEvent::Notice { text }),
        text().prop_map(|text| BuildEvent::Reminder { text }),
        step_event(),
        (text(), path()).prop_map(|(target, path)| BuildEvent::Artifact(report::Artifact {
            target,
            kind: report::ArtifactKind::Executable,
            test: None,
            path,
            runner: Vec::new()
        })),
        any::<(u32, u32, u32)>().prop_map(|(done, total, running)| BuildEvent::Progress { done, total, running }),
        (text(), any::<u32>(), text()).prop_map(|(name, restarts, why)| BuildEvent::ActorRestarted { name, restarts, why }),
        (any::<u32>(), text()).prop_map(|(build, first)| BuildEvent::BuildError { build: BuildId(build), first }),
        (any::<(bool, u8, u64)>(), any::<[u32; 6]>(), prop::collection::vec(path(), 0..3)).prop_map(
            |((success, exit_code, wall_ms), [total, ran, cached, up_to_date, failed, not_run], artifacts)| {
                let counts = Counts { total, ran, cached, up_to_date, failed, not_run };
                BuildEvent::BuildFinished { success, exit_code, counts, artifacts, wall_ms }
            }
        ),
    ]
}

fn bytes_text() -> impl Strategy<Value = PathText> {
    prop::collection::vec(any::<u8>(), 0..12).prop_map(PathText::from)
}

fn project() -> impl Strategy<Value = Project> {
    let environment = prop::collection::vec((bytes_text(), bytes_text()), 0..4);
    let texts = (prop::option::of(any::<String>()), prop::option::of(any::<String>()));
    (bytes_text(), any::<(u64, u64, u32, bool)>(), prop::option::of(bytes_text()), bytes_text(), environment, texts).prop_map(
        |(root, (root_dev, root_ino, umask, native), config, cwd, environment, (profile, toolchain))| {
            let build_dir = config.clone();
            Project { root, root_dev, root_ino, config, cwd, umask, environment, build_dir, profile, toolchain, native }
        },
    )
}

fn request() -> impl Strategy<Value = Request> {
    let build = (project(), prop::collection::vec(any::<String>(), 0..3), any::<[bool; 8]>(), any::<Option<u32>>());
    prop_oneof![
        build.prop_map(|(project, targets, [all, keep_going, fail_fast, dry_run, force, explain, color, staged], jobs)| {
            let goal = if all { Goal::Run } else { Goal::Build };
            let of = if staged { Request::Watch } else { Request::Build };
            of(Box::new(BuildRequest { project, goal, targets, all, jobs, keep_going, fail_fast, dry_run, force, explain, color, staged }))
        }),
        project().prop_map(|project| Request::Discover(Box::new(project))),
        project().prop_map(|project| Request::Clean(Box::new(project))),
        (project(), prop::option::of(bytes_text()), prop::option::of(any::<String>()))
            .prop_map(|(project, directory, template)| Request::Init(Box::new(InitRequest { project, directory, template }))),
        project().prop_map(|project| Request::Templates(Box::new(project))),
        (project(), any::<(bool, bool)>()).prop_map(|(project, (dry_run, refresh))| Request::Complete(Box::new(CompleteRequest {
            project,
            dry_run,
            refresh
        }))),
        project().prop_map(|project| Request::Tools(Box::new(project))),
        Just(Request::Status),
        any::<bool>().prop_map(|drain| Request::Stop { drain }),
        Just(Request::Cancel),
    ]
}

proptest! {
    #[test]
    fn events_survive_the_wire(time_ms: u64, event in build_event()) {
        let line = encode_event(time_ms, &event);
        prop_assert_eq!(line.iter().filter(|&&byte| byte == b'\n').count(), 1);
        prop_assert_eq!(decode_line(&line).unwrap(), FromDaemon::Event(Timed { time_ms, event: (&event).into() }));
    }

    #[test]
    fn requests_survive_the_wire(request in request()) {
        prop_assert_eq!(decode_request_line(&encode_request(&request).unwrap()).unwrap(), request);
    }

    #[test]
    fn random_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode_line(&bytes).is_err());
        prop_assert!(decode_hello_line(&bytes).is_err());
        prop_assert!(decode_request_line(&bytes).is_err());
    }

    #[test]
    fn damaged_lines_never_panic(event in build_event(), at: prop::sample::Index, byte: u8) {
        let mut line = encode_event(0, &event);
        let at = at.index(line.len());
        line[at] = byte;
        let _ = decode_line(&line);
        let _ = decode_line(&line[..at]);
    }
}

#[test]
fn controls_survive_the_wire() {
    let controls = [
        Control::Welcome(Welcome { protocol: 1, build_id: "0.1.0-a-b".to_owned(), pid: 7 }),
        Control::Refused(Refused::new(Refusal::OtherBuild, "older".to_owned(), 7)),
        Control::Reply(Reply::Status(StatusReply { daemon: Some(DaemonStatus::default()), ..StatusReply::default() })),
        Control::Reply(Reply::Clean(CleanReply { removed: vec!["build".into()], kept: vec![] })),
        Control::Reply(Reply::Tools(ToolsReply { toolchains: vec![ToolchainReply::default()], notes: vec![] })),
        Control::Failed(Failed { kind: FailureKind::Environment, message: "no clang".to_owned() }),
        Control::Done { exit_code: 130 },
    ];
    for control in controls {
        assert_eq!(decode_line(&encode_control(&control).unwrap()).unwrap(), FromDaemon::Control(control));
    }
}

#[test]
fn every_control_is_known_by_its_name() {
    let line = |name: &str| format!(r#"{{"type":"{name}","exit_code":0,"time_ms":0}}"#);
    for name in Control::NAMES {
        match decode_line(line(name).as_bytes()) {
            Ok(what) => assert!(matches!(what, FromDaemon::Control(_)), "{name}: {what:?}"),
            Err(error) => assert!(error.to_string().contains("missing field"), "{name}: {error}"),
        }
    }
    assert!(decode_line(line("unheard_of").as_bytes()).unwrap_err().to_string().contains("unheard_of"));
}

#[test]
fn json_is_that_of_the_interface() {
    let check = |event: &BuildEvent, expect: &str| assert_eq!(String::from_utf8(encode_event(5, event)).unwrap().trim_end(), expect);
    check(
        &BuildEvent::BuildStarted { build: BuildId(1), root: "/p".into(), profile: "dev".to_owned(), targets: vec!["app".to_owned()] },
        r#"{"type":"build_started","build":1,"root":"/p","profile":"dev","targets":["app"],"time_ms":5}"#,
    );
    check(
        &BuildEvent::StepFinished {
            step: StepId(2),
            kind: StepKind::Compile,
            label: "a.c".to_owned(),
            target: "app".to_owned(),
            outcome: Outcome::Ran,
            reason: "a.c changed".to_owned(),
            cost: report::Cost { wall_ms: 3, user_ms: 2, max_rss_kb: 1 },
        },
        concat!(
            r#"{"type":"step_finished","step":2,"kind":"compile","label":"a.c","target":"app","outcome":"ran","#,
            r#""reason":"a.c changed","wall_ms":3,"user_ms":2,"max_rss_kb":1,"time_ms":5}"#
        ),
    );
    let counts = Counts { total: 6, ran: 1, cached: 1, up_to_date: 1, failed: 1, not_run: 2 };
    let timed = |event: Event| String::from_utf8(encode_timed(5, event)).unwrap();
    assert_eq!(timed(Event::WatchStarted { root: "/p".into() }), "{\"type\":\"watch_started\",\"root\":\"/p\",\"time_ms\":5}\n");
    let (job, section, status, text) = ("scan_files".into(), "discovery.files".into(), "completed".into(), "none".into());
    let finished = timed(Event::JobFinished { job, section, status, attempts: 1, text, wall_ms: 2 });
    let expect = r#"{"type":"job_finished","job":"scan_files","section":"discovery.files","status":"completed","attempts":1,"text":"none","wall_ms":2,"time_ms":5}"#;
    assert_eq!(finished.trim_end(), expect);
    let changed = timed(Event::FileChanged { paths: vec!["src/a.c".into()] });
    assert_eq!(changed, "{\"type\":\"file_changed\",\"paths\":[\"src/a.c\"],\"time_ms\":5}\n");
    use std::os::unix::ffi::OsStrExt;
    let odd = FilePath::new(std::ffi::OsStr::from_bytes(&[b'a', 0xff]));
    check(
        &BuildEvent::BuildFinished { success: false, exit_code: 1, counts, artifacts: vec![odd], wall_ms: 9 },
        concat!(
            r#"{"type":"build_finished","success":false,"exit_code":1,"#,
            r#""steps":{"total":6,"ran":1,"cached":1,"up_to_date":1,"failed":1,"not_run":2},"artifacts":[{"bytes":[97,255]}],"#,
            r#""wall_ms":9,"time_ms":5}"#
        ),
    );
}

#[test]
fn long_output_comes_whole_in_several_lines() {
    let text = "\u{1b}é\n".repeat(MAX_TEXT);
    let event = BuildEvent::StepOutput { step: StepId(0), label: "a".to_owned(), target: "t".to_owned(), failed: true, text: text.clone() };
    let bytes = encode_event(0, &event);
    let mut joined = String::new();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    for line in &lines {
        match decode_line(line).unwrap() {
            FromDaemon::Event(Timed { event: Event::StepOutput { text, .. }, .. }) => joined.push_str(&text),
            other => panic!("{other:?}"),
        }
    }
    assert!(lines.len() > 1);
    assert!(joined == text, "pieces differ from the whole");
}

#[test]
fn other_long_texts_are_shortened() {
    for event in [
        BuildEvent::Notice { text: "\u{1}".repeat(2 * MAX_LINE) },
        BuildEvent::BuildError { build: BuildId(0), first: "é".repeat(MAX_LINE) },
        BuildEvent::BuildStarted { build: BuildId(0), root: "/p".into(), profile: "x".repeat(MAX_LINE), targets: vec![] },
    ] {
        assert!(matches!(decode_line(&encode_event(0, &event)).unwrap(), FromDaemon::Event(_)));
    }
}

#[test]
fn oversized_lines_are_refused() {
    let mut line = vec![b' '; MAX_LINE];
    line.extend_from_slice(br#"{"request":"status"}"#);
    assert!(matches!(decode_request_line(&line), Err(WireError::TooLong(_))));
    assert!(matches!(decode_line(&line), Err(WireError::TooLong(_))));
    let stuffed = Project { environment: vec![("A".into(), PathText::from(vec![b'x'; MAX_LINE]))], ..Project::default() };
    let request = Request::Tools(Box::new(stuffed));
    assert!(matches!(encode_opening(&Hello::new(String::new()), &request), Err(WireError::TooLong(_))));
}

#[test]
fn a_graph_travels_in_parts() {
    let edge = Includes { file: "a.c".into(), includes: vec!["a.h".into()] };
    let reply = Reply::Discover(DiscoverReply { graph: vec![edge; 2500], ..DiscoverReply::default() });
    let bytes = encode_reply(reply);
    let lines = bytes.split_inclusive(|&byte| byte == b'\n').map(|line| decode_line(line).unwrap());
    let parts = lines.map(|line| match line {
        FromDaemon::Control(Control::Reply(Reply::Includes(part))) => part.graph.len(),
        FromDaemon::Control(Control::Reply(Reply::Discover(whole))) => whole.graph.len(),
        other => panic!("{other:?}"),
    });
    assert_eq!(parts.collect::<Vec<_>>(), [1000, 1000, 500, 0]);
}

#[test]
fn hello_agrees_on_the_newest_common_protocol() {
    let check = |min, max, expect| {
        let hello = Hello { protocol_min: min, protocol_max: max, build_id: String::new() };
        assert_eq!(hello.agreed(), expect, "{min}..={max}");
    };
    check(PROTOCOL_MIN, PROTOCOL_MAX, Some(PROTOCOL_MAX));
    check(0, PROTOCOL_MAX + 5, Some(PROTOCOL_MAX));
    check(PROTOCOL_MAX + 1, PROTOCOL_MAX + 5, None);
    check(0, PROTOCOL_MIN - 1, None);
}

#[test]
fn variables_are_not_printed() {
    let project = Project { environment: vec![("TOKEN".into(), "secret".into())], ..Project::default() };
    let text = format!("{project:?}");
    assert!(text.contains("1 variables") && !text.contains("secret"), "{text}");
}
