//! What a link reads of a shared library: its *interface*. Two libraries of equal interface make equal programs. Does not know which links
//! read no more than that: that depends on the linker and on its flags.
//!
//! Addresses count only by what the linker takes from them: of data that a program may copy, how it is aligned, whether it may be written,
//! and which names stand for the same thing. The order of symbols counts, as linkers go by it. Where something is found of which it is not known
//! what it means to a linker, there is no interface, and all of the library counts.

mod dynamic;
mod symbols;
#[cfg(test)]
mod tests;
mod versions;

use object::read::FileKind;
use object::read::elf::{FileHeader, SectionHeader, SectionTable};
use object::{Endianness, elf};
use serde::{Deserialize, Serialize};

use crate::engine::digest::{Digest, Hasher};

/// What a file is that a link finds under the name of a shared library.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Offer {
    /// A shared library with this interface.
    Library(Digest),
    /// All of it counts.
    Whole,
    /// All of it counts, and it may say how others are to be read.
    Script,
}

impl Offer {
    /// Reads `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let says_how = || memchr::memmem::find(bytes, b"TARGET").is_some();
        match interface(bytes) {
            Some(interface) => Self::Library(interface),
            None if !is_binary(bytes) && says_how() => Self::Script,
            None => Self::Whole,
        }
    }

    /// What counts, if not all of it does.
    #[must_use]
    pub fn interface(self) -> Option<Digest> {
        match self {
            Self::Library(interface) => Some(interface),
            Self::Whole | Self::Script => None,
        }
    }
}

/// Whether a file is named as shared libraries are: `libz.so`, `libz.so.1.2`.
#[must_use]
pub fn is_library_name(name: &[u8]) -> bool {
    name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.")
}

/// Whether a file that begins so is code or data to a link, and no text.
#[must_use]
pub fn is_binary(head: &[u8]) -> bool {
    [b"\x7fELF".as_slice(), b"!<arch>\n", b"!<thin>\n", b"BC\xc0\xde", b"\xde\xc0\x17\x0b"].iter().any(|magic| head.starts_with(magic))
}

/// The digest of the interface of a shared library. It never equals a plain digest.
#[must_use]
pub fn interface(bytes: &[u8]) -> Option<Digest> {
    match FileKind::parse(bytes).ok()? {
        FileKind::Elf32 => Library::<elf::FileHeader32<Endianness>>::parse(bytes)?.digest(),
        FileKind::Elf64 => Library::<elf::FileHeader64<Endianness>>::parse(bytes)?.digest(),
        _ => None,
    }
}

/// One that is looked at.
struct Library<'d, H: FileHeader<Endian = Endianness>> {
    data: &'d [u8],
    header: &'d H,
    endian: Endianness,
    sections: SectionTable<'d, H>,
}

impl<'d, H: FileHeader<Endian = Endianness>> Library<'d, H> {
    fn parse(data: &'d [u8]) -> Option<Self> {
        let header = H::parse(data).ok()?;
        let endian = header.endian().ok()?;
        let sections = header.sections(endian, data).ok()?;
        (header.e_type(endian) == elf::ET_DYN).then_some(Self { data, header, endian, sections })
    }

    fn digest(&self) -> Option<Digest> {
        let once = [elf::SHT_GNU_VERSYM, elf::SHT_GNU_VERDEF, elf::SHT_GNU_VERNEED];
        let sound = [elf::SHT_DYNSYM, elf::SHT_DYNAMIC].iter().all(|kind| self.count(*kind) == 1);
        if !sound || once.iter().any(|kind| self.count(*kind) > 1) || self.count(elf::SHT_SYMTAB_SHNDX) > 0 {
            return None;
        }
        let mut sink = Sink(Hasher::for_purpose("jmake 2026 interface of a shared library"));
        let ident = self.header.e_ident();
        sink.text(&[ident.class.0, ident.data.0, ident.version.0, ident.os_abi.0, ident.abi_version]);
        sink.number(self.header.e_machine(self.endian).0.into()).number(self.header.e_flags(self.endian).0.into());
        self.properties(&mut sink)?;
        self.dynamic(&mut sink)?;
        self.versions(&mut sink)?;
        self.symbols(&mut sink)?;
        Some(sink.0.finish())
    }

    fn count(&self, kind: elf::SectionType) -> usize {
        self.sections.iter().filter(|section| section.sh_type(self.endian) == kind).count()
    }

    /// What it promises about all of its code.
    fn properties(&self, sink: &mut Sink) -> Option<()> {
        for section in self.sections.iter().filter(|section| section.sh_type(self.endian) == elf::SHT_NOTE) {
            if self.sections.section_name(self.endian, section).ok()? == b".note.gnu.property" {
                sink.text(section.data(self.endian, self.data).ok()?);
            }
        }
        sink.end();
        Some(())
    }
}

/// Hears all that counts.
struct Sink(Hasher);

impl Sink {
    fn text(&mut self, text: &[u8]) -> &mut Self {
        self.0.part(text);
        self
    }

    fn number(&mut self, number: u64) -> &mut Self {
        self.0.part(&number.to_le_bytes());
        self
    }

    /// A list is over: no part is as long as this one says it is.
    fn end(&mut self) {
        self.0.raw(&u64::MAX.to_le_bytes());
    }
}
