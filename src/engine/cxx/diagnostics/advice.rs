//! Which library to add for a symbol that nobody defines, by its name. Does not look into libraries.

use super::linker::Undefined;

/// Beginnings of names, or whole names if they end in `$`, and the library that defines them.
const KNOWN: &[(&str, &str)] = &[
    ("dlopen$", "dl"),
    ("dlsym$", "dl"),
    ("dlclose$", "dl"),
    ("dlerror$", "dl"),
    ("dladdr$", "dl"),
    ("pthread_", "pthread"),
    ("sem_wait$", "pthread"),
    ("sem_post$", "pthread"),
    ("sqrt$", "m"),
    ("pow$", "m"),
    ("sin$", "m"),
    ("cos$", "m"),
    ("tan$", "m"),
    ("atan2$", "m"),
    ("exp$", "m"),
    ("log$", "m"),
    ("log2$", "m"),
    ("log10$", "m"),
    ("floor$", "m"),
    ("ceil$", "m"),
    ("round$", "m"),
    ("fmod$", "m"),
    ("clock_gettime$", "rt"),
    ("shm_open$", "rt"),
    ("mq_open$", "rt"),
    ("timer_create$", "rt"),
    ("deflate", "z"),
    ("inflate", "z"),
    ("compress$", "z"),
    ("compressBound$", "z"),
    ("uncompress$", "z"),
    ("crc32$", "z"),
    ("adler32$", "z"),
    ("gzopen", "z"),
    ("gzread$", "z"),
    ("gzwrite$", "z"),
    ("gzclose$", "z"),
    ("zlibVersion$", "z"),
    ("BZ2_", "bz2"),
    ("lzma_", "lzma"),
    ("LZ4_", "lz4"),
    ("LZ4F_", "lz4"),
    ("ZSTD_", "zstd"),
    ("snappy_", "snappy"),
    ("snappy::", "snappy"),
    ("BrotliEncoder", "brotlienc"),
    ("BrotliDecoder", "brotlidec"),
    ("curl_", "curl"),
    ("sqlite3_", "sqlite3"),
    ("SSL_", "ssl"),
    ("TLS_", "ssl"),
    ("EVP_", "crypto"),
    ("BIO_", "crypto"),
    ("RSA_", "crypto"),
    ("SHA1", "crypto"),
    ("SHA256", "crypto"),
    ("X509_", "crypto"),
    ("RAND_bytes$", "crypto"),
    ("ERR_get_error$", "crypto"),
    ("png_", "png"),
    ("jpeg_", "jpeg"),
    ("TIFF", "tiff"),
    ("XML_", "expat"),
    ("xmlParse", "xml2"),
    ("xmlFree", "xml2"),
    ("yaml_", "yaml"),
    ("uuid_", "uuid"),
    ("readline$", "readline"),
    ("add_history$", "readline"),
    ("initscr$", "ncurses"),
    ("wrefresh$", "ncurses"),
    ("printw$", "ncurses"),
    ("pcre2_", "pcre2-8"),
    ("FT_", "freetype"),
    ("SDL_", "SDL2"),
    ("glfw", "glfw"),
    ("gl", "GL"),
    ("XOpenDisplay$", "X11"),
    ("XCreateWindow$", "X11"),
    ("event_base_", "event"),
    ("uv_", "uv"),
    ("ev_run$", "ev"),
    ("zmq_", "zmq"),
    ("PQ", "pq"),
    ("mysql_", "mysqlclient"),
    ("__gmpz_", "gmp"),
    ("mpfr_", "mpfr"),
    ("cblas_", "blas"),
    ("testing::", "gtest"),
    ("benchmark::", "benchmark"),
    ("google::protobuf::", "protobuf"),
    ("fmt::v", "fmt"),
    ("spdlog::", "spdlog"),
    ("boost::filesystem::", "boost_filesystem"),
    ("boost::program_options::", "boost_program_options"),
    ("boost::system::", "boost_system"),
    ("std::filesystem::", "stdc++fs"),
    ("__atomic_", "atomic"),
];

/// The library that is known to define `symbol`, without `-l`.
#[must_use]
pub fn library_of(symbol: &str) -> Option<&'static str> {
    let name = bare(symbol);
    let fits = |known: &str| known.strip_suffix('$').map_or_else(|| name.starts_with(known), |whole| name == whole);
    // Of `gl` and `glfw` the longer counts; `gl` itself wants an upper-case letter behind it.
    let rows = KNOWN.iter().filter(|(known, _)| fits(known));
    let plausible = |(known, _): &&(&str, &str)| *known != "gl" || name[2..].starts_with(|c: char| c.is_ascii_uppercase());
    rows.filter(plausible).max_by_key(|(known, _)| known.len()).map(|(_, library)| *library)
}

/// `vtable for a::B` and `typeinfo for a::B` speak of `a::B`.
fn bare(symbol: &str) -> &str {
    ["vtable for ", "typeinfo for ", "typeinfo name for ", "VTT for "].iter().find_map(|lead| symbol.strip_prefix(lead)).unwrap_or(symbol)
}

/// What to write for the symbols that a link lacks, a line for each set of libraries; nothing if no library is known.
#[must_use]
pub fn for_symbols(undefined: &[Undefined]) -> Option<String> {
    let mut libraries: Vec<&str> = undefined.iter().filter_map(|u| library_of(&u.symbol)).collect();
    libraries.sort_unstable();
    libraries.dedup();
    (!libraries.is_empty()).then(|| add_libraries(&libraries))
}

/// The line to write in jmake.toml.
#[must_use]
pub fn add_libraries(libraries: &[&str]) -> String {
    let quoted: Vec<String> = libraries.iter().map(|l| format!("\"{l}\"")).collect();
    format!("add link_libraries = [{}] under [binary] in jmake.toml", quoted.join(", "))
}
