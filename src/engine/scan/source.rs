//! What the text of one source or header asks for and offers, in one pass over its tokens. Does not expand macros or look for files.

use super::assembly::{self, Reader};
use super::conditional::{Condition, Conditions, Verdict};
use super::declarations::{Declarations, Found};
use super::facts::{Include, IncludeForm, MainFact, SourceFacts, name_digest};
use super::lexer::{Lexer, Spliced, Token, TokenKind};
use crate::engine::discover::Language;
use crate::engine::path::FilePath;

/// What libFuzzer calls.
const FUZZER: &str = "LLVMFuzzerTestOneInput";

/// Macros that define `main` in a header that is included later.
const MAIN_SWITCHES: [&str; 4] = ["CATCH_CONFIG_MAIN", "DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN", "BOOST_TEST_MODULE", "BOOST_TEST_MAIN"];

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

/// The functions that a text seems to define for other files, with their namespaces, and such variables, without; in order.
#[must_use]
pub fn offered(bytes: &[u8], language: Language) -> Vec<String> {
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
}

struct Scanner<'a> {
    lexer: Lexer<'a>,
    language: Language,
    facts: SourceFacts,
    offered: Vec<String>,
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
                    self.offered.push(name);
                }
            }
            Some(Found::Variable(name)) => {
                self.offered.push(name.clone());
                self.facts.defines.push(name);
            }
            Some(Found::Declared(name)) => self.facts.declares.push(name_digest(last_part(&name))),
            Some(Found::MacroCall(name)) if name.ends_with("MAIN") => self.perhaps_main(),
            Some(Found::Module) if self.language == Language::Cxx && !unsure => self.facts.module = true,
            _ => {}
        }
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

    fn directive(&mut self) {
        let name = self.lexer.token();
        if name.ends_line() {
            return;
        }
        let guard = std::mem::replace(&mut self.guard, Guard::Over);
        match name.text {
            b"if" | b"ifdef" | b"ifndef" => self.open(name, guard),
            b"elif" | b"elifdef" | b"elifndef" | b"else" => self.branch(name),
            b"endif" => self.close(),
            _ if !self.conditions.live() => {}
            b"include" | b"include_next" | b"import" => return self.include_directive(name),
            b"embed" => {
                let embed = self.named(name);
                self.facts.embeds.extend(embed);
            }
            b"define" => self.define(guard),
            b"pragma" if guard == Guard::Possible => self.guard = guard,
            b"error" | b"warning" | b"ident" | b"line" => {}
            _ => self.expression(),
        }
        while !self.lexer.token().ends_line() {}
    }

    fn open(&mut self, name: Token<'a>, guard: Guard<'a>) {
        let was_live = self.conditions.live();
        let condition = if was_live { self.condition(name) } else { Condition::Other };
        self.conditions.open(condition.verdict());
        self.branches.push(Branches { start: self.declarations.clone(), first_end: None });
        if let (Guard::Possible, Condition::NotDefined(macro_name)) = (guard, condition) {
            self.guard = Guard::Opened(macro_name);
        }
    }

    fn branch(&mut self, name: Token<'a>) {
        let was_live = self.conditions.live();
        let verdict = if name.is("else") { Verdict::Always } else { self.condition(name).verdict() };
        self.conditions.next(verdict);
        if let Some(branches) = self.branches.last_mut() {
            let ended = std::mem::replace(&mut self.declarations, branches.start.clone());
            if was_live && branches.first_end.is_none() {
                branches.first_end = Some(ended);
            }
        }
    }

    fn close(&mut self) {
        self.conditions.close();
        if let Some(Branches { first_end: Some(end), .. }) = self.branches.pop() {
            self.declarations = end;
        }
    }

    /// Reads the condition of an `#if`, its `__has_include`s too.
    fn condition(&mut self, name: Token<'a>) -> Condition<'a> {
        let mut tokens = Vec::new();
        while !self.lexer.peek_token().ends_line() {
            let token = self.lexer.token();
            self.common(token);
            self.has_include(token);
            if tokens.len() < 6 {
                tokens.push(token);
            }
        }
        Condition::of(name, &tokens)
    }

    fn define(&mut self, guard: Guard<'a>) {
        let name = self.lexer.token();
        if guard == Guard::Opened(name.text) {
            self.conditions.is_guard();
        }
        if MAIN_SWITCHES.iter().any(|s| name.is(s)) {
            self.perhaps_main();
        }
        if !name.ends_line() {
            self.expression();
        }
    }

    /// The rest of a directive, up to its newline.
    fn expression(&mut self) {
        while !self.lexer.peek_token().ends_line() {
            let token = self.lexer.token();
            self.common(token);
            self.has_include(token);
        }
    }

    fn has_include(&mut self, token: Token<'a>) {
        let asks = matches!(token.text, b"__has_include" | b"__has_include_next" | b"__has_embed");
        if !asks || !self.lexer.peek_token().is("(") {
            return;
        }
        self.lexer.token();
        match self.named(token) {
            Some(embed) if token.is("__has_embed") => self.facts.embeds.push(embed),
            Some(include) => self.facts.has_include.push(Include { next: token.is("__has_include_next"), ..include }),
            None => {}
        }
    }

    /// The header-name that comes next, as the directive at `token` asks for it.
    fn named(&mut self, token: Token<'a>) -> Option<Include> {
        if let Some((name, angle)) = self.lexer.header_name() {
            return Some(self.include(token, name, if angle { IncludeForm::Angle } else { IncludeForm::Quote }));
        }
        let next = self.lexer.peek_token();
        (!next.ends_line()).then(|| self.include(token, next.text, IncludeForm::Computed))
    }

    fn include_directive(&mut self, name: Token<'a>) {
        if let Some(include) = self.named(name) {
            self.facts.includes.push(Include { next: name.is("include_next"), ..include });
        }
        while !self.lexer.token().ends_line() {}
    }
}

#[cfg(test)]
mod tests;
