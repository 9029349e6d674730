//! Real processes of `/bin/sh`. Knows nothing of compilers.

use std::time::Duration;

use super::*;

const STEP: Owner = Some((BuildId(1), StepId(1)));

fn shell(permit: &Permit, script: &str) -> ProcessSpec {
    ProcessSpec {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: "/".into(),
        env: vec![("WORD".into(), "said".into())],
        run: permit.run,
        heard: Heard::Both,
        output_limit: 1000,
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn run(script: &str) -> Result<ProcessExit, SpawnError> {
    let processes = Processes::default();
    block_on(processes.run(shell(&processes.permit(STEP), script)))
}

#[test]
fn output_exit_codes_and_signals_are_told() {
    let check = |script: &str, status: Exit, output: &str| {
        let exit = run(script).unwrap();
        assert_eq!((exit.status, String::from_utf8_lossy(&exit.output).into_owned()), (status, output.to_owned()), "{script}");
    };
    check("echo $WORD; echo two >&2; exit 3", Exit::Exited(3), "said\ntwo\n");
    check("kill -9 $$", Exit::Signalled(9), "");
    check("test -z \"$HOME\" || echo leaked", Exit::Exited(0), "");
}

#[test]
fn what_is_not_listened_to_goes_nowhere() {
    let check = |heard: Heard, output: &str| {
        let processes = Processes::default();
        let permit = processes.permit(STEP);
        let spec = ProcessSpec { heard, ..shell(&permit, "echo out; echo err >&2") };
        assert_eq!(String::from_utf8(block_on(processes.run(spec)).unwrap().output).unwrap(), output);
    };
    check(Heard::Both, "out\nerr\n");
    check(Heard::Output, "out\n");
    check(Heard::Errors, "err\n");
}

#[test]
fn long_output_is_cut_with_a_remark() {
    let exit = run("yes | head -c 5000").unwrap();
    assert!(exit.output.ends_with(b"[4000 more bytes were cut]\n"));
}

#[test]
fn a_grandchild_that_keeps_the_pipe_open_is_not_waited_for() {
    let exit = run("sleep 1000 & echo $!").unwrap();
    let pid: u32 = String::from_utf8(exit.output).unwrap().trim().parse().unwrap();
    // Killed with its group; an init process may not have reaped it yet.
    let status = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let ended = |status: &str| status.is_empty() || status.contains(") Z") || status.contains(") X");
    let since = Instant::now();
    while !ended(&status()) && since.elapsed() < Duration::from_secs(10) {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    assert!(ended(&status()), "{}", status());
}

#[test]
fn a_killed_build_ends_even_if_it_ignores_the_polite_signal() {
    let processes = Arc::new(Processes::default());
    let exit = block_on(async {
        let permit = processes.permit(STEP);
        let running = processes.run(shell(&permit, "trap '' TERM; while :; do sleep 0.01; done"));
        let killer = async {
            while processes.registry.running().groups.is_empty() {
                tokio::task::yield_now().await;
            }
            processes.kill_build(BuildId(1));
        };
        futures_util::future::join(running, killer).await.0
    });
    assert!(matches!(exit.unwrap().status, Exit::Signalled(_)));
    assert!(processes.registry.running().groups.is_empty());
}

#[test]
fn what_a_process_printed_is_kept_when_it_is_ended() {
    let processes = Arc::new(Processes::default());
    let exit = block_on(async {
        let (permit, other) = (processes.permit(None), processes.permit(None));
        let running = processes.run(shell(&permit, "echo begun; exec sleep 1000"));
        let beside = processes.run(shell(&other, "while kill -0 $PPID; do sleep 0.01; done"));
        tokio::pin!(running, beside);
        // It is ended once its first word was said.
        let ended = async {
            while processes.registry.running().groups.len() < 2 {
                tokio::task::yield_now().await;
            }
            processes.end(permit.run);
        };
        let ended = futures_util::future::join(&mut running, ended);
        tokio::select! {
            (exit, ()) = ended => exit,
            beside = &mut beside => panic!("the other one was ended: {beside:?}"),
        }
    });
    let exit = exit.unwrap();
    assert!(matches!(exit.status, Exit::Signalled(15)), "{exit:?}");
}

#[test]
fn a_missing_program_is_an_error_that_names_it() {
    let processes = Processes::default();
    let permit = processes.permit(STEP);
    let spec = ProcessSpec { program: "/no/such/clang".into(), ..shell(&permit, "") };
    let error = block_on(processes.run(spec)).unwrap_err().to_string();
    assert!(error.contains("/no/such/clang"), "{error}");
}

#[test]
fn what_is_stopped_before_it_starts_never_runs() {
    let dir = tempfile::tempdir().unwrap();
    let mark = dir.path().join("ran");
    let check = |stop: fn(&Processes), runs: bool| {
        let processes = Processes::default();
        let permit = processes.permit(STEP);
        stop(&processes);
        assert_eq!(permit.is_revoked(), !runs);
        let exit = block_on(processes.run(shell(&permit, &format!("touch {}", mark.display())))).unwrap();
        assert_eq!(exit.status, if runs { Exit::Exited(0) } else { Exit::Signalled(15) });
        assert_eq!(std::fs::remove_file(&mark).is_ok(), runs);
        // It may be asked for again.
        assert_eq!(block_on(processes.run(shell(&processes.permit(STEP), ":"))).unwrap().status, Exit::Exited(0));
    };
    check(|processes| processes.kill_step(BuildId(1), StepId(1)), false);
    check(|processes| processes.kill_build(BuildId(1)), false);
    check(Processes::kill_steps, false);
    check(Processes::kill_all, false);
    check(|processes| processes.kill_step(BuildId(1), StepId(2)), true);
    check(|processes| processes.kill_build(BuildId(2)), true);
}

#[test]
fn what_is_run_for_nobody_is_stopped_with_all_only() {
    let processes = Processes::default();
    let permit = processes.permit(None);
    processes.kill_steps();
    assert_eq!(block_on(processes.run(shell(&permit, ":"))).unwrap().status, Exit::Exited(0));
    processes.kill_all();
    assert_eq!(block_on(processes.run(shell(&permit, ":"))).unwrap().status, Exit::Signalled(15));
}

#[test]
fn without_a_permit_nothing_runs() {
    let processes = Processes::default();
    let permit = processes.permit(STEP);
    let spec = shell(&permit, ":");
    drop(permit);
    assert_eq!(block_on(processes.run(spec)).unwrap().status, Exit::Signalled(15));
}
