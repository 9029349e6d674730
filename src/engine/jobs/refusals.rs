//! Jobs that cannot do what they are told, as far as that is known before anything runs. Does not look at the disk: what has to be there is
//! [`needs`], and whoever can see says what is not.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde_json::{Map, Value as Json};

use super::answers;
use super::check::Before;
use super::commands::{self, Program};
use super::functions::Call;
use super::places;
use super::queue::{Argument, Job, Queue};
use super::reading::Reader;
use super::template::Template;
use super::typed;
use super::values::{Kind, Values};
use crate::engine::config::change;
use crate::engine::config::problem::Problem;
use crate::engine::path::{FilePath, fold};

/// Says what is wrong with each of `jobs` for itself, and with what they make.
pub(super) fn check(jobs: &[Job], values: &Values, before: &Before, reader: &mut Reader<'_>) {
    let mut made: BTreeMap<FilePath, Vec<usize>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        let checked = Checked { job, values };
        let slips = checked.keys().into_iter().chain(checked.own()).chain(checked.process()).chain(checked.sections());
        slips.for_each(|(place, message, advice)| reader.error(place, message, advice));
        if let Some(Ok(output)) = checked.output() {
            made.entry(output).or_default().push(at);
        }
    }
    for (path, makers) in &made {
        let unordered = makers.windows(2).find(|pair| !before.has(pair[1], pair[0]) && !before.has(pair[0], pair[1]));
        if let Some([first, second]) = unordered.and_then(|pair| <[usize; 2]>::try_from(pair).ok()) {
            let message = format!("`{path}` is made by `{}` too, and nothing says which comes last", jobs[first].id);
            reader.error(jobs[second].arg("output"), message, "let one of them make another file");
        }
    }
}

type Slip = (Range<usize>, String, String);

struct Checked<'a> {
    job: &'a Job,
    values: &'a Values,
}

