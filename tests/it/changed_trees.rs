//! The scenario families of tup's tests `t5` (delete, move, ghosts), `t6` (a changed or broken graph, recovered) and `t7` (its monitor), told
//! anew for a project without rules. After every change the build is what a clean one is, and the next one runs nothing: with a daemon that heard of
//! the change, and with one that comes after it.
//!
//! | of tup | here |
//! |---|---|
//! | t5000, t5002, t5007, t5010, t7002, t7028: delete, `rm -rf` | [`files_and_directories_are_deleted`] |
//! | t5001, t5071, t5081, t7039: outputs deleted, touched, in the way | [`outputs_are_deleted_or_in_the_way`], `settled::outputs_are_taken_away_or_spoilt` |
//! | t5003, t5004, t5006, t5008, t5009, t5050, t7000, t7001, t7006, t7008, t7013, t7032: move | [`files_and_directories_are_moved`] |
//! | t7025: an output is deleted before, and after, anything was made | [`outputs_go_before_and_after_the_first_build`] |
//! | t5012, t7007, t7009, t7011: move and back | [`what_is_moved_comes_back`] |
//! | t5048, t5049, t7027, t7035, t7059: move out of the tree | [`directories_are_moved_out_and_in`] |
//! | t7036: what asked for a ghost moves out, others come in its place | [`a_directory_that_asked_in_vain_is_moved_out`] |
//! | t7060: a directory of outputs moves out | [`directories_of_outputs_are_moved_out`] |
//! | t5005: hard links | `settled::a_file_is_edited_under_another_of_its_names` |
//! | t5011, t5016–t5022, t5055, t5057, t5060, t5083, t5118, t7012–t7015, t7021, t7024: links | [`links_come_change_and_become_files`], `linked_includes` |
//! | t5033: links in a circle | [`links_in_a_circle_harm_nobody`] |
//! | t5041, t5047, t5054, t5062, t5063, t7018, t7029–t7031: ghost files | [`a_header_that_was_asked_for_comes_and_goes`], `lookups` |
//! | t5023: a ghost library | `lookups::a_library_that_appears_earlier_in_the_search_is_linked` |
//! | t5024, t5025, t7016, t7019: ghosts behind links | [`a_link_that_led_nowhere_leads_somewhere`] |
//! | t5043, t5044, t5075–t5077: ghost directories | [`a_name_on_the_way_is_a_file_then_a_directory`] |
//! | t5014, t5066, t5067, t5073, t5074, t5085, t5101, t5102: tools and builds that die | `supervision::killed`, `daemon`, `kills`, `errors` |
//! | t5059: archives | [`members_of_a_static_library_come_and_go`] |
//! | t5072, t5082: long names | [`names_may_be_long`] |
//! | t6000, t6001, t6003, t6024–t6026: another target, option or output | [`targets_and_settings_change`] |
//! | t6002, t6006–t6018, t6022, t6027–t6047, t6049–t6089: broken updates | [`a_broken_source_is_mended`], [`a_broken_source_goes`], [`a_broken_header_is_mended_where_it_was_or_elsewhere`], [`what_was_edited_beside_a_broken_source_is_built`], [`a_program_that_does_not_link_gets_what_it_lacks`], [`broken_settings_are_mended`] |
//! | t6020: a circle | [`headers_that_include_each_other`] |
//! | t7003, t7034, t7037: ephemeral files and directories | [`what_comes_and_goes_between_two_builds_is_nothing`] |
//! | t7004, t7010, t7017, t7020, t7026: a monitor that starts late, stops, starts again | every test here, with a daemon that comes later |
//! | t7005, t7033, t7038, t7041, t7045–t7054: updates by themselves | `watch` |
//! | t7040: ignore rules made anew | `settled::what_is_ignored_changes` |
//! | t7044: a monitor that ends by itself | `daemon::an_idle_one_ends_by_itself` |
//! | t7047, t7056, t7057: deleted and made anew, another directory of the name | [`another_of_the_same_name_takes_its_place`] |
//! | t7058: a dotfile | [`what_comes_and_goes_between_two_builds_is_nothing`] |
//! | t5013, t5015, t5019–t5021, t5026–t5046, t5051–t5065, t5068–t5070, t5078–t5121, t6004, t6005, t6019, t6021–t6023, t6048, t6090, t7022, t7023, t7042, t7043, t7048, t7055, t7061 | are about rules, tracing and options that a project without rules does not have |

