//! Runs one step: makes room for it, waits for its process, and takes what it made. A fixed procedure; what the result means is
//! decided elsewhere.

mod assembled;
mod before;
mod discovered;
mod made;
mod members;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use self::before::Before;
use super::World;
use super::hidden_reads::{self, HiddenReads};
use super::process::{Exit, Heard, ProcessExit, ProcessSpec, Unattended};
use super::{archiver, opaque_runs, reading, symbol_search, tidying};
use crate::engine::cxx::diagnostics::machine::{self, Obstacle};
use crate::engine::cxx::undefined::Lookup;
use crate::engine::execution::{Ending, Execution};
use crate::engine::failure::Failure;
use crate::engine::fingerprint::{self, Assembled, Lookups};
use crate::engine::graph::{Command, Environment, Purity, Search, SearchKind, StepSpec};
use crate::engine::half_made;
use crate::engine::ids::{BuildId, RunId, StepId};
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;
use crate::engine::scan::binary;
use crate::engine::variables::Variables;

/// How much a tool may print; more is cut with a remark.
const OUTPUT_LIMIT: usize = 8 << 20;

/// A file that was written so shortly before the step began may have been written after it was read.
const DOUBT: Duration = Duration::from_millis(10);

/// What to run, and for whom.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Order {
    pub build: BuildId,
    pub step: StepId,
    pub run: RunId,
    /// When the build began to look at files, as [`super::digests::Digests::moment`] has it.
    pub since: u64,
    pub spec: Arc<StepSpec>,
    /// Where to look for what it lacks, if it links.
    pub lookup: Option<Lookup>,
    /// What it may read for bitcode among its inputs.
    pub assembled: Assembled,
    pub root: Arc<PathBuf>,
    pub variables: Variables,
    /// Look whether the first output defines `main`.
    pub inspect_main: bool,
    /// Keep outputs in the store.
    pub keep: bool,
}

/// Runs a step to its end, on a thread of its own; what it prints on standard output goes into `output`, if there is one. Dropping the future
/// kills its process group.
pub async fn run(world: World, order: Order, output: Option<std::io::PipeWriter>) -> Execution {
    let Some(command) = order.spec.command.clone() else { return Execution::empty() };
    let (process, run) = (world.process.clone(), order.run);
    let attended = process.attend(run, move || perform(&world, &order, &command, output).unwrap_or_else(Execution::broken));
    match attended.await {
        Ok(execution) => execution,
        Err(Unattended::NoThread(error)) => {
            Execution::broken(Failure::environment(format!("no thread for a step can be started: {error}")))
        }
        Err(Unattended::Lost(lost)) => Execution::broken(Failure::internal(lost)),
    }
}

fn perform(world: &World, order: &Order, command: &Command, output: Option<std::io::PipeWriter>) -> Result<Execution, Failure> {
    let first = order.spec.outputs.first().map(|output| output.path.under(&order.root));
    // An earlier attempt that was stopped may still be cleaning up.
    let claim = first.map(|first| world.claims.claim(&first, || world.process.is_wanted(order.run)));
    if matches!(claim, Some(None)) || !world.process.is_wanted(order.run) {
        return Ok(Execution { ending: Ending::Signalled(libc::SIGTERM), ..Execution::empty() });
    }
    let prepared = prepare(world, order)?;
    let began = Instant::now();
    let place = prepared.temporary.as_ref().filter(|_| order.spec.kind == StepKind::Archive).map(|place| place.under(&order.root));
    if place.is_some_and(|place| archiver::write(&order.spec, &order.root, &place)) {
        return Ok(collect(world, order, prepared, ProcessExit::done_here(began.elapsed())));
    }
    let started = world.process.start(process(order, command, prepared.temporary.as_ref()), output).map_err(Failure::environment)?;
    let exit = started.ended().map_err(Failure::environment)?;
    Ok(collect(world, order, prepared, exit))
}

/// What is known before the process starts.
struct Prepared {
    /// Where the process writes the first output, if not to its place.
    temporary: Option<FilePath>,
    before: Before,
    /// When it was about to start, by both clocks.
    started: (SystemTime, Instant),
}

