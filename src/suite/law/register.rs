//! The register: every requirement of the opening handshake, as `conformance/requirements/` has it.

use std::collections::HashMap;

use serde::Deserialize;

pub use super::entry::{Basis, Entry, State, document};
pub(in crate::suite) use super::entry::{cite, is_slug};
use super::source::{DataError, DataErrors, Source, Text};
use crate::judgement::{Owed, Requirement, RequirementId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    document: String,
    requirement: Vec<Entry>,
}

/// What a counterpart is.
const OF_OTHER_END: &str = "name a duty of the other end: one of the two sends what the other verifies";

/// Every requirement, by file and then in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Register {
    entries: Vec<Entry>,
    index: HashMap<&'static str, usize>,
}

impl Register {
    /// Reads `requirements/`.
    pub fn load(source: &Source) -> Result<Register, DataErrors> {
        Register::read(&source.folder("requirements", "toml")?)
    }

    pub(in crate::suite) fn read(texts: &[Text]) -> Result<Register, DataErrors> {
        let mut register = Register::default();
        let (mut errors, mut texts_of_entries) = (Vec::new(), Vec::new());
        for text in texts {
            if let Some(file) = text.toml_or::<File>("The register", &mut errors) {
                register.take(text, file, &mut errors);
            }
            texts_of_entries.resize(register.entries.len(), text);
        }
        if errors.is_empty() {
            errors = register.lone(&texts_of_entries);
        }
        if errors.is_empty() { Ok(register) } else { Err(DataErrors(errors)) }
    }

    fn take(&mut self, text: &Text, file: File, errors: &mut Vec<DataError>) {
        if file.schema != 1 {
            errors.push(text.error(None, format!("schema {} is unknown", file.schema), "write `schema = 1`"));
        }
        if file.requirement.is_empty() {
            errors.push(text.error(None, "has no requirement", "write one or remove the file"));
        }
        for mut entry in file.requirement {
            let id = entry.id;
            let line = text.line_of(id.as_str(), 0);
            for (what, remedy) in entry.faults(&file.document) {
                errors.push(text.error(line, format!("{id}: {what}"), remedy));
            }
            if self.index.insert(id.as_str(), self.entries.len()).is_some() {
                errors.push(text.error(
                    text.line_of(id.as_str(), 1).or(line),
                    format!("{id} stands twice"),
                    "give each entry an id of its own",
                ));
            }
            entry.document.clone_from(&file.document);
            self.entries.push(entry);
        }
    }

    /// What is wrong with counterparts, once every entry is known, each with the text that it stands in.
    fn lone(&self, texts: &[&Text]) -> Vec<DataError> {
        let wrong = |(entry, text): (&Entry, &&Text)| {
            let (Entry { id, duty, .. }, its) = (entry, entry.counterpart?);
            let (what, remedy) = match self.get(its) {
                Some(other) if duty.faces(other.duty) => return None,
                Some(other) => (format!("counterpart {its} is {}, of no use to {duty}", other.duty), OF_OTHER_END),
                None => (format!("unknown counterpart {its}"), "use an id of requirements/"),
            };
            Some(text.error(text.line_of(id.as_str(), 0), format!("{id}: {what}"), remedy))
        };
        self.entries.iter().zip(texts).filter_map(wrong).collect()
    }

    /// Every entry, by file and then in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of an id.
    pub fn get(&self, id: RequirementId) -> Option<&Entry> {
        self.find(id.as_str())
    }

    /// The entry whose id is this text.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.index.get(id).map(|&index| &self.entries[index])
    }

    /// What is owed by a requirement: where a directory leaves the entry out, as this build knows it.
    pub fn owed(&self, requirement: &Requirement) -> Owed {
        self.get(requirement.id).map_or(requirement.owed(), Entry::owed)
    }

    /// Whether the two ids are the same test: equal, or of one group.
    pub fn same_test(&self, a: RequirementId, b: RequirementId) -> bool {
        a == b || matches!((self.get(a), self.get(b)), (Some(a), Some(b)) if a.group() == b.group())
    }

    /// The ids of the group of an id, itself included.
    pub fn group_of(&self, id: RequirementId) -> Vec<RequirementId> {
        let Some(entry) = self.get(id) else { return Vec::new() };
        self.entries.iter().filter(|other| other.group() == entry.group()).map(|other| other.id).collect()
    }
}

