//! Random small projects: sources that call each other and headers with values, as a description that edits change, and as files.
//! Does not know the disk.

use std::collections::BTreeMap;

use super::chance::Chance;

/// What is at a path.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Entry {
    /// A file.
    Text(String),
    /// A symbolic link.
    Link(String),
}

/// A tree of files, by path.
pub type Files = BTreeMap<String, Entry>;

/// What a source is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Defines a function.
    Part,
    /// Defines `main`.
    Main,
    /// Defines `main` if a macro says so.
    PerhapsMain,
}

/// A source file, which defines `f<number>` or `main`.
#[derive(Clone, Debug)]
pub struct Source {
    pub number: usize,
    pub path: String,
    pub role: Role,
    pub value: usize,
    pub remarks: Vec<usize>,
    /// Numbers of headers that it includes.
    pub headers: Vec<usize>,
    /// The header that it includes if there is one.
    pub asks: Option<usize>,
    /// Numbers of parts whose functions it calls.
    pub calls: Vec<usize>,
    /// It does not compile.
    pub broken: bool,
}

/// A header, which defines the macro `M<number>`.
#[derive(Clone, Debug)]
pub struct Header {
    pub number: usize,
    pub path: String,
    pub value: usize,
    pub remarks: Vec<usize>,
    pub headers: Vec<usize>,
    /// Where the file is, if `path` is a link to it.
    pub real: Option<String>,
    /// It has the name of another one.
    pub shadow: bool,
}

/// A project.
#[derive(Clone, Debug, Default)]
pub struct Project {
    pub sources: Vec<Source>,
    pub headers: Vec<Header>,
    /// Directories that are links to others.
    pub links: Vec<(String, String)>,
    /// The text of its jmake.toml.
    pub settings: Option<&'static str>,
    /// What a job passes on to another one in a file that neither declares; the second makes a header of it, for all with `main`.
    pub passed: Option<usize>,
    numbers: usize,
}

const SOURCE_DIRS: [&str; 4] = ["", "src", "src/part", "src/core"];
const HEADER_DIRS: [&str; 5] = ["include", "include/lib", "src", "src/part", "src/core"];
const ENDINGS: [&str; 3] = ["c", "cpp", "cc"];

/// What a jmake.toml may say.
pub const SETTINGS: [&str; 11] = [
    "",
    "[compile]\nflags = ['-O1']\n",
    "[compile]\nflags = ['-ffunction-sections', '-Wall']\n",
    "[compile]\ndefines = { EXTRA = 3 }\n",
    "[compile]\ndefines = { EXTRA = 4 }\n",
    "[compile]\ninclude_dirs = ['src/core']\n",
    "[binary]\nlibrary_type = 'static'\n",
    "[binary]\nlibrary_type = 'shared'\nlibrary_name = 'thing'\n",
    "[link]\nlto = 'thin'\n",
    "[link]\nlto = 'full'\n",
    "[project]\nname = 'other'\n",
];

/// Two jobs: of what the first makes only that is declared which is always the same.
const JOBS: &str = r#"
[[jobs]]
id = "one"
callback = "command"
inputs = ["data/passed.txt", "data/one.sh"]
outputs = ["made/one.txt"]
args.argv = ["sh", "data/one.sh"]

[[jobs]]
id = "two"
callback = "command"
inputs = ["made/one.txt", "data/two.sh"]
outputs = ["made/two.h"]
args.argv = ["sh", "data/two.sh"]
"#;

const SCRIPTS: [(&str, &str); 2] = [
    ("data/one.sh", "cp data/passed.txt made/side.txt && echo same > made/one.txt\n"),
    ("data/two.sh", "echo \"#define PASSED $(cat made/side.txt)\" > made/two.h\n"),
];

impl Project {
    /// A project of 3 to 12 sources.
    pub fn random(chance: &mut Chance) -> Self {
        let mut project = Self::default();
        for _ in 0..chance.between(2, 5) {
            project.add_header(chance);
        }
        for _ in 0..chance.between(2, 8) {
            project.add_part(chance);
        }
        for at in 0..chance.between(1, 2) {
            let path = if at == 0 { *chance.pick(&["src/main.c", "src/main.cpp", "main.c"]) } else { "src/second.c" };
            project.add_program(chance, path.to_owned());
        }
        for at in 0..chance.between(0, 2) {
            let (dir, ending) = (*chance.pick(&["tests", "tests/deep"]), *chance.pick(&ENDINGS));
            project.add_program(chance, format!("{dir}/part{at}_test.{ending}"));
        }
        project.settings = chance.one_in(3).then(|| *chance.pick(&SETTINGS));
        project.passed = chance.one_in(2).then(|| passed_on(chance));
        project
    }