fn prepare(world: &World, order: &Order) -> Result<Prepared, Failure> {
    let (spec, root) = (&order.spec, order.root.as_path());
    let responses = spec.command.as_ref().map_or(&[][..], |command| command.responses.as_slice());
    let depfile = spec.command.as_ref().and_then(|command| command.depfile.as_ref());
    let written = spec.outputs.iter().map(|output| &output.path).chain(responses.iter().map(|r| &r.path)).chain(depfile.map(|d| &d.path));
    for path in written {
        world.fs.create_dir_all(&path.parent().under(root)).map_err(Failure::environment)?;
    }
    let differs = |place: &Path, content: &[u8]| world.fs.read(place).map_or(true, |there| there != content);
    for response in responses.iter().filter(|response| differs(&response.path.under(root), &response.content)) {
        world.fs.write_atomic(&response.path.under(root), &response.content).map_err(Failure::environment)?;
    }
    let before = Before::look(world, spec, root, order.run);
    before.refuse_missing(spec, root)?;
    if spec.purity == Purity::Opaque {
        opaque_runs::begin(world, root, before.number).map_err(Failure::environment)?;
    }
    Ok(Prepared { temporary: temporary(order), before, started: (world.clock.wall(), Instant::now()) })
}

/// Linkers and archivers write beside the place of their output, so that nobody ever sees half of it and an old archive is not added to.
fn temporary(order: &Order) -> Option<FilePath> {
    let spec = &order.spec;
    let output = spec.outputs.first()?;
    let beside = matches!(spec.kind, StepKind::Link | StepKind::Archive);
    beside.then(|| half_made::beside(&output.path, order.build, order.step))
}

fn process(order: &Order, command: &Command, temporary: Option<&FilePath>) -> ProcessSpec {
    let output = order.spec.outputs.first().map(|output| &output.path);
    let args = command.args.iter().map(|arg| match temporary {
        Some(temporary) if Some(arg) == output => temporary.as_path().as_os_str().to_owned(),
        _ => arg.as_path().as_os_str().to_owned(),
    });
    let mut env = match command.environment {
        Environment::Tools => order.variables.for_tools(),
        Environment::All => order.variables.all(),
    };
    env.retain(|(name, _)| !command.sets.iter().any(|(set, _)| name == set.as_str()));
    env.extend(command.sets.iter().map(|(name, value)| (name.into(), value.into())));
    ProcessSpec {
        program: command.program.under(&order.root),
        args: args.collect(),
        cwd: command.cwd.under(&order.root),
        env,
        run: order.run,
        heard: Heard::Both,
        output_limit: OUTPUT_LIMIT,
    }
}

fn collect(world: &World, order: &Order, prepared: Prepared, exit: ProcessExit) -> Execution {
    let root = order.root.as_path();
    let mut execution = Execution { number: prepared.before.number, output: exit.output, cost: exit.cost, ..Execution::empty() };
    execution.ending = match exit.status {
        Exit::Exited(code) => Ending::Exited(code),
        Exit::Signalled(signal) => Ending::Signalled(signal),
    };
    if execution.ending == Ending::Exited(0)
        && let Err(failure) = take(world, order, &prepared, &mut execution)
    {
        execution.ending = Ending::Broken(failure);
    }
    if let Some(failure) = obstacle(world, order, &execution, prepared.temporary.as_ref()) {
        execution.ending = Ending::Broken(failure);
    }
    if matches!(execution.ending, Ending::Exited(code) if code != 0)
        && let Some(lookup) = &order.lookup
    {
        execution.advice = symbol_search::advise(world, root, &order.spec, lookup, &execution.output);
    }
    if execution.ending != Ending::Exited(0) {
        let killed = matches!(exit.status, Exit::Signalled(_));
        discard(world, order, &prepared, killed);
    }
    execution
}

/// What of the machine kept a tool from writing what it was to write.
fn obstacle(world: &World, order: &Order, execution: &Execution, temporary: Option<&FilePath>) -> Option<Failure> {
    let signal = match execution.ending {
        Ending::Exited(code) if code != 0 => None,
        Ending::Signalled(signal) => Some(signal),
        _ => return None,
    };
    let written: Vec<FilePath> = order.spec.outputs.iter().map(|output| output.path.clone()).chain(temporary.cloned()).collect();
    let obstacle = Obstacle::of(&String::from_utf8_lossy(&execution.output), signal, &written)?;
    let place = written.first().map_or_else(|| order.root.to_path_buf(), |path| path.parent().under(&order.root));
    let read = || order.spec.explicit.iter().filter_map(|path| Some(world.fs.stat(&path.under(&order.root)).ok()?.size)).sum();
    let scarce = || world.fs.free(&place).is_ok_and(|free| machine::is_scarce(free, read()));
    (obstacle != Obstacle::PerhapsFull || scarce()).then(|| obstacle.failure(&place.display().to_string()))
}

