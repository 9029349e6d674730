//! Why a text has no canonical text. Does not know how that is found.

use serde::{Deserialize, Serialize};

/// What in a text makes it unsure where comments are, or whether they count.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize, thiserror::Error)]
pub enum Obstacle {
    /// Compilers differ on it.
    #[error("it holds a NUL")]
    Nul,
    /// A newline to some.
    #[error("it holds a carriage return without a line feed")]
    CarriageReturn,
    /// A splice or a quote to some standards.
    #[error("it holds a trigraph")]
    Trigraph,
    /// Or a character that is no part of any token.
    #[error("it holds a byte that is not ASCII outside of comments and literals")]
    Byte,
    /// Neither a splice nor in a literal.
    #[error("it holds a backslash that joins no lines")]
    Backslash,
    /// Two pieces that are one token.
    #[error("a token goes on after a backslash-newline")]
    SplicedToken,
    /// Where it ends depends on who reads.
    #[error("a backslash-newline is in or at a comment")]
    SplicedComment,
    /// The same.
    #[error("a backslash-newline is in a literal")]
    SplicedLiteral,
    /// As in text that is skipped.
    #[error("a quote is not closed in its line")]
    OpenLiteral,
    /// To the end of the file.
    #[error("a comment is not closed")]
    OpenComment,
    /// Warned about.
    #[error("a comment begins within a comment")]
    NestedComment,
    /// Warned about.
    #[error("a comment is not UTF-8")]
    NotUtf8,
    /// Warned about.
    #[error("a comment changes the direction of writing")]
    Direction,
    /// Text of its own to some, tokens to others.
    #[error("a comment in a directive such as #pragma ends in another line")]
    TextDirective,
    /// `//` in a name is no comment.
    #[error("a header-name may hold a comment or a quote")]
    HeaderName,
    /// Searched for as text, comments or not.
    #[error("it holds a conflict marker or a placeholder of an editor")]
    Marker,
    /// `R"` is two tokens here, or nobody knows.
    #[error("it holds a raw string, which this standard does not have")]
    RawString,
    /// `1'0` is a number and a quote here.
    #[error("it holds a digit separator, which this standard does not have")]
    DigitSeparator,
    /// `//` is warned about here, and `//*` is a division.
    #[error("it holds a // comment, which this standard does not have")]
    LineComment,
}
