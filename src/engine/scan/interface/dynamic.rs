//! The table that the dynamic linker begins with. Does not know symbols.

use object::Endianness;
use object::elf::{self, DynamicTag};
use object::read::elf::{Dyn, FileHeader, SectionHeader};

use super::{Library, Sink};

/// Values are names.
const NAMES: &[DynamicTag] =
    &[elf::DT_NEEDED, elf::DT_SONAME, elf::DT_RPATH, elf::DT_RUNPATH, elf::DT_AUXILIARY, elf::DT_FILTER, elf::DT_AUDIT, elf::DT_DEPAUDIT];

/// Values say something by themselves.
const VALUES: &[DynamicTag] = &[elf::DT_FLAGS, elf::DT_FLAGS_1, elf::DT_SYMBOLIC, elf::DT_TEXTREL, elf::DT_BIND_NOW];

/// Where things are at run time, and how many. What a linker has to know of these it reads by sections.
const PLACES: &[DynamicTag] = &[
    elf::DT_NULL,
    elf::DT_PLTRELSZ,
    elf::DT_PLTGOT,
    elf::DT_HASH,
    elf::DT_STRTAB,
    elf::DT_SYMTAB,
    elf::DT_RELA,
    elf::DT_RELASZ,
    elf::DT_RELAENT,
    elf::DT_STRSZ,
    elf::DT_SYMENT,
    elf::DT_INIT,
    elf::DT_FINI,
    elf::DT_REL,
    elf::DT_RELSZ,
    elf::DT_RELENT,
    elf::DT_PLTREL,
    elf::DT_DEBUG,
    elf::DT_JMPREL,
    elf::DT_INIT_ARRAY,
    elf::DT_FINI_ARRAY,
    elf::DT_INIT_ARRAYSZ,
    elf::DT_FINI_ARRAYSZ,
    elf::DT_RELR,
    elf::DT_RELRSZ,
    elf::DT_RELRENT,
    elf::DT_GNU_HASH,
    elf::DT_TLSDESC_PLT,
    elf::DT_TLSDESC_GOT,
    elf::DT_VERSYM,
    elf::DT_RELACOUNT,
    elf::DT_RELCOUNT,
    elf::DT_VERDEF,
    elf::DT_VERDEFNUM,
    elf::DT_VERNEED,
    elf::DT_VERNEEDNUM,
];

impl<H: FileHeader<Endian = Endianness>> Library<'_, H> {
    pub(super) fn dynamic(&self, sink: &mut Sink) -> Option<()> {
        let section = self.sections.iter().find(|section| section.sh_type(self.endian) == elf::SHT_DYNAMIC)?;
        let entries: &[H::Dyn] = section.data_as_array(self.endian, self.data).ok()?;
        let names = self.sections.strings(self.endian, self.data, section.link(self.endian)).ok()?;
        for entry in entries.iter().take_while(|entry| entry.tag(self.endian) != elf::DT_NULL) {
            let (tag, value) = (entry.tag(self.endian), entry.val(self.endian));
            if NAMES.contains(&tag) {
                sink.number(tag.0.cast_unsigned()).text(names.get(u32::try_from(value).ok()?).ok()?);
            } else if VALUES.contains(&tag) {
                sink.number(tag.0.cast_unsigned()).number(value);
            } else if !PLACES.contains(&tag) {
                return None;
            }
        }
        sink.end();
        Some(())
    }
}
