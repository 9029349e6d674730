//! Answers for people: what was found, which tools there are, how the daemon is. Does not know sockets.

use std::fmt::Write as _;

use comfy_table::{Table, presets};

use super::checked::checked;
use super::explanation::explanation;
use super::jobs::jobs;
use super::started;
use crate::client::screen::{Screen, Stream, visible};
use crate::client::session::Show;
use crate::wire::{
    CleanReply, Control, DiscoverReply, Event, FromDaemon, InstallReply, PathText, Reply, StatusReply, TargetReply, ToolsReply,
};

/// Shows one answer.
#[derive(Debug, Default)]
pub struct Listing {
    quiet: bool,
    verbose: bool,
    screen: Screen,
}

impl Listing {
    /// Shows nothing yet.
    #[must_use]
    pub fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, screen: Screen::default() }
    }
}

impl Show for Listing {
    fn line(&mut self, line: &FromDaemon, _raw: &[u8]) {
        match line {
            FromDaemon::Control(Control::Reply(reply)) => self.screen.put(Stream::Out, text_of(reply, self)),
            FromDaemon::Control(Control::Failed(failed)) => self.screen.put_line(Stream::Err, format!("jmake: error: {}", failed.message)),
            FromDaemon::Event(timed) => {
                if let (Event::Notice { text }, false) = (&timed.event, self.quiet) {
                    self.screen.put_line(Stream::Err, format!("jmake: {text}"));
                }
            }
            FromDaemon::Control(_) => {}
        }
    }

    fn note(&mut self, text: &str, detail: bool) {
        if !detail || self.verbose {
            self.screen.put_line(Stream::Err, format!("jmake: {text}"));
        }
    }

    fn flush(&mut self) {
        self.screen.flush();
    }

    fn end(&mut self) {
        self.screen.flush();
    }
}

fn text_of(reply: &Reply, Listing { quiet, verbose, .. }: &Listing) -> String {
    let verbose = *verbose;
    match reply {
        Reply::Status(reply) => status(reply),
        Reply::Tools(reply) => tools(reply),
        Reply::Discover(reply) => discover(reply, verbose),
        Reply::Clean(reply) => clean(reply, *quiet, verbose),
        Reply::Install(reply) => install(reply),
        Reply::Init(reply) => started::started(reply),
        Reply::Templates(reply) => started::templates(reply),
        Reply::Explain(reply) => explanation(reply, verbose),
        Reply::Check(reply) => checked(reply),
        Reply::Schema(reply) => format!("{:#}\n", reply.schema),
        Reply::Jobs(reply) => jobs(reply),
        Reply::Includes(_) | Reply::Graph(_) | Reply::GraphPart(_) => String::new(),
    }
}

pub(super) fn name(path: &PathText) -> String {
    visible(&path.to_string())
}

/// How the daemon is, in words.
#[must_use]
pub fn status(reply: &StatusReply) -> String {
    let Some(daemon) = &reply.daemon else {
        let why = reply.why.iter().map(|why| format!("none can be, and builds do without: {}\n", visible(why)));
        return std::iter::once("no daemon is running\n".to_owned()).chain(why).collect();
    };
    let mut out = format!(
        "daemon {} (pid {}), up {} s, {} KiB, at {}\n",
        daemon.version,
        daemon.pid,
        daemon.uptime_s,
        daemon.rss_kb,
        name(&daemon.socket)
    );
    let actors = reply.actors.iter().map(|it| vec![it.name.clone(), it.state.clone(), it.restarts.to_string(), it.mailbox.to_string()]);
    table(&mut out, ["actor", "state", "restarts", "mailbox"], actors);
    let projects = reply.projects.iter().map(|it| {
        let watching = if it.watching { "yes" } else { "no" };
        vec![name(&it.root), it.generation.to_string(), watching.to_owned(), it.steps.to_string()]
    });
    table(&mut out, ["project", "generation", "watching", "steps"], projects);
    let caches = reply
        .caches
        .iter()
        .map(|it| vec![it.name.clone(), format!("{}/{}", it.entries, it.capacity), it.hits.to_string(), it.misses.to_string()]);
    table(&mut out, ["cache", "entries", "hits", "misses"], caches);
    let builds = reply.builds.iter().map(|it| vec![it.build.to_string(), name(&it.root), it.client_pid.to_string()]);
    table(&mut out, ["build", "project", "client"], builds);
    out
}

