//! What a test of a live implementation came to: plain data that every report is drawn from, and drawn from again.

pub mod baseline;
mod planted;
pub mod reproduce;
#[cfg(any(feature = "cli", test))]
pub mod selection;
mod standing;
mod tally;

pub use baseline::{Baseline, Differs};
pub use planted::{Catch, Shows};
#[cfg(any(feature = "cli", test))]
pub use selection::Selection;
pub use standing::Standing;
pub use tally::{Discovery, Evidence, Known, NewDivergence, Origin, Stale, Tally};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::judgement::{Level, Owed};
use crate::suite::law::register::{Entry, Register, cite};
use crate::suite::law::source::{DataError, Text};
use crate::suite::verdict::{Failing, Fault, Verdict};

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// Everything that a test came to. Two runs against the same behaviour differ in `durations` alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Results {
    /// The version of the format: 1.
    pub schema: u32,
    /// The program that made them, with its version.
    pub program: String,
    /// The role of the implementation under test: `server` or `client`.
    pub role: String,
    /// Who was tested: the URL of a server, or the command of a client.
    pub target: String,
    /// The options that the run was given beside the target, as on the command line.
    pub options: Vec<String>,
    /// Whether a missed SHOULD counts as a failure.
    pub strict: bool,
    /// Whether the implementation does what every one does: without that nothing else counts.
    pub control: Control,
    /// How the run ended.
    pub ended: Ended,
    /// Each case, in the order of the suite.
    pub cases: Vec<CaseResult>,
    /// What differs from a baseline, where there is one.
    pub baseline: Option<Differs>,
    /// How long each case took, in milliseconds, by the id of the case.
    pub durations: BTreeMap<String, u64>,
}

/// The positive control: a minimal valid handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Whether it opened a connection.
    pub opened: bool,
    /// What is wrong in itself with how it opened, a sentence each.
    pub faults: Vec<String>,
    /// How often it was asked, before and during the run.
    pub asked: u64,
    /// What was sent and what came back, where it did not open or opened wrongly.
    pub sent: String,
    /// What came back.
    pub received: String,
}

/// How a run ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "how", content = "why")]
pub enum Ended {
    /// Every selected case was run.
    #[default]
    Complete,
    /// The user stopped it.
    Interrupted,
    /// It could not go on: with the reason.
    Broken(String),
}

/// One case: a vector in a delivery, or a check of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseResult {
    /// The id of the vector; in another delivery than whole with ` + ` and its word behind; unique in the run.
    pub id: String,
    /// The requirement that it is about.
    pub requirement: String,
    /// The document of the requirement, in lower case: `rfc6455`.
    pub document: String,
    /// The clause.
    pub section: String,
    /// The requirement in one line.
    pub summary: String,
    /// What the RFCs permit: `must-accept`, `must-reject` or `either`.
    pub permitted: String,
    /// Why.
    pub why: String,
    /// How it stands.
    pub standing: Standing,
    /// What is wrong, the gravest first.
    pub faults: Vec<FaultResult>,
    /// What a person should know beside that: a diagnosis, a repetition, a policy.
    pub notes: Vec<String>,
    /// What the implementation did, in words.
    pub did: String,
    /// How the octets were cut: `whole`, `octets`, or ascending offsets with commas between them.
    pub delivery: String,
    /// Whether the sender's side ended behind them.
    pub half_closed: bool,
    /// The octets that it was sent: one character U+0000–00FF for each.
    pub sent: String,
    /// The octets that it wrote, likewise; cut at the harness's limit.
    pub received: String,
    /// Commands that show it again, to paste into a shell: each on one line.
    pub reproduce: Vec<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultResult {
    /// In which way: `accepts`, `refuses`, `answers`, `octets`, `hang` or `crash`.
    pub failing: String,
    /// The requirement that it departs from; empty where none is named.
    pub requirement: String,
    /// What is owed by it: `MUST`, `MUST NOT`, `SHOULD` …
    pub level: String,
    /// How a case stands that has this fault alone.
    pub standing: Standing,
    /// Both readings of what is contested, the strict one first.
    pub readings: Vec<String>,
    /// What was done, in a sentence.
    pub message: String,
}

/// What the results come to, and so what the exit status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything was done, and nothing is wrong that was not known: exit status 0.
    Fine,
    /// The implementation failed, or differs from its baseline: exit status 1, also where the run ended early.
    Failed,
    /// The work was not done, so that nothing is proved, with the reason: exit status 3.
    Undone(String),
}

