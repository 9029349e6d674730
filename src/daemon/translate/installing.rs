//! What a client wants to be put where, and what was. Does not know who puts it there.

use super::{path, project};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::report::{Artifact, ArtifactKind};
use crate::engine::testing::TestRun;
use crate::messages::orchestrator::{InstallProject, Installed};
use crate::wire::{self, InstallReply};

/// What a client wants to be put where.
pub(in crate::daemon) fn install(request: wire::InstallRequest) -> Result<InstallProject, Failure> {
    let project = project(request.project, false);
    let artifact = |it: wire::BuiltFile| {
        let unknown = || Failure::usage(format!("`{}` is no kind of artifact", it.kind));
        let kind = ArtifactKind::named(&it.kind).ok_or_else(unknown)?;
        let path = FilePath::within(&project.root, &project.root.join(it.path.as_path()));
        Ok(Artifact { target: it.target, kind, path, test: it.test.then(TestRun::default), runner: Vec::new() })
    };
    let artifacts = request.artifacts.into_iter().map(artifact).collect::<Result<_, Failure>>()?;
    let [prefix, destdir] = [request.prefix, request.destdir].map(|dir| dir.map(|dir| FilePath::new(dir.into_path())));
    Ok(InstallProject { project, artifacts, prefix, destdir })
}

/// The answer to `install`.
pub(in crate::daemon) fn installed(installed: Installed) -> InstallReply {
    let of = |new: bool| installed.files.iter().filter(|(_, is_new)| *is_new == new).map(|(file, _)| path(file)).collect();
    InstallReply { top: path(&installed.top), installed: of(true), unchanged: of(false), notes: installed.notes.clone() }
}
