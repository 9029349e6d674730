//! What a client asks of a project. Does not know how it was asked.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::{Digest, Hasher};
use super::jobs::queue::QueueText;
use super::path::FilePath;
use super::variables::Variables;

/// Which project, and how it is looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProjectRequest {
    /// Canonical path of the root.
    pub root: PathBuf,
    /// What describes it, if that is not the root's `jmake.toml`; relative to the root where inside it.
    pub config: Option<FilePath>,
    /// `--profile`.
    pub profile: String,
    /// `-B`, relative to the root where inside it.
    pub build_dir: FilePath,
    /// `--toolchain`.
    pub toolchain: Option<String>,
    /// The client's environment.
    pub variables: Variables,
    /// Stages as separate processes.
    pub staged: bool,
    /// Jobs that make files and whose queue is being run, wherever it stands and whatever it says of builds.
    pub queue: Option<Arc<QueueText>>,
}

impl ProjectRequest {
    /// The project in `root`, looked at in the same way as one that needs it.
    #[must_use]
    pub fn of_neighbour(&self, root: PathBuf) -> Self {
        Self { root, config: None, build_dir: "build".into(), queue: None, ..self.clone() }
    }
}

/// What to build, and how.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BuildRequest {
    /// The project.
    pub project: ProjectRequest,
    /// Targets by name or source files; empty: the default group.
    pub targets: Vec<String>,
    /// Every group.
    pub all: bool,
    /// Tests, those that `targets` are parts of the names of, if there are any.
    pub tests: bool,
    /// A program that the client will run: if none is built by default, the only one that there is.
    pub run: bool,
    /// Intermediate code of all sources, and nothing else.
    pub ir: bool,
    /// How many steps at once, if somebody said so.
    pub jobs: Option<usize>,
    /// How many processors there are for them.
    pub processors: usize,
    /// Go on with what does not depend on a failure.
    pub keep_going: bool,
    /// Stop running steps at the first failure.
    pub fail_fast: bool,
    /// Say what would run, and run nothing.
    pub dry_run: bool,
    /// Ignore records and the store.
    pub force: bool,
    /// Tools may colour what they print.
    pub color: bool,
    /// The client's process id.
    pub client_pid: u32,
}

/// What tells requests apart that may come to different results.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct RequestKey(Digest);

impl BuildRequest {
    /// Requests with equal keys come to the same result from the same files. Of the environment, what reaches tools counts.
    #[must_use]
    pub fn key(&self) -> RequestKey {
        let ProjectRequest { root, config, profile, build_dir, toolchain, variables, staged, queue } = &self.project;
        let mut hasher = Hasher::default();
        hasher.part(root.as_os_str().as_encoded_bytes()).part(profile.as_bytes()).part(build_dir.as_bytes());
        hasher.part(config.as_ref().map(FilePath::as_bytes).unwrap_or_default());
        hasher.part(&[
            u8::from(toolchain.is_some()),
            u8::from(*staged),
            u8::from(self.all),
            u8::from(self.tests),
            u8::from(self.ir),
            u8::from(self.run),
        ]);
        hasher.part(toolchain.as_deref().unwrap_or_default().as_bytes());
        if let Some(queue) = queue {
            hasher.part(queue.file.as_bytes()).part(queue.text.as_bytes());
        }
        hasher.part(&self.targets.len().to_le_bytes());
        for target in &self.targets {
            hasher.part(target.as_bytes());
        }
        // It leads to the user's settings.
        hasher.part(variables.get("XDG_CONFIG_HOME").unwrap_or_default().as_encoded_bytes());
        for (name, value) in variables.for_tools() {
            hasher.part(name.as_encoded_bytes()).part(value.as_encoded_bytes());
        }
        RequestKey(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_change_the_result_makes_no_other_request() {
        let request = |edit: fn(&mut BuildRequest)| {
            let of = |pairs: &[(&str, &str)]| Variables::new(pairs.iter().map(|(name, value)| (name.into(), value.into())).collect());
            let project = ProjectRequest {
                root: "/p".into(),
                config: None,
                profile: "dev".into(),
                build_dir: "build".into(),
                toolchain: None,
                variables: of(&[("PATH", "/bin"), ("EDITOR", "vi")]),
                staged: false,
                queue: None,
            };
            let (targets, all, jobs, keep_going, fail_fast) = (Vec::new(), false, None, false, false);
            let mut request = BuildRequest {
                project,
                targets,
                all,
                tests: false,
                run: false,
                ir: false,
                jobs,
                processors: 2,
                keep_going,
                fail_fast,
                dry_run: false,
                force: false,
                color: false,
                client_pid: 1,
            };
            edit(&mut request);
            request.key()
        };
        let plain = request(|_| {});
        assert_eq!(plain, request(|it| (it.jobs, it.client_pid, it.color, it.keep_going) = (Some(8), 2, true, true)));
        assert_eq!(
            plain,
            request(|it| it.project.variables = Variables::new(vec![("PATH".into(), "/bin".into()), ("X".into(), "y".into())]))
        );
        let others: [fn(&mut BuildRequest); 8] = [
            |it| it.project.config = Some("other.toml".into()),
            |it| it.project.variables = Variables::new(vec![("PATH".into(), "/bin".into()), ("XDG_CONFIG_HOME".into(), "/c".into())]),
            |it| it.all = true,
            |it| it.tests = true,
            |it| it.ir = true,
            |it| it.targets.push("a".into()),
            |it| it.project.profile = "release".into(),
            |it| it.project.variables = Variables::new(vec![("PATH".into(), "/usr/bin".into())]),
        ];
        others.into_iter().for_each(|edit| assert_ne!(plain, request(edit)));
    }
}
