//! What functions answer about builds. Does not know how one is run.

use serde_json::{Map, Value as Json, json};

use crate::engine::report::{Counts, Outcome, StepKind};

/// A build that succeeded.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// What it made: kind and path.
    pub artifacts: Vec<(String, String)>,
    /// Steps that ran or whose outputs were kept, each with what it is called.
    pub steps: Vec<(StepKind, String, Outcome)>,
    /// How many there were.
    pub counts: Counts,
    /// How long it took, in milliseconds.
    pub wall_ms: u64,
}

/// Stages as the original has them, and the steps that are in them. A compile that makes an object at once is a `compile`.
const STAGES: &[(&str, &[StepKind])] = &[
    ("compile", &[StepKind::Frontend, StepKind::Compile]),
    ("optimize", &[StepKind::Lto]),
    ("object", &[StepKind::Backend]),
    ("link", &[StepKind::Link, StepKind::Archive]),
];

/// To functions that build: with the files that were found, if they were looked for, and the settings' file.
#[must_use]
pub fn built(built: &Built, discovery: Option<&Json>, config: &str) -> Json {
    let library = built.artifacts.iter().find(|(kind, _)| kind.ends_with("library")).map(|(_, path)| path);
    let path = library.or(built.artifacts.first().map(|(_, path)| path));
    let paths: Vec<&String> = built.artifacts.iter().map(|(_, path)| path).collect();
    let Counts { total, ran, cached, up_to_date, .. } = built.counts;
    let stats = json!({ "total": total, "ran": ran, "cached": cached, "up_to_date": up_to_date });
    let seconds = built.wall_ms as f64 / 1000.0;
    json!({
        "success": true,
        "library_path": path,
        "artifacts": paths,
        "elapsed_time": seconds,
        "compile_stats": stats,
        "stages": stages(built, library),
        "results": { "discovery": discovery, "setup": config, "compilation": stats },
        "stage": "complete",
    })
}

fn stages(built: &Built, library: Option<&String>) -> Json {
    let count = |kinds: &[StepKind], wanted: Outcome| {
        built.steps.iter().filter(|(kind, _, outcome)| kinds.contains(kind) && *outcome == wanted).count()
    };
    let stage = |(name, kinds): &(&str, &[StepKind])| {
        let counts = json!({ "success": true, "ran": count(kinds, Outcome::Ran), "cached": count(kinds, Outcome::Cached) });
        ((*name).to_owned(), counts)
    };
    let library = ("library".to_owned(), json!({ "success": true, "output": library }));
    STAGES.iter().map(stage).chain([library]).collect::<Map<_, _>>().into()
}

/// To `compile_parallel`, of a build of intermediate code alone from `sources`.
#[must_use]
pub fn compiled(built: &Built, sources: &[String]) -> Json {
    let outputs: Vec<&String> = built.artifacts.iter().map(|(_, path)| path).collect();
    let one = |output: &&String| {
        let stem = output.strip_suffix(".ll").unwrap_or(output);
        let of = sources.iter().filter(|source| stem.ends_with(&format!("/{source}"))).max_by_key(|source| source.len());
        let ran = built.steps.iter().any(|(_, label, outcome)| *outcome == Outcome::Ran && Some(label) == of);
        json!({ "source": of, "output": output, "success": true, "cached": !ran })
    };
    let results: Vec<Json> = outputs.iter().map(one).collect();
    let cached = results.iter().filter(|result| result["cached"] == true).count();
    json!({
        "success": true,
        "ir_files": outputs,
        "total": results.len(),
        "success_count": results.len(),
        "failed_count": 0,
        "cached_count": cached,
        "results": results,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ir_is_told_with_its_sources_and_whether_it_was_there() {
        let ir = |path: &str| ("ir".to_owned(), path.to_owned());
        let built = Built {
            artifacts: vec![ir("build/dev/ir/src/a.c.ll"), ir("build/dev/ir/t/src/a.c.ll"), ir("build/dev/ir/src/b.cpp.ll")],
            steps: vec![(StepKind::Frontend, "src/b.cpp".to_owned(), Outcome::Ran)],
            ..Built::default()
        };
        let sources = ["a.c", "src/a.c", "src/b.cpp"].map(str::to_owned);
        let told = compiled(&built, &sources);
        let of = |key: &str| told["results"].as_array().unwrap().iter().map(|one| one[key].clone()).collect::<Vec<_>>();
        assert_eq!(of("source"), ["src/a.c", "src/a.c", "src/b.cpp"]);
        assert_eq!(of("cached"), [true, true, false]);
        assert_eq!((&told["total"], &told["cached_count"]), (&json!(3), &json!(2)));
    }

    #[test]
    fn stages_count_steps_and_name_the_library() {
        let artifact = |kind: &str, path: &str| (kind.to_owned(), path.to_owned());
        let of = Built {
            artifacts: vec![artifact("executable", "bin/a"), artifact("shared_library", "lib/b.so")],
            steps: vec![(StepKind::Compile, "a".to_owned(), Outcome::Ran), (StepKind::Archive, "b".to_owned(), Outcome::Cached)],
            counts: Counts { total: 3, ran: 1, cached: 1, up_to_date: 1, ..Counts::default() },
            wall_ms: 1500,
        };
        let told = built(&of, None, "/p/jmake.toml");
        assert_eq!((&told["library_path"], &told["elapsed_time"]), (&json!("lib/b.so"), &json!(1.5)));
        assert_eq!(told["stages"]["compile"], json!({ "success": true, "ran": 1, "cached": 0 }));
        assert_eq!(told["stages"]["link"]["cached"], 1);
        assert_eq!(told["stages"]["library"]["output"], "lib/b.so");
    }
}
