//! What assembler text in bitcode has the assembler read: that is read by who makes code of the bitcode, and no depfile tells. So it is
//! handed on from one record to the next. Does not know how such files are found.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::record::Record;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;
use crate::engine::report::StepKind;

/// Files that are read for what a step made, when code is made of that.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Assembled {
    /// Every place where one is looked for, whether it is there or not. Sorted.
    pub files: Vec<FilePath>,
    /// A text that does not say what is read.
    pub unnamed: Option<FilePath>,
}

impl Assembled {
    /// Takes in what another says.
    pub fn join(&mut self, other: &Self) {
        self.files.extend(other.files.iter().cloned());
        self.files.sort();
        self.files.dedup();
        self.unnamed = self.unnamed.take().or_else(|| other.unnamed.clone());
    }

    /// Whether what `step` makes may be bitcode still, so that what is read for its inputs will be read for its outputs.
    #[must_use]
    pub fn is_handed_on_by(step: &StepSpec) -> bool {
        step.kind == StepKind::Archive || step.cxx.as_ref().is_some_and(|cxx| cxx.bitcode)
    }
}

/// What is read for each file of bitcode. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub struct AllAssembled(Arc<HashMap<FilePath, Assembled>>);

impl AllAssembled {
    /// What the newest record of a step says of its outputs counts from now on.
    pub fn learn(&mut self, record: &Record) {
        for (output, ..) in &record.outputs {
            if record.assembled != Assembled::default() {
                Arc::make_mut(&mut self.0).insert(output.clone(), record.assembled.clone());
            } else if self.0.contains_key(output) {
                Arc::make_mut(&mut self.0).remove(output);
            }
        }
    }

    /// What `step` may read for its inputs.
    #[must_use]
    pub fn read_by(&self, step: &StepSpec) -> Assembled {
        let mut all = Assembled::default();
        let reads = matches!(step.kind, StepKind::Backend | StepKind::Lto | StepKind::Archive | StepKind::Link);
        let inputs = step.explicit.iter().chain(&step.implicit).filter(|_| reads && !self.0.is_empty());
        inputs.filter_map(|path| self.0.get(path)).for_each(|one| all.join(one));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::execution::Execution;
    use crate::engine::fingerprint::{Identity, record_of};
    use crate::engine::graph::CxxStep;
    use crate::engine::graph::tests::spec;

    fn step(kind: StepKind, text: &str, bitcode: bool) -> StepSpec {
        StepSpec { kind, cxx: Some(CxxStep { bitcode, ..CxxStep::default() }), ..spec(text) }
    }

    /// The record of a run that made `output` and told of these files.
    fn record(output: &str, files: &[&str], unnamed: Option<&str>) -> Record {
        let assembled = Assembled { files: files.iter().copied().map(FilePath::from).collect(), unnamed: unnamed.map(FilePath::from) };
        let outputs = vec![(output.into(), Identity::of(crate::engine::digest::Digest::of(b"x")), 0)];
        record_of(&spec(&format!("{output}: a.c")), &"/p".into(), &Execution { assembled, outputs, ..Execution::empty() }, None)
    }

    #[test]
    fn who_makes_code_of_bitcode_reads_what_its_text_names() {
        let mut all = AllAssembled::default();
        all.learn(&record("a.bc", &["blob", "late/blob"], None));
        all.learn(&record("b.bc", &["blob", "b"], Some("b.c")));
        let read = |all: &AllAssembled, kind: StepKind, text: &str| {
            let Assembled { files, unnamed } = all.read_by(&step(kind, text, false));
            let files: Vec<String> = files.iter().chain(&unnamed).map(ToString::to_string).collect();
            files.join(" ")
        };
        for kind in [StepKind::Backend, StepKind::Lto, StepKind::Archive, StepKind::Link] {
            assert_eq!(read(&all, kind, "x: a.bc c.o"), "blob late/blob");
            assert_eq!(read(&all, kind, "x: a.bc b.bc"), "b blob late/blob b.c");
        }
        assert_eq!(read(&all, StepKind::Compile, "x: a.bc"), "");
        all.learn(&record("a.bc", &[], None));
        assert_eq!(read(&all, StepKind::Lto, "x: a.bc"), "", "its text reads nothing any more");
    }

    #[test]
    fn objects_read_nothing_for_others_and_archives_may_hold_bitcode() {
        let hands_on = |kind, bitcode| Assembled::is_handed_on_by(&step(kind, "x: y", bitcode));
        assert!(hands_on(StepKind::Frontend, true) && hands_on(StepKind::Archive, false));
        assert!(!hands_on(StepKind::Compile, false) && !hands_on(StepKind::Link, false));
    }
}
