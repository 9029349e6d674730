//! Jobs that make files are steps of builds: what is asked of such a job beyond what is asked of any, and what a build has to know of it.
//! Does not know how steps are described or run.

use std::collections::HashMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use super::commands::{self, Program};
use super::functions::Call;
use super::queue::{Job, Queue, QueueText, When};
use super::reading::Reader;
use super::template::Template;
use super::values::{Given, Seen, Values};
use crate::engine::config::{Request, merge, shown};
use crate::engine::discover::patterns::{Patterns, is_literal};
use crate::engine::path::{FilePath, fold};
use crate::engine::tree::SETTINGS;
use crate::engine::variables::Variables;

/// A job that makes files, for a build.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The job's id.
    pub id: String,
    /// What it runs: a target of the project, a path from where it runs, or a name to be looked for.
    pub program: String,
    /// What with.
    pub args: Vec<String>,
    /// Where, relative to the root.
    pub cwd: FilePath,
    /// Variables beyond those that every step gets.
    pub env: Vec<(String, String)>,
    /// Files that it reads, as patterns.
    pub inputs: Vec<String>,
    /// Files that it makes, relative to the root.
    pub outputs: Vec<FilePath>,
    /// Files that have to be made before.
    pub after: Vec<FilePath>,
}

/// One whose program and inputs were looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Located {
    /// What.
    pub generation: Generation,
    /// Its program, if it is no target of the project.
    pub program: Option<FilePath>,
    /// What it reads.
    pub inputs: Vec<FilePath>,
}

impl Generation {
    /// With what its patterns fit among `paths`, and what it runs, as far as `program` finds it. What is spelled from `root` is a file of the
    /// project as others are.
    #[must_use]
    pub fn located(self, root: &Path, paths: &[&FilePath], program: &dyn Fn(&str) -> Option<FilePath>) -> Located {
        let mut inputs: Vec<FilePath> = Vec::new();
        let own = |pattern: &String| {
            Path::new(pattern).strip_prefix(root).ok().and_then(Path::to_str).map_or_else(|| pattern.clone(), str::to_owned)
        };
        for pattern in &self.inputs.iter().map(own).collect::<Vec<_>>() {
            match Patterns::new(std::slice::from_ref(pattern)) {
                Ok(patterns) if !is_literal(pattern) => inputs.extend(paths.iter().copied().filter(|path| patterns.fit(path)).cloned()),
                _ => inputs.push(FilePath::new(fold(Path::new(pattern)))),
            }
        }
        inputs.retain(|path| !self.outputs.contains(path));
        inputs.sort();
        inputs.dedup();
        let found = if self.program.contains('/') {
            Some(FilePath::new(fold(&self.cwd.as_path().join(&self.program))))
        } else {
            program(&self.program)
        };
        Located { program: found, inputs, generation: self }
    }
}

/// The jobs that builds run with these settings: those of the settings' file, as far as it lets them, or those of the `queue` that is being run.
///
/// # Errors
/// Something is wrong with the queue: all that is, for people.
pub fn read(request: &Request<'_>, root: &Path, variables: &Variables, queue: Option<&QueueText>) -> Result<Vec<Generation>, String> {
    let (file, project) = queue.map_or((request.path_of_file, request.project), |queue| (queue.file.as_str(), Some(queue.text.as_str())));
    // Most files have none, and are not read again for that.
    let Some(content) = project.filter(|content| content.contains("outputs") && content.contains("jobs")) else {
        return Ok(Vec::new());
    };
    let rows = shown::rows(&merge::examine(request), request, None);
    let values = Values::of_project(
        &Seen { root, profile: request.profile, build_dir: &request.build_dir },
        &root.join(request.path_of_file),
        variables,
        &Given { content, rows: &rows },
    );
    let table: DeTable<'_> = DeTable::parse_recoverable(content).0.into_inner();
    let jobs = table.get("jobs").and_then(|jobs| jobs.get_ref().as_array()).into_iter().flatten();
    let mut tables = jobs.filter_map(|job| job.get_ref().as_table());
    if !tables.any(|job| job.contains_key("outputs")) {
        return Ok(Vec::new());
    }
    let (read, problems) = super::read(file, content, &values);
    let read = read.ok_or_else(|| super::refusal(file, &problems))?;
    if queue.is_some() || read.options.are_run_by_builds() { of(&read, &values) } else { Ok(Vec::new()) }
}

/// The jobs of `queue` that make files. It was found to be in order with these `values`.
fn of(queue: &Queue, values: &Values) -> Result<Vec<Generation>, String> {
    let makers = queue.jobs.iter().filter(|job| !job.outputs.is_empty());
    makers.map(|job| generation(job, &queue.jobs, values).map_err(|why| format!("job `{}`: {why}", job.id))).collect()
}

