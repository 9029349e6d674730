//! What a text asks of the file system that no depfile tells, or that a depfile tells only when it is found. Does not look for files.

use std::collections::BTreeSet;

use super::facts::{Include, IncludeForm};
use super::source::scan;
use crate::engine::discover::Language;
use crate::engine::path::FilePath;

/// Words without which a text asks nothing.
const WORDS: [&[u8]; 6] = [b"__has_include", b"embed", b"incbin", b".include", b"__DATE__", b"__TIME"];

/// What one text asks for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Asked {
    /// Names in `__has_include`, sorted, each once.
    pub names: Vec<FilePath>,
    /// One of these is made by macros.
    pub any_name: bool,
    /// Names in `#embed` and `__has_embed`.
    pub embeds: Vec<Embed>,
    /// Names after `.incbin` and `.include`, sorted, each once.
    pub assembled: Vec<FilePath>,
    /// A name among the last two kinds is made by macros or operands.
    pub any_data: bool,
    /// One of the latter is.
    pub any_assembled: bool,
    /// It shows the time of its compile, or that of a file.
    pub time: bool,
    /// It shows when a file was written.
    pub written: bool,
}

/// Data that a text embeds by itself.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Embed {
    /// As spelled.
    pub name: FilePath,
    /// In quotes: also looked for beside the text, and where the compiler runs.
    pub quoted: bool,
}

impl Asked {
    /// What `text` asks for, read as `language`.
    #[must_use]
    pub fn by(text: &[u8], language: Language) -> Self {
        if WORDS.iter().all(|word| memchr::memmem::find(text, word).is_none()) {
            return Self::default();
        }
        let facts = scan(text, language);
        let computed = |all: &[Include]| all.iter().any(|include| include.form == IncludeForm::Computed);
        let (any_name, any_assembled) = (computed(&facts.has_include), computed(&facts.assembled));
        let any_data = computed(&facts.embeds) || any_assembled;
        let embed = |include: Include| Embed { quoted: include.form == IncludeForm::Quote, name: include.name };
        let embeds: BTreeSet<Embed> = known(facts.embeds).map(embed).collect();
        Self {
            names: sorted(facts.has_include),
            any_name,
            embeds: embeds.into_iter().collect(),
            assembled: sorted(facts.assembled),
            any_data,
            any_assembled,
            time: facts.time_macros,
            written: facts.time_macros && shows_when_written(text),
        }
    }
}

/// Whether `text` shows when a file was written.
#[must_use]
pub fn shows_when_written(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"__TIMESTAMP__").is_some()
}

/// Whether `text`, of which nothing else is known, shows a time.
#[must_use]
pub fn shows_time(text: &[u8]) -> bool {
    shows_when_written(text) || [&b"__DATE__"[..], b"__TIME__"].iter().any(|word| memchr::memmem::find(text, word).is_some())
}

fn known(all: Vec<Include>) -> impl Iterator<Item = Include> {
    all.into_iter().filter(|include| include.form != IncludeForm::Computed)
}

fn sorted(all: Vec<Include>) -> Vec<FilePath> {
    let names: BTreeSet<FilePath> = known(all).map(|include| include.name).collect();
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_told_apart() {
        let asked = |text: &str| Asked::by(text.as_bytes(), Language::C);
        let names = |all: &[FilePath]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(asked("#include <a.h>\n"), Asked::default());
        let found = asked("#if __has_include(<b.h>) || __has_include(\"a.h\") || __has_include(\"b.h\")\n#endif\n");
        assert_eq!((names(&found.names), found.any_name, found.any_data), ("a.h b.h".into(), false, false));
        let found = asked("#if __has_include(NAME)\n#endif\n");
        assert_eq!((names(&found.names), found.any_name, found.any_data), (String::new(), true, false));
        let found = asked("char a[] = {\n#embed \"b\"\n#embed <b>\n};\n#if __has_embed(\"a\")\n#endif\nasm(\".incbin \\\"c\\\"\");");
        let embeds: Vec<_> = found.embeds.iter().map(|embed| format!("{} {}", embed.name, embed.quoted)).collect();
        assert_eq!((embeds.join(", "), names(&found.assembled)), ("a true, b false, b true".into(), "c".into()));
        assert!(!found.any_data && asked("#embed NAME").any_data && asked("asm(\".incbin \" NAME);").any_data);
        assert!(asked("f(__DATE__);").time && asked("f(__TIME__);").time && !asked("f(__TIME__);").written);
        assert!(asked("f(__TIMESTAMP__);").time && asked("f(__TIMESTAMP__);").written && !asked("// __TIMESTAMP__").written);
        assert!(Asked::by(b".incbin NAME\n", Language::Assembler).any_data);
    }
}
