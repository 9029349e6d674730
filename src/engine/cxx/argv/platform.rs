//! What is compiled for: a triple, a processor and what it can, a root of its own for headers and libraries. Does not know what is installed.

use super::{joined, words};
use crate::engine::config::options::Platform;
use crate::engine::path::FilePath;

/// How a kind of processor and its features are named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Family {
    /// `-march=`, and a flag for each feature.
    X86,
    /// `-mcpu=`, features in the same word.
    Arm,
    /// `-mcpu=`, features told to the compiler proper.
    Other,
}

/// For compiling and linking.
#[must_use]
pub fn flags(platform: &Platform) -> Vec<FilePath> {
    let text = |flag: &str, value: &str| FilePath::from(format!("{flag}{value}").as_str());
    let mut out: Vec<FilePath> = platform.triple.iter().map(|triple| text("--target=", triple)).collect();
    out.extend(platform.sysroot.iter().map(|root| joined("--sysroot=", root)));
    let cpu = platform.cpu.as_deref().filter(|cpu| *cpu != "generic" && !cpu.is_empty());
    let features: Vec<(bool, &str)> = platform.features.iter().map(|feature| sign(feature)).collect();
    match family(platform.triple.as_deref()) {
        Family::X86 => {
            out.extend(cpu.map(|cpu| text("-march=", cpu)));
            out.extend(features.iter().map(|(on, name)| text(if *on { "-m" } else { "-mno-" }, name)));
        }
        Family::Arm if cpu.is_some() || !features.is_empty() => {
            let features: String = features.iter().map(|(on, name)| format!("+{}{name}", if *on { "" } else { "no" })).collect();
            out.push(text("-mcpu=", &format!("{}{features}", cpu.unwrap_or("generic"))));
        }
        Family::Arm => {}
        Family::Other => {
            out.extend(cpu.map(|cpu| text("-mcpu=", cpu)));
            for (on, name) in features {
                out.extend(words(["-Xclang", "-target-feature", "-Xclang"]));
                out.push(text(if on { "+" } else { "-" }, name));
            }
        }
    }
    out
}

fn sign(feature: &str) -> (bool, &str) {
    match feature.strip_prefix('-') {
        Some(name) => (false, name),
        None => (true, feature.strip_prefix('+').unwrap_or(feature)),
    }
}

/// Without a triple that of the machine that builds.
fn family(triple: Option<&str>) -> Family {
    let own = if cfg!(target_arch = "x86_64") { "x86_64" } else { "aarch64" };
    let machine = triple.unwrap_or(own).split('-').next().unwrap_or_default();
    match machine {
        "x86_64" | "amd64" | "i386" | "i486" | "i586" | "i686" => Family::X86,
        arm if ["aarch64", "arm", "thumb"].iter().any(|name| arm.starts_with(name)) => Family::Arm,
        _ => Family::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_and_features_are_named_as_their_family_does() {
        let check = |triple: &str, cpu: &str, features: &str, expect: &str| {
            let platform = Platform {
                triple: (!triple.is_empty()).then(|| triple.to_owned()),
                cpu: Some(cpu.to_owned()),
                features: features.split_whitespace().map(ToOwned::to_owned).collect(),
                sysroot: None,
            };
            assert_eq!(flags(&platform).iter().map(ToString::to_string).collect::<Vec<_>>().join(" "), expect);
        };
        check("x86_64-linux-gnu", "generic", "", "--target=x86_64-linux-gnu");
        check("x86_64-linux-gnu", "haswell", "+avx2 -sse4a", "--target=x86_64-linux-gnu -march=haswell -mavx2 -mno-sse4a");
        check("aarch64-linux-gnu", "", "", "--target=aarch64-linux-gnu");
        check("aarch64-linux-gnu", "cortex-a72", "+crypto -fp16", "--target=aarch64-linux-gnu -mcpu=cortex-a72+crypto+nofp16");
        check("aarch64-linux-gnu", "generic", "sve", "--target=aarch64-linux-gnu -mcpu=generic+sve");
        check("riscv64-linux-gnu", "rocket-rv64", "+v", "--target=riscv64-linux-gnu -mcpu=rocket-rv64 -Xclang -target-feature -Xclang +v");
    }

    #[test]
    fn a_root_of_its_own_is_named() {
        let platform = Platform { sysroot: Some("/opt/arm".into()), ..Platform::default() };
        assert_eq!(flags(&platform), ["--sysroot=/opt/arm".into()]);
        assert_eq!(flags(&Platform::default()), []);
    }
}
