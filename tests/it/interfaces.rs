//! Interfaces of shared libraries against lld: whatever counts as the same library makes the same programs and messages, byte for byte.

use std::path::PathBuf;
use std::process::Command;

use jmake::engine::digest::Digest;
use jmake::engine::scan::interface::interface;

use crate::support::llvm_bin;

const LIBRARY: &str = "int absent(void) __attribute__((weak)); int shown = 1; const int fixed = 2; int f(int x) { return x + 1; }
__attribute__((weak)) int w(void) { return 1; } static int own(void) { return 3; } int g(void) { return own(); }";

/// Libraries: a part of the text and what is there instead, and flags. The first ones have the interface of the whole.
const SAME: &[(&str, &str, &str)] = &[
    ("", "", ""),
    ("x + 1", "x * x * 7 - x", ""),
    ("return own(); }", "static const char text[] = \"a long text\"; return own() + (int)sizeof text; }", ""),
    ("", "", "-g"),
    ("", "", "-Wl,-s"),
    ("", "", "-Wl,--build-id=sha1"),
    ("", "", "-Wl,--hash-style=both"),
    ("int own(void)", "int own(void) { static int all[1000]; return all[7]++; } static int last(void)", ""),
];

const OTHERS: &[(&str, &str, &str)] = &[
    ("int shown = 1", "int shown[2] = {1, 2}", ""),
    ("int shown = 1", "const int shown = 1", ""),
    ("int shown = 1", "__attribute__((aligned(64))) int shown = 1", ""),
    ("int shown = 1", "__thread int shown = 1", ""),
    ("int shown = 1", "int shown", ""),
    ("int shown = 1;", "int shown = 1; extern int other __attribute__((alias(\"shown\")));", ""),
    ("int shown = 1;", "int shown = 1; int other;", ""),
    ("const int fixed", "int fixed", ""),
    ("const int fixed = 2", "void *const fixed = &shown", ""),
    ("int f(int x)", "__attribute__((weak)) int f(int x)", ""),
    ("int f(int x)", "__attribute__((visibility(\"protected\"))) int f(int x)", ""),
    (
        "int f(int x) { return x + 1; }",
        "static int real(int x) { return x; } static void *pick(void) { return real; } int f(int x) __attribute__((ifunc(\"pick\")));",
        "",
    ),
    ("__attribute__((weak)) int w", "int w", ""),
    ("__attribute__((weak)) int w(void) { return 1; }", "", ""),
    ("int g(void)", "int h(void)", ""),
    ("int g(void)", "int h(void) { return 1; } int g(void)", ""),
    ("return own(); }", "int needed(void); return needed(); }", ""),
    ("return own(); }", "return absent ? absent() : own(); }", ""),
    ("", "", "-Wl,-soname,libother.so"),
    ("", "", "-Wl,--no-as-needed -lm"),
    ("", "", "-Wl,-rpath,/somewhere"),
    ("", "", "-Wl,-z,now"),
    ("", "", "-Wl,--version-script=one.map"),
    ("", "", "-Wl,--version-script=two.map"),
    ("", "", "-Wl,--version-script=both.map"),
];

const PROGRAM: &str = "extern int shown; extern const int fixed; int f(int); int w(void); int h(void) __attribute__((weak));
int needed(void) { return 4; } int (*taken)(int) = f;
int main(void) { return shown + fixed + f(1) + w() + (taken != 0) + (h ? h() : 0); }";

/// Ways to compile and to link it.
const LINKS: &[(&str, &str)] = &[
    ("-fno-pic", "-no-pie"),
    ("-fpie", "-pie"),
    ("-fPIC", "-shared -z defs"),
    ("-fpie", "-pie --as-needed --gc-sections -O2 --no-allow-shlib-undefined --export-dynamic"),
    ("-O2 -flto -fno-pic", "-no-pie"),
];

/// A library and what links with it come to.
struct Made {
    name: String,
    interface: Digest,
    /// Whether it could be linked, what was said, and the program.
    links: Vec<(bool, String, Option<Vec<u8>>)>,
}

struct Clang {
    bin: PathBuf,
    dir: tempfile::TempDir,
}

impl Clang {
    fn new(bin: PathBuf) -> Self {
        let clang = Self { bin, dir: tempfile::tempdir().unwrap() };
        std::fs::write(clang.at("one.map"), "ONE { global: *; };\n").unwrap();
        std::fs::write(clang.at("two.map"), "TWO { global: *; };\n").unwrap();
        std::fs::write(clang.at("both.map"), "ONE { global: f; shown; fixed; w; };\nTWO { global: *; } ONE;\n").unwrap();
        std::fs::write(clang.at("program.c"), PROGRAM).unwrap();
        for (number, (flags, _)) in LINKS.iter().enumerate() {
            let (made, said) = clang.run("clang", &format!("{flags} -c program.c -o {number}.o"));
            assert!(made, "{said}");
        }
        clang
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, program: &str, args: &str) -> (bool, String) {
        let output = Command::new(self.bin.join(program)).args(args.split_whitespace()).current_dir(&self.dir).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn make(&self, (part, instead, flags): &(&str, &str, &str)) -> Made {
        let name = format!("{instead} {flags} with {}", self.bin.display());
        assert!(LIBRARY.contains(part), "{name}");
        std::fs::write(self.at("v.c"), LIBRARY.replacen(part, instead, usize::from(!part.is_empty()))).unwrap();
        let (made, said) = self.run("clang", &format!("-fuse-ld=lld -nostdlib -shared -fPIC v.c -Wl,-soname,libv.so {flags} -o libv.so"));
        assert!(made, "{name}: {said}");
        let interface = interface(&std::fs::read(self.at("libv.so")).unwrap()).unwrap_or_else(|| panic!("{name}"));
        Made { interface, links: LINKS.iter().enumerate().map(|(number, (_, flags))| self.link(number, flags)).collect(), name }
    }

    fn link(&self, number: usize, flags: &str) -> (bool, String, Option<Vec<u8>>) {
        let _ = std::fs::remove_file(self.at("program"));
        let (made, said) = self.run("ld.lld", &format!("{flags} -e main --dynamic-linker /lib/ld.so {number}.o libv.so -o program"));
        (made, said, std::fs::read(self.at("program")).ok())
    }
}

#[test]
fn libraries_of_equal_interface_make_equal_programs() {
    for clang in [14, 19].into_iter().filter_map(llvm_bin).map(Clang::new) {
        let all: Vec<Made> = SAME.iter().chain(OTHERS).map(|library| clang.make(library)).collect();
        let whole = &all[0];
        for (made, said, _) in &whole.links {
            assert!(made, "{said}");
        }
        for (number, one) in all.iter().enumerate() {
            assert_eq!(one.interface == whole.interface, number < SAME.len(), "{}", one.name);
            for other in all.iter().filter(|other| other.interface == one.interface) {
                assert!(one.links == other.links, "{} and {}", one.name, other.name);
            }
        }
        let told_apart = all.iter().filter(|made| made.links != whole.links).count();
        assert!(told_apart > OTHERS.len() / 2, "links see what an interface is: {told_apart} of {}", OTHERS.len());
    }
}
