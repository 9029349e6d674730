//! What jobs mean to each other: whom each waits for, and whether the values that its templates name will be there by then. Does not know how
//! a queue is typed.

use std::collections::BTreeMap;

use super::kinds::Kinds;
use super::queue::{Job, When};
use super::reading::{Named, Reader};
use super::refusals;
use super::template::Name;
use super::values::Values;
use crate::engine::config::keys::nearest;
use crate::engine::config::schema;

/// Turns the ids in `depends_on` into positions. No circle is left.
pub(super) fn depend(jobs: &mut [Job], named: &Named, reader: &mut Reader<'_>) {
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        let place = job.places.keys.get("id").cloned().unwrap_or_else(|| job.places.whole.clone());
        if let Some(first) = positions.get(&job.id) {
            let message = format!("there is another job `{}`, in line {}", job.id, jobs[*first].line);
            reader.error(place, message, "give one of them another id");
        } else {
            positions.insert(job.id.clone(), at);
        }
    }
    let ids: Vec<String> = jobs.iter().map(|job| job.id.clone()).collect();
    for (job, names) in jobs.iter_mut().zip(named) {
        for (name, place) in names {
            if let Some(at) = positions.get(name) {
                job.depends_on.push(*at);
                continue;
            }
            let near = nearest(name, ids.iter().map(String::as_str));
            let advice = near.map_or_else(|| "remove it, or add that job".to_owned(), |near| format!("did you mean \"{near}\"?"));
            reader.error(place.clone(), format!("there is no job `{name}`"), advice);
        }
        if job.when != When::Success && names.is_empty() {
            let place = job.places.keys.get("when").cloned().unwrap_or_else(|| job.places.whole.clone());
            reader.error(place, "`when` is about jobs in `depends_on`, and there are none", "name those jobs, or remove `when`");
        }
    }
    if let Some(circle) = circle(jobs) {
        let shown: Vec<&str> = circle.iter().chain(circle.first()).map(|at| jobs[*at].id.as_str()).collect();
        let first = &jobs[circle[0]].places;
        let place = first.keys.get("depends_on").cloned().unwrap_or_else(|| first.whole.clone());
        let message = match circle.as_slice() {
            [one] => format!("`{}` depends on itself", jobs[*one].id),
            _ => format!("jobs depend on each other in a circle: {}", shown.join(" -> ")),
        };
        reader.error(place, message, "remove one of these dependencies");
        jobs.iter_mut().for_each(|job| job.depends_on.clear());
    }
}

/// The jobs of a circle, each depending on the next.
fn circle(jobs: &[Job]) -> Option<Vec<usize>> {
    let mut done = vec![false; jobs.len()];
    let mut on_path = vec![false; jobs.len()];
    for start in 0..jobs.len() {
        let mut path: Vec<(usize, usize)> = vec![(start, 0)];
        if done[start] {
            continue;
        }
        on_path[start] = true;
        while let Some((at, next)) = path.last_mut() {
            let Some(on) = jobs[*at].depends_on.get(*next).copied() else {
                done[*at] = true;
                on_path[*at] = false;
                path.pop();
                continue;
            };
            *next += 1;
            if on_path[on] {
                let from = path.iter().position(|(job, _)| *job == on).unwrap_or(0);
                return Some(path[from..].iter().map(|(job, _)| *job).collect());
            }
            if !done[on] {
                on_path[on] = true;
                path.push((on, 0));
            }
        }
    }
    None
}

