//! Sequences of builds and edits that once ended wrong, each by the name of what has to hold.

use crate::support::Space;

#[test]
fn the_compile_database_is_fresh_while_something_does_not_compile() {
    let space = Space::with(&[("main.c", "int main(void) { return 0 }\n")]);
    space.build(&["-n"]).ok();
    assert!(!space.exists("build"), "a dry run writes nothing");
    space.build(&[]).exits(1);
    let database = String::from_utf8(space.read("build/compile_commands.json")).unwrap();
    assert!(database.contains("\"main.c\""), "{database}");
}
