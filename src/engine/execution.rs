//! What running one step came to, as a value. Does not know how it was run.

use super::failure::Failure;
use super::fingerprint::{Assembled, Identity, Lookups, Reading, Times};
use super::path::FilePath;
use super::report::Cost;

/// How the process ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ending {
    /// With this code.
    Exited(i32),
    /// By this signal.
    Signalled(i32),
    /// It never ran, or its outputs could not be taken: why, and what to do.
    Broken(Failure),
    /// It ran, but this input changed meanwhile.
    Outdated(FilePath),
    /// It ended well, but without having made this.
    Unwritten(FilePath),
}

/// One run of one step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Execution {
    /// How it ended.
    pub ending: Ending,
    /// A number that no other run ever has.
    pub number: u64,
    /// Standard output and error as they came.
    pub output: Vec<u8>,
    /// What it cost.
    pub cost: Cost,
    /// Every input with what it held: those of the command line, and those that the depfile names.
    pub inputs: Vec<(FilePath, Option<Identity>)>,
    /// Inputs that only the depfile names.
    pub discovered: Vec<FilePath>,
    /// What it looked for in vain.
    pub lookups: Lookups,
    /// What it took from the clock.
    pub times: Option<Times>,
    /// What is read besides by who makes code of its outputs.
    pub assembled: Assembled,
    /// How it read its inputs, where not everything in them counts for what it made.
    pub reading: Option<Reading>,
    /// Every output that is there: what it holds, and its mode bits.
    pub outputs: Vec<(FilePath, Identity, u32)>,
    /// Those that it left as they were, where that is asked.
    pub untouched: Vec<FilePath>,
    /// Whether its first output defines `main`, where that was asked.
    pub defines_main: Option<bool>,
    /// What the tool could not know and the user may want to, a line each.
    pub advice: Vec<String>,
}

impl Execution {
    /// Nothing happened.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            ending: Ending::Exited(0),
            number: 0,
            output: Vec::new(),
            cost: Cost::default(),
            inputs: Vec::new(),
            discovered: Vec::new(),
            lookups: Lookups::default(),
            times: None,
            assembled: Assembled::default(),
            reading: None,
            outputs: Vec::new(),
            untouched: Vec::new(),
            defines_main: None,
            advice: Vec::new(),
        }
    }

    /// A run that came to nothing.
    #[must_use]
    pub fn broken(why: Failure) -> Self {
        Self { ending: Ending::Broken(why), ..Self::empty() }
    }
}
