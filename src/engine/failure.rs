//! Why a request could not be answered, as users and scripts see it. Does not know how it is shown.

/// Who can mend it; decides the exit code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FailureKind {
    /// Wrong usage or invalid configuration: exit 2.
    Usage,
    /// The machine: no toolchain, disk full, no permission: exit 3.
    Environment,
    /// JMake itself: exit 4.
    Internal,
}

impl FailureKind {
    /// The process exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::Environment => 3,
            Self::Internal => 4,
        }
    }
}

/// A refused request. The message says what to do next.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Who can mend it.
    pub kind: FailureKind,
    /// For people.
    pub message: String,
}

impl Failure {
    /// The user can mend it.
    pub fn usage(message: impl ToString) -> Self {
        Self { kind: FailureKind::Usage, message: message.to_string() }
    }

    /// The machine must be mended.
    pub fn environment(message: impl ToString) -> Self {
        Self { kind: FailureKind::Environment, message: message.to_string() }
    }

    /// JMake must be mended.
    pub fn internal(message: impl ToString) -> Self {
        Self { kind: FailureKind::Internal, message: message.to_string() }
    }
}
