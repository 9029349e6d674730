//! Files that the text of an `asm` statement embeds: in every way of building, the object holds what is there now, as one process would have it.

use crate::support::Space;

/// Inside a function, and at the top of a file by a header's macro.
const TEXTS: &[&str] = &[
    "int main(void) {\n  char *blob;\n  __asm__(\".pushsection .data\\n0: .incbin \\\"blob.bin\\\"\\n.popsection\\nlea 0b(%%rip), %0\\n\" : \"=r\"(blob));\n  return *blob - '0';\n}\n",
    "#include \"blob.h\"\nBLOB(blob)\nint main(void) { return blob - '0'; }\n",
];

const HEADER: &str = "#define BLOB(name) __asm__(\".data\\n\" #name \": .incbin \\\"blob.bin\\\"\\n.text\\n\"); extern char name;\n";

/// Settings and arguments.
const WAYS: &[(&str, &[&str])] = &[("", &["--staged"]), ("[link]\nopt_passes = ['instcombine']\n", &[]), ("[link]\nlto = 'full'\n", &[])];

struct Program {
    space: Space,
    args: Vec<&'static str>,
}

impl Program {
    fn code(&self) -> Option<i32> {
        let profile = self.args.last().unwrap();
        self.space.command(self.space.path(format!("build/{profile}/bin/project"))).status().unwrap().code()
    }

    /// Whatever the object of `main.c` is after a build.
    fn object(&self, args: &[&str]) -> Vec<u8> {
        self.space.build(args).ok();
        let files = walkdir::WalkDir::new(self.space.path(".jmake_cache/obj")).into_iter().filter_map(Result::ok);
        let mut found = files.filter(|entry| entry.file_name() == "main.c.o");
        let object = found.next().map(|entry| std::fs::read(entry.path()).unwrap()).expect("an object of its own");
        assert!(found.next().is_none());
        object
    }
}

#[test]
fn every_way_of_building_embeds_what_is_found_first_now() {
    for (text, (link, args), profile) in
        TEXTS.iter().flat_map(|text| WAYS.iter().flat_map(move |way| ["dev", "release"].map(|profile| (text, way, profile))))
    {
        let settings = format!("[compile]\ninclude_dirs = ['early', 'late']\n{link}");
        let space =
            Space::with(&[("jmake.toml", &settings), ("blob.h", HEADER), ("early/keep.h", ""), ("late/blob.bin", "1"), ("main.c", text)]);
        let args = [args, &["--profile", profile][..]].concat();
        let program = Program { space, args };
        let space = &program.space;
        let what = format!("{link} {:?} {text}", program.args);
        for (place, content, code) in [("late", "1", 1), ("late", "2", 2), ("early", "3", 3), ("early", "4", 4), (".", "5", 5)] {
            space.write(format!("{place}/blob.bin"), content);
            space.build(&program.args).ok();
            assert_eq!(program.code(), Some(code), "{place}: {what}");
            assert_eq!(space.build(&program.args).ok().count("ran"), 0, "{place}: {what}");
        }
        space.remove("blob.bin");
        let here = program.object(&program.args);
        assert_eq!(program.code(), Some(4), "{what}");
        space.write("jmake.toml", "[compile]\ninclude_dirs = ['early', 'late']\n");
        assert!(here == program.object(&["--profile", profile]), "one process makes other bytes: {what}");
    }
}

#[test]
fn what_only_a_header_of_elsewhere_embeds_counts_for_who_makes_code_of_it() {
    let further: &[(&str, &[&str])] =
        &[("[link]\nlto = 'thin'\n", &[]), ("compile.flags = ['-flto=thin']\nlink.flags = ['-flto=thin']\n", &[])];
    for ((link, args), profile) in WAYS.iter().chain(further).flat_map(|way| ["dev", "release"].map(|profile| (way, profile))) {
        let space = Space::new();
        std::fs::create_dir(space.place("elsewhere")).unwrap();
        std::fs::write(space.place("elsewhere").join("blob.h"), HEADER).unwrap();
        space.write("jmake.toml", format!("compile.include_dirs = ['{}']\n{link}", space.place("elsewhere").display()));
        space.write("main.c", "extern char blob;\nint main(void) { return blob - '0'; }\n");
        space.write("data.c", "#include \"blob.h\"\n__asm__(\".globl blob\");\nBLOB(blob)\n");
        let program = Program { space, args: [args, &["--profile", profile][..]].concat() };
        for code in [1, 2, 3] {
            if code == 3 {
                // Another daemon makes code of both, and reads the header's bitcode from the disk.
                program.space.jmake(&["daemon", "stop"]).ok();
                program.space.edit("main.c", "blob - '0'", "blob - 48 + (blob == 'x')");
                program.space.build(&program.args).ok();
            }
            program.space.write("blob.bin", code.to_string());
            let run = program.space.build(&program.args).ok();
            assert_eq!(program.code(), Some(code), "{link} {:?}: {run}", program.args);
            assert_eq!(program.space.build(&program.args).ok().count("ran"), 0, "{link} {:?}", program.args);
        }
    }
}
