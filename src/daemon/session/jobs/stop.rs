//! How a job is ended early, and its place among all that the machine does. Does not know what jobs do.

use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{mpsc, oneshot};

use super::perform::Doer;
use crate::engine::jobs::functions::Call;
use crate::engine::jobs::progress::{JobError, Order};
use crate::messages::compile_pool::{BorrowWorker, Customer, Loan};

/// How long what is ended may take to be gone.
pub(super) const FAREWELL: Duration = Duration::from_secs(5);

/// In whose process another run of jobs may be: its parent has its place already, and may wait for it.
pub(super) const WITHIN: &str = "JMAKE_WITHIN_JOB";

/// Why a job is ended early.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stopped {
    TimedOut,
    Cancelled,
}

impl Stopped {
    /// What becomes of the job, which printed this.
    pub(super) fn error(self, output: String) -> JobError {
        let why = match self {
            Self::TimedOut => "it took longer than its timeout",
            Self::Cancelled => "it was stopped",
        };
        JobError { why: why.to_owned(), output, hopeless: false }
    }
}

/// Comes when a job is to be ended early. May be asked any number of times.
pub(super) type Stop = Shared<BoxFuture<'static, Stopped>>;

/// By what is sent, or when nobody waits for the job any more.
pub(super) fn stop(stopped: oneshot::Receiver<Stopped>) -> Stop {
    stopped.map(|why| why.unwrap_or(Stopped::Cancelled)).boxed().shared()
}

/// Whether a job ends by itself what it began, when it is stopped, and then says what came of it.
pub(super) fn ends_itself(order: &Order) -> bool {
    use Call::{Build, BuildProject, CleanBuild, Command, CompileParallel, CompileToObject, LinkIr, LinkSharedLibrary, OptimizeIr};
    let call = order.function.call;
    !order.outputs.is_empty()
        || matches!(
            call,
            Command | LinkIr | OptimizeIr | CompileToObject | LinkSharedLibrary | Build | BuildProject | CleanBuild | CompileParallel
        )
}

/// Attempts that may begin.
pub(super) type Admitted = mpsc::UnboundedSender<(usize, u32)>;

impl Doer {
    /// Waits for a place among the processes of the machine. What a job runs within another one's process has that one's.
    pub(super) async fn place(&self, order: &Order, stop: &Stop) -> Result<Option<Loan>, Stopped> {
        let within = self.project.variables.all().iter().any(|(name, _)| name == WITHIN);
        let loan = if within { None } else { self.borrow(stop).await? };
        self.begins(order);
        Ok(loan)
    }

    async fn borrow(&self, stop: &Stop) -> Result<Option<Loan>, Stopped> {
        let (to, lent) = oneshot::channel();
        self.lender.do_send(BorrowWorker { customer: Customer::Jobs(self.client_pid), workers: self.most_at_once, to });
        tokio::select! {
            // A pool that failed forgot about it: better one too many than to wait for ever.
            loan = lent => Ok(loan.ok()),
            why = stop.clone() => Err(why),
        }
    }

    /// From now on the job's time counts.
    pub(super) fn begins(&self, order: &Order) {
        // Nobody listens to a run that ends.
        let _unheard = self.admitted.send((order.job, order.attempt));
    }
}
