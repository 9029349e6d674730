//! Compiles of alike texts: what clang makes of them, what it says, and whether the rules let one stand for the other.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jmake::engine::cxx::comment_neutral::may_stand_in;
use jmake::engine::cxx::probe::{compile_arguments, parse_compile};
use jmake::engine::discover::Language;
use jmake::engine::path::FilePath;
use jmake::engine::report::StepKind;
use jmake::engine::scan::comment_blind::{CommentBlind, Dialect};

/// One compiler with one set of flags, in a folder of its own.
pub struct Compile {
    bin: PathBuf,
    flags: Vec<String>,
    language: Language,
    dir: tempfile::TempDir,
}

/// What came of a compile.
#[derive(Debug, Eq, PartialEq)]
pub struct Made {
    code: Option<i32>,
    stderr: String,
    object: Option<Vec<u8>>,
}

impl Made {
    /// It is what a record may be made of.
    pub fn is_silent_success(&self) -> bool {
        self.code == Some(0) && self.stderr.is_empty()
    }

    /// Where two objects differ, instead of all their bytes.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let at = || self.object.iter().flatten().zip(other.object.iter().flatten()).position(|(a, b)| a != b);
        (self != other)
            .then(|| format!("exit code {:?}, {:?}; {}{}; objects differ at {:?}", self.code, other.code, self.stderr, other.stderr, at()))
    }
}

impl Compile {
    /// With these flags, separated by blanks.
    pub fn new(bin: &Path, flags: &str, language: Language) -> Self {
        let flags = flags.split(' ').filter(|flag| !flag.is_empty()).map(str::to_owned).collect();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.h"), "int b_h;\n").unwrap();
        std::fs::write(dir.path().join("c.h"), "int c_h;\n").unwrap();
        Self { bin: bin.to_owned(), flags, language, dir }
    }

    fn run(&self, args: &[FilePath]) -> Output {
        let driver = if self.language == Language::Cxx { "clang++" } else { "clang" };
        Command::new(self.bin.join(driver)).args(args.iter().map(FilePath::as_path)).current_dir(self.dir.path()).output().unwrap()
    }

    /// How texts are to be read, if comments do not count under these flags. An error if this clang refuses them.
    pub fn dialect(&self) -> Result<Option<Dialect>, String> {
        let flags: Vec<FilePath> = self.flags.iter().map(|flag| flag.as_str().into()).collect();
        let output = self.run(&compile_arguments(self.language, &flags));
        let probe = parse_compile(&String::from_utf8_lossy(&output.stderr)).map_err(|error| error.to_string())?;
        Ok(probe.comment_blind)
    }

    /// Compiles `text` as a file of this name.
    pub fn make(&self, name: &str, text: &[u8]) -> Made {
        std::fs::write(self.dir.path().join(name), text).unwrap();
        let object = self.dir.path().join("t.o");
        let _ = std::fs::remove_file(&object);
        let words = self.flags.iter().map(String::as_str).chain(["-c", name, "-o", "t.o"]);
        let output = self.run(&words.map(FilePath::from).collect::<Vec<_>>());
        Made {
            code: output.status.code(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            object: std::fs::read(object).ok(),
        }
    }
}

/// Whether a text may stand for another one whose compile was a silent success.
pub fn may_stand(dialect: Option<Dialect>, one: &[u8], other: &[u8]) -> bool {
    let (one, other) = (CommentBlind::of(one), CommentBlind::of(other));
    let dialect = may_stand_in(StepKind::Compile, dialect, b"", [one.uses(), other.uses()]);
    dialect.is_some_and(|dialect| one.digest(dialect).is_ok_and(|digest| other.digest(dialect) == Ok(digest)))
}