use std::fs;
use std::os::unix::fs::symlink;

use crate::oracle::check::{Outcome, Reference};
use crate::support::{DEADLINE, Space, until};

const BUILD: [&str; 3] = ["build", "--json", "-k"];

/// A project as it is changed, step by step.
struct Play<'a> {
    space: Space,
    reference: &'a Reference,
    /// The daemon ends before each change.
    stopped: bool,
}

/// A program that ends with 34, played with a daemon that hears of changes and with one that comes after them.
fn play(script: impl Fn(&Play<'_>)) {
    let reference = Reference::new();
    for stopped in [false, true] {
        let space = Space::with(&[
            ("main.c", "#include \"inc.h\"\nint a(void);\nint b(void);\nint main(void) { return a() * 10 + b() + INC; }\n"),
            ("include/inc.h", "#define INC 0\n"),
            ("a.c", "int a(void) { return 3; }\n"),
            ("sub/b.c", "#include \"b.h\"\nint b(void) { return B; }\n"),
            ("sub/b.h", "#define B 4\n"),
        ]);
        reference.warm(&space.place("cache"));
        let play = Play { space, reference: &reference, stopped };
        play.ends_with(34);
        script(&play);
    }
}

impl Play<'_> {
    /// Changes something.
    fn after(&self, change: impl FnOnce(&Space)) -> &Self {
        if self.stopped {
            self.space.jmake(&["daemon", "stop"]);
        } else {
            let watching = || self.space.jmake(&["status", "--json"]).object()["projects"][0]["watching"] == true;
            // After a build that failed it may not watch.
            let _watches = until(DEADLINE / 40, watching);
        }
        change(&self.space);
        self
    }

    /// Builds as a clean build does. The next one then runs nothing.
    fn built(&self) -> Outcome {
        let run = self.space.jmake(&BUILD);
        let own = Outcome::of(&run, &self.space.path(""));
        let clean = self.reference.build(&self.space, &BUILD, false);
        assert_eq!(own.differences(&clean), [""; 0], "stopped: {}: {run}", self.stopped);
        let again = self.space.jmake(&BUILD);
        assert_eq!((again.count("ran"), again.count("cached")), (0, 0), "stopped: {}: {again}", self.stopped);
        own
    }

    /// The program that is built now ends with this code.
    #[track_caller]
    fn ends_with(&self, code: i32) {
        let built = self.built();
        assert_eq!(built.code, Some(0), "stopped: {}: {:?}", self.stopped, built.errors);
        let run = self.space.command(self.space.path("build/dev/bin/project")).status().unwrap();
        assert_eq!(run.code(), Some(code), "stopped: {}", self.stopped);
    }

    /// The build fails and says this.
    #[track_caller]
    fn fails(&self, word: &str) {
        assert_eq!(self.built().code, Some(1));
        let _said = self.space.jmake(&["build"]).exits(1).says(word);
    }
}

fn rename(space: &Space, from: &str, to: &str) {
    fs::create_dir_all(space.path(to).parent().unwrap()).unwrap();
    fs::rename(space.path(from), space.path(to)).unwrap();
}

#[test]
fn files_and_directories_are_deleted() {
    play(|play| {
        play.after(|space| space.remove("a.c")).fails("a");
        play.after(|space| space.write("main.c", "int b(void);\nint main(void) { return b(); }\n")).ends_with(4);
        play.after(|space| space.remove("sub/b.h")).fails("b.h");
        play.after(|space| space.write("sub/b.c", "int b(void) { return 5; }\n")).ends_with(5);
        play.after(|space| {
            space.remove("sub");
            space.remove("include");
        })
        .fails("b");
        play.after(|space| space.write("main.c", "int main(void) { return 1; }\n")).ends_with(1);
    });
}

