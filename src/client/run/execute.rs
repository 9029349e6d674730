//! `jmake run` after its build: this process becomes the program, or what runs programs for its machine. Does not know how one is chosen.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::built::Executable;
use crate::client::error::ClientError;
use crate::client::program;

/// What ELF calls the machine that this program is for.
const OWN: u16 = if cfg!(target_arch = "x86_64") { 62 } else { 183 };
/// Others that it runs.
const ALSO: &[u16] = if cfg!(target_arch = "x86_64") { &[3] } else { &[] };
/// Their names.
const NAMES: [(u16, &str); 9] = [
    (3, "i386"),
    (8, "mips"),
    (21, "ppc64"),
    (22, "s390x"),
    (40, "arm"),
    (62, "x86_64"),
    (183, "aarch64"),
    (243, "riscv"),
    (258, "loongarch"),
];

/// Becomes `executable` of the project at `root`. Why it could not.
pub fn execute(root: &Path, executable: &Executable, args: &[OsString]) -> ClientError {
    let path = root.join(&executable.path);
    let mut runner = program::words(root, &executable.runner).into_iter();
    let Some(first) = runner.next() else {
        // A shell would be made of what is no program for this machine.
        return match foreign(&path) {
            Some(machine) => ClientError::Foreign { path, machine },
            None => ClientError::NotRun { source: Command::new(&path).args(args).exec(), path },
        };
    };
    let source = Command::new(&first).args(runner).arg(&path).args(args).exec();
    ClientError::NoRunner { runner: PathBuf::from(first), path, source }
}

/// The machine that the program is for, if it is not this one.
fn foreign(path: &Path) -> Option<String> {
    let mut head = [0; 20];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    machine(&head)
}

fn machine(head: &[u8; 20]) -> Option<String> {
    let number = if head[5] == 2 { u16::from_be_bytes([head[18], head[19]]) } else { u16::from_le_bytes([head[18], head[19]]) };
    if !head.starts_with(b"\x7fELF") || number == OWN || ALSO.contains(&number) {
        return None;
    }
    let name = NAMES.iter().find(|(known, _)| *known == number).map(|(_, name)| (*name).to_owned());
    Some(name.unwrap_or_else(|| format!("another machine (number {number} of ELF)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_for_other_machines_are_recognised() {
        let head = |start: &[u8], order: u8, number: [u8; 2]| {
            let mut head = [0; 20];
            head[..start.len()].copy_from_slice(start);
            (head[5], head[18], head[19]) = (order, number[0], number[1]);
            machine(&head)
        };
        let elf = b"\x7fELF";
        assert_eq!(head(elf, 1, OWN.to_le_bytes()), None);
        assert_eq!(head(b"#!/bin/sh", 1, [243, 0]), None);
        assert_eq!(head(elf, 1, [243, 0]).as_deref(), Some("riscv"));
        assert_eq!(head(elf, 2, [0, 22]).as_deref(), Some("s390x"));
        assert!(head(elf, 1, [1, 1]).unwrap().contains("257"));
    }
}