impl Results {
    /// Reads results that were stored as JSON.
    ///
    /// # Errors
    ///
    /// One where the text is no JSON, has not the members of the format, or is of another version of it.
    pub fn read(text: &Text) -> Result<Results, DataError> {
        let results: Results = text.json("The results of `test`")?;
        if results.schema != SCHEMA {
            let message = format!("schema {} is unknown", results.schema);
            return Err(text.error(None, message, "read it with the version of ws101 that wrote it"));
        }
        Ok(results)
    }

    /// How many cases stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.cases.iter().filter(|case| case.standing == standing).count()
    }

    /// Whether cases that stand so are failures: those that break a MUST; with `strict` also those that miss a SHOULD.
    pub const fn is_failure(&self, standing: Standing) -> bool {
        standing.is_failure(self.strict)
    }

    /// How many cases were judged: asked, and answered or left unanswered by the implementation.
    pub fn judged(&self) -> usize {
        self.cases.iter().filter(|case| case.standing.is_judged()).count()
    }

    /// What it all comes to. A failure that was seen stays one, however the run ended; without its control nothing counts.
    pub fn conclusion(&self) -> Conclusion {
        let undone = |why: &str| Conclusion::Undone(why.to_owned());
        let differs = self.baseline.as_ref().is_some_and(|differs| !differs.is_clean());
        if !self.control.opened {
            let why = self.control.faults.last().map_or("nothing else counts", String::as_str);
            let what = "the control, a minimal valid handshake, did not open a connection";
            return Conclusion::Undone(format!("{what}; {why}"));
        }
        if !self.control.faults.is_empty() || differs || self.cases.iter().any(|case| self.is_failure(case.standing)) {
            return Conclusion::Failed;
        }
        match (&self.ended, self.count(Standing::HarnessError)) {
            (Ended::Broken(why), _) => Conclusion::Undone(format!("the run could not go on: {why}")),
            (Ended::Interrupted, _) => undone("the run was interrupted"),
            (Ended::Complete, 0) if self.judged() == 0 => undone("no case was judged"),
            (Ended::Complete, 0) => Conclusion::Fine,
            (Ended::Complete, 1) => undone("one case could not be tried"),
            (Ended::Complete, errors) => Conclusion::Undone(format!("{errors} cases could not be tried")),
        }
    }
}

impl FaultResult {
    /// A fault as results have it: where it names no requirement, it is under what its case is about.
    pub fn of(fault: &Fault, about: &str, register: &Register) -> FaultResult {
        let requirement = fault.requirement.map_or(about, |id| id.as_str()).to_owned();
        let standing = Standing::by(fault.owed.severity);
        let entry = register.find(&requirement).filter(|_| standing == Standing::Contested);
        FaultResult {
            failing: fault.failing.as_str().to_owned(),
            readings: entry.map(Entry::readings).unwrap_or_default(),
            requirement,
            level: fault.owed.level.as_str().to_owned(),
            standing,
            message: fault.message.clone(),
        }
    }

    /// The faults of a verdict.
    pub fn all(verdict: &Verdict, about: &str, register: &Register) -> Vec<FaultResult> {
        verdict.faults().iter().map(|fault| FaultResult::of(fault, about, register)).collect()
    }

    /// A fault that nobody argues about.
    pub fn must(failing: Failing, requirement: String, message: String) -> FaultResult {
        let (level, standing) = (Level::Must.to_string(), Standing::Fail);
        FaultResult {
            failing: failing.as_str().to_owned(),
            requirement,
            level,
            standing,
            message,
            readings: Vec::new(),
        }
    }

    /// The same fault under another requirement.
    pub fn file_under(&mut self, entry: &Entry) {
        let Owed { level, severity } = entry.owed();
        self.requirement = entry.id.to_string();
        self.level = level.to_string();
        self.standing = Standing::by(severity);
        self.readings = entry.readings();
    }

    /// The name by which a baseline knows it: how it fails, and the requirement where there is one.
    pub fn name(&self) -> String {
        if self.requirement.is_empty() {
            self.failing.clone()
        } else {
            format!("{} {}", self.failing, self.requirement)
        }
    }
}

