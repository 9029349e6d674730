//! Who writes a file: one execution at a time, from its first preparation to its last clean-up, whoever still waits for it. Does not know
//! what is written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often who waits asks whether that is still wanted.
const PATIENCE: Duration = Duration::from_millis(50);

/// All claims.
#[derive(Debug, Default)]
pub struct Claims {
    held: Mutex<HashSet<PathBuf>>,
    given_back: Condvar,
}

/// Held as long as something may still be written.
#[derive(Debug)]
pub struct Claim<'a> {
    all: &'a Claims,
    path: PathBuf,
}

impl Claims {
    /// Waits until nobody else holds a claim to `path`, on this thread; `None` once it is not wanted any more.
    pub fn claim(&self, path: &Path, is_wanted: impl Fn() -> bool) -> Option<Claim<'_>> {
        let mut held = self.held();
        while !held.insert(path.to_owned()) {
            held = self.given_back.wait_timeout(held, PATIENCE).unwrap_or_else(PoisonError::into_inner).0;
            if !is_wanted() {
                return None;
            }
        }
        Some(Claim { all: self, path: path.to_owned() })
    }

    /// Waits until all to paths below `root` are given back; false if some are not within so long.
    pub fn are_given_back(&self, root: &Path, within: Duration) -> bool {
        let some = |held: &HashSet<PathBuf>| held.iter().any(|path| path.starts_with(root));
        let waited = self.given_back.wait_timeout_while(self.held(), within, |held| some(held));
        !some(&waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    fn held(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.all.held().remove(&self.path);
        self.all.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn one_at_a_time_and_each_in_the_end() {
        let claims = Claims::default();
        let (told, heard) = mpsc::channel();
        let first = claims.claim(Path::new("/a"), || true);
        assert!(first.is_some() && claims.claim(Path::new("/b"), || true).is_some());
        assert!(claims.claim(Path::new("/a"), || false).is_none());
        assert!(!claims.are_given_back(Path::new("/"), Duration::ZERO) && claims.are_given_back(Path::new("/b"), Duration::ZERO));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let (told, claims) = (told.clone(), &claims);
                scope.spawn(move || {
                    let _claim = claims.claim(Path::new("/a"), || true).unwrap();
                    told.send(claims.held().len()).unwrap();
                });
            }
            assert!(heard.try_recv().is_err(), "somebody else has it");
            drop(first);
        });
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [1; 4]);
        assert!(claims.are_given_back(Path::new("/"), Duration::ZERO));
    }
}
