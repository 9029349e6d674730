//! One client that wants a jmake.toml completed: asks the actors what the engine wants to know, and has the answers written. Decides neither
//! what is asked nor what is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Gone, Session, root_failed};
use crate::actors::supervise::ask;
use crate::daemon::translate;
use crate::edge::compute::compute;
use crate::edge::config_edit::{self, Changed};
use crate::edge::tools_search;
use crate::engine::complete::{self, Failures, Found, Question, Queue, Values};
use crate::engine::config::document::{Field, Mode, Value};
use crate::engine::config::settings::Settings;
use crate::engine::failure::Failure;
use crate::engine::request::ProjectRequest;
use crate::engine::survey::Survey;
use crate::engine::text_diff;
use crate::engine::tree::SETTINGS;
use crate::messages::config_store::LoadSettings;
use crate::messages::file_scanner::FindBinaries;
use crate::messages::orchestrator::SurveyProject;
use crate::messages::supervisor::{GetDaemon, OpenedProject, ToolDoors};
use crate::messages::tool_cache::FindToolchain;
use crate::wire::{self, Event};

/// What is being completed, and whom its questions go to.
#[derive(Clone)]
struct Completing {
    project: ProjectRequest,
    path: PathBuf,
    mode: Mode,
    settings: Arc<Settings>,
    opened: Arc<OpenedProject>,
    tools: ToolDoors,
    since: Instant,
}

