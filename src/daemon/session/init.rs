//! One client that wants to start a project: finds its template and has the files written. Does not decide what is in them.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::edge::compute::compute;
use crate::edge::{World, paths, scaffold};
use crate::engine::failure::Failure;
use crate::engine::templates::{self, BUILT_IN, DEFAULT, TemplateFile};
use crate::wire::{self, InitReply, LeftOutReply, PathText, TemplateReply, TemplatesReply};

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Session<R, W> {
    /// Writes the files of a template that are not there yet.
    pub(super) async fn init(&self, request: wire::InitRequest) -> Result<InitReply, Failure> {
        let world = self.service.world.clone();
        compute(move || init(&world, &request)).await.map_err(Failure::internal)?
    }

    /// The templates that there are.
    pub(super) async fn templates(&self, project: wire::Project) -> Result<TemplatesReply, Failure> {
        let users = compute(move || place_of_templates(&project).map(|place| scaffold::templates(&place)).unwrap_or_default());
        let users = users.await.map_err(Failure::internal)?;
        let own = users.into_iter().map(|name| TemplateReply { name, aliases: Vec::new(), about: "your own".to_owned() });
        let built_in = BUILT_IN.iter().map(|template| TemplateReply {
            name: template.name.to_owned(),
            aliases: template.aliases.iter().map(ToString::to_string).collect(),
            about: template.about.to_owned(),
        });
        Ok(TemplatesReply { templates: built_in.chain(own).collect() })
    }
}

/// Where the client's user keeps templates.
fn place_of_templates(project: &wire::Project) -> Option<PathBuf> {
    let lookup = |wanted: &str| {
        let mut variables = project.environment.iter();
        variables.find(|(name, _)| name.as_bytes() == wanted.as_bytes()).map(|(_, value)| value.as_os_str().to_owned())
    };
    paths::user_config_path(&lookup).ok().map(|path| path.with_file_name("templates"))
}

fn init(world: &World, request: &wire::InitRequest) -> Result<InitReply, Failure> {
    let place = request.project.cwd.as_path().join(request.directory.as_ref().map_or(Path::new(""), PathText::as_path));
    let name = request.template.as_deref().unwrap_or(DEFAULT);
    let files = template(name, place_of_templates(&request.project))?;
    let root = scaffold::make_directory(&place, request.project.umask)?;
    // Whoever asks for a template wants its sources.
    let settings_only = request.template.is_none() && scaffold::has_sources(&root);
    let files = if settings_only { templates::without_sources(files) } else { files };
    let project = templates::project_name(&root.file_name().unwrap_or_default().to_string_lossy());
    let done = scaffold::write(&root, &templates::filled(files, &project), request.project.umask)?;
    scaffold::write_schema(world, &root)?;
    Ok(InitReply {
        root: root.as_path().into(),
        name: project,
        template: name.to_owned(),
        settings_only,
        written: done.written.iter().map(PathText::from).collect(),
        kept: done.kept.into_iter().map(|(path, why)| LeftOutReply { path: (&path).into(), why }).collect(),
    })
}

/// The files of a template. One of the user's own goes before a built-in one of the same name.
fn template(name: &str, place: Option<PathBuf>) -> Result<Vec<TemplateFile>, Failure> {
    let own = place.as_ref().filter(|_| templates::can_be_named(name)).map(|place| place.join(name)).filter(|own| own.is_dir());
    match (own, templates::built_in(name)) {
        (Some(own), _) => scaffold::read_template(&own),
        (None, Some(template)) => Ok(template.files()),
        (None, None) => Err(templates::unknown(name, &place.map(|place| scaffold::templates(&place)).unwrap_or_default())),
    }
}
