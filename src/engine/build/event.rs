//! What a build is told and what it asks for. Does not know how either travels.

use std::sync::Arc;

use crate::engine::cxx::lower::Lowered;
use crate::engine::cxx::undefined::Lookup;
use crate::engine::execution::Execution;
use crate::engine::fingerprint::{Assembled, Identity, Judgement, Reason, Record, Taints};
use crate::engine::front_end::FrontEnd;
use crate::engine::graph::StepSpec;
use crate::engine::ids::StepId;
use crate::engine::path::FilePath;
use crate::engine::report::{BuildEvent, Remark};

/// What the front end made of a request.
#[derive(Debug)]
pub struct Prepared {
    /// Describes the build again when more is known.
    pub front_end: FrontEnd,
    /// Its first description.
    pub lowered: Lowered,
    /// Remarks of the settings, the walk and the toolchain.
    pub notices: Vec<Remark>,
    /// For a description of some steps only: how many others are known to be as they should.
    pub untouched: Option<u32>,
}

/// A step to be judged against its records.
#[derive(Clone, Debug)]
pub struct JudgeTask {
    /// Which.
    pub step: StepId,
    /// What it is.
    pub spec: Arc<StepSpec>,
    /// What it made before.
    pub records: Arc<Vec<Record>>,
    /// Look whether its first output defines `main`.
    pub inspect_main: bool,
}

/// What judging came to.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which step.
    pub step: StepId,
    /// What it is.
    pub judgement: Judgement,
    /// The step's records, if they are others for it: the one that was used comes first, as its inputs are now.
    pub renewed: Option<Arc<Vec<Record>>>,
    /// For a step whose object was inspected.
    pub defines_main: Option<bool>,
    /// It can run the light way, should it have to.
    pub light: bool,
}

impl Judged {
    /// The same where everything has to run.
    pub(super) fn forced(self, force: bool) -> Self {
        if force { Self { judgement: Judgement::Run(Reason::Forced), renewed: None, ..self } } else { self }
    }
}

/// A fact.
#[derive(Debug)]
pub enum Event {
    /// Steps were judged.
    Judged(Vec<Judged>),
    /// A step ran.
    Executed {
        /// Which.
        step: StepId,
        /// Which try.
        attempt: u32,
        /// What came of it.
        execution: Box<Execution>,
    },
    /// Outputs were put back from the store, or could not be.
    Restored {
        /// Of which step.
        step: StepId,
        /// Whether the first output defines `main`, if that was asked; else why they could not.
        result: Result<Option<bool>, String>,
    },
    /// The client went away or asked to stop.
    Cancel,
    /// The daemon ends.
    Shutdown,
    /// The workers are new: what they ran is lost.
    WorkersLost,
}

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// Tell whoever listens.
    Emit(BuildEvent),
    /// Judge these steps; answer with [`Event::Judged`].
    Judge {
        /// Which.
        tasks: Vec<JudgeTask>,
        /// These files are taken to be so, whatever they are: a dry run puts nothing back.
        assumed: Vec<(FilePath, Identity)>,
        /// What stems from opaque commands.
        taints: Taints,
    },
    /// Run a step; answer with [`Event::Executed`].
    Run {
        /// Which.
        step: StepId,
        /// Which try.
        attempt: u32,
        /// What.
        spec: Arc<StepSpec>,
        /// Where to look for what it lacks, if it links.
        lookup: Option<Lookup>,
        /// What it may read for bitcode among its inputs.
        assembled: Assembled,
        /// Look whether its first output defines `main`.
        inspect_main: bool,
    },
    /// Put outputs back from the store; answer with [`Event::Restored`].
    Restore {
        /// Of which step.
        step: StepId,
        /// What it is.
        spec: Arc<StepSpec>,
        /// What it made.
        record: Record,
        /// Look whether its first output defines `main`.
        inspect_main: bool,
    },
    /// Stop a running step.
    Stop(StepId),
    /// Remember a step's newest records under the path of its first output.
    Remember(FilePath, Arc<Vec<Record>>),
    /// The build has ended with this exit code; nothing more comes.
    Finish {
        /// The process exit code.
        exit_code: u8,
    },
}