/// Nothing of a failed step stays behind. A tool that is killed cannot see to that itself.
fn discard(world: &World, order: &Order, prepared: &Prepared, killed: bool) {
    let root = order.root.as_path();
    let depfile = order.spec.command.as_ref().and_then(|command| command.depfile.as_ref()).map(|depfile| &depfile.path);
    for path in prepared.temporary.iter().chain(depfile) {
        // It may never have been written.
        let _absent = world.fs.remove_file(&path.under(root));
    }
    if killed {
        tidying::tidy_beside(root, order.spec.outputs.iter().map(|output| &output.path).chain(&prepared.temporary));
    }
}

fn take(world: &World, order: &Order, prepared: &Prepared, execution: &mut Execution) -> Result<(), Failure> {
    let (spec, root) = (&order.spec, order.root.as_path());
    // What was written before is what the process read; what is heard later it cannot have read.
    world.watches.hear();
    execution.discovered = discovered::of(world, spec, root)?;
    execution.inputs.clone_from(&prepared.before.inputs);
    for path in &execution.discovered {
        execution.inputs.push((path.clone(), world.identity(&path.under(root))));
    }
    assembled::take(world, root, order, execution);
    if let Some(search) = spec.cxx.as_ref().and_then(|cxx| cxx.search.as_ref()) {
        look_around(world, root, spec, search, execution);
    }
    assembled::hand_on(order, execution);
    execution.reading = reading::of(world, root, spec, execution);
    if let Some(path) = outdated(world, order, prepared, execution) {
        execution.ending = Ending::Outdated(path);
        return Ok(());
    }
    made::take(world, order, prepared, execution)?;
    execution.untouched = prepared.before.untouched(world, root);
    if order.inspect_main {
        execution.defines_main = Some(defines_main(world, order));
    }
    Ok(())
}

/// What the step read that its depfile does not name, and what it looked for in vain, as far as it matters.
fn look_around(world: &World, root: &Path, spec: &StepSpec, search: &Search, execution: &mut Execution) {
    let hidden = match search.kind {
        SearchKind::Headers => hidden_reads::of(world, root, spec, search, &execution.inputs),
        SearchKind::Libraries => HiddenReads::default(),
    };
    let HiddenReads { questions, inputs, unnamed, times, assembled } = hidden;
    (execution.times, execution.assembled) = (times, assembled);
    execution.discovered.extend(inputs.iter().filter(|(_, identity)| identity.is_some()).map(|(path, _)| path.clone()));
    execution.inputs.extend(inputs);
    let hits: Vec<&FilePath> = execution.inputs.iter().filter(|(_, identity)| identity.is_some()).map(|(path, _)| path).collect();
    let others = fingerprint::others(search, &spec.explicit, &hits, &questions, &world.directories.of(root));
    execution.lookups = Lookups { questions, others, unnamed };
}

/// An input that changed while the process ran or is gone, also one that is read through another, or a file that came to where it had
/// perhaps already been looked for.
fn outdated(world: &World, order: &Order, prepared: &Prepared, execution: &Execution) -> Option<FilePath> {
    let root = order.root.as_path();
    let (started, began) = prepared.started;
    let changed = prepared.before.changed(world, root);
    let others = execution.lookups.others.iter().filter(|(_, is_dir)| !is_dir).map(|(path, _)| path);
    let mut seen = execution.discovered.iter().chain(others);
    let written = |place: &Path| {
        // The clock may have been set back, or be another's: then what was seen of the file before tells.
        !world.digests.held_since(place, began) && world.fs.stat(place).map_or(true, |stat| stat.changed_since(started - DOUBT))
    };
    let written = || seen.find(|path| written(&path.under(root)));
    let archives = order.spec.cxx.as_ref().map_or(&[][..], |cxx| cxx.thin_archives.as_slice());
    changed.or_else(written).cloned().or_else(|| members::changed(world, root, archives, order.since))
}

/// Whether the first output is an object that defines `main`.
pub fn defines_main(world: &World, order: &Order) -> bool {
    let Some(output) = order.spec.outputs.first() else { return false };
    world.fs.read(&output.path.under(&order.root)).is_ok_and(|bytes| binary::defines_symbol(&bytes, "main"))
}

#[cfg(test)]
mod tests;