pub(super) fn table<const N: usize>(out: &mut String, head: [&str; N], rows: impl Iterator<Item = Vec<String>>) {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(head).add_rows(rows);
    if table.row_count() > 0 {
        let _ = write!(out, "\n{}\n", table.trim_fmt());
    }
}

fn tools(reply: &ToolsReply) -> String {
    let mut out = String::new();
    for it in &reply.toolchains {
        let mark = if it.selected { " (used here)" } else { "" };
        let _ = writeln!(out, "LLVM {} in {}{mark}\n  target {}; found by {}", it.version, name(&it.bin_dir), it.triple, it.origin);
        for tool in &it.tools {
            let _ = writeln!(out, "  {:<20} {}", tool.name, name(&tool.path));
        }
    }
    if reply.toolchains.is_empty() {
        out.push_str("no LLVM found\n");
    }
    notes(&mut out, &reply.notes);
    out
}

pub(super) fn notes(out: &mut String, notes: &[String]) {
    for note in notes {
        let _ = writeln!(out, "note: {note}");
    }
}

fn install(reply: &InstallReply) -> String {
    let mut out = String::new();
    for path in &reply.installed {
        let _ = writeln!(out, "installed {}", name(path));
    }
    let (new, old) = (reply.installed.len(), reply.unchanged.len());
    let _ = writeln!(out, "{}: {} files installed, {old} were there already", name(&reply.top), new);
    notes(&mut out, &reply.notes);
    out
}

/// What stays is told however quiet it is to be: it was asked to go.
fn clean(reply: &CleanReply, quiet: bool, verbose: bool) -> String {
    let mut out = String::new();
    let limit = if verbose { usize::MAX } else { SHORT };
    let shown = if quiet { 0 } else { limit.min(reply.removed.len()) };
    for path in &reply.removed[..shown] {
        let _ = writeln!(out, "removed {}", name(path));
    }
    let rest = reply.removed.len() - shown;
    if rest > 0 && !quiet {
        let _ = writeln!(out, "… {rest} more (-v)");
    }
    for it in &reply.kept {
        let _ = writeln!(out, "kept {}: {}", name(&it.path), it.why);
    }
    if out.is_empty() && !quiet {
        out.push_str("nothing to remove\n");
    }
    out
}

/// Long lists show their beginning unless the user wants more.
pub(super) const SHORT: usize = 20;

fn discover(reply: &DiscoverReply, verbose: bool) -> String {
    let limit = if verbose { usize::MAX } else { SHORT };
    let mut out = format!("project {}\n", name(&reply.root));
    let targets = reply.targets.iter().map(|it| target(it, limit));
    section(&mut out, "targets", targets.collect(), usize::MAX);
    let sources = reply.sources.iter().map(|it| format!("{} ({})", name(&it.path), it.language));
    section(&mut out, "sources", sources.collect(), limit);
    section(&mut out, "headers", reply.headers.iter().map(name).collect(), limit);
    section(&mut out, "include directories", reply.include_dirs.iter().map(name).collect(), limit);
    let binaries = reply.binaries.iter().map(|it| {
        let soname = it.soname.as_ref().map(|soname| format!(", soname {soname}")).unwrap_or_default();
        let needed = if it.needed.is_empty() { String::new() } else { format!(", needs {}", it.needed.join(" ")) };
        format!("{} ({} for {}{soname}{needed}, {} symbols)", name(&it.path), it.kind, it.architecture, it.symbols.len())
    });
    section(&mut out, "binaries", binaries.collect(), limit);
    let left_out = reply.left_out.iter().map(|it| format!("{}: {}", name(&it.path), it.why));
    section(&mut out, "left out", left_out.collect(), limit);
    notes(&mut out, &reply.notes);
    out
}

fn target(it: &TargetReply, limit: usize) -> String {
    let group = it.group.as_ref().map(|group| format!(", {group}")).unwrap_or_default();
    let mut text = format!("{} ({}{group}): {}", visible(&it.name), it.kind, it.why);
    let all: Vec<&PathText> = it.main.iter().chain(&it.sources).collect();
    for path in all.iter().take(limit) {
        let _ = write!(text, "\n    {}", name(path));
    }
    if all.len() > limit {
        let _ = write!(text, "\n    … {} more (-v)", all.len() - limit);
    }
    text
}

fn section(out: &mut String, title: &str, lines: Vec<String>, limit: usize) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title} ({})", lines.len());
    for line in lines.iter().take(limit) {
        let _ = writeln!(out, "  {line}");
    }
    if lines.len() > limit {
        let _ = writeln!(out, "  … {} more (-v)", lines.len() - limit);
    }
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
