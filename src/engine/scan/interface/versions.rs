//! Versions of symbols: those that the library defines, and those that it needs. Does not know who has which.

use object::Endianness;
use object::read::elf::FileHeader;

use super::{Library, Sink};

impl<H: FileHeader<Endian = Endianness>> Library<'_, H> {
    pub(super) fn versions(&self, sink: &mut Sink) -> Option<()> {
        self.defined_versions(sink)?;
        sink.end();
        self.needed_versions(sink)?;
        sink.end();
        Some(())
    }

    fn defined_versions(&self, sink: &mut Sink) -> Option<()> {
        let Some((mut all, link)) = self.sections.gnu_verdef(self.endian, self.data).ok()? else { return Some(()) };
        let strings = self.sections.strings(self.endian, self.data, link).ok()?;
        while let Some((version, mut names)) = all.next().ok()? {
            sink.number(version.vd_flags.get(self.endian).0.into()).number(version.vd_ndx.get(self.endian).0.into());
            while let Some(name) = names.next().ok()? {
                sink.text(name.name(self.endian, strings).ok()?);
            }
            sink.end();
        }
        Some(())
    }

    fn needed_versions(&self, sink: &mut Sink) -> Option<()> {
        let Some((mut all, link)) = self.sections.gnu_verneed(self.endian, self.data).ok()? else { return Some(()) };
        let strings = self.sections.strings(self.endian, self.data, link).ok()?;
        while let Some((library, mut versions)) = all.next().ok()? {
            sink.text(library.file(self.endian, strings).ok()?);
            while let Some(version) = versions.next().ok()? {
                sink.number(version.vna_flags.get(self.endian).0.into()).number(version.vna_other.get(self.endian).0.into());
                sink.text(version.name(self.endian, strings).ok()?);
            }
            sink.end();
        }
        Some(())
    }
}