/// The register of the project, read once for all unit tests.
#[cfg(test)]
pub(crate) fn of_the_project() -> &'static Register {
    static REGISTER: std::sync::LazyLock<Register> =
        std::sync::LazyLock::new(|| Register::load(&Source::Embedded).unwrap_or_else(|errors| panic!("{errors}")));
    &REGISTER
}

#[cfg(test)]
mod tests {
    use super::super::entry::level_in;
    use super::*;
    use crate::judgement::{Decision, Duty, Level, Role, requirements as r};

    const ENTRY: &str = r#"
[[requirement]]
id = "rfc6455-4.1-x"
section = "4.1"
role = "client-sends"
level = "MUST NOT"
basis = "explicit"
state = "core"
summary = "s"
observable = "o"
expected = "must-reject"
words.duty = { section = "4.1", text = "MUST NOT" }
impact = "interop"
impact_why = "w"
fix = "f"
no_counterpart = "n"
"#;

    fn read(entries: &str) -> Result<Register, DataErrors> {
        let text = format!("schema = 1\ndocument = \"rfc6455\"\n{entries}");
        Register::read(&[Text::new("requirements/a.toml", text)])
    }

    fn complaint(entries: &str) -> String {
        read(entries).unwrap_err().to_string()
    }

    #[test]
    fn an_entry_is_read() {
        let register = read(ENTRY).unwrap();
        let entry = register.find("rfc6455-4.1-x").unwrap();
        assert_eq!((entry.level, entry.duty, entry.strict()), (Level::MustNot, Duty::ClientSends, Decision::Reject));
        assert_eq!((entry.group(), entry.clause().as_str()), ("rfc6455-4.1-x", "RFC 6455 §4.1"));
        assert!(register.find("rfc6455-4.1-y").is_none());
    }

    #[test]
    fn a_duty_is_of_one_end_or_of_none() {
        for (duty, word, of, reading) in [
            (Duty::ClientSends, "client-sends", Some(Role::Client), false),
            (Duty::ClientVerifies, "client-verifies", Some(Role::Client), true),
            (Duty::ServerVerifies, "server-verifies", Some(Role::Server), true),
            (Duty::ServerSends, "server-sends", Some(Role::Server), false),
            (Duty::Intermediary, "intermediary", None, false),
            (Duty::Browser, "browser", None, false),
        ] {
            let entry = ENTRY.replace("client-sends", word).replace("\"core\"", "\"planned\"");
            assert_eq!((read(&entry).unwrap().entries()[0].duty, duty.as_str()), (duty, word));
            for role in [Role::Server, Role::Client] {
                assert_eq!(duty.is_of(role), of == Some(role), "{word} {role}");
                assert_eq!(duty.is_reading_of(role), of == Some(role) && reading, "{word} {role}");
            }
        }
    }

    #[test]
    fn a_clause_is_cited_as_people_do() {
        assert_eq!(cite("rfc6455", "4.2.1 item 5"), "RFC 6455 §4.2.1 item 5");
        assert_eq!(cite("whatwg", "fetch"), "WHATWG fetch");
    }

