//! A baseline: what is known of an implementation, with a reason each; and what differs from it.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{CaseResult, FaultResult, Results, Standing};
use crate::suite::law::register::is_slug;
use crate::suite::law::source::{DataError, DataErrors, Text};
use crate::suite::verdict::Failing;

/// What is known of one implementation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of the format: 1.
    schema: u32,
    /// Whom it is of, for people.
    pub target: String,
    /// Each known fault.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// One fault of one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The id of the case.
    pub case: String,
    /// What fails, as [`FaultResult::name`] has it: another fault of the same case is new.
    pub fault: String,
    /// Why it is known and stays.
    pub reason: String,
}

/// How results differ from a baseline. All but `unexplained` are errors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differs {
    /// The ids of cases that fail and are not in the baseline, or not with this fault.
    pub new: Vec<String>,
    /// Lines of the baseline whose case was judged and shows the fault no more.
    pub unexpected_passes: Vec<String>,
    /// Lines of the baseline that match no case of the suite.
    pub unmatched: Vec<String>,
    /// Lines of the baseline for which nobody has written a reason yet.
    pub unexplained: Vec<String>,
}

/// What `--bless` writes where a person has to write a reason.
const TODO: &str = "TODO: say why this is known. ";

impl Differs {
    /// Whether nothing differs. A reason that is still to be written is no difference.
    pub const fn is_clean(&self) -> bool {
        self.new.is_empty() && self.unexpected_passes.is_empty() && self.unmatched.is_empty()
    }
}

impl Known {
    /// Whether it speaks of this fault of this case.
    fn is_of(&self, case: &CaseResult, fault: &FaultResult) -> bool {
        self.case == case.id && self.fault == fault.name()
    }

    /// Whether the fault is written as [`FaultResult::name`] has it.
    fn names_a_fault(&self) -> bool {
        let (failing, requirement) = self.fault.split_once(' ').unwrap_or((&self.fault, "-"));
        Failing::ALL.iter().any(|its| its.as_str() == failing) && !requirement.is_empty() && is_slug(requirement)
    }

    /// The line for people: the case, and its fault.
    fn line(&self) -> String {
        format!("{} ({})", self.case, self.fault)
    }

    /// Whether nobody has written the reason yet.
    fn is_unexplained(&self) -> bool {
        self.reason.starts_with("TODO")
    }
}

