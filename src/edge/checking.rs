//! `jmake check`: reads the settings, and looks whether what they name is there. Runs nothing. Does not judge.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::World;
use super::config_files::{self, ConfigTexts};
use super::job_needs;
use super::scaffold;
use super::walk;
use crate::engine::config::check::{self, Checked, Facts, Lies};
use crate::engine::config::problem::Problem;
use crate::engine::config::shown;
use crate::engine::config::{Request, merge};
use crate::engine::cxx::toolchain::Install;
use crate::engine::failure::Failure;
use crate::engine::jobs::{
    self,
    values::{Given, Seen, Values},
};
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;

/// Checks the settings of a project.
pub fn check(world: &World, project: &ProjectRequest, installs: Vec<Arc<Install>>) -> Result<Checked, Failure> {
    let texts = config_files::read(world, &project.root, project.config.as_ref(), &project.variables)?;
    let root_name = project.root.file_name().unwrap_or_default().to_string_lossy();
    let environment = |name: &str| project.variables.text(name);
    let request = request(&texts, project, &root_name, &environment);
    let examined = merge::examine(&request);
    let lies: BTreeMap<FilePath, Lies> =
        check::asked(&examined).into_iter().map(|path| (path.clone(), lies(&path.under(&project.root)))).collect();
    let files =
        check::asks_for_files(&examined).then(|| walk::walk(&project.root, examined.merged.truth("discovery.follow_symlinks")).files);
    let facts = Facts { root: project.root.clone(), lies, files, installs: Some(installs), toolchain: project.toolchain.clone() };
    let content = request.project.unwrap_or_default();
    scaffold::keep_schema(world, &project.root, content);
    let rows = shown::rows(&examined, &request, project.toolchain.as_deref());
    let values = Values::of_project(
        &Seen::by(project),
        &project.root.join(&texts.path_of_file),
        &project.variables,
        &Given { content, rows: &rows },
    );
    let mut problems = check::check(&examined, content, &facts);
    let (queue, of_jobs) = jobs::problems(&texts.path_of_file, content, &values);
    problems.extend(of_jobs);
    // What is not on this machine may be on the one that runs them.
    problems.extend(queue.iter().flat_map(|queue| job_needs::missing(queue, content, &values, &project.variables)).map(Problem::warning));
    Ok(Checked {
        file: texts.project.is_some().then(|| texts.path_of_file.clone()),
        problems,
        error: examined.settings.as_ref().err().map(ToString::to_string),
        rows,
        content: content.to_owned(),
    })
}

fn request<'a>(
    texts: &'a ConfigTexts,
    project: &'a ProjectRequest,
    root_name: &'a str,
    environment: &'a dyn Fn(&str) -> Option<String>,
) -> Request<'a> {
    Request {
        root_name,
        user: texts.user.as_deref(),
        project: texts.project.as_deref(),
        environment,
        profile: &project.profile,
        build_dir: project.build_dir.clone(),
        path_of_file: &texts.path_of_file,
    }
}

fn lies(path: &Path) -> Lies {
    match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => Lies::Directory,
        Ok(_) => Lies::File,
        Err(_) => Lies::Nothing,
    }
}
