//! The symbols that a library defines for others, or takes from them. Does not know what versions are called.

use std::collections::HashMap;

use object::elf::{self, SymbolType};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, Sym};
use object::{Endianness, SectionIndex};

use super::{Library, Sink};

impl<H: FileHeader<Endian = Endianness>> Library<'_, H> {
    pub(super) fn symbols(&self, sink: &mut Sink) -> Option<()> {
        let endian = self.endian;
        let table = self.sections.symbols(endian, self.data, elf::SHT_DYNSYM).ok()?;
        let first = usize::try_from(self.sections.section(table.section()).ok()?.sh_info(endian)).ok()?;
        let versions = self.sections.gnu_versym(endian, self.data).ok()?.map(|(versions, _)| versions);
        if versions.is_some_and(|versions| versions.len() != table.len()) {
            return None;
        }
        let aliases = Aliases::of::<H>(endian, table.symbols().get(first..)?);
        for (at, symbol) in table.symbols().iter().enumerate().skip(first) {
            if symbol.is_local() {
                return None;
            }
            sink.text(symbol.name(endian, table.strings()).ok()?);
            sink.number(symbol.st_info().0.into()).number(symbol.st_other().0.into());
            sink.number(versions.map_or(0, |versions| versions[at].0.get(endian).0).into());
            let section = symbol.st_shndx(endian);
            if section != elf::SHN_UNDEF {
                sink.number(if section.0 < elf::SHN_LORESERVE { 1 } else { section.0.into() });
                self.place(symbol, &aliases, sink)?;
            }
            sink.end();
        }
        sink.end();
        Some(())
    }

    /// What a linker that makes a copy of it for the program takes from where it is. Of functions no copy is made.
    fn place(&self, symbol: &H::Sym, aliases: &Aliases, sink: &mut Sink) -> Option<()> {
        let (value, size): (u64, u64) = (symbol.st_value(self.endian).into(), symbol.st_size(self.endian).into());
        if !is_function(symbol.st_type()) {
            sink.number(size).number(self.alignment(symbol)?).number(self.is_constant(value)?.into());
        }
        if let Some(first) = aliases.first(value).filter(|_| symbol.st_type() != elf::STT_TLS) {
            sink.number(first as u64);
        }
        Some(())
    }

    /// As far as it is known.
    fn alignment(&self, symbol: &H::Sym) -> Option<u64> {
        let value: u64 = symbol.st_value(self.endian).into();
        let own = 1u64.checked_shl(value.trailing_zeros()).unwrap_or(u64::MAX);
        let section = symbol.st_shndx(self.endian).0;
        if section >= elf::SHN_LORESERVE {
            return Some(own);
        }
        let section = self.sections.section(SectionIndex(section.into())).ok()?;
        Some(own.min(section.sh_addralign(self.endian).into()))
    }

    /// Whether it cannot be written when the program runs.
    fn is_constant(&self, value: u64) -> Option<bool> {
        let segments = self.header.program_headers(self.endian, self.data).ok()?;
        Some(segments.iter().any(|segment| {
            let kind = segment.p_type(self.endian);
            let (start, size): (u64, u64) = (segment.p_vaddr(self.endian).into(), segment.p_memsz(self.endian).into());
            let read_only = segment.p_flags(self.endian).0 & elf::PF_W.0 == 0;
            (kind == elf::PT_LOAD || kind == elf::PT_GNU_RELRO) && read_only && value.checked_sub(start).is_some_and(|at| at < size)
        }))
    }
}

fn is_function(kind: SymbolType) -> bool {
    kind == elf::STT_FUNC || kind == elf::STT_GNU_IFUNC
}

/// Which symbols stand for the same place as data: all of them move with a copy.
struct Aliases(HashMap<u64, Alias>);

struct Alias {
    /// The first symbol of that place.
    first: usize,
    data: bool,
}

impl Aliases {
    fn of<H: FileHeader<Endian = Endianness>>(endian: Endianness, symbols: &[H::Sym]) -> Self {
        let mut all: HashMap<u64, Alias> = HashMap::new();
        for (at, symbol) in symbols.iter().enumerate().filter(|(_, symbol)| symbol.st_type() != elf::STT_TLS) {
            if symbol.st_shndx(endian) != elf::SHN_UNDEF {
                let alias = all.entry(symbol.st_value(endian).into()).or_insert(Alias { first: at, data: false });
                alias.data |= !is_function(symbol.st_type());
            }
        }
        Self(all)
    }

    fn first(&self, value: u64) -> Option<usize> {
        self.0.get(&value).filter(|alias| alias.data).map(|alias| alias.first)
    }
}
