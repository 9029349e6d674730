//! Every key of the schema: what it changes in the settings, or what is said of it. Does not know what a build makes of them.

use super::{Settings, none, request};
use crate::engine::config::load;
use crate::engine::config::schema::{self, State};

/// A key, text that sets it, and a part of the settings as they are then and were not without it; `silent`: nothing changes and nothing is
/// said; after `warning: `: a part of what is said.
const ROWS: &[(&str, &str, &str)] = &[
    ("version", "version = '0.1.0'", "silent"),
    ("last_updated", "last_updated = 'now'", "silent"),
    ("project.name", "project.name = 'geom'", "name: \"geom\""),
    ("project.root", "project.root = '.'", "silent"),
    ("project.root", "project.root = '/home/me/Root'", "silent"),
    ("project.root", "project.root = '..'", "warning: the root is always the directory of jmake.toml; move jmake.toml there"),
    ("project.version", "project.version = '1.2'", " version: Some(\"1.2\"), description"),
    ("project.description", "project.description = 'shapes'", "description: Some(\"shapes\")"),
    ("project.authors", "project.authors = ['me']", "silent"),
    ("project.license", "project.license = 'MIT'", "silent"),
    ("project.allow_outside", "project.allow_outside = true", "allow_outside: true"),
    ("discovery.enabled", "discovery.enabled = true", "silent"),
    ("discovery.enabled", "discovery.enabled = false", "files: Some([])"),
    ("discovery.scan_recursive", "discovery.scan_recursive = false", "max_depth: Some(0)"),
    ("discovery.max_depth", "discovery.max_depth = 3", "max_depth: Some(3)"),
    ("discovery.follow_symlinks", "discovery.follow_symlinks = true", "follow_symlinks: true"),
    ("discovery.exclude_dirs", "discovery.exclude_dirs = ['old']", "exclude_dirs: [\"old\"]"),
    ("discovery.include_patterns", "discovery.include_patterns = ['src/*']", "include_patterns: [\"src/*\"]"),
    ("discovery.log_all_files", "discovery.log_all_files = false", "silent"),
    ("discovery.log_all_files", "discovery.log_all_files = true", "silent"),
    ("discovery.parse_ast", "discovery.parse_ast = false", "graph_declarations: false"),
    ("discovery.walk_dependencies", "discovery.walk_dependencies = false", "warning: is always true"),
    ("discovery.completed", "discovery.completed = true", "silent"),
    ("discovery.timestamp", "discovery.timestamp = 'x'", "silent"),
    ("discovery.include_dirs", "discovery.include_dirs = ['./inc']", "include_dirs: Some([\"inc\"])"),
    ("discovery.dependency_graph_file", "discovery.dependency_graph_file = ''", "silent"),
    ("discovery.dependency_graph_file", "discovery.dependency_graph_file = './x.json'", "graph_file: Some(\"x.json\")"),
    ("discovery.files.cpp_sources", "discovery.files.cpp_sources = ['a.cpp']", "files: Some([\"a.cpp\"])"),
    ("discovery.files.cpp_sources", "discovery.files.cpp_sources = []", "files: Some([])"),
    (
        "discovery.files.c_sources",
        "discovery.files = { cpp_sources = ['a.cpp'], c_sources = ['b.c'] }",
        "files: Some([\"a.cpp\", \"b.c\"])",
    ),
    ("discovery.files.cpp_headers", "discovery.files.cpp_headers = ['a.hpp']", "silent"),
    ("discovery.files.c_headers", "discovery.files.c_headers = ['a.h']", "silent"),
    ("discovery.files.total_scanned", "discovery.files.total_scanned = 7", "silent"),
    ("discovery.binaries.executables", "discovery.binaries.executables = ['x']", "silent"),
    ("discovery.binaries.static_libs", "discovery.binaries.static_libs = ['x.a']", "silent"),
    ("discovery.binaries.shared_libs", "discovery.binaries.shared_libs = []", "silent"),
    ("discovery.binaries.total", "discovery.binaries.total = 2", "silent"),
    ("compile.flags", "compile.flags = ['-Wall']", "flags: [\"-Wall\"]"),
    ("compile.defines", "compile.defines = { A = '1' }", "defines: {\"A\": \"1\"}"),
    ("compile.include_dirs", "compile.include_dirs = ['./x']", "include_dirs: [\"x\"]"),
    ("compile.std", "compile.std = 'c++20'", " std: Some(\"c++20\")"),
    ("compile.c_std", "compile.c_std = 'c11'", "c_std: Some(\"c11\")"),
    ("compile.warnings", "compile.warnings = 'none'", "warnings: None,"),
    ("compile.warnings", "compile.warnings = 'default'", "silent"),
    ("compile.warnings", "compile.warnings = 'all'", "warnings: All"),
    ("compile.warnings", "compile.warnings = 'extra'", "warnings: Extra"),
    ("compile.warnings", "compile.warnings = 'everything'", "warnings: Everything"),
    ("compile.warnings_as_errors", "compile.warnings_as_errors = true", "warnings_as_errors: true"),
    ("compile.sanitizers", "compile.sanitizers = ['address', 'address']", "sanitizers: [\"address\"]"),
    ("compile.coverage", "compile.coverage = true", "coverage: true"),
    ("compile.visibility", "compile.visibility = 'hidden'", "visibility: Hidden"),
    ("compile.extra_sources", "compile.extra_sources = ['deps/x.c']", "extra_sources: [\"deps/x.c\"]"),
    ("compile.emit_ir", "compile.emit_ir = true", " ir: true"),
    ("compile.emit_bc", "compile.emit_bc = true", "bitcode: true"),
    ("compile.output_dir", "compile.output_dir = 'ir/{profile}'", " dir: Some(\"ir/dev\")"),
    ("compile.parallel", "compile.parallel = false", "workers: Some(1)"),
    ("compile.parallel", "compile.parallel = false\ndaemon.workers = 3", "workers: Some(3)"),
    ("compile.enabled", "compile.enabled = true", "silent"),
    ("compile.enabled", "compile.enabled = false", "warning: is always true; a build compiles what it needs"),
    ("compile.ir_files", "compile.ir_files = ['x.ll']", "silent"),
    ("link.flags", "link.flags = ['-Wl,-s']", "link_flags: [\"-Wl,-s\"]"),
    ("link.opt_level", "link.opt_level = 'O3'", "opt_level: Some(\"O3\")"),
    ("link.lto", "link.lto = true", "lto: Thin"),
    ("link.lto", "link.lto = false", "silent"),
    ("link.lto", "link.lto = 'full'", "lto: Full"),
    ("link.opt_passes", "link.opt_passes = ['licm']", "opt_passes: [\"licm\"]"),
    ("link.optimize", "link = { optimize = false, opt_level = 'O3', opt_passes = ['licm'] }", "silent"),
    ("link.allow_undefined", "link.allow_undefined = true", "allow_undefined: true"),
    ("link.output_dir", "link.output_dir = 'out'", "linked_dir: Some(\"out\")"),
    ("link.enabled", "link.enabled = false", "warning: is always true"),
    ("link.output", "link.output = 'x'", "silent"),
    ("binary.library_name", "binary.library_name = 'libg.so'", "library_name: \"libg.so\""),
    ("binary.library_name", "binary.library_name = 'libg.a'", "library_type: Some(Static)"),
    ("binary.library_type", "binary.library_type = 'static'", "library_type: Some(Static)"),
    ("binary.library_type", "binary = { library_type = 'shared', library_name = 'x.a' }", "library_type: Some(Shared)"),
    ("binary.output_dir", "binary.output_dir = 'out/{profile}'", "output_dir: Some(\"out/dev\")"),
    ("binary.link_libraries", "binary.link_libraries = ['-lz', 'm']", "link_libraries: [\"z\", \"m\"]"),
    ("binary.lib_dirs", "binary.lib_dirs = ['lib']", "lib_dirs: [\"lib\"]"),
    ("binary.rpath", "binary.rpath = false", "rpath: false"),
    ("binary.soname", "binary.soname = 'libg.so.1'", "soname: Some(\"libg.so.1\")"),
    ("binary.version", "binary.version = '1.2'", "version: Some(\"1.2\") }"),
    ("binary.enabled", "binary.enabled = false", "warning: is always true"),
    ("binary.library_path", "binary.library_path = 'x'", "silent"),
    ("symbols.export_list", "symbols.export_list = ['add']", "export_list: [\"add\"]"),
    ("symbols.export_list", "symbols.export_list = true", "silent"),
    ("symbols.export_list", "symbols.export_list = false", "warning: has no effect as false; name what is offered"),
    ("symbols.enabled", "symbols.enabled = true", "silent"),
    ("symbols.enabled", "symbols.enabled = false", "warning: is always true; symbols are looked at when"),
    ("symbols.method", "symbols.method = 'nm'", "silent"),
    ("symbols.method", "symbols.method = 'objdump'", "warning: is always \"nm\"; JMake reads symbols itself"),
    ("symbols.demangle", "symbols.demangle = true", "silent"),
    ("symbols.filter_internal", "symbols.filter_internal = true", "silent"),
    ("symbols.demangle", "symbols.demangle = false", "warning: is always true"),
    ("symbols.filter_internal", "symbols.filter_internal = false", "warning: is always true"),
    ("dependencies.pkg_config", "dependencies.pkg_config = ['zlib >= 1.2']", "PkgConfig(\"zlib >= 1.2\")"),
    ("dependencies.NAME", "[dependencies]\ngeo = { path = '../geo' }", "dependencies: [Path { name: \"geo\", path: \"../geo\" }]"),
    ("install.prefix", "install.prefix = '/opt/x'", "prefix: Some(\"/opt/x\")"),
    ("install.headers", "install.headers = ['a.h']", "headers: Some([\"a.h\"])"),
    ("install.include_dir", "install.include_dir = 'include/x'", "include_dir: Some(\"include/x\")"),
    ("install.lib_dir", "install.lib_dir = 'lib64'", "lib_dir: Some(\"lib64\")"),
    ("install.bin_dir", "install.bin_dir = 'libexec'", "bin_dir: Some(\"libexec\")"),
    ("install.pkg_config", "install.pkg_config = false", "pkg_config: Some(false)"),
    ("reorganize.enabled", "reorganize.enabled = false", "silent"),
    ("reorganize.create_structure", "reorganize.create_structure = true", "warning: JMake never moves your files"),
    ("reorganize.sort_by_type", "reorganize.sort_by_type = true", "warning: JMake never moves your files"),
    ("reorganize.preserve_hierarchy", "reorganize.preserve_hierarchy = true", "warning: JMake never moves your files"),
    ("reorganize.target_structure", "reorganize = { enabled = false, target_structure = {} }", "silent"),
    ("wrap.enabled", "wrap.enabled = true", "warning: bindings are not built yet"),
    ("wrap.output_dir", "wrap.output_dir = 'x'", "warning: bindings are not built yet"),
    ("wrap.style", "wrap.style = 'auto'", "warning: bindings are not built yet"),
    ("wrap.module_name", "wrap = { enabled = false, module_name = 'X' }", "silent"),
    ("wrap.add_tests", "wrap.add_tests = true", "warning: bindings are not built yet"),
    ("wrap.add_docs", "wrap.add_docs = true", "warning: bindings are not built yet"),
    ("wrap.type_mappings", "wrap.type_mappings = {}", "warning: bindings are not built yet"),
    ("llvm.root", "llvm.root = '/usr/lib/llvm-19/'", "llvm_root: Some(\"/usr/lib/llvm-19\")"),
    ("llvm.version", "llvm.version = '19'", "llvm_version: Some(\"19\")"),
    ("llvm.tools", "llvm.tools = { llvm_link = '/l', 'clang++' = '/c' }", "llvm_tools: {\"clang++\": \"/c\", \"llvm-link\": \"/l\"}"),
    ("llvm.tools", "llvm.tools = { clang = '/usr/bin/clang++-19' }", "llvm_tools: {\"clang++\": \"/usr/bin/clang++-19\"}"),
    ("llvm.tools", "llvm.tools = { clang = '/c', 'clang++' = '', ld_lld = '/d' }", "llvm_tools: {\"clang\": \"/c\", \"ld.lld\": \"/d\"}"),
    ("llvm.use_jmake_llvm", "llvm.use_jmake_llvm = false", "choose_llvm: false"),
    ("llvm.isolated", "llvm.isolated = false", "warning: is always true"),
    ("llvm.source", "llvm.source = 'auto'", "silent"),
    ("llvm.source", "llvm.source = 'jll'", "warning: is always \"auto\"; name the LLVM to use"),
    ("target.triple", "target.triple = 'aarch64-linux-gnu'", "triple: Some(\"aarch64-linux-gnu\")"),
    ("target.cpu", "target.cpu = 'znver3'", "cpu: Some(\"znver3\")"),
    ("target.cpu", "target.cpu = 'generic'", "silent"),
    ("target.features", "target.features = ['+avx2']", "features: [\"+avx2\"]"),
    ("target.sysroot", "target.sysroot = '/s'", "sysroot: Some(\"/s\")"),
    ("test.args", "test.args = ['-v']", "args: [\"-v\"]"),
    ("test.env", "test.env = { A = 'b' }", "env: {\"A\": \"b\"}"),
    ("test.timeout_s", "test.timeout_s = 9", "timeout_s: Some(9)"),
    ("test.working_dir", "test.working_dir = 'data'", "working_dir: Some(\"data\")"),
    ("test.runner", "test.runner = ['valgrind', '-q']", "runner: [\"valgrind\", \"-q\"]"),
    ("test.enabled", "test.enabled = false", "silent"),
    ("test.enabled", "test.enabled = true", "warning: `jmake test` runs the tests"),
    ("test.test_dir", "test.test_dir = 'checks'", "test_dir: Some(\"checks\")"),
    ("test.run_tests", "test.run_tests = false", "silent"),
    ("test.run_tests", "test.run_tests = true", "warning: is always false"),
    ("test.test_command", "test.test_command = 'ctest'", "warning: a program before them is `test.runner`"),
    ("hooks.on_success", "hooks.on_success = ['say']", "on_success: [\"say\"]"),
    ("hooks.on_failure", "hooks.on_failure = ['say']", "on_failure: [\"say\"]"),
    ("workflow.stop_on_error", "workflow.stop_on_error = false", "keep_going: true"),
    ("workflow.stages", "workflow.stages = ['discovery', 'compile', 'binary']", "silent"),
    ("workflow.stages", "workflow.stages = ['discovery', 'compile']", "last_stage: Compile"),
    ("workflow.stages", "workflow.stages = ['discovery']", "last_stage: Discovery"),
    ("workflow.stages", "workflow.stages = ['wrap']", "warning: there is no stage `wrap`"),
    ("workflow.stages", "workflow.stages = ['wrap']\nwrap.enabled = false", "silent"),
    ("workflow.parallel_stages", "workflow.parallel_stages = ['compile']", "silent"),
    ("workflow.parallel_stages", "workflow.parallel_stages = []", "warning: steps of all stages run side by side"),
    ("workflow.verbose", "workflow.verbose = true", "warning: write -v"),
    ("cache.enabled", "cache.enabled = false", "use_store: false"),
    ("cache.directory", "cache.directory = '.jmake_cache'", "silent"),
    ("cache.directory", "cache.directory = 'x'", "warning: $JMAKE_CACHE_DIR moves the shared store"),
    ("cache.invalidate_on_change", "cache.invalidate_on_change = false", "warning: is always true"),
    ("cache.ttl", "cache.ttl = 86400", "warning: never grow old"),
    ("daemon.workers", "daemon.workers = 4", "workers: Some(4)"),
    ("daemon.enabled", "daemon.enabled = false", "warning: --no-daemon"),
    ("daemon.auto_start", "daemon.auto_start = false", "warning: is always true"),
    ("daemon.discovery.port", "daemon.discovery.port = 3001", "warning: there are no ports"),
    ("daemon.setup.port", "daemon.setup.port = 3002", "warning: there are no ports"),
    ("daemon.compilation.port", "daemon.compilation.port = 3003", "warning: there are no ports"),
    ("daemon.orchestrator.port", "daemon.orchestrator.port = 3004", "warning: there are no ports"),
    ("error_learning.enabled", "error_learning.enabled = true", "warning: nothing is learned"),
    ("error_learning.database", "error_learning.database = 'x'", "warning: nothing is learned"),
    ("error_learning.auto_fix", "error_learning.auto_fix = true", "warning: nothing is learned"),
    ("error_learning.confidence_threshold", "error_learning = { enabled = false, confidence_threshold = 0.8 }", "silent"),
    // What these change is shown by a table of the job queue's own.
    ("job_queue.enabled", "job_queue.enabled = 1", "silent"),
    ("job_queue.auto_execute", "job_queue.auto_execute = 1", "silent"),
    ("job_queue.persistence", "job_queue.persistence = 1", "silent"),
    ("job_queue.max_concurrent_jobs", "job_queue.max_concurrent_jobs = 1", "silent"),
    ("job_queue.job_timeout_seconds", "job_queue.job_timeout_seconds = 1", "silent"),
    ("job_queue.max_retries", "job_queue.max_retries = 1", "silent"),
    ("job_queue.retry_delay_seconds", "job_queue.retry_delay_seconds = 1", "silent"),
    ("jobs.id", "jobs = [{ id = 1 }]", "silent"),
    ("jobs.inputs", "jobs = [{ inputs = [1] }]", "silent"),
    ("jobs.outputs", "jobs = [{ outputs = [1] }]", "silent"),
    ("jobs.type", "jobs = [{ type = 1 }]", "silent"),
    ("jobs.daemon", "jobs = [{ daemon = 1 }]", "silent"),
    ("jobs.port", "jobs = [{ port = 1 }]", "silent"),
    ("jobs.status", "jobs = [{ status = 1 }]", "silent"),
    ("jobs.priority", "jobs = [{ priority = 1 }]", "silent"),
    ("jobs.depends_on", "jobs = [{ depends_on = 1 }]", "silent"),
    ("jobs.when", "jobs = [{ when = 1 }]", "silent"),
    ("jobs.target_section", "jobs = [{ target_section = 1 }]", "silent"),
    ("jobs.callback", "jobs = [{ callback = 1 }]", "silent"),
    ("jobs.args", "jobs = [{ args = 1 }]", "silent"),
    ("jobs.env", "jobs = [{ env = 1 }]", "silent"),
    ("jobs.cwd", "jobs = [{ cwd = 1 }]", "silent"),
    ("jobs.retries", "jobs = [{ retries = 1 }]", "silent"),
    ("jobs.timeout", "jobs = [{ timeout = 1 }]", "silent"),
    ("targets.name", "", "name: \"t\""),
    ("targets.kind", "kind = 'shared'", "kind: SharedLibrary"),
    ("targets.kind", "kind = 'static'", "kind: StaticLibrary"),
    ("targets.kind", "kind = 'plugin'", "kind: Plugin"),
    ("targets.kind", "kind = 'headers'", "kind: Headers"),
    ("targets.kind", "kind = 'objects'", "kind: Objects"),
    ("targets.kind", "kind = 'test'", "kind: Test"),
    ("targets.kind", "kind = 'example'", "kind: Example"),
    ("targets.kind", "kind = 'benchmark'", "kind: Benchmark"),
    ("targets.sources", "sources = ['src/*.c']", "sources: [\"src/*.c\"]"),
    ("targets.exclude", "exclude = ['src/x.c']", "exclude: [\"src/x.c\"]"),
    ("targets.depends", "depends = ['u']\n[[targets]]\nname = 'u'", "depends: [\"u\"]"),
    ("targets.public_include_dirs", "public_include_dirs = ['./inc']", "public_include_dirs: [\"inc\"]"),
    ("targets.public_defines", "public_defines = { P = '' }", "public_defines: {\"P\": \"\"}"),
    ("targets.flags", "flags = ['-t']", " flags: [\"-t\"]"),
    ("targets.defines", "defines = { A = 1 }", " defines: {\"A\": \"1\"}"),
    ("targets.include_dirs", "include_dirs = ['x']", " include_dirs: [\"x\"]"),
    ("targets.std", "std = 'c++20'", " std: Some(\"c++20\")"),
    ("targets.c_std", "c_std = 'c11'", "c_std: Some(\"c11\")"),
    ("targets.warnings", "warnings = 'all'", "warnings: All"),
    ("targets.warnings_as_errors", "warnings_as_errors = true", "warnings_as_errors: true"),
    ("targets.sanitizers", "sanitizers = ['thread']", "sanitizers: [\"thread\"]"),
    ("targets.coverage", "coverage = true", "coverage: true"),
    ("targets.visibility", "visibility = 'hidden'", "visibility: Hidden"),
    ("targets.link_flags", "link_flags = ['-x']", "link_flags: [\"-x\"]"),
    ("targets.opt_level", "opt_level = 'Os'", "opt_level: Some(\"Os\")"),
    ("targets.lto", "lto = true", "lto: Thin"),
    ("targets.opt_passes", "opt_passes = ['licm']", "opt_passes: [\"licm\"]"),
    ("targets.allow_undefined", "allow_undefined = true", "allow_undefined: true"),
    ("targets.link_libraries", "link_libraries = ['-lz']", "link_libraries: [\"z\"]"),
    ("targets.lib_dirs", "lib_dirs = ['l']", "lib_dirs: [\"l\"]"),
    ("targets.rpath", "rpath = false", "rpath: false"),
    ("targets.output_name", "output_name = 'o'", "output_name: Some(\"o\")"),
    ("targets.output_dir", "output_dir = 'o/{profile}'", "output_dir: Some(\"o/dev\")"),
    ("targets.soname", "kind = 'shared'\nsoname = 's'", "soname: Some(\"s\")"),
    ("targets.version", "kind = 'shared'\nversion = '1'", "version: Some(\"1\")"),
    ("targets.export_list", "kind = 'shared'\nexport_list = ['f']", "export_list: [\"f\"]"),
    ("targets.install", "install = false", "install: Some(false)"),
    ("targets.default", "default = false", "default: Some(false)"),
    ("targets.test.args", "kind = 'test'\ntest.args = ['a']", "args: [\"a\"]"),
    ("targets.test.env", "kind = 'test'\ntest.env = { A = 'b' }", "env: {\"A\": \"b\"}"),
    ("targets.test.timeout_s", "kind = 'test'\ntest.timeout_s = 5", "timeout_s: Some(5)"),
    ("targets.test.working_dir", "kind = 'test'\ntest.working_dir = 'd'", "working_dir: Some(\"d\")"),
    ("targets.test.runner", "kind = 'test'\ntest.runner = ['r']", "runner: [\"r\"]"),
    ("files.match", "files = [{ match = 'a.c' }]", "patterns: [\"a.c\"]"),
    ("files.match", "files = [{ match = ['a.c', 'b/**'] }]", "patterns: [\"a.c\", \"b/**\"]"),
    ("files.flags", "files = [{ match = 'a.c', flags = ['-w'] }]", "flags: [\"-w\"]"),
    ("files.defines", "files = [{ match = 'a.c', defines = { X = true } }]", "defines: {\"X\": \"1\"}"),
    ("profile.NAME.inherits", "profile.dev.inherits = 'release'", "profile_flags: [\"-O2\", \"-DNDEBUG\", \"-O0\", \"-g\", \"-gdwarf-4\"]"),
    ("profile.NAME.flags", "profile.dev.flags = ['-p']", "flags: [\"-p\"]"),
];

