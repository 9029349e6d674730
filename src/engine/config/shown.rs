//! Every setting with its value and where that came from, as rows. Does not know how rows look.

use super::merge::{Examined, Request};
use super::origin::Origin;
use super::schema::{self, State};
use super::targets::Dependency;
use super::value::{Entry, Table, Value};

/// One setting; a list or table of several places has a row for each.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// The key, or `$NAME` of a variable.
    pub key: String,
    /// Its value, as TOML.
    pub value: String,
    /// Where that came from, in words.
    pub origin: String,
}

fn row(key: impl Into<String>, value: String, origin: &Origin) -> Row {
    Row { key: key.into(), value, origin: origin.to_string() }
}

/// All settings that have a value, those of the command line first.
#[must_use]
pub fn rows(examined: &Examined, request: &Request<'_>, toolchain: Option<&str>) -> Vec<Row> {
    let text = |text: &str| Value::Text(text.to_owned()).toml();
    let told = |flag, differs: bool| if differs { Origin::CommandLine(flag) } else { Origin::BuiltIn };
    let build_dir = request.build_dir.to_string();
    let mut rows = vec![
        row("profile", text(request.profile), &told("--profile", request.profile != "dev")),
        row("build directory", text(&build_dir), &told("--build-dir", build_dir != "build")),
    ];
    rows.extend(toolchain.map(|toolchain| row("toolchain", text(toolchain), &Origin::CommandLine("--toolchain"))));
    rows.extend(of_project(examined, request.root_name));
    rows.extend(
        examined.project.targets.iter().flat_map(|table| own(examined, "targets", table.text("targets.name").unwrap_or("?"), table)),
    );
    rows.extend(examined.project.files.iter().enumerate().flat_map(|(i, table)| own(examined, "files", &(i + 1).to_string(), table)));
    for name in ["CPPFLAGS", "CFLAGS", "CXXFLAGS", "LDFLAGS"] {
        let value = (request.environment)(name).filter(|value| !value.is_empty());
        rows.extend(value.map(|value| row(format!("${name}"), text(&value), &Origin::Variable(name))));
    }
    rows
}

fn of_project(examined: &Examined, root_name: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for key in schema::all().iter().filter(|key| key.state == State::Honoured && !of_another_table(key.path)) {
        if key.path == "compile.flags" {
            let flags = examined.profile_flags.iter();
            rows.extend(
                flags.map(|(name, flags)| row(key.path, Value::Texts(flags.clone()).toml(), &Origin::BuiltInProfile(name.clone()))),
            );
        }
        let given = examined.merged.effective(key);
        if given.is_empty() && key.path == "project.name" {
            rows.push(row(key.path, Value::Text(root_name.to_owned()).toml(), &Origin::BuiltIn));
        } else if given.is_empty() && !key.default.is_empty() {
            rows.push(row(key.path, key.default.to_owned(), &Origin::BuiltIn));
        }
        rows.extend(given.iter().map(|given| row(key.path, given.value.toml(), &given.origin)));
    }
    let dependencies = examined.project.dependencies.iter().filter_map(|(dependency, (line, column), _)| match dependency {
        Dependency::Path { name, path } => {
            let value = format!("{{ path = {} }}", super::value::quoted(&path.to_string()));
            Some(row(format!("dependencies.{name}"), value, &Origin::File(examined.project.file.clone(), *line, *column)))
        }
        Dependency::PkgConfig(_) => None,
    });
    rows.extend(dependencies);
    rows
}

fn of_another_table(path: &str) -> bool {
    ["targets.", "files.", "profile.", "dependencies.NAME"].iter().any(|other| path.starts_with(other))
}

/// What a table of `[[targets]]` or `[[files]]` says itself.
fn own(examined: &Examined, table: &str, name: &str, entries: &Table) -> Vec<Row> {
    let of_entry = |entry: &Entry| {
        let last = entry.key.path.split_once('.').map_or(entry.key.path, |(_, last)| last);
        row(
            format!("{table}.{name}.{last}"),
            entry.value.toml(),
            &Origin::File(examined.project.file.clone(), entry.place.0, entry.place.1),
        )
    };
    entries.entries.iter().map(of_entry).collect()
}

#[cfg(test)]
mod tests {
    use super::super::merge::examine;
    use super::*;

    #[test]
    fn every_value_says_where_it_came_from() {
        let environment = |name: &str| (name == "CFLAGS").then(|| "-g3".to_owned());
        let request = Request {
            root_name: "Root",
            user: Some("compile.include_dirs = ['/u']\ncompile.defines = { A = '1', B = '2' }"),
            project: Some(
                "[compile]\nflags = ['-p']\ninclude_dirs = ['i']\ndefines = { A = '3' }\n[[targets]]\nname = 't'\nflags = ['-t']\n[profile.dev]\nflags = ['-d']",
            ),
            environment: &environment,
            profile: "dev",
            build_dir: "out".into(),
            path_of_file: "jmake.toml",
        };
        let rows = rows(&examine(&request), &request, Some("19"));
        let text: Vec<String> = rows.iter().map(|row| format!("{} = {} ({})", row.key, row.value, row.origin)).collect();
        let expect = [
            "profile = \"dev\" (built in)",
            "build directory = \"out\" (--build-dir)",
            "toolchain = \"19\" (--toolchain)",
            "project.name = \"Root\" (built in)",
            "compile.flags = [\"-O0\", \"-g\", \"-gdwarf-4\"] (built-in profile dev)",
            "compile.flags = [\"-p\"] (jmake.toml:2:9)",
            "compile.flags = [\"-d\"] (profile dev, jmake.toml:9:9)",
            "compile.defines = { B = \"2\" } (the user's config.toml:2:19)",
            "compile.defines = { A = \"3\" } (jmake.toml:4:11)",
            "compile.include_dirs = [\"i\"] (jmake.toml:3:16)",
            "compile.include_dirs = [\"/u\"] (the user's config.toml:1:24)",
            "compile.std = \"gnu++17\" (built in)",
            "targets.t.flags = [\"-t\"] (jmake.toml:7:9)",
            "$CFLAGS = \"-g3\" ($CFLAGS)",
        ];
        let mut at = 0;
        for line in expect {
            let found = text[at..].iter().position(|row| row == line);
            at += found.unwrap_or_else(|| panic!("{line} not after {at} in\n{}", text.join("\n"))) + 1;
        }
    }
}