/// What became of the questions.
#[derive(Default)]
struct Answers {
    values: Values,
    failures: Failures,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    /// Fills what is missing, and says what came of it.
    pub(super) async fn complete(&mut self, request: wire::CompleteRequest) -> Result<Result<u8, Failure>, Gone> {
        let begun = match self.begin(&request).await {
            Ok(begun) => begun,
            Err(failure) => return Ok(Err(failure)),
        };
        let (completing, fields, kept) = begun;
        let names = |fields: &[Field]| fields.iter().map(|field| field.name().to_owned()).collect();
        let (root, file) = (completing.project.root.as_path().into(), completing.path.as_path().into());
        self.tell(&completing, Event::CompleteStarted { root, file, fields: names(&fields), kept: names(&kept) }).await?;
        let answers = self.answers(&completing, &fields).await?;
        match write(&completing, answers, request.dry_run).await {
            Ok((event, exit_code)) => {
                self.tell(&completing, event).await?;
                Ok(Ok(exit_code))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    async fn begin(&self, request: &wire::CompleteRequest) -> Result<(Completing, Vec<Field>, Vec<Field>), Failure> {
        let since = Instant::now();
        let mode = if request.refresh { Mode::Refresh } else { Mode::Fill };
        let project = translate::project(request.project.clone(), false);
        let path = project.config.as_ref().map_or_else(|| project.root.join(SETTINGS), |config| config.under(&project.root));
        let text = read(&path).await?;
        let opened = self.project(project.root.clone()).await?;
        let load = LoadSettings { queue: None, ..LoadSettings::of(&project) };
        let settings = ask(&opened.files.settings, load).await??.settings;
        let tools = self.service.root.send(GetDaemon).await.map_err(|_| root_failed())?.tools;
        let failed = |error| Failure::usage(format!("{}: {error}", path.display()));
        let (fields, kept) = (complete::wanted(&text, mode).map_err(failed)?, complete::kept(&text, mode).map_err(failed)?);
        Ok((Completing { project, path, mode, settings, opened, tools, since }, fields, kept))
    }

    /// Asks until nothing is left to ask.
    async fn answers(&mut self, completing: &Completing, fields: &[Field]) -> Result<Answers, Gone> {
        let (mut queue, mut asked, mut answers) = (Queue::new(fields), FuturesUnordered::new(), Answers::default());
        let mut survey = None;
        loop {
            for field in queue.ready() {
                self.tell(completing, started(field)).await?;
                asked.push(answer(completing.clone(), field, survey.clone()));
            }
            let Some((field, found, took)) = asked.next().await else { return Ok(answers) };
            queue.answered(field);
            if let Ok(Found::Survey(found)) = &found {
                survey = Some(found.clone());
            }
            let value = found.and_then(|found| complete::value(field, &found));
            self.tell(completing, finished(field, &value, took)).await?;
            match value {
                Ok(value) => drop(answers.values.insert(field, value)),
                Err(failure) => drop(answers.failures.insert(field, failure)),
            }
        }
    }

    async fn tell(&mut self, completing: &Completing, event: Event) -> Result<(), Gone> {
        self.send(&wire::encode_timed(milliseconds(completing.since.elapsed()), event)).await
    }
}

async fn read(path: &Path) -> Result<String, Failure> {
    let place = path.to_owned();
    let text = compute(move || config_edit::read(&place)).await.map_err(Failure::internal)??;
    text.ok_or_else(|| Failure::usage(format!("there is no {}; `jmake init` writes one, and builds need none", path.display())))
}

/// Asks for one field. What a survey has found is not looked for again.
async fn answer(completing: Completing, field: Field, survey: Option<Arc<Survey>>) -> (Field, Result<Found, Failure>, Duration) {
    let since = Instant::now();
    let found = match (complete::question(field), survey) {
        (Question::Survey, Some(survey)) => Ok(Found::Survey(survey)),
        (question, _) => completing.found(question).await,
    };
    (field, found, since.elapsed())
}

impl Completing {
    async fn found(&self, question: Question) -> Result<Found, Failure> {
        let Self { project, settings, opened, tools, .. } = self;
        match question {
            Question::Settings => Ok(Found::Settings(settings.clone())),
            Question::Binaries => {
                let found = ask(&opened.files.binaries, FindBinaries { root: project.root.clone() }).await??;
                Ok(Found::Binaries(found, settings.clone()))
            }
            Question::Survey => {
                let survey = SurveyProject { project: project.clone(), afresh: self.mode == Mode::Refresh };
                Ok(Found::Survey(ask(&opened.survey, survey).await??.into()))
            }
            Question::Toolchain => {
                let find = FindToolchain::of(project, settings, || tools_search::clang_of(&project.variables));
                Ok(Found::Toolchain(ask(&tools.find, find).await??.toolchain))
            }
        }
    }
}

/// Writes the answers, or says what would be written.
async fn write(completing: &Completing, answers: Answers, dry_run: bool) -> Result<(Event, u8), Failure> {
    let (path, mode, values) = (completing.path.clone(), completing.mode, answers.values.clone());
    let written = compute(move || {
        let completed = |text: &str| complete::completed(text, &values, mode).0;
        if dry_run {
            let before = config_edit::read(&path)?.unwrap_or_default();
            let after = completed(&before);
            return Ok(Changed { before, after });
        }
        config_edit::change(&path, &completed)
    });
    let changed = written.await.map_err(Failure::internal)??;
    let mut failures = complete::completed(&changed.before, &answers.values, mode).1;
    failures.extend(answers.failures);
    let filled = answers.values.keys().filter(|field| !failures.contains_key(field)).map(|field| field.name().to_owned()).collect();
    let exit_code = complete::exit_code(&failures);
    let diff = dry_run.then(|| text_diff::unified(&completing.name(), &changed.before, &changed.after));
    let finished = Event::CompleteFinished {
        success: exit_code == 0,
        exit_code,
        changed: changed.before != changed.after,
        filled,
        failed: failures.iter().map(|(field, failure)| format!("{}: {failure}", field.name())).collect(),
        diff,
        wall_ms: milliseconds(completing.since.elapsed()),
    };
    Ok((finished, exit_code))
}

impl Completing {
    /// The file, seen from the root.
    fn name(&self) -> String {
        self.path.strip_prefix(&self.project.root).unwrap_or(&self.path).display().to_string()
    }
}

fn started(field: Field) -> Event {
    let job = complete::job(field);
    Event::JobStarted {
        job: job.name.to_owned(),
        actor: job.actor.to_owned(),
        title: job.title.to_owned(),
        section: field.name().to_owned(),
    }
}

fn finished(field: Field, value: &Result<Value, Failure>, took: Duration) -> Event {
    let (status, text) = match value {
        Ok(value) => ("completed", complete::in_words(field, value)),
        Err(failure) => ("failed", failure.message.clone()),
    };
    Event::JobFinished {
        job: complete::job(field).name.to_owned(),
        section: field.name().to_owned(),
        status: status.to_owned(),
        attempts: 1,
        text,
        wall_ms: milliseconds(took),
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
