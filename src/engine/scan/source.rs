//! What the text of one source or header asks for and offers, in one pass over its tokens. Does not expand macros or look for files.

use std::ops::Range;

use super::assembly::{self, Reader};
use super::conditional::Conditions;
use super::declarations::{Declarations, Found};
use super::facts::{Include, IncludeForm, MainFact, SourceFacts, name_digest};
use super::lexer::{Lexer, Spliced, Token, TokenKind};
use crate::engine::discover::Language;
use crate::engine::path::FilePath;

mod directives;

/// What libFuzzer calls.
const FUZZER: &str = "LLVMFuzzerTestOneInput";

/// The facts of a text in `language`.
#[must_use]
pub fn scan(bytes: &[u8], language: Language) -> SourceFacts {
    let mut facts = Scanner::new(&Spliced::new(bytes), language).run().facts;
    facts.drives_fuzzer &= !facts.fuzzer;
    facts.defined = facts.defines.iter().map(|name| name_digest(name)).collect();
    if facts.main == MainFact::None {
        facts.defines = Vec::new();
    }
    for digests in [&mut facts.declares, &mut facts.defined] {
        digests.sort_unstable();
        digests.dedup();
    }
    facts
}

/// A function or variable that a text seems to define for other files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offered {
    /// Of a function with its namespaces, of a variable without.
    pub name: String,
    /// The innermost `#if` on which that depends, as it is written.
    pub under: Option<String>,
}

/// All that a text seems to define for others, in order.
#[must_use]
pub fn offered(bytes: &[u8], language: Language) -> Vec<Offered> {
    Scanner::new(&Spliced::new(bytes), language).run().offered
}

fn last_part(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Whether anything but `#pragma` and comments has come yet, for finding include guards.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Guard<'a> {
    /// Nothing has.
    Possible,
    /// `#ifndef NAME` was the first thing.
    Opened(&'a [u8]),
    /// There is none, or it is found.
    Over,
}

/// What is kept for an open `#if`: where its branches start, and where the first of them ended.
struct Branches<'a> {
    start: Declarations<'a>,
    first_end: Option<Declarations<'a>>,
    /// Where its condition is written, if only macros tell what that comes to.
    doubt: Option<Range<usize>>,
}

struct Scanner<'a> {
    lexer: Lexer<'a>,
    language: Language,
    facts: SourceFacts,
    offered: Vec<Offered>,
    conditions: Conditions,
    branches: Vec<Branches<'a>>,
    declarations: Declarations<'a>,
    guard: Guard<'a>,
    reader: Reader,
}

impl<'a> Scanner<'a> {
    fn new(source: &'a Spliced<'_>, language: Language) -> Self {
        Self {
            lexer: Lexer::new(source, language == Language::Cxx),
            language,
            facts: SourceFacts::default(),
            offered: Vec::new(),
            conditions: Conditions::default(),
            branches: Vec::new(),
            declarations: Declarations::default(),
            guard: Guard::Possible,
            reader: Reader::default(),
        }
    }

    fn run(mut self) -> Self {
        let mut line_start = true;
        loop {
            let token = self.lexer.token();
            if token.kind == TokenKind::End {
                return self;
            }
            if line_start && token.is("#") && self.language != Language::Assembler {
                self.directive();
                continue;
            }
            line_start = token.kind == TokenKind::Newline;
            if !line_start && self.conditions.live() {
                self.token(token);
            }
        }
    }

    /// A token outside of directives.
    fn token(&mut self, token: Token<'a>) {
        self.guard = Guard::Over;
        self.common(token);
        if !matches!(self.language, Language::C | Language::Cxx) {
            return;
        }
        let unsure = self.conditions.unsure();
        let found = if unsure { MainFact::Conditional } else { MainFact::Yes };
        match self.declarations.token(token) {
            Some(Found::Function { name, local }) => {
                match name.as_str() {
                    "main" if self.facts.main != MainFact::Yes => self.facts.main = found,
                    FUZZER => self.facts.fuzzer = true,
                    _ => {}
                }
                if !local {
                    self.facts.defines.push(last_part(&name).to_owned());
                    self.offer(name);
                }
            }
            Some(Found::Variable(name)) => {
                self.facts.defines.push(name.clone());
                self.offer(name);
            }
            Some(Found::Declared(name)) => self.facts.declares.push(name_digest(last_part(&name))),
            Some(Found::MacroCall(name)) if name.ends_with("MAIN") => self.perhaps_main(),
            Some(Found::Module) if self.language == Language::Cxx && !unsure => self.facts.module = true,
            _ => {}
        }
    }

    fn offer(&mut self, name: String) {
        let doubt = self.branches.iter().rev().find_map(|branches| branches.doubt.clone()).filter(|_| self.conditions.unsure());
        let under = doubt.map(|doubt| format!("#{}", self.lexer.written(doubt)));
        self.offered.push(Offered { name, under });
    }

    fn perhaps_main(&mut self) {
        if self.facts.main == MainFact::None {
            self.facts.main = MainFact::Conditional;
        }
    }

    /// What counts anywhere, the text of macros included.
    fn common(&mut self, token: Token<'a>) {
        if token.kind == TokenKind::Identifier {
            self.facts.time_macros |= matches!(token.text, b"__DATE__" | b"__TIME__" | b"__TIMESTAMP__");
            self.facts.drives_fuzzer |= token.text == FUZZER.as_bytes();
        }
        match (self.language, token.kind) {
            (Language::C | Language::Cxx, TokenKind::Text) => self.assembly_text(token),
            (Language::C | Language::Cxx, _) => {}
            _ => self.assembler(token),
        }
    }

    fn assembler(&mut self, token: Token<'a>) {
        if self.reader == Reader::Named {
            self.reads(token, assembly::name(token));
        }
        self.reader = self.reader.after(token);
    }

    /// A literal that may be the text of an `asm` statement.
    fn assembly_text(&mut self, token: Token<'a>) {
        let names: Vec<_> = assembly::read_by(token.text).collect();
        if names.is_empty() || assembly::ends_before_name(token.text) && assembly::ends(self.lexer.peek_token()) {
            return;
        }
        names.into_iter().for_each(|name| self.reads(token, name));
    }

    fn reads(&mut self, token: Token<'a>, name: Option<&[u8]>) {
        let form = if name.is_some() { IncludeForm::Quote } else { IncludeForm::Computed };
        let include = self.include(token, name.unwrap_or(token.text), form);
        self.facts.assembled.push(include);
    }

    fn include(&mut self, token: Token<'_>, name: &[u8], form: IncludeForm) -> Include {
        let line = self.lexer.line_of(token.at);
        Include { name: FilePath::from_bytes(name), form, line, conditional: self.conditions.unsure(), next: false }
    }
}

#[cfg(test)]
mod tests;
