//! Results as JUnit XML, for what reads the results of tests: a suite for each clause, a test for each case.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::case;
use super::sections::documents;
use super::standing::word;
use super::terminal::{failed, spelled};
use crate::report::visible::printable;
use crate::suite::Results;
use crate::suite::results::{CaseResult, Conclusion, Ended, Standing};

/// The results as JUnit XML. What breaks a MUST is a failure; with `strict` what misses a SHOULD is one too. What is known,
/// cannot be asked or was not run is skipped, and what the harness could not do is an error. Everything else passes, with
/// what there is to say in `system-out`. The first suite holds the control, the run and the baseline as tests of their own,
/// so that no trouble with these looks like a pass.
pub fn junit(results: &Results) -> String {
    let mut report = Report::new(printable(&format!("{} test {} {}", results.program, results.role, results.target)));
    report.add_test_suite(run(results));
    for document in documents(results) {
        for section in &document.sections {
            let mut suite = TestSuite::new(printable(&format!("{} {}", document.title(), section.title)));
            suite.add_test_cases(section.cases.iter().map(|case| test(results, case)));
            report.add_test_suite(suite);
        }
    }
    // It is written to memory, where nothing fails.
    report.to_string().unwrap_or_default()
}

/// The test of a case.
fn test(results: &Results, case: &CaseResult) -> TestCase {
    let said = case.faults.first().map_or(&case.did, |fault| &fault.message);
    let message = printable(&format!("{}: {said} ({})", word(case.standing), case.requirement));
    let status = match case.standing {
        standing if results.is_failure(standing) => {
            let level = case.faults.first().map_or("MUST", |fault| fault.level.as_str());
            failure(NonSuccessKind::Failure, &printable(level), message, spelled(case))
        }
        Standing::HarnessError => failure(NonSuccessKind::Error, "harness", message, spelled(case)),
        Standing::Known | Standing::Unsupported | Standing::NotRun => {
            let mut status = TestCaseStatus::skipped();
            let note = case.notes.last().filter(|_| case.standing == Standing::Known);
            status.set_message(note.map_or(message, |note| printable(note)));
            status
        }
        _ => TestCaseStatus::success(),
    };
    let mut test = own(results, &printable(&case.id), status);
    if matches!(case.standing, Standing::Contested | Standing::NonStrict | Standing::Informational)
        && !results.is_failure(case.standing)
    {
        test.set_system_out(spelled(case));
    }
    if let Some(&milliseconds) = results.durations.get(&case.id) {
        test.set_time(Duration::from_millis(milliseconds));
    }
    test
}

/// The tests of the run as a whole.
fn run(results: &Results) -> TestSuite {
    let mut suite = TestSuite::new("ws101");
    let control = match case::control(&results.control) {
        wrong if wrong.is_empty() => TestCaseStatus::success(),
        wrong => {
            let kind = if results.control.opened { NonSuccessKind::Failure } else { NonSuccessKind::Error };
            failure(kind, "control", wrong[0].clone(), wrong.join("\n"))
        }
    };
    suite.add_test_case(own(results, "control", control));
    let run = match (&results.ended, results.conclusion()) {
        (Ended::Complete, Conclusion::Undone(why)) if results.control.opened => {
            failure(NonSuccessKind::Error, "run", printable(&why), String::new())
        }
        (Ended::Complete, _) => TestCaseStatus::success(),
        (Ended::Interrupted, _) => failure(NonSuccessKind::Error, "run", "interrupted".to_owned(), String::new()),
        (Ended::Broken(why), _) => failure(NonSuccessKind::Error, "run", printable(why), String::new()),
    };
    suite.add_test_case(own(results, "run", run));
    if let Some(differs) = &results.baseline {
        for (name, lines) in [
            ("baseline: unexpected passes", &differs.unexpected_passes),
            ("baseline: unmatched lines", &differs.unmatched),
        ] {
            let status = match lines.is_empty() {
                true => TestCaseStatus::success(),
                false => failure(NonSuccessKind::Failure, "baseline", failed(results), printable(&lines.join(", "))),
            };
            suite.add_test_case(own(results, name, status));
        }
    }
    suite
}