impl Checked<'_> {
    fn slip(at: Range<usize>, message: impl Into<String>, advice: impl Into<String>) -> Slip {
        (at, message.into(), advice.into())
    }

    /// Keys that say nothing to this function.
    fn keys(&self) -> Vec<Slip> {
        let (job, function) = (self.job, self.job.function);
        let of_process = ["cwd", "env"].into_iter().filter(|_| !function.call.is_process());
        let of_process = of_process.filter_map(|key| {
            let message = format!("`{}` is no process, and `{key}` is about one", function.name);
            Some(Self::slip(job.places.keys.get(key)?.clone(), message, format!("remove `{key}`")))
        });
        let result = job.places.keys.get("target_section").filter(|_| function.primary.is_empty() && job.outputs.is_empty());
        let result = result.map(|at| {
            let message = format!("`{}` has no result that could be written", function.name);
            Self::slip(at.clone(), message, "remove `target_section`")
        });
        of_process.chain(result).collect()
    }

    /// Functions that take a project are about that of the queue.
    fn own(&self) -> Option<Slip> {
        let (name, typed) = ["path", "config"].into_iter().find_map(|name| Some((name, self.literal(name)?)))?;
        let own = if name == "path" { &self.values.root } else { &self.values.config_path };
        let place = fold(&Path::new(&self.values.root).join(typed.as_str()?));
        let same = place == Path::new(own) || self.job.function.parameter(name).is_none() || place == Path::new(&self.values.config_path);
        (!same).then(|| {
            let message = format!("`args.{name}` names {}, and a queue is about its own project", place.display());
            Self::slip(self.job.arg(name), message, format!("remove it, or write {own}"))
        })
    }

    fn process(&self) -> Vec<Slip> {
        let mut slips = Vec::new();
        // What is missing altogether, or of another type, is said as such.
        let unfit = |shell: &Argument| matches!(shell, Argument::Data(data) if !Kind::TextOrTruth.fits(data));
        let told = !self.job.args.is_empty() && !self.job.args.get("shell").is_some_and(unfit);
        if let Some(Err(why)) = commands::process(self.job.function.call, &self.likely()).filter(|_| told) {
            let (message, advice) = why.split_once("; ").unwrap_or((&why, "`jmake jobs list --functions` says what it takes"));
            let named = self.job.places.args.keys().find(|name| why.contains(&format!("args.{name}")));
            slips.push(Self::slip(self.job.arg(named.map_or("", String::as_str)), message, advice));
        }
        if let Some(Err(outside)) = self.output() {
            let message = format!("`args.output` is {outside}, which is outside the project");
            let advice = "name a place in the project, or write project.allow_outside = true if it is meant to be there";
            slips.push(Self::slip(self.job.arg("output"), message, advice));
        }
        slips
    }

    /// The file that a process makes.
    fn output(&self) -> Option<Result<FilePath, String>> {
        let output = self.literal("output").filter(|_| self.job.function.call.is_process())?;
        let root = Path::new(&self.values.root);
        let path = FilePath::within(root, &fold(&root.join(output.as_str()?)));
        let allowed = typed::inner(&self.values.settings, &["project", "allow_outside"]) == Some(&Json::Bool(true));
        Some(if path.as_path().is_absolute() && !allowed { Err(path.to_string()) } else { Ok(path) })
    }

    fn sections(&self) -> Option<Slip> {
        let section = self.literal("section")?;
        let section = section.as_str()?;
        match self.job.function.call {
            Call::UpdateConfig => match places::table(section) {
                Err((message, advice)) => Some(Self::slip(self.job.arg("section"), message, advice)),
                Ok(()) => self.data(section),
            },
            Call::GetConfigSection => {
                let why = answers::held(&self.values.settings, section).err().filter(|_| !section.starts_with("custom."))?;
                let (message, advice) = why.split_once("; ").unwrap_or((&why, "write another"));
                Some(Self::slip(self.job.arg("section"), message, advice))
            }
            _ => None,
        }
    }

    /// What of `args.data` the settings would not take, as far as it is typed.
    fn data(&self, section: &str) -> Option<Slip> {
        let Argument::Table(entries) = self.job.args.get("data")? else { return None };
        let changes = entries.iter().filter_map(|(name, entry)| {
            let value = typed::value(&plain(entry)?);
            Some(value.map(|value| (section.split('.').chain([name.as_str()]).map(str::to_owned).collect(), value)))
        });
        let why = match changes.collect::<Result<Vec<_>, String>>() {
            Err(why) => format!("`args.data` cannot be written: {why}"),
            Ok(changes) => change::changed("", &changes).err()?.to_string(),
        };
        let (message, advice) = why.split_once("; ").unwrap_or((&why, "write another value"));
        Some(Self::slip(self.job.arg("data"), message, advice))
    }

    /// An argument whose templates, if it has any, name no result and nothing that a job writes.
    fn literal(&self, name: &str) -> Option<Json> {
        let argument = self.job.args.get(name)?;
        let mut fixed = true;
        argument.templates(&mut |template| fixed &= template.names().all(|name| name.segments.first().is_none_or(|first| first != "jobs")));
        self.values.filled(argument).ok().filter(|_| fixed)
    }

    /// All arguments, with something in the place of what is not known yet.
    fn likely(&self) -> Map<String, Json> {
        let args = self.job.args.iter().filter_map(|(name, argument)| {
            let kind = self.job.function.parameter(name).map(|parameter| parameter.kind);
            let value = likely(argument);
            (!matches!((kind, argument), (Some(Kind::Choice(_)), Argument::Filled(_)))).then(|| (name.clone(), value))
        });
        args.collect()
    }
}

fn likely(argument: &Argument) -> Json {
    match argument {
        Argument::Data(data) => data.clone(),
        Argument::Filled(_) => Json::from("?"),
        Argument::List(items) => items.iter().map(likely).collect(),
        Argument::Table(entries) => entries.iter().map(|(name, entry)| (name.clone(), likely(entry))).collect::<Map<_, _>>().into(),
    }
}

