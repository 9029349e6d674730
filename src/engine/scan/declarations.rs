//! Which functions a stream of tokens defines outside of classes and functions, as far as tokens can tell. Does not expand
//! macros or know types.

use super::lexer::{Token, TokenKind};

/// What a pair of braces holds.
#[derive(Clone, Debug)]
enum Scope {
    /// `extern "C"`: as if not there.
    Linkage,
    /// A namespace, by its name as written.
    Namespace(String),
    /// Anything whose content is no business of ours, with the parentheses open outside of it.
    Closed(u32),
}

/// Where a stream of tokens stands; cheap to copy, so that the branches of an `#if` can start from the same place.
#[derive(Clone, Debug, Default)]
pub struct Declarations<'a> {
    scopes: Vec<Scope>,
    /// The tokens of the declaration under way.
    head: Vec<Token<'a>>,
    parentheses: u32,
}

/// Something that a declaration turned out to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// A function with a body, by its name with the namespaces around it.
    Function {
        name: String,
        /// No other file can use it.
        local: bool,
    },
    /// A variable that other files can use, by its name alone.
    Variable(String),
    /// A function or variable that is promised, to be defined elsewhere perhaps, by its name alone.
    Declared(String),
    /// A macro that stands where a declaration could, with arguments: its name.
    MacroCall(String),
    /// `module x;`, `export module x;`, `import x;`
    Module,
}

const ANONYMOUS: &str = "(anonymous namespace)";

/// Longer than any declaration that people write.
const HEAD_LIMIT: usize = 4000;

impl<'a> Declarations<'a> {
    /// Takes the next token outside of directives.
    pub fn token(&mut self, token: Token<'a>) -> Option<Found> {
        if token.kind == TokenKind::Newline {
            return None;
        }
        match (token.kind, token.text) {
            (TokenKind::Punctuation, b"{") => return self.open(),
            (TokenKind::Punctuation, b"}") => self.close(),
            _ if matches!(self.scopes.last(), Some(Scope::Closed(_))) => {}
            (TokenKind::Punctuation, b";") => return self.end(token),
            _ => {
                match token.text {
                    b"(" if token.kind == TokenKind::Punctuation => self.parentheses += 1,
                    b")" if token.kind == TokenKind::Punctuation => self.parentheses = self.parentheses.saturating_sub(1),
                    _ => {}
                }
                if self.head.len() < HEAD_LIMIT {
                    self.head.push(token);
                }
                return macro_call(&self.head);
            }
        }
        None
    }

    fn open(&mut self) -> Option<Found> {
        let closed = matches!(self.scopes.last(), Some(Scope::Closed(_)));
        if closed || self.parentheses > 0 {
            self.scopes.push(Scope::Closed(std::mem::take(&mut self.parentheses)));
            return None;
        }
        let head = std::mem::take(&mut self.head);
        if let Some(scope) = open_scope(&head) {
            self.scopes.push(scope);
            return None;
        }
        let found = match function_name(&head) {
            Some(name) => Some(Found::Function { name: self.qualified(&name), local: self.unnamed() || is_local(&head) }),
            None => self.variable(&head),
        };
        self.scopes.push(Scope::Closed(0));
        found
    }

    fn close(&mut self) {
        match self.scopes.pop() {
            Some(Scope::Closed(outside)) => self.parentheses = outside,
            Some(Scope::Linkage | Scope::Namespace(_)) | None => self.head.clear(),
        }
        if !matches!(self.scopes.last(), Some(Scope::Closed(_))) && self.parentheses == 0 {
            self.head.clear();
        }
    }

    fn end(&mut self, token: Token<'a>) -> Option<Found> {
        self.parentheses = 0;
        if awaits_body(&self.head) {
            self.head.push(token);
            return None;
        }
        let head = std::mem::take(&mut self.head);
        if is_module(&head) {
            return Some(Found::Module);
        }
        match function_name(&head) {
            Some(name) if !is_local(&head) => Some(Found::Declared(name)),
            Some(_) => None,
            None => self.variable(&head),
        }
    }

