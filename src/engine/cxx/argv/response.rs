//! Response files for command lines too long for the kernel. Does not write them.

use super::joined;
use crate::engine::graph::ResponseFile;
use crate::engine::path::FilePath;

/// Longer lines go into a file. The kernel's limit is 128 KiB for a word and about 2 MiB for all; programs pass lines on.
const LIMIT: usize = 64 * 1024;

/// `args` as they are, or, if they are long, all of them in a file at `path`.
#[must_use]
pub fn shorten(args: Vec<FilePath>, path: &FilePath) -> (Vec<FilePath>, Option<ResponseFile>) {
    let length: usize = args.iter().map(|arg| arg.as_bytes().len() + 1).sum();
    if length <= LIMIT {
        return (args, None);
    }
    (vec![joined("@", path)], Some(ResponseFile { path: path.clone(), content: content(&args) }))
}

/// One argument a line, quoted as LLVM's tools read it.
fn content(args: &[FilePath]) -> Vec<u8> {
    let mut out = Vec::new();
    for arg in args {
        out.push(b'"');
        for byte in arg.as_bytes() {
            if matches!(byte, b'"' | b'\\') {
                out.push(b'\\');
            }
            out.push(*byte);
        }
        out.extend(b"\"\n");
    }
    out
}
