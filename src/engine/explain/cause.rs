//! A reason with what led to it. Does not know graphs: whoever makes a cause says which step is behind it.

use std::fmt;
use std::sync::Arc;

use crate::engine::fingerprint::Reason;
use crate::engine::path::FilePath;

/// Why a step runs, ran, or has its outputs put back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cause {
    /// The reason by itself.
    pub what: What,
    /// For a header: the files that include each other, from the source to it.
    pub includes: Vec<FilePath>,
    /// The step that made, or would make, what is another now; as people know it, and why that one runs.
    pub behind: Option<(String, Arc<Cause>)>,
}

/// A reason by itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum What {
    /// Of a step that is judged now.
    Reason(Reason),
    /// Of a step that ran earlier, as it was written down then.
    Earlier(String),
    /// The step's outputs are in the store, and are put back because of this.
    Restored(Reason),
}

/// One link of a cause, from the step that was asked about to what a person did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// The step behind the link before; `None` for the first.
    pub step: Option<String>,
    /// Its reason, in words.
    pub what: String,
    /// From the source to the header that the reason names.
    pub includes: Vec<FilePath>,
}

impl Cause {
    /// With nothing behind it.
    #[must_use]
    pub fn plain(what: What) -> Self {
        Self { what, includes: Vec::new(), behind: None }
    }

    /// The cause at its end, which nothing is behind.
    #[must_use]
    pub fn root(&self) -> &Self {
        self.behind.as_ref().map_or(self, |(_, cause)| cause.root())
    }

    /// The same with another end.
    #[must_use]
    pub fn with_root(&self, root: Self) -> Self {
        match &self.behind {
            None => root,
            Some((step, cause)) => Self { behind: Some((step.clone(), Arc::new(cause.with_root(root)))), ..self.clone() },
        }
    }

    /// All of it, in order.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let mut links = vec![Link { step: None, what: self.what.to_string(), includes: self.includes.clone() }];
        let mut next = &self.behind;
        while let Some((step, cause)) = next {
            links.push(Link { step: Some(step.clone()), what: cause.what.to_string(), includes: cause.includes.clone() });
            next = &cause.behind;
        }
        links
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason(reason) => reason.fmt(f),
            Self::Earlier(text) => f.write_str(text),
            Self::Restored(reason) => write!(f, "{reason}; its outputs are in the store"),
        }
    }
}

/// In one line.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.what, &self.behind) {
            (What::Reason(Reason::DependencyWouldRun), Some((step, cause))) => write!(f, "{step} would run before it: {cause}"),
            (what, behind) => {
                what.fmt(f)?;
                if !self.includes.is_empty() {
                    write!(f, " ({})", chain(&self.includes))?;
                }
                behind.as_ref().map_or(Ok(()), |(step, cause)| write!(f, ", because of {step}: {cause}"))
            }
        }
    }
}

/// Files that include each other, in words.
fn chain(files: &[FilePath]) -> String {
    files.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Cause {
        let includes = ["a.c", "b.h", "c.h"].map(FilePath::from).into();
        Cause { includes, ..Cause::plain(What::Reason(Reason::InputChanged("c.h".into()))) }
    }

    #[test]
    fn a_cause_is_told_to_its_end() {
        let link = |what| Cause { behind: Some(("compile a.c".into(), Arc::new(header()))), ..Cause::plain(What::Reason(what)) };
        let real = link(Reason::InputChanged("a.o".into()));
        assert_eq!(real.to_string(), "a.o changed, because of compile a.c: c.h changed (a.c → b.h → c.h)");
        let dry = link(Reason::DependencyWouldRun);
        assert_eq!(dry.to_string(), "compile a.c would run before it: c.h changed (a.c → b.h → c.h)");
        let steps: Vec<_> = real.links().into_iter().map(|link| (link.step, link.what, link.includes.len())).collect();
        assert_eq!(steps, [(None, "a.o changed".to_owned(), 0), (Some("compile a.c".to_owned()), "c.h changed".to_owned(), 3)]);
        assert_eq!(real.root(), &header());
        let other = real.with_root(Cause::plain(What::Earlier("forced".into())));
        assert_eq!(other.to_string(), "a.o changed, because of compile a.c: forced");
    }
}
