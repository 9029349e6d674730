//! The forms that one symbol takes: as linkers print it, as libraries spell it, as sources define it. No demangler: what a
//! linker prints gives away how the mangled name begins, which is enough to find it. Does not know parameter types.

/// What stands before the name of something that belongs to a class, and its code in mangled names.
const PARTS_OF_CLASSES: &[(&str, &str)] =
    &[("vtable for ", "TV"), ("typeinfo for ", "TI"), ("typeinfo name for ", "TS"), ("VTT for ", "TT"), ("guard variable for ", "GV")];

/// One symbol.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spelling {
    /// Its names from the outermost namespace inwards, without parameters and template arguments.
    names: Vec<String>,
    /// Not C++: the name is the symbol.
    plain: bool,
    /// It belongs to the class of that name.
    of_class: bool,
    /// How its mangled name may begin, up to the first template argument.
    heads: Vec<String>,
    /// What follows in a mangled name, in order.
    tails: Vec<String>,
}

impl Spelling {
    /// The forms of a symbol as ld.lld or GNU ld prints it.
    #[must_use]
    pub fn of(printed: &str) -> Self {
        let class = PARTS_OF_CLASSES.iter().find_map(|(lead, code)| Some((printed.strip_prefix(lead)?, *code)));
        let (text, code) = class.unwrap_or((printed, ""));
        let plain = class.is_none() && !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_$.@".contains(c));
        let written = components(text);
        let names = written.iter().map(|component| component.name.clone()).collect();
        let constant = text.trim_end().ends_with(") const");
        let (heads, tails) = if plain { Default::default() } else { mangled(&written, code, constant) };
        Self { names, plain, of_class: class.is_some() && code != "GV", heads, tails }
    }

    /// Whether a library that defines `exported` defines this symbol.
    #[must_use]
    pub fn is_exported_as(&self, exported: &str) -> bool {
        if self.plain {
            return self.names.first().is_some_and(|name| name == exported);
        }
        let Some(mut rest) = self.heads.iter().find_map(|head| exported.strip_prefix(head.as_str())) else { return false };
        self.tails.iter().all(|tail| match rest.find(tail.as_str()) {
            Some(at) => {
                rest = &rest[at + tail.len()..];
                true
            }
            None => false,
        })
    }

    /// Whether a source that defines `name`, written with as many namespaces as it pleases, defines this symbol.
    #[must_use]
    pub fn is_defined_as(&self, name: &str) -> bool {
        let mut written: Vec<&str> = name.split("::").collect();
        if self.of_class {
            // The member that brings these with it is one of the class's own.
            written.pop();
            return !written.is_empty() && self.ends_with(&written);
        }
        // `using namespace` may spare namespaces, but the last name alone says too little.
        let enough = self.names.len().min(2);
        !name.is_empty() && written.len() >= enough && self.ends_with(&written)
    }

    /// Whether this is a C++ function that a C source would define as `name`.
    #[must_use]
    pub fn is_in_c(&self, name: &str) -> bool {
        !self.plain && !self.of_class && self.names.len() == 1 && self.names[0] == name
    }

    /// The name that any source of it must contain.
    #[must_use]
    pub fn last_name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    fn ends_with(&self, written: &[&str]) -> bool {
        written.len() <= self.names.len() && self.names[self.names.len() - written.len()..].iter().zip(written).all(|(a, b)| a == b)
    }
}

/// One name of a qualified name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Component {
    name: String,
    /// Such as `cxx11` of `f[abi:cxx11]`.
    tag: Option<String>,
    template: bool,
}