    #[test]
    fn groups_make_one_test_of_several_entries() {
        let second = ENTRY.replace("4.1-x", "4.1-y") + "group = \"rfc6455-4.1-x\"\n";
        let register = read(&format!("{ENTRY}{second}{}", ENTRY.replace("4.1-x", "4.1-z"))).unwrap();
        let [x, y, z] = [0, 1, 2].map(|at| register.entries()[at].id);
        assert!(register.same_test(x, y));
        assert!(!register.same_test(x, z));
        assert_eq!(register.group_of(y), [x, y]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert!(
            complaint(&format!("{ENTRY}colour = \"red\"\n"))
                .starts_with("requirements/a.toml:19: rfc6455-4.1-x: unknown field `colour`")
        );
        assert!(
            complaint(&ENTRY.replace("level = \"MUST NOT\"", "level = \"MUSTNT\""))
                .starts_with("requirements/a.toml:8: rfc6455-4.1-x: unknown word `MUSTNT`")
        );
        assert!(
            complaint(&format!("{ENTRY}{ENTRY}")).starts_with("requirements/a.toml:21: rfc6455-4.1-x stands twice")
        );
        assert!(complaint(&ENTRY.replace("rfc6455-", "rfc9110-")).contains("no id of rfc6455"));
        assert!(complaint(&ENTRY.replace("4.1-x", "4.1-X")).contains("no id of rfc6455"));
        assert!(complaint(&ENTRY.replace("rfc6455-4.1-x", "rfc64554.1-x")).contains("no id of rfc6455"));
        assert!(complaint(&ENTRY.replace("must-reject", "either")).contains("`strict` does not fit"));
        assert!(
            complaint(&format!("{ENTRY}strict = \"accept\"\nstrict_why = \"w\"\n")).contains("`strict` does not fit")
        );
        let alone = ENTRY.replace("must-reject", "either") + "strict = \"accept\"\n";
        assert!(complaint(&alone).contains("belong together"));
        assert!(complaint(&ENTRY.replace("client-sends", "browser")).contains("not a duty of an endpoint"));
        let second = ENTRY.replace("4.1-x", "4.1-y").replace("state = \"core\"\n", "");
        assert!(
            complaint(&format!("{ENTRY}{second}"))
                .starts_with("requirements/a.toml:20: rfc6455-4.1-y: missing field `state`")
        );
        assert!(complaint("requirement = []").contains("has no requirement"));
        assert!(complaint(&ENTRY.replace("\"s\"", "\"\"")).contains("`summary` is empty"));
        assert!(complaint(&format!("{ENTRY}status_must = [99]\n")).contains("a status that is none"));
    }

    #[test]
    fn a_core_entry_says_what_it_stands_on_whom_it_hurts_and_what_to_do() {
        let without =
            |line: &str| complaint(&ENTRY.lines().filter(|its| !its.starts_with(line)).collect::<Vec<_>>().join("\n"));
        for (line, member) in [
            ("words.duty", "words.duty"),
            ("impact", "impact"),
            ("impact_why", "impact_why"),
            ("fix", "fix"),
            ("no_counterpart", "counterpart"),
        ] {
            let said = without(&format!("{line} "));
            assert!(
                said.starts_with(&format!("requirements/a.toml:5: rfc6455-4.1-x: `{member}` is missing")),
                "{said}"
            );
        }
        let planned = ENTRY.replace("\"core\"", "\"planned\"").replace("fix = \"f\"\n", "");
        assert!(read(&planned).is_ok());
        let with = |member: &str| complaint(&format!("{ENTRY}{member}\n"));
        assert!(with("weight = \"hygiene\"").contains("belong together"));
        assert!(read(&format!("{ENTRY}weight = \"hygiene\"\nweight_why = \"w\"\n")).is_ok());
        let may = ENTRY.replace("MUST NOT", "MAY");
        let said = complaint(&format!("{may}weight = \"hygiene\"\nweight_why = \"w\"\n"));
        assert!(said.contains("`weight` at the level MAY"), "{said}");
    }

    #[test]
    fn the_words_are_few_and_say_the_level() {
        let quoted = |text: &str| read(&ENTRY.replace("text = \"MUST NOT\"", &format!("text = \"{text}\"")));
        assert!(quoted("a sender SHALL NOT do it").is_ok());
        for other in ["MUST", "the server MUST do it", "SHOULD NOT", "MAY", "must not"] {
            let said = quoted(other).unwrap_err().to_string();
            assert!(said.contains("`words.duty` does not say MUST NOT"), "{said}");
        }
        assert!(
            quoted("one two three four five six seven MUST NOT").unwrap_err().to_string().contains("more than 8 words")
        );
        assert!(quoted("").unwrap_err().to_string().contains("words without a text"));
        assert_eq!(level_in("it is NOT RECOMMENDED"), Some(Level::ShouldNot));
        assert_eq!(level_in("RECOMMENDED that"), Some(Level::Should));
        assert_eq!(level_in("an OPTIONAL field"), Some(Level::May));
        assert_eq!(level_in("REQUIRED"), Some(Level::Must));
    }

    #[test]
    fn a_contested_entry_has_both_readings() {
        let reading = |name: &str, text: &str| {
            format!(
                "contested.{name} = {{ reading = \"{name}.\", words = {{ document = \"rfc9110\", section = \"2.4\", text = \"{text}\" }} }}\n"
            )
        };
        let both = format!("{ENTRY}{}{}", reading("strict", "a"), reading("other", "b"));
        let register = read(&both).unwrap();
        assert_eq!(
            register.entries()[0].readings(),
            ["strict. (\"a\", RFC 9110 §2.4)", "other. (\"b\", RFC 9110 §2.4)"]
        );
        assert!(read(ENTRY).unwrap().entries()[0].readings().is_empty());
        assert!(complaint(&format!("{ENTRY}{}", reading("strict", "a"))).contains("missing field `other`"));
        let either = both.replace("must-reject", "either") + "strict = \"accept\"\nstrict_why = \"w\"\n";
        assert!(read(&either).is_ok(), "what a client sends is its duty, whatever the recipient may do");
        let reads = either.replace("client-sends", "server-verifies");
        assert!(complaint(&reads).contains("contested, and `expected` is either"));
    }

    #[test]
    fn a_counterpart_is_a_duty_of_the_other_end() {
        let counterpart = |role: &str| {
            let faced = ENTRY.replace("4.1-x", "4.1-y").replace("client-sends", role);
            let entry = ENTRY.replace("no_counterpart = \"n\"", "counterpart = \"rfc6455-4.1-y\"");
            read(&format!("{entry}{}", faced.replace("\"core\"", "\"planned\"")))
        };
        let register = counterpart("server-verifies").unwrap();
        assert_eq!(register.entries()[0].counterpart, Some(register.entries()[1].id));
        assert!(counterpart("server-sends").is_ok());
        for role in ["client-sends", "client-verifies", "intermediary", "browser"] {
            let said = counterpart(role).unwrap_err().to_string();
            assert!(said.starts_with("requirements/a.toml:5: rfc6455-4.1-x: counterpart rfc6455-4.1-y is "), "{said}");
        }
        assert!(
            complaint(&format!("{ENTRY}counterpart = \"rfc6455-4.1-z\"\n"))
                .contains("`counterpart` and `no_counterpart`")
        );
        let said = complaint(&ENTRY.replace("no_counterpart = \"n\"", "counterpart = \"rfc6455-4.1-z\""));
        assert!(
            said.starts_with("requirements/a.toml:5: rfc6455-4.1-x: unknown counterpart rfc6455-4.1-z: "),
            "{said}"
        );
    }

    #[test]
    fn a_level_is_that_of_the_register_or_of_the_build_where_the_entry_is_left_out() {
        let register = read(&ENTRY.replace("rfc6455-4.1-x", r::RFC6455_4_1_REQ_HOST.id.as_str())).unwrap();
        assert_eq!(register.owed(&r::RFC6455_4_1_REQ_HOST).level, Level::MustNot);
        assert_eq!(register.owed(&r::RFC9110_7_2_HOST_FIRST).level, Level::Should);
    }

    #[test]
    fn an_id_that_is_loaded_twice_is_one() {
        let load = || read(ENTRY).unwrap().entries()[0].id;
        assert_eq!(load(), load());
        assert!(std::ptr::eq(load().as_str(), load().as_str()));
    }

    #[test]
    fn the_register_of_the_project_loads() {
        assert_eq!(of_the_project().get(r::RFC6455_4_2_1_UPGRADE_MISSING.id).map(Entry::is_core), Some(true));
    }
}