fn generation(job: &Job, jobs: &[Job], values: &Values) -> Result<Generation, String> {
    let process = commands::process(job.function.call, &values.arguments(job).map_err(|unfit| unfit.why)?).ok_or("it is no process")??;
    let Program::Named(program) = process.program else { return Err("it is no command".to_owned()) };
    let made =
        |job: &Job| -> Result<Vec<FilePath>, String> { job.outputs.iter().map(|output| Ok(place(&text(output, values)?))).collect() };
    let after = job.depends_on.iter().map(|on| made(&jobs[*on])).collect::<Result<Vec<_>, _>>()?.concat();
    let env = job.env.iter().map(|(name, value)| Ok((name.clone(), text(value, values)?)));
    Ok(Generation {
        id: job.id.clone(),
        program,
        args: process.args,
        cwd: job.cwd.as_ref().map(|cwd| text(cwd, values)).transpose()?.map(|cwd| inside(&cwd, values)).unwrap_or_default(),
        env: env.collect::<Result<_, String>>()?,
        inputs: job.inputs.iter().map(|input| text(input, values)).collect::<Result<_, _>>()?,
        outputs: made(job)?,
        after,
    })
}

fn text(template: &Template, values: &Values) -> Result<String, String> {
    let filled = template.filled(&|name| values.of(name)).map_err(|error| error.to_string())?;
    filled.as_str().map(str::to_owned).ok_or_else(|| format!("{filled} is no text"))
}

fn place(typed: &str) -> FilePath {
    FilePath::new(fold(Path::new(typed)))
}

fn inside(typed: &str, values: &Values) -> FilePath {
    FilePath::within(Path::new(&values.root), Path::new(typed))
}

/// What a job with `outputs` cannot be or have.
pub(super) fn check(jobs: &[Job], values: &Values, reader: &mut Reader<'_>) {
    let mut makers: HashMap<FilePath, &str> = HashMap::new();
    for job in jobs {
        if job.outputs.is_empty() {
            if let Some(at) = job.places.keys.get("inputs").filter(|_| !job.inputs.is_empty()) {
                reader.error(
                    at.clone(),
                    "`inputs` says nothing without `outputs`",
                    "write outputs = [\"…\"], the files that the job makes",
                );
            }
            continue;
        }
        for (key, message, advice) in slips(job, jobs) {
            let at = job.places.keys.get(key).cloned().unwrap_or_else(|| job.places.whole.clone());
            reader.error(at, message, advice);
        }
        for name in job.templates().into_iter().flat_map(Template::names) {
            if let Some("jobs" | "env") = name.segments.first().map(String::as_str) {
                let message =
                    format!("`{}` may be another from build to build, and `{}` is a step of builds", name.segments.join("."), job.id);
                reader.error(name.span.clone(), message, "write what it stands for, or let a file hold it that is named in `inputs`");
            }
        }
        for (output, at) in job.outputs.iter().zip(&job.places.outputs) {
            let Ok(typed) = text(output, values) else { continue };
            if let Err((message, advice)) = output_fits(&typed, job, &mut makers) {
                reader.error(at.clone(), message, advice);
            }
        }
    }
}

type Slip = (&'static str, String, &'static str);

fn slips(job: &Job, jobs: &[Job]) -> Vec<Slip> {
    let mut slips: Vec<Slip> = Vec::new();
    if job.function.call != Call::Command {
        let message = format!("`{}` makes what it makes; `outputs` is for `command`", job.function.name);
        slips.push(("outputs", message, "remove `outputs`, or run a program"));
    }
    if job.target_section.is_some() {
        let message = "a job with `outputs` has no result that could be written".to_owned();
        slips.push(("target_section", message, "remove `target_section`, or let another job read the file"));
    }
    if job.when != When::Success {
        let message = "a job with `outputs` is run when its outputs are needed".to_owned();
        slips.push(("when", message, "remove `when`"));
    }
    if let Some(on) = job.depends_on.iter().find(|on| jobs[**on].outputs.is_empty()) {
        let message = format!("`{}` has no `outputs`, so that builds do not run it, and `{}` would wait for it", jobs[*on].id, job.id);
        slips.push(("depends_on", message, "give it `outputs`, or let it do its part in one command with this"));
    }
    slips
}

fn output_fits<'j>(typed: &str, job: &'j Job, makers: &mut HashMap<FilePath, &'j str>) -> Result<(), (String, String)> {
    let path = place(typed);
    let outside = path.as_path().is_absolute() || path.as_path().starts_with("..");
    let own = path.as_path().starts_with(".jmake_cache") || path.as_path() == Path::new(SETTINGS);
    if outside || own || path.as_bytes().is_empty() {
        return Err((format!("`{typed}` is no place that a build may write to"), "name a file in the project".to_owned()));
    }
    if !is_literal(typed) {
        return Err((format!("`{typed}` is a pattern; outputs are named one by one"), "write the files that the job makes".to_owned()));
    }
    let input = |input: &Template| input.plain().is_some_and(|input| place(input) == path);
    if job.inputs.iter().any(input) {
        return Err((format!("`{typed}` is what the job reads, too"), "let it make another file".to_owned()));
    }
    match makers.insert(path, &job.id) {
        Some(other) => Err((format!("`{typed}` is made by `{other}` too"), "let one of them make another file".to_owned())),
        None => Ok(()),
    }
}