#[test]
fn outputs_are_deleted_or_in_the_way() {
    play(|play| {
        play.after(|space| space.remove("build/dev/bin/project")).ends_with(34);
        play.after(|space| space.write("build/dev/bin/project", space.read("build/dev/bin/project"))).ends_with(34);
        play.after(|space| space.remove(".jmake_cache/obj")).ends_with(34);
        play.after(|space| {
            space.remove("build/dev/bin/project");
            fs::create_dir(space.path("build/dev/bin/project")).unwrap();
        });
        let run = play.space.jmake(&BUILD);
        assert_ne!(run.status.code(), Some(0), "a directory is nobody's to remove: {run}");
        play.after(|space| space.remove("build/dev/bin/project")).ends_with(34);
    });
}

#[test]
fn files_and_directories_are_moved() {
    play(|play| {
        play.after(|space| rename(space, "a.c", "c.c")).ends_with(34);
        play.after(|space| rename(space, "c.c", "lib/deep/c.c")).ends_with(34);
        play.after(|space| rename(space, "sub/b.h", "include/b.h")).ends_with(34);
        play.after(|space| rename(space, "sub", "lib/sub")).ends_with(34);
        play.after(|space| rename(space, "lib", "moved")).ends_with(34);
        play.after(|space| {
            rename(space, "moved/sub", "here");
            rename(space, "moved/deep", "moved/sub");
        })
        .ends_with(34);
    });
}

/// `t5006` is `t5003` with a library; `t7008` moves a directory that holds nothing but another one.
#[test]
fn members_of_a_library_and_directories_of_directories_are_moved() {
    play(|play| {
        play.after(|space| space.write("jmake.toml", "[binary]\nlibrary_type = 'static'\nlibrary_name = 'thing'\n")).ends_with(34);
        play.after(|space| rename(space, "a.c", "real_a.c")).ends_with(34);
        play.after(|space| rename(space, "sub", "one/two")).ends_with(34);
        play.after(|space| rename(space, "one", "other")).ends_with(34);
        let objects = |play: &Play<'_>| {
            let all = walkdir::WalkDir::new(play.space.path(".jmake_cache/obj")).into_iter().map(Result::unwrap);
            let path = |entry: walkdir::DirEntry| entry.path().display().to_string();
            all.map(path).filter(|path| path.ends_with("/b.c.o")).collect::<Vec<_>>()
        };
        assert!(matches!(&objects(play)[..], [only] if only.ends_with("/other/two/b.c.o")), "{:?}", objects(play));
        play.after(|space| space.edit("other/two/b.h", "4", "5")).ends_with(35);
    });
}

#[test]
fn outputs_go_before_and_after_the_first_build() {
    let reference = Reference::new();
    let space = Space::with(&[("main.c", "int main(void) { return 3; }\n")]);
    reference.warm(&space.place("cache"));
    // Described and explained, never made; then what was never made is removed.
    space.jmake(&["explain"]).ok();
    space.jmake(&["build", "-n"]).ok();
    space.write("build/dev/bin/project", "not of this build");
    space.remove("build");
    let play = Play { space, reference: &reference, stopped: false };
    play.ends_with(3);
    for output in ["build/dev/bin/project", ".jmake_cache/obj/dev/project/main.c.o"] {
        assert!(play.space.exists(output), "{output}");
        play.after(|space| space.remove(output));
        let said = play.space.jmake(&["explain"]).ok();
        assert!(said.stdout.contains(&format!("{output} is gone")), "{said}");
        play.ends_with(3);
        assert!(play.space.exists(output), "{output}");
    }
}

