//! What a binary file is, going by its content: programs, libraries, objects, bitcode. Does not read files or demangle.

use object::elf;
use object::read::archive::ArchiveFile;
use object::read::elf::{ElfFile, FileHeader, ProgramHeader};
use object::{Object, ObjectSymbol, SymbolKind};
use serde::{Deserialize, Serialize};

/// What a binary is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say all")]
pub enum BinaryKind {
    Executable,
    SharedLibrary,
    StaticLibrary,
    Object,
    Bitcode,
}

/// What a binary says about itself. Names are mangled, sorted, each once.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct BinaryFacts {
    /// What it is.
    pub kind: BinaryKind,
    /// Such as `x86_64`; `None` for bitcode, and for archives of it.
    pub architecture: Option<String>,
    /// The name that programs linked with it look for.
    pub soname: Option<String>,
    /// The shared libraries it needs, in its own order.
    pub needed: Vec<String>,
    /// What it defines for others: dynamic symbols, or the global symbols of objects and archives.
    pub exports: Vec<String>,
    /// What it takes from others and cannot do without.
    pub undefined: Vec<String>,
}

/// What the file with this content is; `None` if it is no binary, or a damaged one.
#[must_use]
pub fn detect(bytes: &[u8]) -> Option<BinaryFacts> {
    if bytes.starts_with(b"BC\xc0\xde") || bytes.starts_with(&[0xde, 0xc0, 0x17, 0x0b]) {
        return Some(empty(BinaryKind::Bitcode));
    }
    if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"!<thin>\n") {
        return archive(bytes);
    }
    elf(bytes)
}

/// Whether an ELF object defines the global symbol `name`.
#[must_use]
pub fn defines_symbol(bytes: &[u8], name: &str) -> bool {
    let Ok(file) = object::File::parse(bytes) else { return false };
    file.symbols().any(|s| s.is_global() && s.is_definition() && s.name() == Ok(name))
}

fn empty(kind: BinaryKind) -> BinaryFacts {
    BinaryFacts { kind, architecture: None, soname: None, needed: Vec::new(), exports: Vec::new(), undefined: Vec::new() }
}

fn elf(bytes: &[u8]) -> Option<BinaryFacts> {
    match object::File::parse(bytes).ok()? {
        object::File::Elf32(file) => elf_facts(&file),
        object::File::Elf64(file) => elf_facts(&file),
        _ => None,
    }
}

fn elf_facts<'a, H: FileHeader>(file: &ElfFile<'a, H, &'a [u8]>) -> Option<BinaryFacts> {
    let dynamic = DynamicTable::of(file);
    let kind = match file.elf_header().e_type(file.endian()) {
        elf::ET_REL => BinaryKind::Object,
        elf::ET_EXEC => BinaryKind::Executable,
        // libc itself has an interpreter, but also a name.
        elf::ET_DYN if dynamic.pie || (interpreted(file) && dynamic.soname.is_none()) => BinaryKind::Executable,
        elf::ET_DYN => BinaryKind::SharedLibrary,
        _ => return None,
    };
    let mut facts = empty(kind);
    facts.architecture = Some(format!("{:?}", file.architecture()).to_lowercase());
    if kind == BinaryKind::Object {
        add_symbols(&mut facts, file.symbols());
    } else {
        add_symbols(&mut facts, file.dynamic_symbols());
    }
    (facts.soname, facts.needed) = (dynamic.soname, dynamic.needed);
    Some(finished(facts))
}

fn add_symbols<'a>(facts: &mut BinaryFacts, symbols: impl Iterator<Item = impl ObjectSymbol<'a>>) {
    for symbol in symbols.filter(|s| !matches!(s.kind(), SymbolKind::Section | SymbolKind::File)) {
        let Some(name) = symbol.name().ok().filter(|n| !n.is_empty()) else { continue };
        if symbol.is_undefined() && !symbol.is_weak() {
            facts.undefined.push(name.to_owned());
        } else if symbol.is_global() && (symbol.is_definition() || symbol.is_common()) {
            facts.exports.push(name.to_owned());
        }
    }
}

fn finished(mut facts: BinaryFacts) -> BinaryFacts {
    for names in [&mut facts.exports, &mut facts.undefined] {
        names.sort();
        names.dedup();
    }
    facts
}

#[derive(Default)]
struct DynamicTable {
    pie: bool,
    soname: Option<String>,
    needed: Vec<String>,
}

impl DynamicTable {
    fn of<'a, H: FileHeader>(file: &ElfFile<'a, H, &'a [u8]>) -> Self {
        let mut table = Self::default();
        let Ok(entries) = file.elf_dynamic_table() else { return table };
        for entry in &entries {
            let text = || entries.string(entry).ok().map(|t| String::from_utf8_lossy(t).into_owned());
            match entry.tag {
                elf::DT_SONAME => table.soname = text(),
                elf::DT_NEEDED => table.needed.extend(text()),
                elf::DT_FLAGS_1 => table.pie = entry.val & elf::DF_1_PIE.0 != 0,
                _ => {}
            }
        }
        table
    }
}

fn interpreted<'a, H: FileHeader>(file: &ElfFile<'a, H, &'a [u8]>) -> bool {
    file.elf_program_headers().iter().any(|p| p.p_type(file.endian()) == elf::PT_INTERP)
}

/// The sum of the members, and of the archive's own index, which is all that a thin archive has.
fn archive(bytes: &[u8]) -> Option<BinaryFacts> {
    let archive = ArchiveFile::parse(bytes).ok()?;
    let mut facts = empty(BinaryKind::StaticLibrary);
    if let Ok(Some(symbols)) = archive.symbols() {
        let names = symbols.flatten().map(|s| String::from_utf8_lossy(s.name()).into_owned());
        facts.exports.extend(names);
    }
    for member in archive.members().flatten() {
        let Some(object) = member.data(bytes).ok().and_then(elf) else { continue };
        facts.architecture = facts.architecture.or(object.architecture);
        facts.exports.extend(object.exports);
        facts.undefined.extend(object.undefined);
    }
    let mut facts = finished(facts);
    let (exports, undefined) = (&facts.exports, &mut facts.undefined);
    undefined.retain(|name| exports.binary_search(name).is_err());
    Some(facts)
}

#[cfg(test)]
mod tests;