    /// A number that nothing has.
    pub fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    /// One more header.
    pub fn add_header(&mut self, chance: &mut Chance) -> usize {
        let number = self.number();
        let dir = self.own_dir(chance, &HEADER_DIRS);
        let headers = some(chance, &self.header_numbers(), 3);
        let path = joined(&dir, &format!("h{number}.h"));
        self.headers.push(Header { number, path, value: value(chance), remarks: vec![0], headers, real: None, shadow: false });
        number
    }

    /// One more function, in a file of its own.
    pub fn add_part(&mut self, chance: &mut Chance) -> usize {
        let number = self.number();
        let dir = self.own_dir(chance, &SOURCE_DIRS);
        let stem = if chance.one_in(5) { "same".to_owned() } else { format!("p{number}") };
        let ending = chance.pick(&ENDINGS);
        let mut path = joined(&dir, &format!("{stem}.{ending}"));
        if self.sources.iter().any(|source| source.path == path) {
            path = joined(&dir, &format!("p{number}.{ending}"));
        }
        let source = self.source(chance, number, path, Role::Part);
        self.sources.push(source);
        number
    }

    fn add_program(&mut self, chance: &mut Chance, path: String) {
        let number = self.number();
        let role = if chance.one_in(5) { Role::PerhapsMain } else { Role::Main };
        let source = self.source(chance, number, path, role);
        self.sources.push(source);
    }

    fn source(&mut self, chance: &mut Chance, number: usize, path: String, role: Role) -> Source {
        let headers = some(chance, &self.header_numbers(), 2);
        let parts: Vec<usize> = self.parts().map(|part| part.number).collect();
        let calls = if role == Role::Part { some(chance, &parts, 3) } else { some(chance, &parts, 2) };
        let asks = chance.one_in(2).then(|| self.number());
        Source { number, path, role, value: value(chance), remarks: vec![0], headers, asks, calls, broken: false }
    }