#[test]
fn what_is_moved_comes_back() {
    play(|play| {
        play.after(|space| rename(space, "sub", "away")).ends_with(34);
        play.after(|space| rename(space, "away", "sub")).ends_with(34);
        play.after(|space| {
            rename(space, "sub", "away");
            rename(space, "away", "sub");
        })
        .ends_with(34);
        play.after(|space| {
            rename(space, "sub", "away");
            space.write("away/b.h", "#define B 6\n");
            rename(space, "away", "sub");
        })
        .ends_with(36);
    });
}

#[test]
fn directories_are_moved_out_and_in() {
    play(|play| {
        play.after(|space| fs::rename(space.path("sub"), space.place("tmp/sub")).unwrap()).fails("b");
        play.after(|space| fs::write(space.place("tmp/sub/b.h"), "#define B 5\n").unwrap()).fails("b");
        play.after(|space| fs::rename(space.place("tmp/sub"), space.path("sub")).unwrap()).ends_with(35);
        play.after(|space| fs::rename(space.path("build"), space.place("tmp/build")).unwrap()).ends_with(35);
        play.after(|space| space.write("a.c", "int a(void) { return 1; }\n")).ends_with(15);
        play.after(|space| {
            space.remove("build");
            fs::rename(space.place("tmp/build"), space.path("build")).unwrap();
        })
        .ends_with(15);
    });
}

/// A source that looks for `secret/ghost.h` in several places goes with its directory; new directories come, then it.
#[test]
fn a_directory_that_asked_in_vain_is_moved_out() {
    play(|play| {
        play.after(|space| {
            space.write("jmake.toml", "[compile]\ninclude_dirs = ['.', 'sub', 'include']\n");
            space.write("sub/b.c", "#include \"secret/ghost.h\"\nint b(void) { return GHOST; }\n");
            space.write("secret/ghost.h", "#define GHOST 4\n");
        })
        .ends_with(34);
        play.after(|space| fs::rename(space.path("sub"), space.place("tmp/sub")).unwrap()).fails("b");
        play.after(|space| space.write("bizzle/nibble/fiddle/b.c", "int b(void) { return 5; }\n")).ends_with(35);
        play.after(|space| {
            space.remove("bizzle");
            fs::rename(space.place("tmp/sub"), space.path("sub")).unwrap();
        })
        .ends_with(34);
        play.after(|space| space.write("sub/secret/ghost.h", "#define GHOST 6\n")).ends_with(36);
    });
}

#[test]
fn directories_of_outputs_are_moved_out() {
    play(|play| {
        for (round, folder) in ["build/dev/bin", "build/dev", ".jmake_cache/obj/dev/project", ".jmake_cache/obj"].iter().enumerate() {
            let away = play.space.place("tmp").join(format!("away{round}"));
            play.after(|space| fs::rename(space.path(folder), &away).unwrap()).ends_with(34);
            // What was moved out is nobody's.
            let made = |place: &std::path::Path| {
                walkdir::WalkDir::new(place).into_iter().map(|entry| entry.unwrap().into_path()).collect::<Vec<_>>()
            };
            let before = made(&away);
            play.after(|space| space.write("a.c", format!("int a(void) {{ return {}; }}\n", round + 1)))
                .ends_with(i32::try_from(round).unwrap() * 10 + 14);
            play.after(|space| space.write("a.c", "int a(void) { return 3; }\n")).ends_with(34);
            assert_eq!(made(&away), before, "{folder}");
        }
        play.after(|space| space.remove("build/dev/bin/project")).ends_with(34);
    });
}

