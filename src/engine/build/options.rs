//! How a build goes on: as its client asks, else as the settings say. Does not know what is built.

use crate::engine::config::settings::Settings;
use crate::engine::plan::PlanOptions;
use crate::engine::request::BuildRequest;

/// What the plan of a build is told.
#[must_use]
pub fn plan_options(request: &BuildRequest, settings: &Settings) -> PlanOptions {
    let workers = || settings.workers.map(|workers| workers as usize);
    PlanOptions {
        slots: request.jobs.or_else(workers).unwrap_or(request.processors).max(1),
        keep_going: request.keep_going || settings.keep_going,
        fail_fast: request.fail_fast,
        ..PlanOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::request::ProjectRequest;
    use crate::engine::variables::Variables;

    #[test]
    fn the_client_goes_before_the_settings_and_these_before_the_machine() {
        let check = |jobs: Option<usize>, workers: Option<u32>, expect: usize| {
            let project = ProjectRequest {
                root: "/p".into(),
                config: None,
                profile: "dev".into(),
                build_dir: "build".into(),
                toolchain: None,
                variables: Variables::new(Vec::new()),
                staged: false,
                queue: None,
            };
            let request = BuildRequest {
                project,
                targets: Vec::new(),
                all: false,
                tests: false,
                run: false,
                ir: false,
                jobs,
                processors: 8,
                keep_going: false,
                fail_fast: false,
                dry_run: false,
                force: false,
                color: false,
                client_pid: 1,
            };
            assert_eq!(plan_options(&request, &Settings { workers, ..Settings::default() }).slots, expect);
        };
        check(None, None, 8);
        check(None, Some(3), 3);
        check(Some(2), Some(3), 2);
        check(Some(0), None, 1);
    }
}
