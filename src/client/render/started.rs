//! What a new project begins with, for people. Does not know where templates are.

use std::fmt::Write as _;

use crate::client::screen::visible;
use crate::wire::{InitReply, PathText, TemplatesReply};

/// The files that are new, those that stayed, and what to do next.
#[must_use]
pub fn started(reply: &InitReply) -> String {
    let name = |path: &PathText| visible(&path.to_string());
    let root = name(&reply.root);
    let mut out = match (reply.written.is_empty(), reply.settings_only) {
        (true, _) => format!("nothing to write in {root}: all of it is there already\n"),
        (false, true) => {
            format!("settings for the sources in {root} (`jmake init --template {}` adds sources)\n", visible(&reply.template))
        }
        (false, false) => format!("project {} in {root}, from the template {}\n", visible(&reply.name), visible(&reply.template)),
    };
    for path in &reply.written {
        let _ = writeln!(out, "  {}", name(path));
    }
    for kept in &reply.kept {
        let _ = writeln!(out, "kept {}: {}", name(&kept.path), kept.why);
    }
    let _ = writeln!(out, "next: jmake build {root}");
    out
}

/// Each with its names.
#[must_use]
pub fn templates(reply: &TemplatesReply) -> String {
    let mut out = String::new();
    for template in &reply.templates {
        let also = if template.aliases.is_empty() { String::new() } else { format!(" (also {})", template.aliases.join(", ")) };
        let _ = writeln!(out, "{:<16} {}{also}", visible(&template.name), template.about);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{LeftOutReply, TemplateReply};

    #[test]
    fn what_is_new_and_what_stayed_is_told() {
        let kept = vec![LeftOutReply { path: "jmake.toml".into(), why: "it is there already".to_owned() }];
        let (name, template) = ("geo".to_owned(), "c".to_owned());
        let reply = InitReply { root: "/p/geo".into(), name, template, settings_only: false, written: vec!["a.c".into()], kept };
        let text = "project geo in /p/geo, from the template c\n  a.c\nkept jmake.toml: it is there already\nnext: jmake build /p/geo\n";
        assert_eq!(started(&reply), text);
        assert!(started(&InitReply { written: Vec::new(), ..reply.clone() }).starts_with("nothing to write in /p/geo: all of it"));
        assert!(
            started(&InitReply { settings_only: true, ..reply })
                .starts_with("settings for the sources in /p/geo (`jmake init --template c`")
        );
    }

    #[test]
    fn templates_have_all_their_names() {
        let template = TemplateReply { name: "c".to_owned(), aliases: vec!["x".to_owned(), "y".to_owned()], about: "a program".to_owned() };
        assert_eq!(templates(&TemplatesReply { templates: vec![template] }), "c                a program (also x, y)\n");
    }
}