    /// The sources that define functions.
    pub fn parts(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.role == Role::Part)
    }

    /// The header of this number, its first place if it has several.
    pub fn header(&self, number: usize) -> Option<&Header> {
        self.headers.iter().find(|header| header.number == number && !header.shadow)
    }

    fn header_numbers(&self) -> Vec<usize> {
        self.headers.iter().filter(|header| !header.shadow).map(|header| header.number).collect()
    }

    /// One of these directories that is no link.
    fn own_dir(&self, chance: &mut Chance, dirs: &[&str]) -> String {
        let dir = *chance.pick(dirs);
        let linked = self.links.iter().any(|(link, _)| dir == link || dir.starts_with(&format!("{link}/")));
        if linked { "src".to_owned() } else { dir.to_owned() }
    }

    /// How the header of this number is included, without its quotes.
    pub fn spelled(&self, number: usize) -> String {
        let path = self.header(number).map(|header| header.path.clone()).unwrap_or_default();
        match path.strip_prefix("include/") {
            Some(rest) => rest.to_owned(),
            None => format!("h{number}.h"),
        }
    }

    /// Nothing names what is not there, and everything compiles.
    pub fn mend(&mut self) {
        let (headers, parts) = (self.header_numbers(), self.parts().map(|part| part.number).collect::<Vec<_>>());
        for source in &mut self.sources {
            source.broken = false;
            source.headers.retain(|number| headers.contains(number));
            source.calls.retain(|number| parts.contains(number));
        }
        for header in &mut self.headers {
            header.headers.retain(|number| headers.contains(number));
        }
    }

    /// Something names what is not there.
    pub fn is_torn(&self) -> bool {
        let mut mended = self.clone();
        mended.mend();
        mended.files() != self.files()
    }

    /// Its files.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        for header in &self.headers {
            let place = header.real.as_ref().unwrap_or(&header.path);
            files.insert(place.clone(), Entry::Text(self.header_text(header)));
            if let Some(real) = &header.real {
                files.insert(header.path.clone(), Entry::Link(relative(&header.path, real)));
            }
        }
        files.extend(self.sources.iter().map(|source| (source.path.clone(), Entry::Text(self.source_text(source)))));
        files.extend(self.links.iter().map(|(link, to)| (link.clone(), Entry::Link(relative(link, to)))));
        let settings = self
            .passed
            .map(|_| JOBS)
            .into_iter()
            .fold(self.settings.map(str::to_owned), |text, jobs| Some(text.unwrap_or_default() + jobs));
        files.extend(settings.map(|text| ("jmake.toml".to_owned(), Entry::Text(text))));
        if let Some(value) = self.passed {
            files.insert("data/passed.txt".to_owned(), Entry::Text(format!("{value}\n")));
            files.extend(SCRIPTS.map(|(path, text)| (path.to_owned(), Entry::Text(text.to_owned()))));
        }
        files
    }

    fn include(&self, number: usize) -> String {
        let name = self.spelled(number);
        if name.contains('/') && number.is_multiple_of(2) { format!("#include <{name}>\n") } else { format!("#include \"{name}\"\n") }
    }

    fn header_text(&self, header: &Header) -> String {
        let number = header.number;
        let remarks: String = header.remarks.iter().map(|remark| format!("// Remark {remark}.\n")).collect();
        let includes: String = header.headers.iter().map(|number| self.include(*number)).collect();
        let body = format!("#define M{number} {}\nstatic inline int i{number}(void) {{ return M{number}; }}\n", header.value);
        format!("{remarks}#ifndef H{number}\n#define H{number}\n{includes}{body}#endif\n")
    }

    fn source_text(&self, source: &Source) -> String {
        let mut text: String = source.remarks.iter().map(|remark| format!("/* Remark {remark}. */\n")).collect();
        if source.number.is_multiple_of(4) {
            text += "#include <stddef.h>\n";
        }
        text.extend(source.headers.iter().map(|number| self.include(*number)));
        if let Some(asked) = source.asks {
            let name = self.spelled(asked);
            text += &format!("#if __has_include(\"{name}\")\n#include \"{name}\"\n#else\n#define M{asked} 1\n#endif\n");
        }
        if self.passed.is_some() && source.role != Role::Part {
            text += "#include \"made/two.h\"\n";
        } else {
            text += "#define PASSED 0\n";
        }
        text += "#ifndef EXTRA\n#define EXTRA 0\n#endif\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n";
        text.extend(source.calls.iter().map(|number| format!("int f{number}(void);\n")));
        text += &format!("int f{}(void);\n#ifdef __cplusplus\n}}\n#endif\n", source.number);
        if source.broken {
            text += "int broken( { ;\n";
        }
        text + &function(source)
    }
}

fn function(source: &Source) -> String {
    let mut sum = format!("{} + EXTRA + PASSED", source.value);
    sum.extend(source.headers.iter().map(|number| format!(" + i{number}()")));
    sum.extend(source.asks.map(|number| format!(" + M{number}")));
    sum.extend(source.calls.iter().map(|number| format!(" + f{number}()")));
    match source.role {
        Role::Part => format!("int f{}(void) {{ return {sum}; }}\n", source.number),
        Role::Main => format!("int main(void) {{ return ({sum}) == 0; }}\n"),
        Role::PerhapsMain => format!("#ifndef NO_MAIN\nint main(void) {{ return ({sum}) == 0; }}\n#endif\n"),
    }
}

/// Of one width, so that an edit may keep a file's size.
pub fn value(chance: &mut Chance) -> usize {
    chance.between(100, 999)
}

/// Of few, so that what was there before comes back.
pub fn passed_on(chance: &mut Chance) -> usize {
    chance.between(1, 3)
}

/// Each of these once in `n` times, and at least one.
fn some(chance: &mut Chance, of: &[usize], n: usize) -> Vec<usize> {
    let mut chosen: Vec<usize> = of.iter().copied().filter(|_| chance.one_in(n)).collect();
    if chosen.is_empty() && !of.is_empty() {
        chosen.push(*chance.pick(of));
    }
    chosen
}

/// `dir/name`, where `dir` may be the root.
pub fn joined(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// The directory of `path`.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// What a link at `link` has to say to lead to `to`.
fn relative(link: &str, to: &str) -> String {
    "../".repeat(link.matches('/').count()) + to
}
