//! Links `jmake` statically where that can be done. Half of what a command costs that finds nothing to do is its own start, and two thirds
//! of that was loading shared libraries: `docs/decisions/004-static-client.md`. The daemon starts seldom and stays as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// What the standard library asks for, and what it gets instead.
const ARCHIVES: [(&str, &str); 3] = [("c", "libc.a"), ("m", "libm.a"), ("gcc_s", "libgcc_eh.a")];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_ENV").as_deref() != Ok("gnu") || env::var("TARGET") != env::var("HOST") {
        return;
    }
    let found: Option<Vec<PathBuf>> = ARCHIVES.iter().map(|(_, archive)| found(archive)).collect();
    // Not every system has them: then it is linked as everything else is.
    let Some(found) = found else { return };
    match link_to(&found) {
        Ok(place) => {
            for argument in ["-static", "-no-pie", &format!("-L{}", place.display())] {
                println!("cargo::rustc-link-arg-bin=jmake={argument}");
            }
        }
        Err(error) => println!("cargo::warning=jmake is linked dynamically, which costs 0.4 ms a start: {error}"),
    }
}

/// Where the compiler that links finds an archive.
fn found(archive: &str) -> Option<PathBuf> {
    let linker = env::var_os("RUSTC_LINKER").unwrap_or_else(|| "cc".into());
    let asked = Command::new(linker).arg(format!("-print-file-name={archive}")).output().ok()?;
    let path = PathBuf::from(String::from_utf8(asked.stdout).ok()?.trim());
    path.is_absolute().then_some(path)
}

/// Cargo cannot link one program of a package statically: its command line says `-Bdynamic -lc`. So the names that are searched for lead to
/// archives, by linker scripts, in a directory that is searched first.
fn link_to(archives: &[PathBuf]) -> io::Result<PathBuf> {
    let place = Path::new(&env::var_os("OUT_DIR").unwrap_or_default()).join("archives");
    fs::create_dir_all(&place)?;
    for ((name, _), archive) in ARCHIVES.iter().zip(archives) {
        fs::write(place.join(format!("lib{name}.so")), format!("INPUT({})\n", archive.display()))?;
    }
    Ok(place)
}
