//! `jmake check`: reads the settings, and looks whether what they name is there. Runs nothing. Does not judge.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::World;
use super::config_files::{self, ConfigTexts};
use super::job_needs;
use super::pkg_config;
use super::scaffold;
use super::tools_search::{program, real_dir};
use super::walk;
use crate::engine::config::check::{self, Checked, Facts, Lies};
use crate::engine::config::problem::Problem;
use crate::engine::config::shown;
use crate::engine::config::{Request, merge};
use crate::engine::cxx::pkg_config::modules;
use crate::engine::cxx::toolchain::Install;
use crate::engine::failure::Failure;
use crate::engine::jobs::{
    self,
    values::{Given, Seen, Values},
};
use crate::engine::path::FilePath;
use crate::engine::request::ProjectRequest;

/// Modules that the settings of a project name and pkg-config does not have, with its words.
pub async fn no_modules(world: &World, project: &ProjectRequest) -> BTreeMap<String, String> {
    let Ok(texts) = config_files::read(world, &project.root, project.config.as_ref(), &project.variables) else { return BTreeMap::new() };
    let (modules, platform) = {
        let root_name = project.root.file_name().unwrap_or_default().to_string_lossy();
        let environment = |name: &str| project.variables.text(name);
        match merge::examine(&request(&texts, project, &root_name, &environment)).settings {
            Ok(settings) => (modules(&settings), settings.options.platform),
            Err(_) => return BTreeMap::new(),
        }
    };
    let mut lacking = BTreeMap::new();
    for module in modules {
        if let Err(failure) = pkg_config::ask(world, &project.root, &platform, std::slice::from_ref(&module), &project.variables).await {
            let said = failure.message.lines().next().unwrap_or_default().trim_start_matches("[dependencies] in jmake.toml: ").to_owned();
            lacking.insert(module, said);
        }
    }
    lacking
}

/// Checks the settings of a project. `no_modules` is what the function of this name says.
pub fn check(
    world: &World,
    project: &ProjectRequest,
    installs: Option<Vec<Arc<Install>>>,
    no_modules: BTreeMap<String, String>,
) -> Result<Checked, Failure> {
    let texts = config_files::read(world, &project.root, project.config.as_ref(), &project.variables)?;
    let root_name = project.root.file_name().unwrap_or_default().to_string_lossy();
    let environment = |name: &str| project.variables.text(name);
    let request = request(&texts, project, &root_name, &environment);
    let examined = merge::examine(&request);
    let lies: BTreeMap<FilePath, Lies> =
        check::asked(&examined).into_iter().map(|path| (path.clone(), lies(&path.under(&project.root)))).collect();
    let files =
        check::asks_for_files(&examined).then(|| walk::walk(&project.root, examined.merged.truth("discovery.follow_symlinks")).files);
    let real_dirs = check::programs(&examined).into_iter().filter_map(|path| Some((path.clone(), real_dir(&path.under(&project.root))?)));
    let facts = Facts {
        root: project.root.clone(),
        lies,
        real_dirs: real_dirs.collect(),
        files,
        installs,
        no_programs: check::commands(&examined)
            .into_iter()
            .filter(|name| program(name, &project.root, &project.variables).is_none())
            .collect(),
        no_modules,
        toolchain: project.toolchain.clone(),
    };
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