#[test]
fn links_come_change_and_become_files() {
    play(|play| {
        play.after(|space| {
            rename(space, "sub/b.h", "headers/real.h");
            symlink("../headers/real.h", space.path("sub/b.h")).unwrap();
        })
        .ends_with(34);
        play.after(|space| space.write("headers/real.h", "#define B 5\n")).ends_with(35);
        play.after(|space| {
            space.write("headers/other.h", "#define B 6\n");
            space.remove("sub/b.h");
            symlink(space.path("headers/other.h"), space.path("sub/b.h")).unwrap();
        })
        .ends_with(36);
        play.after(|space| {
            fs::remove_file(space.path("sub/b.h")).unwrap();
            space.write("sub/b.h", "#define B 7\n");
        })
        .ends_with(37);
        play.after(|space| {
            space.write("jmake.toml", "[compile]\ninclude_dirs = ['include']\n");
            fs::rename(space.path("include"), space.place("tmp/v1")).unwrap();
            fs::create_dir(space.place("tmp/v2")).unwrap();
            fs::write(space.place("tmp/v2/inc.h"), "#define INC 2\n").unwrap();
            symlink("../tmp/v1", space.path("include")).unwrap();
        })
        .ends_with(37);
        play.after(|space| {
            fs::remove_file(space.path("include")).unwrap();
            symlink("../tmp/v2", space.path("include")).unwrap();
        })
        .ends_with(39);
        play.after(|space| symlink("include", space.path("twice")).unwrap()).ends_with(39);
    });
}

#[test]
fn links_in_a_circle_harm_nobody() {
    play(|play| {
        play.after(|space| {
            symlink("round.h", space.path("include/round.h")).unwrap();
            symlink("..", space.path("sub/up")).unwrap();
        })
        .ends_with(34);
        play.after(|space| space.edit("sub/b.h", "4", "5")).ends_with(35);
    });
}

const ASKS: &str = "#if __has_include(\"ghost.h\")\n#include \"ghost.h\"\n#else\n#define B 4\n#endif\nint b(void) { return B; }\n";

#[test]
fn a_header_that_was_asked_for_comes_and_goes() {
    play(|play| {
        play.after(|space| space.write("sub/b.c", ASKS)).ends_with(34);
        play.after(|space| space.write("include/ghost.h", "#define B 5\n")).ends_with(35);
        play.after(|space| space.write("sub/ghost.h", "#define B 6\n")).ends_with(36);
        play.after(|space| rename(space, "sub/ghost.h", "include/ghost.h")).ends_with(36);
        play.after(|space| space.remove("include/ghost.h")).ends_with(34);
        play.after(|space| space.write("sub/b.c", "int b(void) { return 7; }\n")).ends_with(37);
        play.after(|space| space.write("sub/ghost.h", "#error nobody asks any more\n")).ends_with(37);
    });
}

#[test]
fn a_link_that_led_nowhere_leads_somewhere() {
    play(|play| {
        play.after(|space| {
            space.write("sub/b.c", ASKS);
            symlink("../later/ghost.h", space.path("sub/ghost.h")).unwrap();
        })
        .ends_with(34);
        play.after(|space| space.write("later/ghost.h", "#define B 5\n")).ends_with(35);
        play.after(|space| space.remove("later")).ends_with(34);
        play.after(|space| {
            fs::remove_file(space.path("sub/ghost.h")).unwrap();
            symlink("../../tmp/later/ghost.h", space.path("sub/ghost.h")).unwrap();
        })
        .ends_with(34);
        play.after(|space| {
            fs::create_dir(space.place("tmp/later")).unwrap();
            fs::write(space.place("tmp/later/ghost.h"), "#define B 6\n").unwrap();
        })
        .ends_with(36);
        play.after(|space| fs::write(space.place("tmp/later/ghost.h"), "#define B 7\n").unwrap()).ends_with(37);
    });
}

#[test]
fn a_name_on_the_way_is_a_file_then_a_directory() {
    play(|play| {
        play.after(|space| space.write("sub/b.c", ASKS.replace("ghost.h", "way/ghost.h"))).ends_with(34);
        play.after(|space| space.write("sub/way", "a file\n")).ends_with(34);
        play.after(|space| {
            space.remove("sub/way");
            space.write("sub/way/ghost.h", "#define B 5\n");
        })
        .ends_with(35);
        play.after(|space| {
            space.remove("sub/way");
            space.write("sub/way", "a file again\n");
        })
        .ends_with(34);
    });
}