impl CaseResult {
    /// Files what is wrong under the clause that is departed from by the gravest fault, which need not be what the case is
    /// about: a refusal that is right may lack a field.
    pub fn file(&mut self, register: &Register) {
        let entry = self.faults.first().and_then(|fault| register.find(&fault.requirement));
        let Some(entry) = entry else { return };
        self.requirement = entry.id.to_string();
        self.document.clone_from(&entry.document);
        self.section.clone_from(&entry.section);
        self.summary.clone_from(&entry.summary);
    }

    /// The clause, for people: `RFC 6455 §4.2.1 item 5`.
    pub fn clause(&self) -> String {
        cite(&self.document, &self.section)
    }

    /// The number of the clause, without item and further places: `4.2.1` of `4.2.1 item 5 / 1.3`.
    pub fn number(&self) -> &str {
        number(&self.section)
    }

    /// The id of the vector, without the delivery.
    pub fn vector(&self) -> &str {
        vector(&self.id)
    }
}

/// The number of the clause that a section of the register begins with.
pub(in crate::suite) fn number(section: &str) -> &str {
    section.split_whitespace().next().unwrap_or_default()
}

/// The id of the vector that a case is of.
pub(in crate::suite) fn vector(case: &str) -> &str {
    case.split(" + ").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::Severity;
    use crate::judgement::{Level, requirements as r};
    use crate::suite::Failing;
    use crate::suite::Verdict;
    use crate::suite::law::register::of_the_project;

    /// Results with a case for each of the standings.
    fn results(standings: &[Standing]) -> Results {
        let case = |(index, &standing): (usize, &Standing)| CaseResult {
            id: format!("server/topic/{index}"),
            section: "4.2.1 item 5 / 1.3".to_owned(),
            standing,
            ..CaseResult::default()
        };
        Results {
            schema: SCHEMA,
            control: Control { opened: true, ..Control::default() },
            cases: standings.iter().enumerate().map(case).collect(),
            ..Results::default()
        }
    }

    #[test]
    fn a_standing_is_written_as_in_json() {
        for standing in Standing::ALL {
            assert_eq!(serde_json::to_value(standing).expect("a value"), standing.to_string());
        }
    }

    #[test]
    fn the_conclusion_is_what_the_exit_status_says() {
        use Standing::*;
        let of = |standings: &[Standing]| results(standings).conclusion();
        assert_eq!(of(&[Pass, Permitted, Known, NonStrict, Informational, Unsupported]), Conclusion::Fine);
        assert_eq!(of(&[Pass, Fail]), Conclusion::Failed);
        assert_eq!(Results { strict: true, ..results(&[NonStrict]) }.conclusion(), Conclusion::Failed);
        assert_eq!(Results { strict: true, ..results(&[Informational]) }.conclusion(), Conclusion::Fine);
        for undone in [&[][..], &[Unsupported, NotRun], &[Pass, HarnessError], &[HarnessError, HarnessError]] {
            assert!(matches!(of(undone), Conclusion::Undone(_)), "{undone:?}");
        }
        let faulty = Control { opened: true, faults: vec!["wrong accept".to_owned()], ..Control::default() };
        assert_eq!(Results { control: faulty, ..results(&[Pass]) }.conclusion(), Conclusion::Failed);
        let without = Results { control: Control::default(), ..results(&[Fail]) };
        assert!(matches!(without.conclusion(), Conclusion::Undone(_)));
        let differs = Differs { unmatched: vec!["gone".to_owned()], ..Differs::default() };
        assert_eq!(Results { baseline: Some(differs), ..results(&[Pass]) }.conclusion(), Conclusion::Failed);
        for ended in [Ended::Interrupted, Ended::Broken("it died".to_owned())] {
            let undone = Results { ended: ended.clone(), ..results(&[Pass, NotRun]) };
            assert!(matches!(undone.conclusion(), Conclusion::Undone(_)), "{ended:?}");
            assert_eq!(Results { ended, ..results(&[Fail, NotRun]) }.conclusion(), Conclusion::Failed);
        }
    }

    #[test]
    fn a_fault_is_filed_under_its_requirement_or_what_its_case_is_about() {
        let about = r::RFC6455_4_2_1_KEY_MISSING.id.as_str();
        let of = |failing, requirement, severity| {
            let fault =
                Fault { failing, requirement, owed: Owed { level: Level::Should, severity }, message: "m".to_owned() };
            FaultResult::of(&fault, about, of_the_project())
        };
        let words = ["accepts", "refuses", "answers", "octets", "hang", "crash"];
        for (failing, word) in Failing::ALL.into_iter().zip(words) {
            assert_eq!(of(failing, None, Severity::Fail).name(), format!("{word} {about}"));
        }
        let own = of(Failing::Answers, Some(r::RFC6455_4_2_2_ACCEPT.id), Severity::NonStrict);
        assert_eq!((own.requirement.as_str(), own.message.as_str()), (r::RFC6455_4_2_2_ACCEPT.id.as_str(), "m"));
        assert_eq!((own.level.as_str(), own.standing), ("SHOULD", Standing::NonStrict));
        let length = Some(r::RFC6455_4_2_1_KEY_LENGTH.id);
        assert_eq!(of(Failing::Accepts, length, Severity::Contested).readings.len(), 2);
        assert!(of(Failing::Accepts, length, Severity::Fail).readings.is_empty());
    }

    #[test]
    fn a_verdict_is_how_a_case_stands() {
        let faulty = |severity| {
            let fault = |severity| Fault {
                failing: Failing::Answers,
                requirement: None,
                owed: Owed { level: Level::Must, severity },
                message: "m".to_owned(),
            };
            Verdict::of(vec![fault(Severity::Informational), fault(severity)], crate::judgement::Permitted::MustReject)
        };
        for (verdict, standing) in [
            (Verdict::Pass, Standing::Pass),
            (Verdict::Permitted, Standing::Permitted),
            (faulty(Severity::Fail), Standing::Fail),
            (faulty(Severity::Contested), Standing::Contested),
            (faulty(Severity::NonStrict), Standing::NonStrict),
            (faulty(Severity::Informational), Standing::Informational),
            (Verdict::Unsupported(String::new()), Standing::Unsupported),
            (Verdict::Harness(String::new()), Standing::HarnessError),
        ] {
            assert_eq!(Standing::of(&verdict), standing);
        }
    }

    #[test]
    fn what_was_stored_is_read_back() {
        let written = Results { ended: Ended::Broken("why".to_owned()), ..results(&Standing::ALL) };
        let json = serde_json::to_string(&written).unwrap();
        assert_eq!(Results::read(&Text::new("r.json", json.clone())).unwrap(), written);
        let other = Results::read(&Text::new("r.json", json.replace("\"schema\":1", "\"schema\":2"))).unwrap_err();
        assert!(other.to_string().starts_with("r.json: schema 2 is unknown: read it with"), "{other}");
        let broken = Results::read(&Text::new("r.json", json.replace("harness-error", "harness"))).unwrap_err();
        assert!(broken.to_string().contains("unknown variant `harness`"), "{broken}");
    }

    #[test]
    fn a_case_has_a_clause_and_a_vector() {
        let case = CaseResult {
            id: "server/key/x + octets".to_owned(),
            document: "rfc6455".to_owned(),
            section: "4.2.1 item 5 / 1.3".to_owned(),
            ..CaseResult::default()
        };
        assert_eq!((case.clause().as_str(), case.number()), ("RFC 6455 §4.2.1 item 5 / 1.3", "4.2.1"));
        assert_eq!((case.vector(), vector("server/key/x")), ("server/key/x", "server/key/x"));
    }

    #[test]
    fn a_case_is_filed_under_what_its_gravest_fault_departs_from() {
        let fault = |requirement: &str| FaultResult { requirement: requirement.to_owned(), ..FaultResult::default() };
        let filed = |faults: &[FaultResult]| {
            let about =
                CaseResult { requirement: r::RFC6455_4_2_1_KEY_MISSING.id.to_string(), ..CaseResult::default() };
            let mut case = CaseResult { faults: faults.to_vec(), ..about };
            case.file(of_the_project());
            case
        };
        let upgrade =
            filed(&[fault(r::RFC9110_7_8_426_UPGRADE.id.as_str()), fault(r::RFC6455_4_2_2_ACCEPT.id.as_str())]);
        let entry = of_the_project().get(r::RFC9110_7_8_426_UPGRADE.id).unwrap();
        assert_eq!((upgrade.requirement.as_str(), upgrade.clause()), (entry.id.as_str(), entry.clause()));
        assert_eq!(upgrade.summary, entry.summary);
        for nowhere in [filed(&[]), filed(&[fault("")])] {
            assert_eq!(
                (nowhere.requirement.as_str(), nowhere.section.as_str()),
                (r::RFC6455_4_2_1_KEY_MISSING.id.as_str(), "")
            );
        }
    }
}