fn own(results: &Results, name: &str, status: TestCaseStatus) -> TestCase {
    let mut test = TestCase::new(name, status);
    test.set_classname(printable(&format!("ws101.{}", results.role)));
    test
}

fn failure(kind: NonSuccessKind, ty: &str, message: String, text: String) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(ty).set_message(message);
    if !text.is_empty() {
        status.set_description(text);
    }
    status
}

#[cfg(test)]
mod tests {
    use super::super::samples::{case, results, sample, usual};
    use super::*;
    use crate::suite::results::Control;

    /// What is read back from the XML: how each test of the name stands, and all of its text.
    fn read(xml: &str) -> Vec<(String, &'static str, String)> {
        let report = Report::deserialize_from_str(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
        let tests = report.test_suites.iter().flat_map(|suite| &suite.test_cases);
        let said = |text: &quick_junit::XmlString| text.as_str().to_owned();
        let stands = |test: &TestCase| match &test.status {
            TestCaseStatus::Success { .. } => ("pass", test.system_out.as_ref().map(said)),
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, description, message, .. } => {
                ("failure", description.as_ref().or(message.as_ref()).map(said))
            }
            TestCaseStatus::NonSuccess { description, message, .. } => {
                ("error", description.as_ref().or(message.as_ref()).map(said))
            }
            TestCaseStatus::Skipped { message, .. } => ("skipped", message.as_ref().map(said)),
        };
        tests.map(|test| (said(&test.name), stands(test).0, stands(test).1.unwrap_or_default())).collect()
    }

    fn of(results: &Results, name: &str) -> (&'static str, String) {
        let found = read(&junit(results)).into_iter().find(|(its, ..)| its == name);
        found.map(|(_, stands, text)| (stands, text)).unwrap_or_else(|| panic!("{name}"))
    }

    #[test]
    fn each_standing_is_what_such_tools_expect() {
        for strict in [false, true] {
            let results = Results { strict, ..sample() };
            for (standing, expected) in [
                ("fail", "failure"),
                ("contested", if strict { "failure" } else { "pass" }),
                ("non-strict", if strict { "failure" } else { "pass" }),
                ("informational", "pass"),
                ("known", "skipped"),
                ("pass", "pass"),
                ("permitted", "pass"),
                ("unsupported", "skipped"),
                ("harness-error", "error"),
                ("not-run", "skipped"),
            ] {
                let (stands, text) = of(&results, &format!("server/key/{standing} + octets"));
                assert_eq!((standing, stands), (standing, expected));
                assert_eq!(text.is_empty(), matches!(standing, "pass" | "permitted"), "{standing}: {text}");
            }
        }
    }

    #[test]
    fn the_xml_is_well_formed_whatever_the_octets_and_loses_none() {
        let xml = junit(&sample());
        assert!(xml.chars().all(|letter| letter == '\n' || !letter.is_control()));
        assert!(!xml.contains("<script>"));
        let (_, text) = of(&sample(), "server/key/fail + octets");
        assert!(
            text.contains(r#"\x00\x1b[31m]]>--><script>alert(1)</script>&amp;"'%s\\n$(id)\x7f\x80\x9b2J\xff"#),
            "{text}"
        );
        assert!(text.contains("⟨'a' × 65536⟩"));
        assert_eq!(read(&xml).len(), sample().cases.len() + 4);
    }

    #[test]
    fn what_is_wrong_beyond_cases_is_a_test_of_its_own() {
        let stands = |results: &Results, name| of(results, name).0;
        assert_eq!((stands(&usual(), "control"), stands(&usual(), "run")), ("pass", "pass"));
        assert_eq!((stands(&sample(), "control"), stands(&sample(), "run")), ("failure", "error"));
        assert_eq!(stands(&sample(), "baseline: unexpected passes"), "failure");
        assert_eq!(stands(&sample(), "baseline: unmatched lines"), "failure");
        let without = Results { control: Control::default(), ..usual() };
        assert_eq!((stands(&without, "control"), stands(&without, "run")), ("error", "pass"));
        assert_eq!(stands(&results(Vec::new()), "run"), "error");
        let stopped = Results { ended: Ended::Interrupted, ..results(vec![case("a", Standing::Pass, &[])]) };
        assert_eq!(stands(&stopped, "run"), "error");
    }
}
