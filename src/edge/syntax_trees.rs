//! Has clang write the syntax tree of each source, reads it while it is written, and remembers what came of it for as long as all that it
//! read is the same. What trees mean and whether something still holds is decided elsewhere.

mod known;

use std::io::{self, BufRead, BufReader, PipeReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};

pub use self::known::KnownTrees;
use super::World;
use super::compute::{compute, wait};
use super::execution::{self, Order};
use super::judging;
use super::spelling::Spelling;
use crate::engine::build::JudgeTask;
use crate::engine::cxx::declarations::{Declarations, Reader};
use crate::engine::cxx::diagnostics;
use crate::engine::digest::Digest;
use crate::engine::execution::{Ending, Execution};
use crate::engine::failure::Failure;
use crate::engine::fingerprint::{Assembled, Judgement, Taints, record_of};
use crate::engine::graph::StepSpec;
use crate::engine::ids::{BuildId, StepId};
use crate::engine::path::FilePath;
use crate::engine::report::Severity;
use crate::engine::source_graph::{Seen, Trouble};
use crate::engine::variables::Variables;

/// The tree of a source that includes all of a large library is a tenth of this.
const LIMIT: u64 = 4 << 30;
/// No source takes so long.
const DEADLINE: Duration = Duration::from_secs(600);

/// Whose trees, and how they are made.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The project's root.
    pub root: Arc<PathBuf>,
    /// The client's environment.
    pub variables: Variables,
    /// One for each source.
    pub steps: Vec<StepSpec>,
    /// So many at once.
    pub most: usize,
    /// What is known already does not count.
    pub force: bool,
}

/// What each source declares, with all that it includes. Dropping the future ends what runs.
pub async fn read(world: World, asked: Asked) -> Result<Vec<Seen>, Failure> {
    let Asked { root, variables, steps, most, force } = asked;
    let (at, place) = (world.clone(), root.clone());
    let looked_up = compute(move || look_up(&at, &place, steps, force)).await;
    let (mut seen, open) = looked_up.map_err(Failure::internal)?;
    let each = open.into_iter().map(|task| one(world.clone(), root.clone(), variables.clone(), task));
    let mut running = stream::iter(each).buffer_unordered(most.max(1));
    while let Some(done) = running.next().await {
        seen.push(done?);
    }
    seen.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(seen)
}

/// A tree that is not known.
struct Task {
    key: Digest,
    spec: Arc<StepSpec>,
}