impl Baseline {
    /// Reads the baseline in a file.
    ///
    /// # Errors
    ///
    /// One that says what is wrong and what to do, where the file cannot be read or is no baseline.
    pub fn load(path: &Path) -> Result<Baseline, DataErrors> {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Baseline::read(&Text::new(&file, text)),
            Err(error) => Err(DataErrors(vec![DataError {
                file,
                line: None,
                message: format!("cannot be read ({error})"),
                remedy: "check the path, or write a baseline there with --bless".to_owned(),
            }])),
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    ///
    /// Those of the format, and one for each line that stands twice or has no reason.
    pub fn read(text: &Text) -> Result<Baseline, DataErrors> {
        let baseline: Baseline = text.toml("Baselines").map_err(|error| DataErrors(vec![error]))?;
        let mut errors = Vec::new();
        if baseline.schema != 1 {
            let message = format!("schema {} is unknown", baseline.schema);
            errors.push(text.error(None, message, "write `schema = 1`"));
        }
        let mut seen = HashSet::new();
        for known in &baseline.known {
            let place = |nth| nth_line(text, &known.case, nth);
            if known.reason.trim().is_empty() {
                let message = format!("{}: `reason` is empty", known.case);
                errors.push(text.error(place(0), message, "say why it is known"));
            }
            if known.case.is_empty() || !known.names_a_fault() {
                let message = format!("{}: `{}` is no fault of a case", known.case, known.fault);
                errors.push(text.error(place(0), message, "copy case and fault from the results"));
            }
            if !seen.insert((&known.case, &known.fault)) {
                let message = format!("{} stands twice", known.line());
                errors.push(text.error(place(1), message, "keep one of the two"));
            }
        }
        if errors.is_empty() { Ok(baseline) } else { Err(DataErrors(errors)) }
    }

    /// Holds results against the baseline: a failure all of whose faults are in it is known, and what differs is put down.
    /// `has` says whether the suite has a case of an id, be it selected or not.
    pub fn apply(&self, results: &mut Results, has: impl Fn(&str) -> bool) {
        let mut differs = Differs::default();
        let strict = results.strict;
        for case in results.cases.iter_mut().filter(|case| case.standing.is_failure(strict)) {
            let counting = case.faults.iter().filter(|fault| fault.standing.is_failure(strict));
            let known: Vec<Option<&Known>> =
                counting.map(|fault| self.known.iter().find(|known| known.is_of(case, fault))).collect();
            if known.is_empty() || known.contains(&None) {
                differs.new.push(case.id.clone());
                continue;
            }
            case.standing = Standing::Known;
            case.notes.extend(known.into_iter().flatten().map(|known| format!("known: {}", known.reason)));
        }
        for known in &self.known {
            match results.cases.iter().find(|case| case.id == known.case) {
                Some(case) if case.standing.is_judged() => {
                    if !case.faults.iter().any(|fault| known.is_of(case, fault)) {
                        differs.unexpected_passes.push(known.line());
                    }
                }
                Some(_) => {}
                None if has(&known.case) => {}
                None => differs.unmatched.push(known.line()),
            }
        }
        differs.unexplained = self.known.iter().filter(|known| known.is_unexplained()).map(Known::line).collect();
        results.baseline = Some(differs);
    }

    /// The baseline that results have nothing to differ from. What was known and still shows, or was not judged this time,
    /// keeps its reason; for what is new a person has yet to write one. `has` is that of [`Baseline::apply`].
    pub fn bless(results: &Results, previous: Option<&Baseline>, has: impl Fn(&str) -> bool) -> Baseline {
        let mut known = Vec::new();
        let before = previous.map_or(&[][..], |previous| &previous.known);
        for case in &results.cases {
            let of_case = before.iter().filter(|known| known.case == case.id);
            if !case.standing.is_judged() {
                known.extend(of_case.cloned());
                continue;
            }
            for fault in &case.faults {
                let name = fault.name();
                let earlier = of_case.clone().find(|known| known.fault == name);
                if known.iter().any(|known: &Known| known.is_of(case, fault)) {
                    continue;
                }
                match earlier {
                    Some(earlier) => known.push(earlier.clone()),
                    None if fault.standing.is_failure(results.strict) => known.push(Known {
                        case: case.id.clone(),
                        fault: name,
                        reason: format!("{TODO}It {}.", fault.message.trim_end_matches('.')),
                    }),
                    None => {}
                }
            }
        }
        let ran: HashSet<&str> = results.cases.iter().map(|case| case.id.as_str()).collect();
        known.extend(before.iter().filter(|known| !ran.contains(known.case.as_str()) && has(&known.case)).cloned());
        let target = previous.map_or_else(|| results.target.clone(), |previous| previous.target.clone());
        Baseline { schema: 1, target, known }
    }

    /// The baseline as a file has it.
    pub fn toml(&self) -> String {
        let mut text =
            "# What is known to fail, with the reason why it stays: a line that no longer fails is an error.\n"
                .to_owned();
        // Strings alone are written, which can always be.
        text.push_str(&toml::to_string(self).unwrap_or_default());
        text
    }
}

/// The line of the `nth` entry of a case.
fn nth_line(text: &Text, case: &str, nth: usize) -> Option<usize> {
    let is_of = |line: &str| line.trim_start().starts_with("case") && line.contains(&format!("\"{case}\""));
    text.text.lines().enumerate().filter(|(_, line)| is_of(line)).nth(nth).map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(failing: &str, level: &str) -> FaultResult {
        FaultResult {
            failing: failing.to_owned(),
            requirement: "rfc6455-x".to_owned(),
            level: level.to_owned(),
            standing: if level.starts_with("MUST") { Standing::Fail } else { Standing::NonStrict },
            readings: Vec::new(),
            message: format!("{failing} it"),
        }
    }

    fn case(id: &str, standing: Standing, faults: &[FaultResult]) -> CaseResult {
        CaseResult { id: id.to_owned(), standing, faults: faults.to_vec(), ..CaseResult::default() }
    }

    fn results(cases: &[CaseResult]) -> Results {
        Results { target: "ws://h/".to_owned(), cases: cases.to_vec(), ..Results::default() }
    }

    fn baseline(known: &[(&str, &str)]) -> Baseline {
        let known = known.iter().map(|(case, fault)| Known {
            case: (*case).to_owned(),
            fault: (*fault).to_owned(),
            reason: "because".to_owned(),
        });
        Baseline { schema: 1, target: "mine".to_owned(), known: known.collect() }
    }

    fn applied(baseline: &Baseline, mut results: Results) -> (Results, Differs) {
        baseline.apply(&mut results, |id| id.starts_with("suite/"));
        let differs = results.baseline.clone().unwrap();
        (results, differs)
    }

    #[test]
    fn a_failure_with_its_fault_in_the_baseline_is_known() {
        let failing = results(&[case("suite/a", Standing::Fail, &[fault("accepts", "MUST")])]);
        let (known, differs) = applied(&baseline(&[("suite/a", "accepts rfc6455-x")]), failing.clone());
        assert_eq!(differs, Differs::default());
        assert_eq!(known.cases[0].standing, Standing::Known);
        assert_eq!(known.cases[0].notes, ["known: because"]);
        for other in [("suite/a", "answers rfc6455-x"), ("suite/a", "accepts"), ("suite/b", "accepts rfc6455-x")] {
            let (new, differs) = applied(&baseline(&[other]), failing.clone());
            assert_eq!((new.cases[0].standing, differs.new), (Standing::Fail, vec!["suite/a".to_owned()]));
        }
    }

    #[test]
    fn every_fault_that_counts_has_to_be_known() {
        let faults = [fault("answers", "MUST NOT"), fault("octets", "MUST"), fault("hang", "SHOULD")];
        let failing = results(&[case("suite/a", Standing::Fail, &faults)]);
        let one = baseline(&[("suite/a", "octets rfc6455-x")]);
        assert_eq!(applied(&one, failing.clone()).1.new, ["suite/a"]);
        let both = baseline(&[("suite/a", "octets rfc6455-x"), ("suite/a", "answers rfc6455-x")]);
        assert!(applied(&both, failing.clone()).1.is_clean());
        assert_eq!(applied(&both, Results { strict: true, ..failing }).1.new, ["suite/a"]);
    }

    #[test]
    fn what_is_only_recommended_is_known_where_it_counts() {
        let missed = results(&[case("suite/a", Standing::NonStrict, &[fault("answers", "SHOULD")])]);
        let known = baseline(&[("suite/a", "answers rfc6455-x")]);
        let (lenient, differs) = applied(&known, missed.clone());
        assert!(differs.is_clean() && lenient.cases[0].standing == Standing::NonStrict);
        let (strict, differs) = applied(&known, Results { strict: true, ..missed });
        assert!(differs.is_clean() && strict.cases[0].standing == Standing::Known);
    }

    #[test]
    fn a_line_that_shows_no_more_or_matches_nothing_is_told() {
        let known = baseline(&[
            ("suite/passes", "accepts rfc6455-x"),
            ("suite/other-fault", "accepts rfc6455-x"),
            ("suite/not-selected", "accepts"),
            ("suite/not-run", "accepts"),
            ("gone", "accepts"),
        ]);
        let (_, differs) = applied(
            &known,
            results(&[
                case("suite/passes", Standing::Pass, &[]),
                case("suite/other-fault", Standing::Fail, &[fault("refuses", "MUST")]),
                case("suite/not-run", Standing::NotRun, &[]),
            ]),
        );
        assert!(!differs.is_clean());
        assert_eq!(differs.new, ["suite/other-fault"]);
        assert_eq!(
            differs.unexpected_passes,
            ["suite/passes (accepts rfc6455-x)", "suite/other-fault (accepts rfc6455-x)"]
        );
        assert_eq!(differs.unmatched, ["gone (accepts)"]);
    }

    #[test]
    fn what_differs_in_one_way_differs() {
        let some = || vec!["suite/a".to_owned()];
        assert!(Differs { unexplained: some(), ..Differs::default() }.is_clean());
        assert!(!Differs { new: some(), ..Differs::default() }.is_clean());
        assert!(!Differs { unexpected_passes: some(), ..Differs::default() }.is_clean());
        assert!(!Differs { unmatched: some(), ..Differs::default() }.is_clean());
    }

    #[test]
    fn what_was_blessed_differs_in_nothing() {
        let before = results(&[
            case("suite/a", Standing::Fail, &[fault("accepts", "MUST"), fault("accepts", "MUST")]),
            case("suite/b \u{1b}\"\\", Standing::Fail, &[fault("answers", "MUST"), fault("octets", "SHOULD")]),
            case("suite/c", Standing::NonStrict, &[fault("answers", "SHOULD")]),
        ]);
        let blessed = Baseline::bless(&before, None, |_| true);
        assert_eq!(blessed.known.len(), 2);
        let read = Baseline::read(&Text::new("b.toml", blessed.toml())).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(read, blessed);
        let (after, differs) = applied(&read, before);
        assert!(differs.is_clean(), "{differs:?}");
        assert_eq!(differs.unexplained.len(), 2);
        assert_eq!(Baseline::bless(&after, Some(&read), |_| true), read);
    }

    #[test]
    fn what_was_blessed_has_the_shape_of_its_schema() {
        let schema = include_str!("../../../conformance/schema/baseline.schema.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let known = baseline(&[("suite/a", "accepts rfc6455-x"), ("suite/b + octets", "hang")]);
        let good: serde_json::Value = toml::from_str(&known.toml()).unwrap();
        assert!(validator.is_valid(&good), "{good}");
        for (pointer, value) in [("/known/0/reason", " "), ("/known/0/fault", "breaks"), ("/schema", "1")] {
            let mut bad = good.clone();
            *bad.pointer_mut(pointer).expect("a place") = value.into();
            assert!(!validator.is_valid(&bad), "{pointer}");
        }
    }

    #[test]
    fn blessing_keeps_reasons_and_what_was_not_judged() {
        let previous = baseline(&[
            ("suite/stays", "accepts rfc6455-x"),
            ("suite/passes", "accepts rfc6455-x"),
            ("suite/not-run", "accepts rfc6455-x"),
            ("suite/not-selected", "accepts rfc6455-x"),
            ("gone", "accepts rfc6455-x"),
        ]);
        let now = results(&[
            case("suite/stays", Standing::Fail, &[fault("accepts", "MUST")]),
            case("suite/passes", Standing::Pass, &[]),
            case("suite/new", Standing::Fail, &[fault("hang", "MUST")]),
            case("suite/not-run", Standing::NotRun, &[]),
        ]);
        let blessed = Baseline::bless(&now, Some(&previous), |id| id.starts_with("suite/"));
        let lines: Vec<(&str, &str)> =
            blessed.known.iter().map(|known| (known.case.as_str(), known.reason.as_str())).collect();
        assert_eq!(
            lines,
            [
                ("suite/stays", "because"),
                ("suite/new", "TODO: say why this is known. It hang it."),
                ("suite/not-run", "because"),
                ("suite/not-selected", "because"),
            ]
        );
        assert_eq!(blessed.target, "mine");
    }

    #[test]
    fn what_is_wrong_with_a_baseline_is_told() {
        let entry = "[[known]]\ncase = \"a\"\nfault = \"accepts\"\nreason = \"r\"\n";
        let complaint = |text: String| Baseline::read(&Text::new("b.toml", text)).unwrap_err().to_string();
        let head = "schema = 1\ntarget = \"t\"\n";
        assert!(Baseline::read(&Text::new("b.toml", format!("{head}{entry}"))).is_ok());
        assert!(Baseline::read(&Text::new("b.toml", head)).is_ok());
        assert!(complaint(head.replace('1', "2")).contains("schema 2 is unknown"));
        assert!(complaint(format!("{head}{entry}{entry}")).starts_with("b.toml:8: a (accepts) stands twice"));
        let (other, named) = (entry.replace("\"a\"", "\"b\""), entry.replace("\"r\"", "\"a\""));
        assert!(complaint(format!("{head}{other}{named}{named}")).starts_with("b.toml:12: a (accepts) stands twice"));
        let empty = entry.replace("\"r\"", "\" \"");
        assert!(complaint(format!("{head}{empty}")).starts_with("b.toml:4: a: `reason` is empty"));
        for fault in ["", "breaks", "accepts ", "accepts RFC", "accepts a b"] {
            let said = complaint(format!("{head}{}", entry.replace("accepts", fault)));
            assert!(said.starts_with(&format!("b.toml:4: a: `{fault}` is no fault of a case: ")), "{said}");
        }
        assert!(complaint(format!("{head}{}", entry.replace("\"a\"", "\"\""))).contains("is no fault of a case"));
        let without = entry.replace("reason = \"r\"\n", "");
        assert!(complaint(format!("{head}{without}")).contains("missing field `reason`"));
        assert!(complaint("[".to_owned()).contains("\"Baselines\""));
        let missing = Baseline::load(Path::new("/nonexistent/b.toml")).unwrap_err().to_string();
        assert!(missing.starts_with("/nonexistent/b.toml: cannot be read"), "{missing}");
        assert!(!missing.contains('\n') && missing.contains("--bless"));
    }
}