    /// The variable that `head` defines or declares.
    fn variable(&self, head: &[Token<'a>]) -> Option<Found> {
        let name = variable_name(head).filter(|_| !self.unnamed() && !is_local(head))?;
        let promised = head.iter().any(|t| t.is("extern")) && !head.iter().any(|t| t.is("="));
        Some(if promised { Found::Declared(name) } else { Found::Variable(name) })
    }

    /// Inside a namespace without a name.
    fn unnamed(&self) -> bool {
        self.scopes.iter().any(|s| matches!(s, Scope::Namespace(name) if name == ANONYMOUS))
    }

    fn qualified(&self, name: &str) -> String {
        let mut out = String::new();
        for scope in &self.scopes {
            if let Scope::Namespace(name) = scope {
                out.push_str(name);
                out.push_str("::");
            }
        }
        out + name
    }
}

fn text(token: &Token<'_>) -> String {
    String::from_utf8_lossy(token.text).into_owned()
}

/// `extern "C"` and namespaces; a macro call may stand before them.
fn open_scope(head: &[Token<'_>]) -> Option<Scope> {
    if let Some(at) = head.iter().rposition(|t| t.is("namespace")) {
        let name: String = head[at + 1..].iter().filter(|t| t.kind == TokenKind::Identifier || t.is("::")).map(text).collect();
        return Some(Scope::Namespace(if name.is_empty() { ANONYMOUS.to_owned() } else { name }));
    }
    match head {
        [.., word, literal] if word.is("extern") && literal.kind == TokenKind::Text => Some(Scope::Linkage),
        _ => None,
    }
}

/// Words that may stand before a parenthesis without being the name of a function.
const NOT_NAMES: [&str; 14] = [
    "__attribute__",
    "__attribute",
    "__declspec",
    "alignas",
    "_Alignas",
    "decltype",
    "noexcept",
    "throw",
    "requires",
    "asm",
    "__asm__",
    "explicit",
    "typeof",
    "__typeof__",
];

/// A name with its parameter list, both as positions in a head.
struct Candidate {
    name: usize,
    open: usize,
    close: usize,
}

/// Every `name ( … )` outside of other parentheses, up to an initialiser list.
fn candidates(head: &[Token<'_>]) -> Vec<Candidate> {
    let (mut out, mut open): (Vec<Candidate>, Vec<usize>) = (Vec::new(), Vec::new());
    for (at, token) in head.iter().enumerate() {
        if token.is("(") {
            open.push(at);
        } else if token.is(")") {
            let Some(start) = open.pop() else { continue };
            let name = start.checked_sub(1).filter(|n| open.is_empty() && head[*n].kind == TokenKind::Identifier);
            if let Some(name) = name.filter(|n| !NOT_NAMES.iter().any(|word| head[*n].is(word))) {
                out.push(Candidate { name, open: start, close: at });
            }
        } else if open.is_empty() && (token.is("=") || (token.is(":") && !out.is_empty())) && !after_operator(head, at) {
            break;
        }
    }
    out
}

fn after_operator(head: &[Token<'_>], at: usize) -> bool {
    head[at.saturating_sub(3)..at].iter().any(|t| t.is("operator"))
}

/// The name of the function whose body would follow `head`.
fn function_name(head: &[Token<'_>]) -> Option<String> {
    let candidates = candidates(head);
    let shouted = |c: &&Candidate| !head[c.name].text.iter().any(u8::is_ascii_lowercase);
    let named_main = candidates.iter().find(|c| head[c.name].is("main"));
    let found = named_main.or_else(|| candidates.iter().find(|c| !shouted(c))).or(candidates.first())?;
    if assigned_before(head, found.name) {
        return None;
    }
    let mut start = found.name;
    while start >= 1 && head[start - 1].is("::") {
        let longer = start >= 2 && head[start - 2].kind == TokenKind::Identifier;
        start -= if longer { 2 } else { 1 };
    }
    Some(head[start..=found.name].iter().map(text).collect())
}

/// Whether what `head` declares cannot be used by other files, or is no function or variable at all.
fn is_local(head: &[Token<'_>]) -> bool {
    head.iter().any(|t| ["static", "inline", "typedef", "using", "friend", "template", "constexpr"].iter().any(|word| t.is(word)))
}

/// The name before the initialiser or the end of `type name`, if `head` looks like that.
fn variable_name(head: &[Token<'_>]) -> Option<String> {
    let end = head.iter().position(|t| t.is("=") || t.is("[") || t.is(",")).unwrap_or(head.len());
    let [first, .., name] = &head[..end] else { return None };
    let type_only = end == 2 && ["struct", "class", "union", "enum", "namespace"].iter().any(|word| first.is(word));
    (first.kind == TokenKind::Identifier && name.kind == TokenKind::Identifier && !type_only).then(|| text(name))
}

fn assigned_before(head: &[Token<'_>], name: usize) -> bool {
    head[..name].iter().enumerate().any(|(at, t)| t.is("=") && !after_operator(head, at))
}

/// Whether the `;` that follows `head` ends the declaration of a parameter in the old style, `f(a) int a; {`.
fn awaits_body(head: &[Token<'_>]) -> bool {
    let Some(list) = candidates(head).into_iter().find(|c| parameter_names(head, c).is_some()) else { return false };
    let names = parameter_names(head, &list).unwrap_or_default();
    let declared = &head[list.close + 1..];
    let last = declared.rsplit(|t| t.is(";")).next().unwrap_or_default();
    !declared.iter().any(|t| t.is("="))
        && last.first().is_some_and(|t| t.kind == TokenKind::Identifier)
        && last.iter().skip(1).any(|t| names.contains(&t.text))
}

/// The names in `( a , b )`, if it holds nothing else.
fn parameter_names<'a>(head: &[Token<'a>], list: &Candidate) -> Option<Vec<&'a [u8]>> {
    let inner = &head[list.open + 1..list.close];
    let mut names = Vec::new();
    for (at, token) in inner.iter().enumerate() {
        match (at % 2, token.kind) {
            (0, TokenKind::Identifier) if !token.is("void") => names.push(token.text),
            (1, _) if token.is(",") => {}
            _ => return None,
        }
    }
    (!names.is_empty()).then_some(names)
}

/// `NAME (` and nothing before it, at the moment it is complete.
fn macro_call(head: &[Token<'_>]) -> Option<Found> {
    let [name, paren] = head else { return None };
    let is_call = name.kind == TokenKind::Identifier && paren.is("(");
    is_call.then(|| Found::MacroCall(text(name)))
}

fn is_module(head: &[Token<'_>]) -> bool {
    let exported = head.first().is_some_and(|t| t.is("export"));
    let [word, rest @ ..] = &head[usize::from(exported)..] else { return false };
    let plain = |t: &Token<'_>| t.kind == TokenKind::Identifier || t.is(".") || t.is(":");
    if word.is("module") {
        return rest.iter().all(plain);
    }
    word.is("import") && !rest.is_empty() && (rest.iter().all(plain) || rest[0].is("<") || rest[0].kind == TokenKind::Text)
}
