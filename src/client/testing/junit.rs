//! Outcomes of tests as JUnit's XML, which servers read that build and test. Does not know how tests ran.

use std::fmt::Write;
use std::path::Path;

use super::{Outcome, Tested};
use crate::client::error::ClientError;

/// Writes the outcomes of the tests of `project`.
///
/// # Errors
/// The file cannot be written.
pub fn write(path: &Path, project: &str, all: &[Tested]) -> Result<(), ClientError> {
    std::fs::write(path, text(project, all)).map_err(|source| ClientError::NoReport { path: path.to_owned(), source })
}

fn text(project: &str, all: &[Tested]) -> String {
    let errors = all.iter().filter(|tested| is_error(&tested.outcome)).count();
    let failures = all.iter().filter(|tested| tested.outcome != Outcome::Passed).count() - errors;
    let time: f64 = all.iter().map(|tested| tested.wall.as_secs_f64()).sum();
    let (name, total) = (escaped(project), all.len());
    let counts = format!(r#"name="{name}" tests="{total}" failures="{failures}" errors="{errors}" time="{time:.3}""#);
    let mut out = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n  <testsuite {counts}>\n");
    for tested in all {
        // To a string nothing fails.
        let _ = case(&mut out, &name, tested);
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// It did not come to a verdict of its own.
fn is_error(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Crashed(_) | Outcome::TimedOut(_) | Outcome::NotRun(_))
}

fn case(out: &mut String, project: &str, tested: &Tested) -> std::fmt::Result {
    let (name, time) = (escaped(&tested.name), tested.wall.as_secs_f64());
    write!(out, r#"    <testcase classname="{project}" name="{name}" time="{time:.3}""#)?;
    if tested.outcome == Outcome::Passed && tested.output.is_empty() {
        return writeln!(out, "/>");
    }
    writeln!(out, ">")?;
    if tested.outcome != Outcome::Passed {
        let kind = if is_error(&tested.outcome) { "error" } else { "failure" };
        writeln!(out, r#"      <{kind} type="{}" message="{}"/>"#, tested.outcome.name(), escaped(&tested.outcome.why()))?;
    }
    writeln!(out, "      <system-out>{}</system-out>\n    </testcase>", escaped(&tested.output))
}

/// As it may stand in an attribute or between tags. What XML 1.0 has no form for becomes the replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            '\r' => out.push_str("&#13;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn outcomes_are_cases_of_one_suite() {
        let of = |name: &str, outcome: Outcome, output: &str| Tested {
            name: name.to_owned(),
            outcome,
            wall: Duration::from_millis(1500),
            output: output.to_owned(),
        };
        let all = [of("fine", Outcome::Passed, ""), of("a<b", Outcome::Failed(3), "x \x1b[1m\"&\n"), of("slow", Outcome::TimedOut(1), "")];
        let expect = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="p" tests="3" failures="1" errors="1" time="4.500">
  <testsuite name="p" tests="3" failures="1" errors="1" time="4.500">
    <testcase classname="p" name="fine" time="1.500"/>
    <testcase classname="p" name="a&lt;b" time="1.500">
      <failure type="failed" message="exit code 3"/>
      <system-out>x ?[1m&quot;&amp;
</system-out>
    </testcase>
    <testcase classname="p" name="slow" time="1.500">
      <error type="timed_out" message="it took longer than 1 s"/>
      <system-out></system-out>
    </testcase>
  </testsuite>
</testsuites>
"#;
        assert_eq!(text("p", &all), expect.replace("x ?", "x \u{fffd}"));
    }
}