#[test]
fn members_of_a_static_library_come_and_go() {
    play(|play| {
        play.after(|space| space.write("jmake.toml", "[binary]\nlibrary_type = 'static'\nlibrary_name = 'thing'\n")).ends_with(34);
        play.after(|space| space.write("more.c", "int more(void) { return 1; }\n")).ends_with(34);
        play.after(|space| space.remove("more.c")).ends_with(34);
        play.after(|space| space.write("jmake.toml", "[binary]\nlibrary_type = 'shared'\nlibrary_name = 'thing'\n")).ends_with(34);
        play.after(|space| space.remove("jmake.toml")).ends_with(34);
    });
}

#[test]
fn names_may_be_long() {
    play(|play| {
        let long = format!("{}.c", "n".repeat(200));
        play.after(|space| rename(space, "a.c", &long)).ends_with(34);
        play.after(|space| space.edit(&long, "3", "2")).ends_with(24);
    });
}

#[test]
fn targets_and_settings_change() {
    play(|play| {
        play.after(|space| space.write("jmake.toml", "[compile]\ndefines = { EXTRA = 1 }\n")).ends_with(34);
        play.after(|space| space.edit("main.c", "INC;", "INC + EXTRA;")).ends_with(35);
        play.after(|space| space.write("jmake.toml", "[compile]\ndefines = { EXTRA = 2 }\n")).ends_with(36);
        play.after(|space| space.write("second.c", "int main(void) { return 1; }\n")).ends_with(36);
        play.after(|space| space.remove("second.c")).ends_with(36);
        play.after(|space| space.write("tests/a_test.c", "int a(void);\nint main(void) { return a() != 3; }\n")).ends_with(36);
    });
}

#[test]
fn a_broken_source_is_mended() {
    play(|play| {
        play.after(|space| space.write("a.c", "int a(void) { return }\n")).fails("expected expression");
        play.after(|space| space.write("a.c", "int a(void) { return 3; }\n")).ends_with(34);
        play.after(|space| space.write("a.c", "int a(void) { return }\n")).fails("expected expression");
        play.after(|space| space.write("a.c", "int a(void) { return x; }\n")).fails("undeclared");
        play.after(|space| space.write("a.c", "int a(void) { return 2; }\n")).ends_with(24);
    });
}

#[test]
fn a_broken_source_goes() {
    play(|play| {
        play.after(|space| space.write("broken.c", "int broken(\n")).fails("expected");
        play.after(|space| space.remove("broken.c")).ends_with(34);
        play.after(|space| space.write("a.c", "int a(\n")).fails("expected");
        play.after(|space| {
            space.remove("a.c");
            space.write("sub/a.c", "int a(void) { return 1; }\n");
        })
        .ends_with(14);
        play.after(|space| space.write("broken.c", "int broken(\n")).fails("expected");
        play.after(|space| rename(space, "broken.c", "notes.txt")).ends_with(14);
    });
}

#[test]
fn a_broken_header_is_mended_where_it_was_or_elsewhere() {
    play(|play| {
        play.after(|space| space.write("sub/b.h", "#error not yet\n")).fails("not yet");
        play.after(|space| space.write("sub/b.h", "#define B 5\n")).ends_with(35);
        play.after(|space| rename(space, "sub/b.h", "sub/c.h")).fails("b.h");
        play.after(|space| space.write("sub/b.h", "#include \"c.h\"\n")).ends_with(35);
        play.after(|space| space.remove("sub/c.h")).fails("c.h");
        play.after(|space| space.write("include/c.h", "#define B 6\n")).ends_with(36);
    });
}

