//! What the ToolCache receives.

use std::path::PathBuf;
use std::sync::Arc;

use actix::prelude::*;

use serde::{Deserialize, Serialize};

use crate::engine::config::settings::Settings;
use crate::engine::cxx::probe::LinkProbe;
use crate::engine::cxx::toolchain::{self, DriverProbe, Install, Toolchain};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;
use crate::engine::variables::Variables;

/// Request: the toolchain that a build uses.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<FoundToolchain, Failure>")]
pub struct FindToolchain {
    /// A version or a path.
    pub wanted: Option<String>,
    /// `llvm.root`.
    pub root: Option<PathBuf>,
    /// The client's environment: PATH, CC, CXX.
    pub variables: Variables,
}

impl FindToolchain {
    /// What is asked for a project; `own` finds the directory of its user's clang.
    #[must_use]
    pub fn of(project: &ProjectRequest, settings: &Settings, own: impl FnOnce() -> Option<PathBuf>) -> Self {
        Self {
            wanted: toolchain::wanted(project.toolchain.as_deref(), settings, own),
            root: settings.llvm_root.as_ref().map(|path| path.under(&project.root)),
            variables: project.variables.clone(),
        }
    }
}

/// Answer to [`FindToolchain`].
#[derive(Clone, Debug)]
pub struct FoundToolchain {
    /// The chosen one.
    pub toolchain: Arc<Toolchain>,
    /// Remarks, such as that `$CXX` is not clang.
    pub notes: Vec<String>,
}

/// Query: every toolchain on the machine, newest first.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Vec<Arc<Install>>, Failure>")]
pub struct ListToolchains {
    /// `llvm.root`.
    pub root: Option<PathBuf>,
    /// The client's environment.
    pub variables: Variables,
}

/// Request: what a driver does with some flags. Run once per flag set.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Result<Probe, Failure>")]
pub struct ProbeDriver {
    /// Whose driver.
    pub toolchain: Arc<Toolchain>,
    /// What is asked.
    pub kind: ProbeKind,
    /// The driver and its arguments, `-###` included.
    pub argv: Vec<FilePath>,
    /// Where it runs.
    pub root: PathBuf,
    /// The client's environment.
    pub variables: Variables,
}

/// What a driver is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProbeKind {
    /// What flags mean for a compile.
    Compile,
    /// What flags mean for the linker.
    Link,
}

/// Answer to [`ProbeDriver`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Probe {
    /// Of a compile.
    Compile(DriverProbe),
    /// Of a link.
    Link(LinkProbe),
}