/// Takes `int a::B<c>::f<d>(e) const` apart into `a`, `B`, `f`.
fn components(text: &str) -> Vec<Component> {
    let mut out = vec![String::new()];
    let (mut depth, mut rest) = (0_u32, text);
    while let Some(c) = rest.chars().next() {
        if depth == 0 && rest.starts_with("(anonymous namespace)") {
            out.last_mut().into_iter().for_each(|last| last.push_str("(anonymous namespace)"));
            rest = &rest["(anonymous namespace)".len()..];
            continue;
        }
        match c {
            '(' if depth == 0 => break,
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && rest.starts_with("::") {
            out.push(String::new());
            rest = &rest[2..];
            continue;
        }
        if depth == 0 && c == ' ' {
            // What came was the type of the result.
            out = vec![String::new()];
        } else {
            out.last_mut().into_iter().for_each(|last| last.push(c));
        }
        rest = &rest[c.len_utf8()..];
    }
    out.iter().map(|written| component(written)).collect()
}

fn component(written: &str) -> Component {
    let (name, tag) = match written.split_once("[abi:") {
        Some((name, tag)) => (name, Some(tag.split(']').next().unwrap_or(tag).to_owned())),
        None => (written, None),
    };
    let bare = name.split('<').next().unwrap_or(name);
    Component { name: bare.to_owned(), tag, template: bare.len() < name.len() }
}

/// How the mangled name begins, and what it contains after its first template arguments; nothing for operators.
fn mangled(written: &[Component], code: &str, constant: bool) -> (Vec<String>, Vec<String>) {
    if written.iter().any(|component| !component.name.chars().all(|c| c.is_alphanumeric() || "_~".contains(c)) || component.name.is_empty())
        || written.iter().any(|component| component.name.starts_with("operator"))
    {
        return Default::default();
    }
    let standard = written.len() > 1 && written[0].name == "std";
    let nested = written.len() > if standard { 2 } else { 1 };
    let mut head = format!("_Z{code}{}{}", if nested { "N" } else { "" }, if nested && constant { "K" } else { "" });
    head.push_str(if standard { "St" } else { "" });
    let mut encoded = Vec::new();
    for (at, component) in written.iter().enumerate().skip(usize::from(standard)) {
        encoded.push(encode(component, at.checked_sub(1).map(|before| written[before].name.as_str())));
    }
    let first_template = written.iter().skip(usize::from(standard)).position(|component| component.template);
    let fixed = first_template.map_or(encoded.len(), |at| at + 1);
    let mut heads = vec![head];
    for choices in &encoded[..fixed] {
        heads = heads.iter().flat_map(|head| choices.iter().map(move |choice| format!("{head}{choice}"))).collect();
    }
    let end = if first_template.is_some() {
        "I"
    } else if nested {
        "E"
    } else {
        ""
    };
    heads.iter_mut().for_each(|head| head.push_str(end));
    // Of a constructor or destructor behind template arguments there is nothing sure to look for.
    let tails = encoded[fixed..].iter().filter(|choices| choices.len() == 1).map(|choices| choices[0].clone()).collect();
    (heads, tails)
}

/// The ways in which a name is encoded behind the one `before` it.
fn encode(component: &Component, before: Option<&str>) -> Vec<String> {
    let name = component.name.as_str();
    let tag = component.tag.as_ref().map_or_else(String::new, |tag| format!("B{}{tag}", tag.len()));
    if before == Some(name) {
        return vec!["C1".into(), "C2".into()];
    }
    if name.strip_prefix('~').is_some_and(|class| before == Some(class)) {
        return vec!["D0".into(), "D1".into(), "D2".into()];
    }
    vec![format!("{}{name}{tag}", name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_spells_it_so() {
        for (printed, exported, expect) in [
            ("compress", "compress", true),
            ("compress", "compress2", false),
            ("foo(int)", "_Z3fooi", true),
            ("foo(int)", "_Z4foodi", false),
            ("foo(int)", "foo", false),
            ("ns::gv", "_ZN2ns2gvE", true),
            ("ns::S::S(int)", "_ZN2ns1SC1Ei", true),
            ("ns::S::~S()", "_ZN2ns1SD1Ev", true),
            ("ns::S::m(std::__cxx11::basic_string<char, std::char_traits<char>> const&) const", "_ZNK2ns1S1mERKNSt7__cxx11E", true),
            ("ns::S::m(int) const", "_ZN2ns1S1mEi", false),
            ("ns::S::m(int)", "_ZN2ns1S2m2Ei", false),
            ("int ns::S::t<int>(int)", "_ZN2ns1S1tIiEET_S2_", true),
            ("a::B<int>::f(int)", "_ZN1a1BIiE1fEi", true),
            ("a::B<int>::f(int)", "_ZN1a1BIiE1gEi", false),
            ("vtable for testing::Test", "_ZTVN7testing4TestE", true),
            ("typeinfo for Base", "_ZTI4Base", true),
            ("vtable for testing::Test", "_ZN7testing4TestE", false),
            ("std::f(int)", "_ZSt1fi", true),
            ("std::a::f(int)", "_ZNSt1a1fEi", true),
            ("name[abi:cxx11](int)", "_Z4nameB5cxx11i", true),
            ("ns::operator+(ns::S const&, ns::S const&)", "_ZN2nsplERKNS_1SES2_", false),
            ("", "", false),
        ] {
            assert_eq!(Spelling::of(printed).is_exported_as(exported), expect, "{printed} {exported}");
        }
    }

    #[test]
    fn a_source_defines_it_so() {
        for (printed, defined, expect) in [
            ("compress", "compress", true),
            ("compress", "ns::compress", false),
            ("foo(int)", "foo", true),
            ("ns::S::m(int) const", "ns::S::m", true),
            ("ns::S::m(int) const", "S::m", true),
            ("ns::S::m(int) const", "m", false),
            ("ns::f(int)", "f", false),
            ("ns::f(int)", "ns::f", true),
            ("ns::f(int)", "other::ns::f", false),
            ("int ns::S::t<int>(int)", "ns::S::t", true),
            ("vtable for ns::S", "ns::S::key", true),
            ("vtable for ns::S", "S::key", true),
            ("vtable for ns::S", "ns::S", false),
            ("", "", false),
        ] {
            assert_eq!(Spelling::of(printed).is_defined_as(defined), expect, "{printed} {defined}");
        }
        assert!(Spelling::of("foo(int)").is_in_c("foo") && !Spelling::of("foo").is_in_c("foo"));
        assert!(!Spelling::of("ns::foo(int)").is_in_c("foo"));
        assert_eq!(Spelling::of("void ns::S::m<int>(int)").last_name(), "m");
    }

    proptest::proptest! {
        #[test]
        fn no_name_makes_it_panic(printed in "(::|<|>|\\(|\\)|~| |vtable for |\\[abi:|\\]|é|[a-z]){0,20}", other in "[_ZNKS0-9a-z:é]{0,12}") {
            let spelling = Spelling::of(&printed);
            let _ = (spelling.is_exported_as(&other), spelling.is_defined_as(&other), spelling.is_in_c(&other));
        }
    }
}