/// Every name in a template stands for something by the time its job is run, and no two jobs write to one place in no order.
pub(super) fn values(jobs: &[Job], values: &Values, reader: &mut Reader<'_>) {
    let before = Before::new(jobs);
    let filled: BTreeMap<String, Vec<usize>> = filled(jobs);
    refusals::check(jobs, values, &before, reader);
    let kinds = Kinds { jobs, values, before: &before };
    (0..jobs.len()).for_each(|at| kinds.check(at, reader));
    for (at, job) in jobs.iter().enumerate() {
        for name in job.templates().into_iter().flat_map(super::template::Template::names) {
            let known = Known { jobs, values, filled: &filled, before: &before, at };
            if let Err((message, advice)) = known.look(name, job) {
                reader.error(name.span.clone(), message, advice);
            }
        }
    }
    for (section, writers) in &filled {
        let unordered = writers.windows(2).find(|pair| !before.has(pair[1], pair[0]) && !before.has(pair[0], pair[1]));
        if let Some([first, second]) = unordered.and_then(|pair| <[usize; 2]>::try_from(pair).ok()) {
            let message = format!("`{section}` is written by `{}` too, and nothing says which comes last", jobs[first].id);
            reader.error(written(&jobs[second]), message, format!("let one depend on the other: depends_on = [\"{}\"]", jobs[first].id));
        }
        let inner = filled.range(format!("{section}.")..).take_while(|(inner, _)| inner.starts_with(&format!("{section}.")));
        let pairs =
            inner.flat_map(|(inner, others)| others.iter().flat_map(move |other| writers.iter().map(move |one| (inner, *one, *other))));
        let unordered = |(_, one, other): &(&String, usize, usize)| one != other && !before.has(*one, *other) && !before.has(*other, *one);
        if let Some((inner, one, other)) = pairs.into_iter().find(unordered) {
            let (first, second) = (one.min(other), one.max(other));
            let message =
                format!("`{inner}` is within `{section}`; `{}` writes there too, and nothing says which comes last", jobs[first].id);
            reader.error(written(&jobs[second]), message, format!("let one depend on the other: depends_on = [\"{}\"]", jobs[first].id));
        }
    }
}

/// Where a job says what it writes.
fn written(job: &Job) -> std::ops::Range<usize> {
    job.places.keys.get("target_section").cloned().unwrap_or_else(|| job.arg("data"))
}

/// Which jobs are sure to have ended before which: a bit for each pair, as queues of thousands are to cost no gigabyte.
pub(super) struct Before {
    bits: Vec<u64>,
    words: usize,
}

impl Before {
    /// There are no circles.
    pub(super) fn new(jobs: &[Job]) -> Self {
        let words = jobs.len().div_ceil(64);
        let mut before = Self { bits: vec![0; words * jobs.len()], words };
        let (mut known, mut path) = (vec![false; jobs.len()], (0..jobs.len()).rev().collect::<Vec<usize>>());
        while let Some(at) = path.last().copied() {
            let unknown = jobs[at].depends_on.iter().copied().filter(|on| !known[*on]);
            let length = path.len();
            path.extend(unknown.collect::<Vec<usize>>());
            if path.len() == length {
                path.pop();
                if !std::mem::replace(&mut known[at], true) {
                    jobs[at].depends_on.iter().for_each(|on| before.add(at, *on));
                }
            }
        }
        before
    }

    /// `job` comes after `on`, and after all that `on` comes after.
    fn add(&mut self, job: usize, on: usize) {
        for word in 0..self.words {
            self.bits[job * self.words + word] |= self.bits[on * self.words + word];
        }
        self.bits[job * self.words + on / 64] |= 1 << (on % 64);
    }

    /// `earlier` has ended when `job` begins.
    pub(super) fn has(&self, job: usize, earlier: usize) -> bool {
        self.bits[job * self.words + earlier / 64] >> (earlier % 64) & 1 == 1
    }
}

/// Which jobs write each dotted key.
fn filled(jobs: &[Job]) -> BTreeMap<String, Vec<usize>> {
    let mut filled: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, job) in jobs.iter().enumerate() {
        for section in job.writes() {
            filled.entry(section.join(".")).or_default().push(at);
        }
    }
    filled
}

struct Known<'a> {
    jobs: &'a [Job],
    values: &'a Values,
    filled: &'a BTreeMap<String, Vec<usize>>,
    before: &'a Before,
    /// The job that is looked at.
    at: usize,
}

type Wrong = (String, String);

