//! Short questions to programs: what they are, and what they would do. Does not know what the answers mean.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::World;
use super::process::{Exit, Heard, ProcessSpec, SpawnError};
use crate::engine::variables::Variables;

/// Every program that is asked answers at once; one that takes so long never will.
const DEADLINE: Duration = Duration::from_secs(10);
/// No answer is longer.
const LIMIT: usize = 8 << 20;

/// A program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum InquiryError {
    /// It could not be run.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// It does not end.
    #[error(
        "{} did not answer `{arguments}` within {} s; mend it, take it off the PATH, or choose another toolchain with --toolchain",
        program.display(),
        DEADLINE.as_secs()
    )]
    #[allow(missing_docs, reason = "the names say all")]
    Silent { program: PathBuf, arguments: String },
    /// Somebody ended it.
    #[error("{} was ended by signal {signal} while it was asked `{arguments}`; build again", program.display())]
    #[allow(missing_docs, reason = "the names say all")]
    Ended { program: PathBuf, arguments: String, signal: i32 },
}

/// What is asked.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say all")]
pub struct Inquiry<'a> {
    pub program: &'a Path,
    pub args: Vec<OsString>,
    pub cwd: &'a Path,
    /// The client's: a program gets those that are for tools.
    pub variables: &'a Variables,
    /// Where the answer is.
    pub heard: Heard,
}

/// What the program prints, whatever code it ends with. Dropping the future ends it.
pub async fn ask(world: &World, inquiry: Inquiry<'_>) -> Result<String, InquiryError> {
    let program = inquiry.program.to_owned();
    let arguments = inquiry.args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let permit = world.process.permit(None);
    let spec = ProcessSpec {
        program: program.clone(),
        args: inquiry.args,
        cwd: inquiry.cwd.to_owned(),
        env: inquiry.variables.for_tools(),
        run: permit.run,
        heard: inquiry.heard,
        output_limit: LIMIT,
    };
    match tokio::time::timeout(DEADLINE, world.process.run(spec)).await {
        Err(_) => Err(InquiryError::Silent { program, arguments }),
        Ok(ended) => {
            let exit = ended?;
            match exit.status {
                Exit::Signalled(signal) => Err(InquiryError::Ended { program, arguments, signal }),
                Exit::Exited(_) => Ok(String::from_utf8_lossy(&exit.output).into_owned()),
            }
        }
    }
}
