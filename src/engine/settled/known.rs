//! One file as a build left it, and as it is now. Does not know what a difference means.

use std::sync::Arc;

use crate::engine::digest::Digest;
use crate::engine::fingerprint::Reading;
use crate::engine::path::FilePath;
use crate::engine::scan::comment_blind::CommentBlind;
use crate::engine::scan::facts::SourceFacts;
use crate::engine::scan::interface::Offer;

/// What one file was to the last build.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What it held; `None` if it was absent.
    pub digest: Option<Digest>,
    /// Its mode bits, if it is an output.
    pub mode: Option<u32>,
    /// A text shows when it was written.
    pub dated: bool,
    /// To some of these steps it held something else, and that was the same to them, or it changed while they ran.
    pub disputed: bool,
    /// Steps that read or make it, sorted.
    pub steps: Vec<u32>,
}

impl Known {
    /// Whether it is to its steps what it was.
    pub fn is(&self, seen: &Seen) -> bool {
        let same_mode = self.mode.zip(seen.mode).is_none_or(|(then, now)| then == now);
        self.digest == seen.digest && same_mode && !self.dated && !self.disputed
    }
}

/// A path of which something was heard, as it is now.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Which.
    pub path: FilePath,
    /// What it holds; `None` if it is absent or no file.
    pub digest: Option<Digest>,
    /// Its mode bits, if they were looked at.
    pub mode: Option<u32>,
    /// It is a directory.
    pub is_dir: bool,
    /// What its text says, if it is a source or header.
    pub facts: Option<Arc<SourceFacts>>,
    /// What was left of its text without comments, and what is now, if both are known.
    pub texts: Option<[CommentBlind; 2]>,
    /// What links read of it, and what they would now, if both are known.
    pub offers: Option<[Offer; 2]>,
}

impl Seen {
    /// Whether it is what it was to who reads it so.
    pub fn reads_the_same(&self, reading: Reading) -> bool {
        let same = |[then, now]: [Option<Digest>; 2]| then.is_some() && then == now;
        match reading {
            Reading::Text(dialect) => self.texts.is_some_and(|texts| same(texts.map(|text| text.digest(dialect).ok()))),
            Reading::Interface => self.offers.is_some_and(|offers| same(offers.map(Offer::interface))),
        }
    }
}
