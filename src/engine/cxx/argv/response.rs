//! Response files for command lines too long for the kernel. Does not write them.

use super::joined;
use crate::engine::graph::ResponseFile;
use crate::engine::path::FilePath;

/// Longer lines go into a file. The kernel's limit is 128 KiB for a word and about 2 MiB for all; programs pass lines on.
const LIMIT: usize = 64 * 1024;

/// `args` as they are, or, if they are long, what follows `output` in a file at `path`: the output itself stays where it can be
/// replaced by a temporary one. Without an output all of them go into the file.
#[must_use]
pub fn shorten(mut args: Vec<FilePath>, output: Option<&FilePath>, path: &FilePath) -> (Vec<FilePath>, Option<ResponseFile>) {
    let length: usize = args.iter().map(|arg| arg.as_bytes().len() + 1).sum();
    if length <= LIMIT {
        return (args, None);
    }
    let kept = output.and_then(|output| args.iter().position(|arg| arg == output)).map_or(0, |at| at + 1);
    let long = args.split_off(kept);
    args.push(joined("@", path));
    (args, Some(ResponseFile { path: path.clone(), content: content(&long) }))
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

/// What [`shorten`] put into a file.
#[must_use]
pub fn words(file: &ResponseFile) -> Vec<FilePath> {
    let (mut out, mut word) = (Vec::new(), None::<Vec<u8>>);
    let mut bytes = file.content.iter();
    while let Some(byte) = bytes.next() {
        match (byte, &mut word) {
            (b'"', Some(whole)) => {
                out.push(FilePath::from_bytes(whole));
                word = None;
            }
            (b'"', None) => word = Some(Vec::new()),
            (b'\\', Some(part)) => part.extend(bytes.next()),
            (byte, Some(part)) => part.push(*byte),
            (_, None) => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_into_a_file_and_come_back() {
        let long = "x".repeat(LIMIT);
        let args: Vec<FilePath> = ["a b", "q\"uote", "back\\slash", "new\nline", "", &long].map(FilePath::from).to_vec();
        assert_eq!(shorten(args[..5].to_vec(), None, &"r".into()), (args[..5].to_vec(), None));
        let (short, file) = shorten(args.clone(), None, &"dir/r".into());
        assert_eq!(short, ["@dir/r".into()]);
        assert_eq!(words(&file.unwrap()), args);
        let (short, file) = shorten(args.clone(), Some(&"back\\slash".into()), &"r".into());
        assert_eq!(short, ["a b", "q\"uote", "back\\slash", "@r"].map(FilePath::from));
        assert_eq!(words(&file.unwrap()), args[3..]);
    }
}