fn all(text: &str) -> (Settings, String) {
    let (settings, notes) = load(&request(Some(text), &none)).unwrap_or_else(|error| panic!("{text}: {error}"));
    (settings, notes.join("\n"))
}

#[test]
fn every_key_does_what_it_says_or_is_told_of() {
    let plain = format!("{:?}", all("").0);
    let bare_target = format!("{:?}", all("[[targets]]\nname = 't'").0);
    let bare_target = target(&bare_target).to_owned();
    for (path, text, expect) in ROWS {
        let of_target = path.starts_with("targets.");
        let text = if of_target { format!("[[targets]]\nname = 't'\n{text}") } else { (*text).to_owned() };
        let (settings, notes) = all(&text);
        let settings = format!("{settings:?}");
        if let Some(warning) = expect.strip_prefix("warning: ") {
            assert!(warning.split("; ").all(|part| notes.contains(part)), "{path}: {notes}");
        } else if *expect == "silent" {
            assert_eq!((settings.as_str(), notes.as_str()), (plain.as_str(), ""), "{path}");
        } else {
            // What a target says is looked for in the target alone.
            let (place, before) = if of_target { (target(&settings), bare_target.as_str()) } else { (settings.as_str(), plain.as_str()) };
            assert!(place.contains(expect), "{path}: {expect} not in {place}");
            assert!(*path == "targets.name" || !before.contains(expect), "{path}: {expect} is so anyway");
            assert_eq!(notes, "", "{path}");
        }
    }
}

/// What `settings` hold of targets.
fn target(settings: &str) -> &str {
    settings.split("targets: [").nth(1).and_then(|rest| rest.split("files: [").next()).unwrap_or_default()
}

#[test]
fn every_key_has_a_row_and_every_row_a_key() {
    for key in schema::all() {
        assert!(ROWS.iter().any(|(path, ..)| *path == key.path), "{} has no row: say what it changes", key.path);
    }
    for (path, text, _) in ROWS {
        assert!(schema::find(path).is_some(), "{path} is no key");
        let last = path.rsplit('.').next().unwrap();
        assert!(text.contains(last) || path.contains("NAME") || *path == "targets.name", "{path}: {text}");
    }
}

/// The rows of keys that nothing is made of, but for those of targets.
pub(super) fn not_heeded() -> impl Iterator<Item = (&'static str, &'static str)> {
    let heeded = |path: &str| schema::find(path).is_some_and(|key| key.state == State::Honoured);
    ROWS.iter().map(|(path, text, _)| (*path, *text)).filter(move |(path, _)| !heeded(path))
}