impl Known<'_> {
    fn look(&self, name: &Name, job: &Job) -> Result<(), Wrong> {
        let segments: Vec<&str> = name.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["jobs", id, rest @ ..] => self.result(id, rest, job),
            ["env", variable] if !self.values.env.contains_key(*variable) => Err((
                format!("the variable {variable} is not set"),
                format!("set it, or give the job one: env = {{ {variable} = \"…\" }} is for its process"),
            )),
            ["env", _] | ["config_path"] | ["project", "root"] => Ok(()),
            _ => self.setting(&segments, self.values.of(name).is_some()),
        }
    }

    fn result(&self, id: &str, rest: &[&str], job: &Job) -> Result<(), Wrong> {
        let Some(at) = self.jobs.iter().position(|other| other.id == id) else {
            let near = nearest(id, self.jobs.iter().map(|job| job.id.as_str()));
            let advice = near.map_or_else(|| "name a job of this queue".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err((format!("there is no job `{id}`"), advice));
        };
        if !self.before.has(self.at, at) {
            let advice = format!("write depends_on = [\"{id}\"] in `{}`", job.id);
            return Err((format!("`{id}` may not have ended when `{}` begins", job.id), advice));
        }
        if job.when == When::Failure && job.depends_on == [at] {
            let advice = "remove `when`, or do not name what it gives";
            return Err((format!("`{id}` has failed when `{}` begins, and gives nothing", job.id), advice.to_owned()));
        }
        let of_function = || self.jobs[at].function.results.iter().map(|field| field.name).collect();
        let fields: Vec<&str> = if self.jobs[at].outputs.is_empty() { of_function() } else { vec!["outputs"] };
        match rest {
            ["result"] => Ok(()),
            ["result", field, ..] if *field == "success" || fields.contains(field) => Ok(()),
            ["result", field, ..] => {
                let near = nearest(field, fields.iter().copied());
                let advice = near.map_or_else(|| format!("it has: {}", fields.join(", ")), |near| format!("did you mean `{near}`?"));
                Err((format!("the result of `{}` has no `{field}`", self.jobs[at].function.name), advice))
            }
            _ => Err((
                format!("`jobs.{id}` has only a result"),
                format!("write {{{{jobs.{id}.result.{}}}}}", fields.first().unwrap_or(&"success")),
            )),
        }
    }

    /// A setting that has no value yet, unless `has_value`: a job has to give it one in time. No job may change it meanwhile.
    fn setting(&self, segments: &[&str], has_value: bool) -> Result<(), Wrong> {
        let dotted = segments.join(".");
        let around = (1..=segments.len()).filter_map(|length| self.filled.get(&segments[..length].join("."))).flatten();
        let within = self.filled.range(format!("{dotted}.")..).take_while(|(inner, _)| inner.starts_with(&format!("{dotted}.")));
        let writers: Vec<usize> = around.chain(within.flat_map(|(_, writers)| writers)).copied().collect();
        let unordered = |at: &&usize| **at != self.at && !self.before.has(self.at, **at) && !self.before.has(**at, self.at);
        if let Some(at) = writers.iter().find(unordered) {
            let id = &self.jobs[*at].id;
            return Err((format!("`{id}` writes `{dotted}`, and may not have ended by then"), format!("write depends_on = [\"{id}\"]")));
        }
        if has_value || writers.iter().any(|at| self.before.has(self.at, *at)) {
            return Ok(());
        }
        if schema::find(&dotted).is_some() || schema::is_table(&dotted) {
            return Err((
                format!("`{dotted}` has no value"),
                "set it in jmake.toml, run `jmake complete`, or let a job write it before".to_owned(),
            ));
        }
        let own = ["project.root", "project.name", "config_path"];
        let near = nearest(&dotted, schema::all().iter().map(|key| key.path).chain(own).chain(self.filled.keys().map(String::as_str)));
        let advice = near.map_or_else(
            || "name a setting, config_path, env.NAME, or jobs.ID.result".to_owned(),
            |near| format!("did you mean {{{{{near}}}}}?"),
        );
        Err((format!("`{dotted}` stands for nothing"), advice))
    }
}
