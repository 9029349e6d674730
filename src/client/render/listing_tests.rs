//! What people see of answers.

use super::*;
use crate::wire::{ActorStatus, DaemonStatus, LeftOutReply, SourceReply, ToolReply, ToolchainReply};

#[test]
fn status_is_told_in_tables() {
    assert_eq!(status(&StatusReply::default()), "no daemon is running\n");
    let daemon = DaemonStatus { pid: 7, version: "0.1.0".to_owned(), uptime_s: 3, socket: "/s".into(), rss_kb: 9 };
    let actor = ActorStatus { name: "FileScanner".to_owned(), state: "running".to_owned(), restarts: 1, mailbox: 0 };
    let text = status(&StatusReply { daemon: Some(daemon), actors: vec![actor], ..StatusReply::default() });
    let lines: Vec<String> = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["daemon 0.1.0 (pid 7), up 3 s, 9 KiB, at /s", "", "actor state restarts mailbox", "FileScanner running 1 0"]);
}

#[test]
fn tools_name_the_install_in_use() {
    assert_eq!(tools(&ToolsReply::default()), "no LLVM found\n");
    let tool = ToolReply { name: "clang".to_owned(), path: "/l/bin/clang".into() };
    let install = ToolchainReply {
        selected: true,
        version: "19.1.7".to_owned(),
        bin_dir: "/l/bin".into(),
        triple: "x86_64-pc-linux-gnu".to_owned(),
        origin: "PATH".to_owned(),
        tools: vec![tool],
    };
    assert_eq!(
        tools(&ToolsReply { toolchains: vec![install], notes: vec!["CC is gcc".to_owned()] }),
        "LLVM 19.1.7 in /l/bin (used here)\n  target x86_64-pc-linux-gnu; found by PATH\n  clang                /l/bin/clang\nnote: CC is gcc\n"
    );
}

#[test]
fn clean_says_what_is_gone_and_what_is_not() {
    let (quiet, verbose) = (true, true);
    assert_eq!(clean(&CleanReply::default(), !quiet, !verbose), "nothing to remove\n");
    assert_eq!(clean(&CleanReply::default(), quiet, !verbose), "");
    let kept = vec![LeftOutReply { path: "build/own.txt".into(), why: "not ours".to_owned() }];
    let mut reply = CleanReply { removed: vec!["build/dev".into()], kept };
    assert_eq!(clean(&reply, !quiet, !verbose), "removed build/dev\nkept build/own.txt: not ours\n");
    assert_eq!(clean(&reply, quiet, !verbose), "kept build/own.txt: not ours\n");
    reply.removed = (0..22).map(|number| format!("{number}.o").as_str().into()).collect();
    assert!(clean(&reply, !quiet, !verbose).ends_with("removed 19.o\n… 2 more (-v)\nkept build/own.txt: not ours\n"));
    assert_eq!(clean(&reply, !quiet, verbose).lines().count(), 23);
}

#[test]
fn discovery_is_told_in_sections_and_long_ones_are_cut() {
    let source = |n: usize| SourceReply { path: PathText::from(format!("{n}.c").as_str()), language: "c".to_owned() };
    let target = TargetReply {
        name: "app".to_owned(),
        kind: "executable".to_owned(),
        group: Some("example".to_owned()),
        main: Some("0.c".into()),
        sources: vec!["1.c".into()],
        why: "0.c defines main".to_owned(),
    };
    let reply =
        DiscoverReply { root: "/p".into(), sources: (0..22).map(source).collect(), targets: vec![target], ..DiscoverReply::default() };
    let text = discover(&reply, false);
    assert!(
        text.starts_with("project /p\n\ntargets (1)\n  app (executable, example): 0.c defines main\n    0.c\n    1.c\n\nsources (22)\n"),
        "{text}"
    );
    assert!(text.ends_with("  19.c (c)\n  … 2 more (-v)\n"), "{text}");
    assert!(discover(&reply, true).ends_with("  21.c (c)\n"));
}
