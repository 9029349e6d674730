//! Functions that are one process: its program and arguments. Does not know how processes are run.

use serde_json::{Map, Value as Json};

use super::functions::{Call, LEVELS};

/// A process that a function is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Process {
    /// A tool of the toolchain, or any program.
    pub program: Program,
    /// What with.
    pub args: Vec<String>,
    /// The file that it makes, from the root.
    pub output: Option<String>,
}

/// Where a program is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Program {
    /// In the toolchain that builds use.
    Tool(String),
    /// As typed: a path from where the process runs, or a name to be looked for.
    Named(String),
}

/// What runs lines of a shell.
const SHELL: &str = "/bin/sh";

/// The process that `call` is, if it is one. Arguments are of their kinds.
#[must_use]
pub fn process(call: Call, arguments: &Map<String, Json>) -> Option<Result<Process, String>> {
    let given = Given(arguments);
    let text = |name: &str| given.text(name).unwrap_or_default();
    let out = || ["-o".to_owned(), text("output")];
    Some(Ok(match call {
        Call::Command => return Some(command(&given)),
        Call::LinkIr => given.tool("llvm_link", "llvm-link", given.texts("ir_files").into_iter().chain(given.assembly()).chain(out())),
        Call::OptimizeIr => {
            let level = given.text("opt_level").unwrap_or_else(|| "O2".to_owned());
            let level = level.trim_start_matches('-').to_owned();
            if !LEVELS.contains(&level.as_str()) {
                return Some(Err(format!("args.opt_level must be one of {}, not {level}", LEVELS.join(", "))));
            }
            given.tool("opt", "opt", [format!("-{level}"), text("ir_path")].into_iter().chain(given.assembly()).chain(out()))
        }
        Call::CompileToObject => {
            let args = ["-filetype=obj", "-relocation-model=pic"].map(str::to_owned).into_iter();
            given.tool("llc", "llc", args.chain([text("ir_path")]).chain(out()))
        }
        Call::LinkSharedLibrary => {
            let each = |name: &str, option: &str| given.texts(name).into_iter().map(|word| format!("{option}{word}")).collect::<Vec<_>>();
            let args = ["-shared".to_owned(), "-fPIC".to_owned()].into_iter().chain(given.texts("object_files")).chain(out());
            let args = args.chain(each("lib_dirs", "-L")).chain(each("libraries", "-l")).chain(each("rpath", "-Wl,-rpath,"));
            given.tool("clang", "clang++", args)
        }
        _ => return None,
    }))
}

fn command(given: &Given<'_>) -> Result<Process, String> {
    let mut argv = given.texts("argv").into_iter();
    let line = match given.0.get("shell") {
        Some(Json::String(line)) => Some(line.clone()),
        Some(Json::Bool(true)) => Some(argv.next().unwrap_or_default()),
        _ => None,
    };
    if let Some(line) = line {
        if line.trim().is_empty() {
            return Err("there is no line for the shell; write args.shell = \"…\"".to_owned());
        }
        let args = ["-c".to_owned(), line, "sh".to_owned()].into_iter().chain(argv).collect();
        return Ok(Process { program: Program::Named(SHELL.to_owned()), args, output: None });
    }
    let program = argv.next().filter(|program| !program.is_empty());
    let program = program.ok_or("args.argv names no program; write args.argv = [\"program\", \"argument\"]")?;
    Ok(Process { program: Program::Named(program), args: argv.collect(), output: None })
}

struct Given<'a>(&'a Map<String, Json>);

impl Given<'_> {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn texts(&self, name: &str) -> Vec<String> {
        texts(self.0.get(name))
    }

    /// What asks a tool for text, if that is wanted.
    fn assembly(&self) -> Option<String> {
        self.text("output").is_some_and(|output| output.ends_with(".ll")).then(|| "-S".to_owned())
    }

    /// A tool of the toolchain, or what the argument `name` says instead.
    fn tool(&self, name: &str, usual: &str, args: impl Iterator<Item = String>) -> Process {
        let program = match self.text(name) {
            Some(path) if path.contains('/') => Program::Named(path),
            named => Program::Tool(named.unwrap_or_else(|| usual.to_owned())),
        };
        Process { program, args: args.collect(), output: self.text("output") }
    }
}

/// A list of strings; lists among its items count as their items.
fn texts(value: Option<&Json>) -> Vec<String> {
    match value {
        Some(Json::Array(items)) => items.iter().flat_map(|item| texts(Some(item))).collect(),
        Some(Json::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_function_that_is_a_process_has_its_argv() {
        let check = |call: Call, arguments: Json, expect: &str| {
            let Json::Object(arguments) = arguments else { panic!() };
            let process = process(call, &arguments).unwrap().unwrap();
            let program = match process.program {
                Program::Tool(tool) => format!("<{tool}>"),
                Program::Named(name) => name,
            };
            assert_eq!(format!("{program} {}", process.args.join(" ")), expect);
        };
        check(Call::Command, json!({ "argv": ["cat", ["a", "b"], "c"] }), "cat a b c");
        check(Call::Command, json!({ "shell": "echo $1", "argv": ["a b"] }), "/bin/sh -c echo $1 sh a b");
        check(Call::Command, json!({ "shell": true, "argv": ["exit 1"] }), "/bin/sh -c exit 1 sh");
        check(Call::Command, json!({ "shell": false, "argv": ["a;b"] }), "a;b ");
        check(Call::LinkIr, json!({ "ir_files": ["a.ll", "b.ll"], "output": "x.ll" }), "<llvm-link> a.ll b.ll -S -o x.ll");
        check(Call::LinkIr, json!({ "ir_files": ["a.bc"], "output": "x.bc", "llvm_link": "llvm_link" }), "<llvm_link> a.bc -o x.bc");
        check(Call::OptimizeIr, json!({ "ir_path": "a.ll", "output": "b.ll", "opt_level": "-O3" }), "<opt> -O3 a.ll -S -o b.ll");
        check(Call::OptimizeIr, json!({ "ir_path": "a.ll", "output": "b.bc", "opt": "/x/opt" }), "/x/opt -O2 a.ll -o b.bc");
        let llc = "<llc> -filetype=obj -relocation-model=pic a.ll -o a.o";
        check(Call::CompileToObject, json!({ "ir_path": "a.ll", "output": "a.o" }), llc);
        let link = json!({ "object_files": ["a.o"], "output": "x.so", "libraries": ["m"], "lib_dirs": ["l"], "rpath": ["$ORIGIN"] });
        check(Call::LinkSharedLibrary, link, "<clang++> -shared -fPIC a.o -o x.so -Ll -lm -Wl,-rpath,$ORIGIN");
        for nothing in [json!({}), json!({ "argv": [""] }), json!({ "shell": true }), json!({ "shell": " " })] {
            assert!(process(Call::Command, nothing.as_object().unwrap()).unwrap().is_err(), "{nothing}");
        }
        assert_eq!(process(Call::ScanFiles, &Map::new()), None);
    }

    #[test]
    fn what_is_a_process_is_known_before_it_is_one() {
        for function in super::super::functions::FUNCTIONS {
            assert_eq!(process(function.call, &Map::new()).is_some(), function.call.is_process(), "{}", function.name);
        }
    }
}
