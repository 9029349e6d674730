//! Kinds of files by their names. Does not look inside.

use serde::{Deserialize, Serialize};

use crate::engine::discover::Language;
use crate::engine::path::FilePath;

/// What a file is, going by its name.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub enum FileKind {
    /// Compiled on its own.
    Source(Language),
    /// Included by others.
    Header,
    /// A source in a language that JMake does not build.
    Unsupported(Unsupported),
    /// Anything else.
    Other,
}

/// Sources that JMake recognises and leaves out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say all")]
pub enum Unsupported {
    ObjectiveC,
    Cuda,
    Fortran,
    Grammar,
    Scanner,
    Protobuf,
    ModuleInterface,
    OtherAssembler,
}

impl Unsupported {
    /// What the file is and what to do with it, in words that follow "is".
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::ObjectiveC => "Objective-C, which JMake does not compile",
            Self::Cuda => "CUDA, which JMake does not compile",
            Self::Fortran => "Fortran, which JMake does not compile",
            Self::Grammar => "a grammar for yacc or bison: generate its C or C++ source first",
            Self::Scanner => "a scanner for lex or flex: generate its C or C++ source first",
            Self::Protobuf => "a protobuf description: generate its C++ source first",
            Self::ModuleInterface => "a C++20 module unit, which JMake does not build yet",
            Self::OtherAssembler => "assembly in another assembler's syntax, which clang does not read",
        }
    }
}

impl FileKind {
    /// The kind of the file at `path`, by its extension.
    #[must_use]
    pub fn of(path: &FilePath) -> Self {
        match path.extension().as_str() {
            "c" => Self::Source(Language::C),
            "cc" | "cpp" | "cxx" | "c++" | "C" | "cp" | "CPP" => Self::Source(Language::Cxx),
            "s" => Self::Source(Language::Assembler),
            "S" | "sx" => Self::Source(Language::AssemblerWithCpp),
            "h" | "hh" | "hpp" | "hxx" | "h++" | "H" | "inl" | "ipp" | "tpp" | "inc" | "tcc" | "txx" | "def" => Self::Header,
            "m" | "mm" | "M" => Self::Unsupported(Unsupported::ObjectiveC),
            "cu" => Self::Unsupported(Unsupported::Cuda),
            "f" | "F" | "for" | "f77" | "f90" | "F90" | "f95" | "f03" | "f08" => Self::Unsupported(Unsupported::Fortran),
            "y" | "yy" | "ypp" | "yxx" | "y++" => Self::Unsupported(Unsupported::Grammar),
            "l" | "lex" | "lpp" | "lxx" | "l++" => Self::Unsupported(Unsupported::Scanner),
            "proto" => Self::Unsupported(Unsupported::Protobuf),
            "cppm" | "ixx" | "mpp" | "ccm" | "cxxm" | "c++m" | "mxx" => Self::Unsupported(Unsupported::ModuleInterface),
            "asm" | "nasm" => Self::Unsupported(Unsupported::OtherAssembler),
            _ => Self::Other,
        }
    }

    /// The language to scan its text in; `None` if there is nothing to scan. Headers are read as C++, which can read C's too.
    #[must_use]
    pub fn scanned_as(self) -> Option<Language> {
        match self {
            Self::Source(language) => Some(language),
            Self::Header => Some(Language::Cxx),
            Self::Unsupported(_) | Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_kinds() {
        use FileKind::{Header, Other, Source};
        for (names, expect) in [
            ("a.c x/y.c", Source(Language::C)),
            ("a.cc a.cpp a.cxx a.c++ a.C a.b.cpp", Source(Language::Cxx)),
            ("a.s", Source(Language::Assembler)),
            ("a.S", Source(Language::AssemblerWithCpp)),
            ("a.h a.hh a.hpp a.hxx a.h++ a.H a.inl a.ipp a.tpp a.inc a.tcc", Header),
            ("a.m a.mm", FileKind::Unsupported(Unsupported::ObjectiveC)),
            ("a.cu", FileKind::Unsupported(Unsupported::Cuda)),
            ("a.f a.f90", FileKind::Unsupported(Unsupported::Fortran)),
            ("a.y", FileKind::Unsupported(Unsupported::Grammar)),
            ("a.l", FileKind::Unsupported(Unsupported::Scanner)),
            ("a.proto", FileKind::Unsupported(Unsupported::Protobuf)),
            ("a.cppm a.ixx", FileKind::Unsupported(Unsupported::ModuleInterface)),
            ("c a.txt Makefile a.h.in .c a.c.orig", Other),
        ] {
            for name in names.split(' ') {
                assert_eq!(FileKind::of(&FilePath::from(name)), expect, "{name}");
            }
        }
    }
}
