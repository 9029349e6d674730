//! Directives: in which of them text counts, and where header-names may be. Does not know conditions or macros.

use super::Obstacle;
use super::canonical::{Walk, is_blank, is_raw_prefix};
use super::output::Sink;

/// What is known of the line that is being read, joined lines included.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// It has no token yet.
    pub fresh: bool,
    pub directive: Directive,
    /// A header-name comes next, if one comes.
    pub header_next: bool,
    /// Header-names may be in it.
    pub headers: bool,
    pub angle: Angle,
}

impl Default for Line {
    fn default() -> Self {
        Self { fresh: true, directive: Directive::None, header_next: false, headers: false, angle: Angle::None }
    }
}

/// What kind of directive a line is.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Directive {
    None,
    /// Made of tokens.
    Tokens,
    /// `#error`, `#pragma` and all that is not known: made of text, so that comments in it may be kept or printed.
    Text,
}

/// Whether a `<` in a line with header-names may have begun one.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Angle {
    None,
    Open,
    /// There is a comment or quote behind it, which is none if a `>` shows that it was in a header-name.
    Unclear,
}

impl<S: Sink> Walk<'_, S> {
    /// At the `#` that begins a directive.
    pub fn directive(&mut self) -> Result<(), Obstacle> {
        let rest = &self.text[self.at + 1..];
        let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
        let name = &rest[blanks..];
        let name = &name[..name.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count()];
        if is_raw_prefix(name) && rest.get(blanks + name.len()) == Some(&b'"') {
            // No directive begins so. In a group that is left out a raw string does, which may be the end of it.
            return Err(Obstacle::RawString);
        }
        self.line.directive = Directive::Tokens;
        match name {
            b"include" | b"include_next" | b"import" | b"embed" => {
                self.uses.embeds |= name == b"embed";
                self.line.headers = true;
            }
            b"if" | b"elif" => self.line.headers = true,
            b"define" | b"undef" | b"ifdef" | b"ifndef" | b"elifdef" | b"elifndef" | b"else" | b"endif" => {}
            _ => self.line.directive = Directive::Text,
        }
        let header_next = !matches!(name, b"if" | b"elif") && self.line.headers;
        self.plain(1 + blanks + name.len());
        self.line.header_next = header_next;
        Ok(())
    }

    /// At `<` or `>`.
    pub fn angle(&mut self, byte: u8) -> Result<(), Obstacle> {
        if self.line.header_next && byte == b'<' {
            return self.header_name();
        }
        let rest = &self.text[self.at..];
        let at_start = self.at == 0 || self.text[self.at - 1] == b'\n';
        if at_start && (rest.starts_with(b"<<<<<<<") || rest.starts_with(b">>>> ")) || rest.starts_with(b"<#") {
            return Err(Obstacle::Marker);
        }
        self.line.angle = match (byte, self.line.angle) {
            (b'>', Angle::Unclear) => return Err(Obstacle::HeaderName),
            (b'<', Angle::None) if self.line.headers => Angle::Open,
            (b'>', _) => Angle::None,
            (_, angle) => angle,
        };
        self.plain(1);
        Ok(())
    }

    /// A comment, a literal or a splice: it is none in a header-name, which ends in it or goes on after it.
    pub fn quote_in_angle(&mut self, text: &[u8]) -> Result<(), Obstacle> {
        if self.line.angle == Angle::Open {
            self.line.angle = Angle::Unclear;
        }
        if self.line.angle == Angle::Unclear && text.contains(&b'>') { Err(Obstacle::HeaderName) } else { Ok(()) }
    }

    /// Kept as it is. One that reads otherwise where it is skipped is not worth the trouble.
    fn header_name(&mut self) -> Result<(), Obstacle> {
        let rest = &self.text[self.at..];
        let width = rest.iter().position(|byte| matches!(byte, b'>' | b'\n' | b'"' | b'\'' | b'\\')).ok_or(Obstacle::HeaderName)?;
        let name = &rest[..width];
        let comment = name.windows(2).any(|two| matches!(two, b"//" | b"/*"));
        if rest[width] != b'>' || comment {
            return Err(Obstacle::HeaderName);
        }
        self.plain(width + 1);
        Ok(())
    }
}
