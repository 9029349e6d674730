//! Cycles, found without recursion and named by what the user wrote. Does not know when to look for them.

use super::Graph;
use crate::engine::ids::StepId;

/// Steps that wait for each other in a ring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cycle {
    /// The steps, each waiting for the next, the last for the first.
    pub steps: Vec<StepId>,
    names: Vec<String>,
}

impl std::fmt::Display for Cycle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for name in &self.names {
            write!(f, "{name} → ")?;
        }
        f.write_str(self.names.first().map_or("", String::as_str))
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Mark {
    New,
    OnPath,
    Left,
}

impl Graph {
    /// A ring of steps that wait for each other, if there is one.
    #[must_use]
    pub fn find_cycle(&self) -> Option<Cycle> {
        self.find_cycle_from(self.ids_from(0), |_| false)
    }

    /// Like [`Graph::find_cycle`], among what `roots` wait for, `skip`ped steps left out.
    pub fn find_cycle_from(&self, roots: impl IntoIterator<Item = StepId>, skip: impl Fn(StepId) -> bool) -> Option<Cycle> {
        let mut marks = vec![Mark::New; self.len()];
        roots.into_iter().find_map(|root| self.descend(root, &mut marks, &skip))
    }

    fn descend(&self, root: StepId, marks: &mut [Mark], skip: &impl Fn(StepId) -> bool) -> Option<Cycle> {
        if marks[root.index()] != Mark::New {
            return None;
        }
        marks[root.index()] = Mark::OnPath;
        let mut path = vec![(root, 0)];
        while let Some((step, next)) = path.last_mut() {
            let Some(&file) = self.step(*step).inputs().get(*next) else {
                marks[step.index()] = Mark::Left;
                path.pop();
                continue;
            };
            *next += 1;
            let Some(dependency) = self.producer(file).filter(|&id| !skip(id)) else { continue };
            match marks[dependency.index()] {
                Mark::New => {
                    marks[dependency.index()] = Mark::OnPath;
                    path.push((dependency, 0));
                }
                Mark::OnPath => return Some(self.ring(path.iter().map(|&(step, _)| step), dependency)),
                Mark::Left => {}
            }
        }
        None
    }

    fn ring(&self, path: impl Iterator<Item = StepId>, first: StepId) -> Cycle {
        let steps: Vec<StepId> = path.skip_while(|&step| step != first).collect();
        let names = steps.iter().map(|&step| self.step(step).spec.name()).collect();
        Cycle { steps, names }
    }
}
