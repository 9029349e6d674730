//! Who writes a file: one execution at a time, from its first preparation to its last clean-up, whoever still waits for it. Does not know
//! what is written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Held as long as something may still be written. Clones are for work that outlives the one who began it.
pub type Claim = Arc<OwnedMutexGuard<()>>;

/// All claims.
#[derive(Debug, Default)]
pub struct Claims(Mutex<HashMap<PathBuf, Weak<Turn<()>>>>);

impl Claims {
    /// Waits until nobody else holds a claim to `path`.
    pub async fn claim(&self, path: &Path) -> Claim {
        let turn = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = all.get(path).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                all.retain(|_, turn| turn.strong_count() > 0);
                let turn = Arc::<Turn<()>>::default();
                all.insert(path.to_owned(), Arc::downgrade(&turn));
                turn
            })
        };
        Arc::new(turn.lock_owned().await)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn one_at_a_time_until_the_last_part_is_done() {
        let claims = Claims::default();
        let now = |path: &str| claims.claim(Path::new(path)).now_or_never();
        let first = now("/a").unwrap();
        let behind = first.clone();
        assert!(now("/a").is_none() && now("/b").is_some());
        drop(first);
        assert!(now("/a").is_none());
        drop(behind);
        assert!(now("/a").is_some() && now("/a").is_some());
    }
}
