//! What happens when a part of the daemon breaks: a build in flight completes rightly or fails with a clear error. It never
//! succeeds wrongly and never hangs. With the feature `faults` any actor can be made to panic or hang; without it there is no
//! such door, which is tested too.

#[cfg(feature = "faults")]
mod giving_up;
#[cfg(feature = "faults")]
mod hangs;
#[cfg(feature = "faults")]
mod job_states;
mod killed;
#[cfg(not(feature = "faults"))]
mod no_door;
#[cfg(feature = "faults")]
mod panics;
#[cfg(feature = "faults")]
mod pool;
#[cfg(feature = "faults")]
mod queued;
mod stage;