/// What is known still, and the rest.
fn look_up(world: &World, root: &Path, steps: Vec<StepSpec>, force: bool) -> (Vec<Seen>, Vec<Task>) {
    world.directories.of(root).refresh();
    let (mut seen, mut open, mut doubtful, mut tasks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for spec in steps {
        let source = source(&spec);
        if !super::fs::exists(&source.under(root)) {
            let what = "it is not there; `jmake build` makes what jobs make".to_owned();
            seen.push(Seen { troubles: vec![Trouble { file: source.clone(), line: 0, what }], source, ..Seen::default() });
            continue;
        }
        let (key, spec) = world.trees.complete(spec, root);
        let task = Task { key, spec: Arc::new(spec) };
        match world.trees.get(&key).filter(|_| !force) {
            Some((record, declarations)) => {
                let step = StepId(u32::try_from(tasks.len()).unwrap_or(u32::MAX));
                tasks.push(JudgeTask { step, spec: task.spec.clone(), records: Arc::new(vec![record]), inspect_main: false });
                doubtful.push((task, declarations));
            }
            None => open.push(task),
        }
    }
    let judged = judging::judge_all(world, root, &tasks, Vec::new(), Taints::default());
    for ((task, declarations), judged) in doubtful.into_iter().zip(judged) {
        match judged.judgement {
            Judgement::UpToDate { .. } => seen.push(Seen { source: source(&task.spec), declarations, troubles: Vec::new(), cached: true }),
            _ => open.push(task),
        }
    }
    (seen, open)
}

fn source(spec: &StepSpec) -> FilePath {
    spec.explicit.first().cloned().unwrap_or_default()
}

/// Runs clang for one source.
async fn one(world: World, root: Arc<PathBuf>, variables: Variables, task: Task) -> Result<Seen, Failure> {
    let (reader, writer) = io::pipe().map_err(Failure::environment)?;
    let place = root.clone();
    let reading = wait(move || parse(reader, &place));
    let permit = world.process.permit(None);
    let order = Order {
        build: BuildId(0),
        step: StepId(0),
        run: permit.run,
        since: world.digests.moment(),
        spec: task.spec.clone(),
        lookup: None,
        assembled: Assembled::default(),
        root: root.clone(),
        variables,
        inspect_main: false,
        keep: false,
    };
    let running = tokio::time::timeout(DEADLINE, execution::run(world.clone(), order, Some(writer)));
    let Ok(execution) = running.await else { return Ok(troubled(&task, format!("clang did not read it within {} s", DEADLINE.as_secs()))) };
    let parsed = reading.await.map_err(Failure::internal)?;
    seen(&world, &root, &task, &execution, parsed)
}

fn troubled(task: &Task, what: String) -> Seen {
    let source = source(&task.spec);
    Seen { troubles: vec![Trouble { file: source.clone(), line: 0, what }], source, ..Seen::default() }
}

/// What came of it; remembered if nothing was wrong.
fn seen(world: &World, root: &Path, task: &Task, execution: &Execution, parsed: Result<Declarations, String>) -> Result<Seen, Failure> {
    match &execution.ending {
        Ending::Broken(failure) => return Err(failure.clone()),
        Ending::Signalled(signal) => return Ok(troubled(task, format!("clang was ended by signal {signal}"))),
        Ending::Exited(_) | Ending::Outdated(_) | Ending::Unwritten(_) => {}
    }
    let source = source(&task.spec);
    let declarations = match parsed {
        Ok(declarations) => Arc::new(declarations),
        Err(why) if execution.ending == Ending::Exited(0) => return Ok(troubled(task, why)),
        // What clang says of it says more.
        Err(_) => Arc::default(),
    };
    if execution.ending == Ending::Exited(0) {
        world.trees.put(task.key, record_of(&task.spec, &FilePath::new(root), execution, None), declarations.clone());
    }
    let failed = matches!(execution.ending, Ending::Exited(code) if code != 0);
    let troubles = if failed { troubles(root, &source, &execution.output) } else { Vec::new() };
    Ok(Seen { source, declarations, troubles, cached: false })
}

/// What clang found wrong, by the files that it names.
fn troubles(root: &Path, source: &FilePath, output: &[u8]) -> Vec<Trouble> {
    let text = String::from_utf8_lossy(output);
    let mut spelling = Spelling::seen_from(root);
    let found = diagnostics::parse(&text).into_iter().filter(|found| found.severity == Severity::Error);
    let mut all: Vec<Trouble> = found
        .map(|found| {
            let file = found.file.map_or_else(|| source.clone(), |file| spelling.of(file.as_path()));
            Trouble { file, line: found.line, what: found.message }
        })
        .collect();
    if all.is_empty() {
        let what = text.lines().next().unwrap_or("clang failed and said nothing").to_owned();
        all.push(Trouble { file: source.clone(), line: 0, what });
    }
    all
}

/// Reads a tree to its end.
fn parse(pipe: PipeReader, root: &Path) -> Result<Declarations, String> {
    let mut spelling = Spelling::seen_from(root);
    let mut reader = Reader::new(move |name| {
        let path = spelling.of(Path::new(name));
        let inside = !path.as_path().is_absolute() && !name.starts_with('<');
        inside.then(|| FilePath::within(Path::new(""), path.as_path()))
    });
    let mut lines = BufReader::with_capacity(1 << 20, pipe.take(LIMIT));
    let (mut line, mut length) = (Vec::new(), 0);
    loop {
        line.clear();
        let read = lines.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if read == 0 {
            break;
        }
        length += read as u64;
        reader.line(&line);
    }
    if length >= LIMIT {
        return Err(format!("its syntax tree is larger than {} GiB", LIMIT >> 30));
    }
    reader.finish().map_err(|error| error.to_string())
}
