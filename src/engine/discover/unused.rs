//! Settings of the discovered library where there is none. Does not know why there is none.

use super::{Discovery, TargetKind};
use crate::engine::config::settings::Settings;

/// A remark on keys that say something of a library that is not there.
#[must_use]
pub fn unused(settings: &Settings, found: &Discovery) -> Option<String> {
    let none = settings.targets.is_empty() && found.targets.iter().all(|target| target.kind != TargetKind::Library);
    let version = &settings.library_version;
    let given = [
        ("binary.soname", version.soname.is_some()),
        ("binary.version", version.version.is_some()),
        ("symbols.export_list", !settings.export_list.is_empty()),
    ];
    let keys: Vec<&str> = given.iter().filter(|(_, given)| none && *given).map(|(key, _)| *key).collect();
    let have = if keys.len() == 1 { "has" } else { "have" };
    (!keys.is_empty()).then(|| {
        format!(
            "{} in jmake.toml {have} no effect, as there is no library here; library_type = \"shared\" under [binary] asks for one",
            keys.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::{IfMain, Target};
    use super::*;

    #[test]
    fn what_is_said_of_a_library_needs_one() {
        let target = |kind| Target {
            name: "x".into(),
            kind,
            group: None,
            main: None,
            sources: vec![],
            uses_project: false,
            libraries: vec![],
            if_main: IfMain::Stays,
            why: String::new(),
        };
        let found = |kind| Discovery { targets: vec![target(kind)], ..Discovery::default() };
        let mut settings = Settings { export_list: vec!["f".into()], ..Settings::default() };
        assert_eq!(unused(&settings, &found(TargetKind::Library)), None);
        assert!(unused(&settings, &found(TargetKind::Executable)).unwrap().starts_with("symbols.export_list in jmake.toml has"));
        settings.library_version.soname = Some("s".into());
        assert!(
            unused(&settings, &found(TargetKind::Executable))
                .unwrap()
                .starts_with("binary.soname and symbols.export_list in jmake.toml have")
        );
        assert_eq!(unused(&Settings::default(), &found(TargetKind::Executable)), None);
    }
}
