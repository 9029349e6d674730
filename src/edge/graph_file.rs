//! Writes the graph of a project's files to where its settings want it. Does not know what is in it, but that it takes no other file's place.

use std::path::Path;

use serde_json::Value as Json;

use super::World;
use super::project_state::{DIRECTORY, make_directory};
use crate::engine::failure::Failure;
use crate::engine::path::FilePath;
use crate::engine::source_graph::is_graph;

/// Writes `graph`, if it is not there already.
pub fn write(world: &World, root: &Path, path: &FilePath, graph: &Json) -> Result<(), Failure> {
    let refused = |why: &str| {
        let advice = format!("name another place in jmake.toml, such as {DIRECTORY}/dependency_graph.json");
        Failure::usage(format!("discovery.dependency_graph_file names {path}, {why}; {advice}"))
    };
    let within = FilePath::within(root, path.as_path());
    if within.as_path().is_absolute() || within.as_bytes().is_empty() {
        return Err(refused("which is no file in the project"));
    }
    let place = within.under(root);
    let mut text = serde_json::to_vec_pretty(graph).map_err(Failure::internal)?;
    text.push(b'\n');
    match world.fs.read(&place) {
        Ok(old) if old == text => return Ok(()),
        Ok(old) if !old.is_empty() && !is_graph(&old) => return Err(refused("where something else lies")),
        Err(_) if super::fs::exists(&place) => return Err(refused("which cannot be read")),
        _ => {}
    }
    if within.as_path().starts_with(DIRECTORY) {
        make_directory(world, &root.join(DIRECTORY))?;
    }
    world.fs.write_atomic(&place, &text).map_err(Failure::environment)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_graph_takes_the_place_of_a_graph_and_of_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let (root, world) = (dir.path().join("p"), World::real(&dir.path().join("cache")));
        std::fs::create_dir(&root).unwrap();
        let graph = |name: &str| json!({ "files": { name: {} }, "include_graph": {} });
        let put = |path: &str, name: &str| write(&world, &root, &path.into(), &graph(name)).map_err(|failure| failure.message);
        put(".jmake_cache/graph.json", "a.c").unwrap();
        assert!(root.join(".jmake_cache/.gitignore").exists());
        put(".jmake_cache/graph.json", "b.c").unwrap();
        assert!(std::fs::read_to_string(root.join(".jmake_cache/graph.json")).unwrap().contains("b.c"));
        std::fs::write(root.join("empty"), "").unwrap();
        put("./empty", "a.c").unwrap();
        std::fs::write(root.join("main.c"), "int main;\n").unwrap();
        for (path, why) in [
            ("main.c", "something else"),
            ("../out.json", "no file in"),
            ("/tmp/x", "no file in"),
            (".", "no file in"),
            (".jmake_cache", "cannot be read"),
        ] {
            let said = put(path, "a.c").unwrap_err();
            assert!(said.contains(why) && said.contains("dependency_graph.json"), "{path}: {said}");
        }
        assert_eq!(std::fs::read_to_string(root.join("main.c")).unwrap(), "int main;\n");
        assert!(!dir.path().join("out.json").exists());
    }
}
