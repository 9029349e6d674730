//! What files say about themselves: their kind by name, what a source asks for, what a binary offers, what a tool read.
//! Does not read files, and does not know what is done with the facts.

pub mod asked;
mod assembly;
pub mod binary;
pub mod comment_blind;
mod conditional;
mod declarations;
pub mod depfile;
pub mod exports;
pub mod facts;
pub mod interface;
pub mod kind;
mod lexer;
pub mod overlay;
pub mod source;
