//! The one line that moves while a build runs. Does not know what was built before.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::client::screen::visible;

/// How far the build is. There is no line until something runs, so a build that runs nothing never shows one.
#[derive(Debug, Default)]
pub struct Progress {
    bar: Option<ProgressBar>,
    label: String,
}

impl Progress {
    /// A step began.
    pub fn started(&mut self, label: &str) {
        self.label = visible(label);
    }

    /// So many are done.
    pub fn moved(&mut self, done: u32, total: u32, running: u32) {
        if self.bar.is_none() && running == 0 {
            return;
        }
        let bar = self.bar.get_or_insert_with(line);
        bar.set_length(total.into());
        bar.set_position(done.into());
        bar.set_message(format!("{running} running, {}", self.label));
    }

    /// Renews the line.
    pub fn tick(&self) {
        if let Some(bar) = &self.bar {
            bar.tick();
        }
    }

    /// Takes the line away, does something else with the terminal, and shows it again.
    pub fn aside(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn line() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("[{pos}/{len}] {elapsed} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
    bar
}
