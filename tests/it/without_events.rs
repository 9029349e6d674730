//! Where the kernel tells nothing of changes: no watches are left, there is no queue for them, or a file system does not tell. Every build is
//! right all the same; it only looks at more.

use std::os::unix::fs::PermissionsExt;

use crate::support::{Run, Running, Space, not_tried};

/// Edits, adds and removes what counts, inside and outside of the project, and builds after each; then says how it was.
const SCRIPT: &str = r#"
made() { "$1" build $2 >&2; build/dev/bin/app; echo "$3: $?"; "$1" build $2 --json | grep -o '"ran":[0-9]*'; }
mkdir -p src "$OUTSIDE"
printf "[project]\nname = 'app'\n[compile]\ninclude_dirs = ['$OUTSIDE']\n" > jmake.toml
printf '#include "own.h"\n#include <answer.h>\nint other(void);\nint main(void) { return OWN + ANSWER + other(); }\n' > src/main.c
echo 'int other(void) { return 0; }' > src/other.c
echo '#define OWN 1' > src/own.h
echo '#define ANSWER 1' > "$OUTSIDE/answer.h"
made "$1" "" first
echo '#define OWN 2' > src/own.h
made "$1" "" "own header"
echo '#define ANSWER 5' > "$OUTSIDE/answer.h"
made "$1" "" "header outside"
mv src/other.c src/moved.c
made "$1" "" moved
echo '#define ANSWER 9' > src/answer.h
made "$1" "" "new header beside"
rm build/dev/bin/app
made "$1" "" "output gone"
"$1" status --json | grep -o '"watching":[a-z]*'
"$1" daemon stop >&2
"#;

const EXPECTED: &str = "first: 2\n\"ran\":0\nown header: 3\n\"ran\":0\nheader outside: 7\n\"ran\":0\nmoved: 7\n\"ran\":0\n\
                        new header beside: 7\n\"ran\":0\noutput gone: 7\n\"ran\":0\n\"watching\":false\n";

/// The script's run in namespaces of its own, after `first` was done in them.
fn play(space: &mut Space, unshare: &[&str], first: &str) -> Option<Run> {
    space.set("OUTSIDE", space.place("outside"));
    let mut command = space.command("unshare");
    command.args(unshare).args(["sh", "-c", &format!("{first}\n{SCRIPT}"), "sh", env!("CARGO_BIN_EXE_jmake")]);
    let run = Running::start(command).finish();
    if run.status.code() == Some(77) || run.stderr.contains("unshare:") {
        not_tried(&run.to_string());
        return None;
    }
    Some(run)
}

#[test]
fn at_the_limit_of_watches_and_without_a_queue() {
    for (limit, count) in [("max_inotify_watches", 5), ("max_inotify_instances", 0)] {
        let mut space = Space::new();
        let Some(run) = play(&mut space, &["-Ur"], &format!("echo {count} > /proc/sys/user/{limit} || exit 77")) else { return };
        assert_eq!(run.stdout, EXPECTED, "{limit}: {run}\n{}", space.log());
        assert!(space.log().contains("look at every file each time"), "{limit}: {}", space.log());
    }
}

/// A project that is seen through FUSE, behind which others may change it.
#[test]
fn on_a_file_system_that_does_not_tell() {
    let mut space = Space::new();
    std::fs::create_dir(space.place("real")).unwrap();
    std::fs::set_permissions(space.place("real"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mount = format!("bindfs {} \"$PWD\" && cd \"$PWD\" || exit 77", space.place("real").display());
    let unmount = format!("\ncd / && umount {}\n", space.path("").display());
    let first = format!("{mount}\ntrap '{unmount}' EXIT");
    for flags in [&["-m"][..], &["-rm"]] {
        let args: Vec<&str> = flags.iter().copied().chain(["--propagation", "private"]).collect();
        let Some(run) = play(&mut space, &args, &first) else { continue };
        assert_eq!(run.stdout, EXPECTED, "{run}\n{}", space.log());
        assert!(space.log().contains("does not tell of changes"), "{}", space.log());
        assert!(!space.exists("jmake.toml") && space.place("real/jmake.toml").exists(), "it was seen through FUSE");
        return;
    }
}
