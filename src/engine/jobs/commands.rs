//! Functions that are one process: its program and arguments. Does not know how processes are run.

use serde_json::{Map, Value as Json};

use super::functions::Call;

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
    Tool(&'static str),
    /// As typed: a path from where the process runs, or a name to be looked for.
    Named(String),
}

/// The process that `call` is, if it is one. Arguments are of their kinds.
#[must_use]
pub fn process(call: Call, arguments: &Map<String, Json>) -> Option<Result<Process, String>> {
    let text = |name: &str| arguments.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let tool = |program, args: Vec<String>| Process { program: Program::Tool(program), args, output: Some(text("output")) };
    let assembly = |output: &str| output.ends_with(".ll").then(|| "-S".to_owned());
    Some(Ok(match call {
        Call::Command => {
            let mut argv = texts(arguments.get("argv")).into_iter();
            let Some(program) = argv.next().filter(|program| !program.is_empty()) else {
                return Some(Err("args.argv names no program".to_owned()));
            };
            Process { program: Program::Named(program), args: argv.collect(), output: None }
        }
        Call::LinkIr => {
            let files = texts(arguments.get("ir_files"));
            tool("llvm-link", files.into_iter().chain(assembly(&text("output"))).chain(["-o".to_owned(), text("output")]).collect())
        }
        Call::OptimizeIr => {
            let level = Some(text("opt_level")).filter(|level| !level.is_empty()).unwrap_or_else(|| "O2".to_owned());
            let level = level.trim_start_matches('-').to_owned();
            if !["O0", "O1", "O2", "O3", "Os", "Oz"].contains(&level.as_str()) {
                return Some(Err(format!("args.opt_level must be one of O0, O1, O2, O3, Os and Oz, not {level}")));
            }
            let args = [format!("-{level}"), text("ir_path")].into_iter().chain(assembly(&text("output")));
            tool("opt", args.chain(["-o".to_owned(), text("output")]).collect())
        }
        Call::CompileToObject => {
            let args = ["-filetype=obj", "-relocation-model=pic"].map(str::to_owned).into_iter();
            tool("llc", args.chain([text("ir_path"), "-o".to_owned(), text("output")]).collect())
        }
        Call::LinkSharedLibrary => {
            let libraries = texts(arguments.get("libraries")).into_iter().map(|library| format!("-l{library}"));
            let args = ["-shared".to_owned(), "-fPIC".to_owned()].into_iter().chain(texts(arguments.get("object_files")));
            tool("clang++", args.chain(["-o".to_owned(), text("output")]).chain(libraries).collect())
        }
        _ => return None,
    }))
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
        check(Call::LinkIr, json!({ "ir_files": ["a.ll", "b.ll"], "output": "x.ll" }), "<llvm-link> a.ll b.ll -S -o x.ll");
        check(Call::LinkIr, json!({ "ir_files": ["a.bc"], "output": "x.bc" }), "<llvm-link> a.bc -o x.bc");
        check(Call::OptimizeIr, json!({ "ir_path": "a.ll", "output": "b.ll", "opt_level": "-O3" }), "<opt> -O3 a.ll -S -o b.ll");
        check(Call::OptimizeIr, json!({ "ir_path": "a.ll", "output": "b.bc" }), "<opt> -O2 a.ll -o b.bc");
        let llc = "<llc> -filetype=obj -relocation-model=pic a.ll -o a.o";
        check(Call::CompileToObject, json!({ "ir_path": "a.ll", "output": "a.o" }), llc);
        let link = json!({ "object_files": ["a.o"], "output": "x.so", "libraries": ["m"] });
        check(Call::LinkSharedLibrary, link, "<clang++> -shared -fPIC a.o -o x.so -lm");
        assert!(process(Call::Command, &Map::new()).unwrap().is_err());
        assert_eq!(process(Call::ScanFiles, &Map::new()), None);
    }
}
