//! Requests as clients send them to requests as the engine takes them. Does not know what becomes of them.

use std::path::Path;

use crate::engine::path::FilePath;
use crate::engine::request::{BuildRequest, ProjectRequest};
use crate::engine::variables::Variables;
use crate::wire;

/// The project a client means.
pub(in crate::daemon) fn project(project: wire::Project, staged: bool) -> ProjectRequest {
    let root = project.root.into_path();
    let cwd = project.cwd.into_path();
    let build_dir = project.build_dir.map_or_else(|| FilePath::from("build"), |dir| FilePath::within(&root, &cwd.join(dir.as_path())));
    let variables = project.environment.iter().map(|(name, value)| (name.as_os_str().to_owned(), value.as_os_str().to_owned()));
    let config = project.config.map(|config| FilePath::within(&root, &config.into_path()));
    ProjectRequest {
        config,
        profile: project.profile.unwrap_or_else(|| "dev".to_owned()),
        build_dir,
        toolchain: project.toolchain,
        variables: Variables::new(variables.collect()),
        staged,
        queue: None,
        root,
    }
}

/// The build a client means. `processors` is how many steps run at once if neither it nor the settings say.
pub(in crate::daemon) fn build(request: wire::BuildRequest, client_pid: u32, processors: usize) -> BuildRequest {
    let cwd = request.project.cwd.clone().into_path();
    let project = project(request.project, request.staged);
    let tests = request.goal == wire::Goal::Test;
    let named = |target| if tests { target } else { target_in(&project.root, &cwd, target) };
    let targets = request.targets.into_iter().map(named).collect();
    BuildRequest {
        project,
        targets,
        all: request.all,
        tests,
        run: request.goal == wire::Goal::Run,
        ir: false,
        jobs: request.jobs.map(|jobs| jobs.clamp(1, 512) as usize),
        processors,
        keep_going: request.keep_going,
        fail_fast: request.fail_fast,
        dry_run: request.dry_run,
        force: request.force,
        color: request.color,
        client_pid,
    }
}

/// A target that names a file does so from where the client stands.
fn target_in(root: &Path, cwd: &Path, target: String) -> String {
    let looks_like_file = target.contains('/') || Path::new(&target).extension().is_some();
    if looks_like_file && cwd != root { FilePath::within(root, &cwd.join(&target)).to_string() } else { target }
}
