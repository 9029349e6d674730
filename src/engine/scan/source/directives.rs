//! What directives say: conditions, includes, macros. Does not know declarations.

use super::{Branches, Guard, Scanner};
use crate::engine::scan::conditional::{Condition, Verdict};
use crate::engine::scan::facts::{Include, IncludeForm};
use crate::engine::scan::lexer::Token;

/// Macros that define `main` in a header that is included later.
const MAIN_SWITCHES: [&str; 4] = ["CATCH_CONFIG_MAIN", "DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN", "BOOST_TEST_MODULE", "BOOST_TEST_MAIN"];

impl<'a> Scanner<'a> {
    pub(super) fn directive(&mut self) {
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
        let (condition, end) = if was_live { self.condition(name) } else { (Condition::Other, name.at) };
        let verdict = condition.verdict();
        self.conditions.open(verdict);
        let doubt = (verdict == Verdict::Perhaps).then_some(name.at..end);
        self.branches.push(Branches { start: self.declarations.clone(), first_end: None, doubt });
        if let (Guard::Possible, Condition::NotDefined(macro_name)) = (guard, condition) {
            self.guard = Guard::Opened(macro_name);
        }
    }

    fn branch(&mut self, name: Token<'a>) {
        let was_live = self.conditions.live();
        let verdict = if name.is("else") { Verdict::Always } else { self.condition(name).0.verdict() };
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

    /// Reads the condition of an `#if`, its `__has_include`s too; and where it ends.
    fn condition(&mut self, name: Token<'a>) -> (Condition<'a>, usize) {
        let (mut tokens, mut end) = (Vec::new(), name.at + name.text.len());
        while !self.lexer.peek_token().ends_line() {
            let token = self.lexer.token();
            end = token.at + token.text.len();
            self.common(token);
            self.has_include(token);
            if tokens.len() < 6 {
                tokens.push(token);
            }
        }
        (Condition::of(name, &tokens), end)
    }

    fn define(&mut self, guard: Guard<'a>) {
        let name = self.lexer.token();
        if guard == Guard::Opened(name.text) {
            self.conditions.is_guard();
        }
        if MAIN_SWITCHES.iter().any(|s| name.is(s)) {
            self.perhaps_main();
        }
        if name.ends_line() {
            return;
        }
        if self.lexer.peek_token().is("main") {
            let token = self.lexer.token();
            self.common(token);
            if self.lexer.peek_token().ends_line() && !name.is("main") {
                self.facts.main_names.push(String::from_utf8_lossy(name.text).into_owned());
            }
        }
        self.expression();
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