/// An argument without templates.
fn plain(argument: &Argument) -> Option<Json> {
    match argument {
        Argument::Data(data) => Some(data.clone()),
        Argument::Filled(_) => None,
        Argument::List(items) => items.iter().map(plain).collect(),
        Argument::Table(entries) => {
            entries.iter().map(|(name, entry)| Some((name.clone(), plain(entry)?))).collect::<Option<Map<_, _>>>().map(Json::Object)
        }
    }
}

/// What has to be on the machine before anything runs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Need {
    /// What.
    pub what: Needed,
    /// Where the process runs, from the root.
    pub cwd: Option<String>,
    at: Range<usize>,
    job: String,
}

/// What a job needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Needed {
    /// A program, as it is typed.
    Program(String),
    /// The directory that it runs in.
    Directory,
}

/// Programs and directories that are typed in the queue, and that no job before could make.
#[must_use]
pub fn needs(queue: &Queue, values: &Values) -> Vec<Need> {
    let before = Before::new(&queue.jobs);
    let makes = |job: &Job| !is_question(job.function.call);
    let mut needs = Vec::new();
    for (at, job) in queue.jobs.iter().enumerate().filter(|(_, job)| job.function.call == Call::Command && job.outputs.is_empty()) {
        if queue.jobs.iter().enumerate().any(|(other, earlier)| before.has(at, other) && makes(earlier)) {
            continue;
        }
        let fixed =
            |template: &Template| template.names().all(|name| ["project", "config_path", "env"].contains(&name.segments[0].as_str()));
        let cwd = job.cwd.as_ref().filter(|cwd| fixed(cwd)).and_then(|cwd| cwd.filled(&|name| values.of(name)).ok());
        let cwd = cwd.and_then(|cwd| cwd.as_str().map(str::to_owned));
        let need = |what, at| Need { what, cwd: cwd.clone(), at, job: job.id.clone() };
        if cwd.is_some() {
            needs.push(need(Needed::Directory, job.places.keys.get("cwd").cloned().unwrap_or_default()));
        }
        if job.cwd.is_some() && cwd.is_none() || job.env.contains_key("PATH") {
            continue;
        }
        let first = match job.args.get("argv") {
            Some(Argument::List(items)) => items.first().and_then(plain),
            Some(argument) => plain(argument),
            None => None,
        };
        let is_program = !matches!(job.args.get("shell"), Some(Argument::Data(Json::Bool(true) | Json::String(_)) | Argument::Filled(_)));
        if let Some(first) = first.filter(|first| is_program && first.is_string())
            && let Some(Ok(process)) = commands::process(Call::Command, &Map::from_iter([("argv".to_owned(), Json::from(vec![first]))]))
            && let Program::Named(name) = process.program
        {
            needs.push(need(Needed::Program(name), job.arg("argv")));
        }
    }
    needs
}

/// It makes no file that another job might need.
fn is_question(call: Call) -> bool {
    matches!(
        call,
        Call::ScanFiles
            | Call::DetectBinaries
            | Call::BuildIncludeDirs
            | Call::DiscoverProject
            | Call::GetTool
            | Call::GetAllTools
            | Call::ValidateConfig
            | Call::UpdateConfig
            | Call::GetConfigSection
            | Call::GetStats
            | Call::CacheStats
            | Call::CheckDaemons
    )
}

impl Need {
    /// What is to be said if it is not there.
    #[must_use]
    pub fn missing(&self, file: &str, content: &str) -> Problem {
        let (message, advice) = match &self.what {
            Needed::Program(name) => (format!("there is no program `{name}`, which `{}` runs", self.job), "install it, or write its path"),
            Needed::Directory => {
                let cwd = self.cwd.as_deref().unwrap_or_default();
                (format!("there is no directory `{cwd}`, in which `{}` runs", self.job), "make it, or name another")
            }
        };
        Problem::at(file, content, self.at.clone(), message, advice)
    }
}
