//! From two descriptions of a step's work to the one difference that people want to hear of first. Does not decide anything.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::manifest::field;
use super::{Field, Reason, Record, Runs};
use crate::engine::cxx::lower::names::source_of;
use crate::engine::graph::StepSpec;
use crate::engine::path::FilePath;

type Fields = Runs<Field>;

/// Why the static part of `step`, now `fields`, is not that of `record`. What a person did goes before what follows from it: a new flag
/// changes what the driver makes of all flags, too.
/// `is_there` knows which sources are.
pub(super) fn static_difference(step: &StepSpec, fields: &Fields, record: &Record, is_there: &dyn Fn(&FilePath) -> bool) -> Reason {
    let differs = |name: &str| !values(fields, name).eq(values(&record.fields, name));
    let changed = |name: &str| differs(name).then(|| Reason::CommandChanged { what: name.to_owned() });
    None.or_else(|| changed(field::FORMAT))
        .or_else(|| changed(field::ROOT))
        .or_else(|| program_difference(fields, &record.fields))
        .or_else(|| differs(field::INPUTS).then(|| inputs_difference(step, record, is_there)).flatten())
        .or_else(|| differs(field::ARGUMENT).then(|| argument_difference(fields, &record.fields)))
        .or_else(|| differs(field::VARIABLES).then(|| variable_difference(fields, &record.fields)).flatten())
        .or_else(|| differs(field::IDENTITY).then(|| tool_difference(fields, &record.fields)))
        .or_else(|| [field::RESPONSE, field::DEPFILE, field::OUTPUT, field::ENVIRONMENT, field::INPUTS].into_iter().find_map(changed))
        .unwrap_or_else(|| Reason::CommandChanged { what: "description".to_owned() })
}

fn values<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn program_difference(now: &Fields, then: &Fields) -> Option<Reason> {
    let (now, then) = (values(now, field::PROGRAM).next()?, values(then, field::PROGRAM).next()?);
    (now != then).then(|| Reason::ToolReplaced { old: then.into(), new: now.into() })
}

/// The program that is another; else the words that the driver makes of the flags otherwise, with the variables that may be why.
fn tool_difference(now: &Fields, then: &Fields) -> Reason {
    let lists = |name: &'static str| (values(now, name).collect::<Vec<_>>(), values(then, name).collect::<Vec<_>>());
    let differing = |name: &'static str| {
        let (now, then) = lists(name);
        (surplus(&now, &then), surplus(&then, &now))
    };
    let path = |tool: &&str| FilePath::from(tool.split_once(' ').map_or(*tool, |(_, path)| path));
    let (new, old) = differing(field::TOOL);
    let (new, old): (Vec<FilePath>, Vec<FilePath>) = (new.iter().map(path).collect(), old.iter().map(path).collect());
    if let Some(changed) = new.iter().find(|tool| old.contains(tool)) {
        return Reason::ToolChanged(changed.clone());
    }
    if let ([new, ..], [old, ..]) = (new.as_slice(), old.as_slice()) {
        return Reason::ToolReplaced { old: old.clone(), new: new.clone() };
    }
    let ((added, removed), (new, old)) = (differing(field::EXPANDED), differing(field::LEADS));
    if lists(field::EXPANDED).1.is_empty() || added.is_empty() && removed.is_empty() && new.is_empty() && old.is_empty() {
        return Reason::ToolsChanged;
    }
    let name = |variable: &&str| variable.split(' ').next().unwrap_or(variable).to_owned();
    let variables: BTreeSet<String> = new.iter().chain(&old).map(name).collect();
    let driver = values(now, field::PROGRAM).next().map_or_else(String::new, |program| FilePath::from(program).name());
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    Reason::ExpansionChanged { variables: variables.into_iter().collect(), driver, added: owned(added), removed: owned(removed) }
}

/// The variable that came, went or leads elsewhere.
fn variable_difference(now: &Fields, then: &Fields) -> Option<Reason> {
    let (now, then): (Vec<&str>, Vec<&str>) = (values(now, field::VARIABLES).collect(), values(then, field::VARIABLES).collect());
    let changed = surplus(&now, &then).into_iter().chain(surplus(&then, &now)).next()?;
    Some(Reason::VariableChanged(changed.split(' ').next().unwrap_or(changed).to_owned()))
}

fn argument_difference(now: &Fields, then: &Fields) -> Reason {
    let (now, then): (Vec<&str>, Vec<&str>) = (values(now, field::ARGUMENT).collect(), values(then, field::ARGUMENT).collect());
    match (surplus(&now, &then).as_slice(), surplus(&then, &now).as_slice()) {
        ([new], [old]) => Reason::ArgumentReplaced { old: (*old).to_owned(), new: (*new).to_owned() },
        ([new, ..], _) => Reason::ArgumentAdded((*new).to_owned()),
        (_, [old, ..]) => Reason::ArgumentRemoved((*old).to_owned()),
        _ => Reason::CommandChanged { what: "order of arguments".to_owned() },
    }
}

/// What `these` has more than `those`, repetitions counted.
fn surplus<'a>(these: &[&'a str], those: &[&str]) -> Vec<&'a str> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    those.iter().for_each(|word| *left.entry(word).or_default() += 1);
    let mut is_new = |word: &&str| match left.get_mut(*word) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    };
    these.iter().copied().filter(|word| is_new(word)).collect()
}

/// The declared input that is new, or that is not declared any more. `None` if only the order changed, or if a discovered one is declared now.
/// What is made of a source alone is told by the source.
fn inputs_difference(step: &StepSpec, record: &Record, is_there: &dyn Fn(&FilePath) -> bool) -> Option<Reason> {
    let now: HashSet<&FilePath> = step.explicit.iter().chain(&step.implicit).collect();
    let read: HashSet<&FilePath> = record.inputs.iter().map(|(path, _)| path).collect();
    let added = step.explicit.iter().chain(&step.implicit).find(|path| !read.contains(path));
    let removed = || record.inputs.iter().take(declared(record)).map(|(path, _)| path).find(|path| !now.contains(path));
    let more = |path: &FilePath| source_of(path).map_or_else(|| Reason::InputAdded(path.clone()), Reason::SourceAdded);
    let less = |path: &FilePath| match source_of(path) {
        None => Reason::InputRemoved(path.clone()),
        Some(source) if is_there(&source) => Reason::SourceLeftOut(source),
        Some(source) => Reason::SourceGone(source),
    };
    added.map(more).or_else(|| removed().map(less))
}

/// How many of the record's inputs were declared; they come first.
fn declared(record: &Record) -> usize {
    let count = |value: &str| value.split(' ').next().and_then(|count| count.parse().ok());
    values(&record.fields, field::INPUTS).next().and_then(count).unwrap_or(0)
}
