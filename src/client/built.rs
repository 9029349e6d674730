//! What a build made or found up to date, and the one program of it that is to be run. Does not know how one is run.

use std::path::PathBuf;

use super::error::ClientError;
use super::session::Show;
use super::testing::Test;
use crate::wire::{BuiltFile, Event, FromDaemon, TestRun};

/// A program that was built.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Executable {
    /// Its target.
    pub target: String,
    /// Where it is.
    pub path: PathBuf,
    /// What runs it, if this machine does not.
    pub runner: Vec<String>,
}

/// Shows a build and remembers what it made or found up to date.
pub struct Built {
    inner: Box<dyn Show>,
    found: Vec<Event>,
}

impl Built {
    /// Nothing is made yet.
    #[must_use]
    pub fn new(inner: Box<dyn Show>) -> Self {
        Self { inner, found: Vec::new() }
    }

    /// Programs.
    #[must_use]
    pub fn executables(&self) -> Vec<Executable> {
        let program = |event: &Event| match event {
            Event::Artifact { target, kind, path, test, runner } if kind == "executable" => {
                let runner = test.as_ref().map_or(runner, |test| &test.runner).clone();
                Some(Executable { target: target.clone(), path: path.clone().into_path(), runner })
            }
            _ => None,
        };
        self.found.iter().filter_map(program).collect()
    }

    /// Tests, and how they are run.
    #[must_use]
    pub fn tests(&self) -> Vec<Test> {
        let test = |event: &Event| match event {
            Event::Artifact { target, path, test: Some(run), .. } => {
                Some(Test { name: target.clone(), path: path.clone().into_path(), run: TestRun::clone(run) })
            }
            _ => None,
        };
        self.found.iter().filter_map(test).collect()
    }

    /// All of it.
    #[must_use]
    pub fn files(&self) -> Vec<BuiltFile> {
        let file = |event: &Event| match event {
            Event::Artifact { target, kind, path, test, .. } => {
                Some(BuiltFile { target: target.clone(), kind: kind.clone(), path: path.clone(), test: test.is_some() })
            }
            _ => None,
        };
        self.found.iter().filter_map(file).collect()
    }
}

impl Show for Built {
    fn line(&mut self, line: &FromDaemon, raw: &[u8]) {
        if let FromDaemon::Event(timed) = line
            && matches!(timed.event, Event::Artifact { .. })
        {
            self.found.push(timed.event.clone());
        }
        self.inner.line(line, raw);
    }

    fn note(&mut self, text: &str, detail: bool) {
        self.inner.note(text, detail);
    }

    fn flush(&mut self) {
        self.inner.flush();
    }

    fn end(&mut self) {
        self.inner.end();
    }
}

/// The one executable that was meant.
pub fn chosen<'a>(found: &'a [Executable], target: Option<&str>) -> Result<&'a Executable, ClientError> {
    let named = found.iter().find(|program| Some(program.target.as_str()) == target);
    match (named, found) {
        (Some(program), _) | (None, [program]) => Ok(program),
        (None, []) => {
            let told = match target {
                Some(target) => format!("target {target} makes no executable; `jmake discover` lists what there is"),
                None => {
                    "this project makes no executable by default, nor only one otherwise; name one of those that `jmake discover` lists"
                        .to_owned()
                }
            };
            Err(ClientError::Usage(told))
        }
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|program| program.target.as_str()).collect();
            Err(ClientError::Usage(format!("there are several executables; name one: {}", names.join(", "))))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn executable(name: &str) -> Executable {
        Executable { target: name.to_owned(), path: PathBuf::from(format!("bin/{name}")), runner: Vec::new() }
    }

    #[test]
    fn run_finds_the_executable_that_was_meant() {
        let check = |found: &[&str], target: Option<&str>, expect: Result<&str, &str>| {
            let found: Vec<_> = found.iter().map(|name| executable(name)).collect();
            match (chosen(&found, target), expect) {
                (Ok(program), Ok(expect)) => assert_eq!(program.path, Path::new(expect)),
                (Err(error), Err(expect)) => {
                    assert!(error.to_string().contains(expect), "{error}");
                    assert_eq!(error.exit_code(), 2);
                }
                (got, _) => panic!("{got:?} instead of {expect:?}"),
            }
        };
        check(&["a"], None, Ok("bin/a"));
        check(&["a"], Some("src/a.c"), Ok("bin/a"));
        check(&["a", "b"], Some("b"), Ok("bin/b"));
        check(&["a", "b"], None, Err("name one: a, b"));
        check(&[], None, Err("this project makes no executable"));
        check(&[], Some("liba"), Err("target liba makes no executable"));
    }
}