#[test]
fn what_was_edited_beside_a_broken_source_is_built() {
    play(|play| {
        play.after(|space| {
            space.write("a.c", "int a(\n");
            space.write("sub/b.h", "#define B 5\n");
            space.write("include/inc.h", "#define INC 1\n");
        })
        .fails("expected");
        play.after(|space| space.write("a.c", "int a(void) { return 2; }\n")).ends_with(26);
        play.after(|space| {
            space.write("a.c", "int a(\n");
            space.write("sub/b.h", "#define B 6\n");
        })
        .fails("expected");
        play.after(|space| {
            space.write("a.c", "int a(void) { return 2; }\n");
            space.write("sub/b.h", "#define B 5\n");
        })
        .ends_with(26);
    });
}

#[test]
fn a_program_that_does_not_link_gets_what_it_lacks() {
    play(|play| {
        play.after(|space| space.edit("main.c", "a() * 10", "a() * 10 + more()")).fails("more");
        play.after(|space| space.edit("main.c", "int a(void);", "int a(void);\nint more(void);")).fails("more");
        play.after(|space| space.write("more.c", "int more(void) { return 1; }\n")).ends_with(35);
        play.after(|space| space.write("again.c", "int more(void) { return 2; }\n")).fails("more");
        play.after(|space| space.remove("more.c")).ends_with(36);
        play.after(|space| space.write("main.c", "int not_main(void) { return 0; }\n"));
        play.built();
        play.after(|space| space.write("main.c", "int main(void) { return 9; }\n")).ends_with(9);
    });
}

#[test]
fn broken_settings_are_mended() {
    play(|play| {
        play.after(|space| space.write("jmake.toml", "[compile\n"));
        let _said = play.space.jmake(&BUILD).exits(2).says("jmake.toml");
        play.after(|space| space.write("sub/b.h", "#define B 5\n"));
        let _said = play.space.jmake(&BUILD).exits(2);
        play.after(|space| space.write("jmake.toml", "[compile]\ndefines = { X = 1 }\n")).ends_with(35);
        play.after(|space| space.write("jmake.toml", "[compile]\nflags = ['-no-such-flag']\n"));
        let run = play.space.jmake(&BUILD);
        assert_ne!(run.status.code(), Some(0), "{run}");
        play.after(|space| space.remove("jmake.toml")).ends_with(35);
    });
}

#[test]
fn headers_that_include_each_other() {
    play(|play| {
        play.after(|space| {
            space.write("sub/b.h", "#pragma once\n#include \"c.h\"\n#define B C\n");
            space.write("sub/c.h", "#pragma once\n#include \"b.h\"\n#define C 4\n");
        })
        .ends_with(34);
        play.after(|space| space.edit("sub/c.h", "C 4", "C 5")).ends_with(35);
    });
}

#[test]
fn what_comes_and_goes_between_two_builds_is_nothing() {
    play(|play| {
        play.after(|space| {
            space.write("ghost.c", "int ghost(\n");
            space.write("include/ghost.h", "#error\n");
            space.write("new/deep/ghost.c", "int ghost(\n");
            space.write(".ghost.swp", "x");
            space.remove("ghost.c");
            space.remove("include/ghost.h");
            space.remove("new");
        })
        .ends_with(34);
        play.after(|space| space.write(".notes", "a dotfile\n")).ends_with(34);
        play.after(|space| {
            let text = space.read("a.c");
            space.write("a.c", "int a(\n");
            space.write("a.c", text);
        })
        .ends_with(34);
    });
}

#[test]
fn another_of_the_same_name_takes_its_place() {
    play(|play| {
        play.after(|space| {
            space.remove("a.c");
            space.write("a.c", "int a(void) { return 2; }\n");
        })
        .ends_with(24);
        play.after(|space| {
            rename(space, "sub", "old");
            space.write("sub/b.c", "int b2(void) { return 0; }\n");
        })
        .ends_with(24);
        play.after(|space| {
            space.remove("sub");
            rename(space, "old", "sub");
            space.write("sub/b.h", "#define B 5\n");
        })
        .ends_with(25);
        play.after(|space| {
            space.remove("a.c");
            space.write("a.c/a.c", "int a(void) { return 1; }\n");
        })
        .ends_with(15);
    });
}
