//! The register: every requirement of the opening handshake, as `conformance/requirements/` has it.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};

use super::source::{DataError, DataErrors, Source, Text};
use crate::judgement::{Decision, Duty, Level, Permitted, Requirement, RequirementId};

/// Where a requirement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The keyword stands in the clause.
    Explicit,
    /// An imperative step of an algorithm (RFC 6455 §2).
    Algorithm,
    /// It follows from the ABNF.
    Grammar,
    /// It follows from several clauses.
    Derived,
    /// Text that binds nobody, worth a test all the same.
    NonNormative,
}

/// Whether the suite judges by a requirement yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Visible on HTTP/1.1 between one client and one server: vectors show it, or a reason says why not.
    Core,
    /// Carried along so that nothing is missing in silence.
    Planned,
}

/// One requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The document, in lower case: `rfc6455`. Stands once in the file.
    #[serde(skip)]
    pub document: String,
    /// The stable name: document, section and slug.
    #[serde(deserialize_with = "id")]
    pub id: RequirementId,
    /// The clause.
    pub section: String,
    /// Whose duty it is.
    #[serde(rename = "role")]
    pub duty: Duty,
    /// The same matter as a duty of the other end.
    #[serde(default, deserialize_with = "counterpart")]
    pub counterpart: Option<RequirementId>,
    /// What the sender owes.
    pub level: Level,
    /// Where it comes from.
    pub basis: Basis,
    /// Whether the suite judges by it yet.
    pub state: State,
    /// The requirement in one line.
    pub summary: String,
    /// How a breach, or a use, is provoked or seen from outside.
    pub observable: String,
    /// What the recipient of such a message may do.
    pub expected: Permitted,
    /// Statuses and behaviour.
    #[serde(default)]
    pub detail: Option<String>,
    /// The statuses of a refusal, where the clause fixes them.
    #[serde(default)]
    pub status_must: Vec<u16>,
    /// The statuses that the clause recommends or gives as examples.
    #[serde(default)]
    pub status_should: Vec<u16>,
    /// What the strict reference does, where `expected` leaves a choice.
    #[serde(default)]
    strict: Option<Decision>,
    /// The argument for that side.
    #[serde(default)]
    pub strict_why: Option<String>,
    /// Whether careful readers differ.
    #[serde(default)]
    pub contested: bool,
    /// The name that entries share which are the same test seen from several clauses.
    #[serde(default)]
    group: Option<String>,
    /// RFC Editor erratum numbers.
    #[serde(default)]
    pub errata: Vec<u32>,
    /// Anything else.
    #[serde(default)]
    pub notes: Option<String>,
}

/// Reads an id: only here does a text become one.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RequirementId, D::Error> {
    String::deserialize(deserializer).map(|text| RequirementId::loaded(&text))
}

fn counterpart<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<RequirementId>, D::Error> {
    id(deserializer).map(Some)
}

impl Entry {
    /// What the strict reference does with such a message.
    pub fn strict(&self) -> Decision {
        match self.expected {
            Permitted::MustAccept => Decision::Accept,
            Permitted::MustReject => Decision::Reject,
            Permitted::Either => self.strict.unwrap_or(Decision::Reject),
        }
    }

    /// A text that says nothing.
    fn empty(&self) -> Option<&'static str> {
        let Entry { section, summary, observable, detail, strict_why, group, notes, .. } = self;
        let texts = [("section", section), ("summary", summary), ("observable", observable)];
        let optional = [("detail", detail), ("strict_why", strict_why), ("group", group), ("notes", notes)];
        let optional = optional.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        texts.into_iter().chain(optional).find(|(_, text)| text.is_empty()).map(|(name, _)| name)
    }

    /// The name that the entry shares with others which are the same test; its own id where it stands alone.
    pub fn group(&self) -> &str {
        self.group.as_deref().unwrap_or(self.id.as_str())
    }

    /// Whether vectors or a reason have to show it: a core duty of one of the two ends.
    pub const fn is_core(&self) -> bool {
        matches!(self.state, State::Core)
    }

    /// The clause, for people: `RFC 6455 §4.2.1 item 5`.
    pub fn clause(&self) -> String {
        cite(&self.document, &self.section)
    }
}

/// A document for people: `RFC 6455`.
pub fn document(document: &str) -> String {
    match document.strip_prefix("rfc") {
        Some(number) => format!("RFC {number}"),
        None => document.to_uppercase(),
    }
}

/// A place in a document for people: `RFC 6455 §4.2.1 item 5`.
pub(in crate::suite) fn cite(name: &str, section: &str) -> String {
    let sign = if name.starts_with("rfc") { "§" } else { "" };
    format!("{} {sign}{section}", document(name))
}

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
            match text.toml::<File>("The register") {
                Ok(file) => register.take(text, file, &mut errors),
                Err(error) => errors.push(error),
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
            let mut wrong = |message: String, remedy: &str| errors.push(text.error(line, message, remedy));
            if !id
                .as_str()
                .strip_prefix(&file.document)
                .is_some_and(|rest| rest.starts_with('-') && rest.len() > 1 && is_slug(rest))
            {
                wrong(
                    format!("{id} is no id of {}", file.document),
                    "begin it with the document and a hyphen, [a-z0-9.-]",
                );
            }
            if (entry.expected == Permitted::Either) != entry.strict.is_some() {
                wrong(
                    format!("{id}: `strict` does not fit `expected`"),
                    "give `strict` if, and only if, `expected` is either",
                );
            }
            if entry.strict.is_some() != entry.strict_why.is_some() {
                wrong(format!("{id}: `strict` and `strict_why` belong together"), "give both or neither");
            }
            if let Some(member) = entry.empty() {
                wrong(format!("{id}: `{member}` is empty"), "write it or remove it");
            }
            if entry.status_must.iter().chain(&entry.status_should).any(|status| !(100..600).contains(status)) {
                wrong(format!("{id}: a status that is none"), "write statuses from 100 to 599");
            }
            if entry.is_core() && !Duty::ENDPOINTS.contains(&entry.duty) {
                wrong(format!("{id}: not a duty of an endpoint"), "write `state = \"planned\"`");
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

    /// What the sender owes by a requirement: where a directory leaves the entry out, as this build knows it.
    pub fn level(&self, requirement: &Requirement) -> Level {
        self.get(requirement.id).map_or(requirement.level, |entry| entry.level)
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

pub(in crate::suite) fn is_slug(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::{Role, requirements as r};

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
                .starts_with("requirements/a.toml:14: rfc6455-4.1-x: unknown field `colour`")
        );
        assert!(
            complaint(&ENTRY.replace("MUST NOT", "MUSTNT"))
                .starts_with("requirements/a.toml:8: rfc6455-4.1-x: unknown word `MUSTNT`")
        );
        assert!(
            complaint(&format!("{ENTRY}{ENTRY}")).starts_with("requirements/a.toml:16: rfc6455-4.1-x stands twice")
        );
        assert!(complaint(&ENTRY.replace("rfc6455-", "rfc9110-")).contains("is no id of rfc6455"));
        assert!(complaint(&ENTRY.replace("4.1-x", "4.1-X")).contains("is no id of rfc6455"));
        assert!(complaint(&ENTRY.replace("rfc6455-4.1-x", "rfc64554.1-x")).contains("is no id of rfc6455"));
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
                .starts_with("requirements/a.toml:15: rfc6455-4.1-y: missing field `state`")
        );
        assert!(complaint("requirement = []").contains("has no requirement"));
        assert!(complaint(&ENTRY.replace("\"s\"", "\"\"")).contains("`summary` is empty"));
        assert!(complaint(&format!("{ENTRY}status_must = [99]\n")).contains("a status that is none"));
    }

    #[test]
    fn a_counterpart_is_a_duty_of_the_other_end() {
        let counterpart = |role: &str| {
            let faced = ENTRY.replace("4.1-x", "4.1-y").replace("client-sends", role);
            read(&format!("{ENTRY}counterpart = \"rfc6455-4.1-y\"\n{}", faced.replace("\"core\"", "\"planned\"")))
        };
        let register = counterpart("server-verifies").unwrap();
        assert_eq!(register.entries()[0].counterpart, Some(register.entries()[1].id));
        assert!(counterpart("server-sends").is_ok());
        for role in ["client-sends", "client-verifies", "intermediary", "browser"] {
            let said = counterpart(role).unwrap_err().to_string();
            assert!(said.starts_with("requirements/a.toml:5: rfc6455-4.1-x: counterpart rfc6455-4.1-y is "), "{said}");
        }
        let said = complaint(&format!("{ENTRY}counterpart = \"rfc6455-4.1-z\"\n"));
        assert!(
            said.starts_with("requirements/a.toml:5: rfc6455-4.1-x: unknown counterpart rfc6455-4.1-z: "),
            "{said}"
        );
    }

    #[test]
    fn a_level_is_that_of_the_register_or_of_the_build_where_the_entry_is_left_out() {
        let register = read(&ENTRY.replace("rfc6455-4.1-x", r::RFC6455_4_1_REQ_HOST.id.as_str())).unwrap();
        assert_eq!(register.level(&r::RFC6455_4_1_REQ_HOST), Level::MustNot);
        assert_eq!(register.level(&r::RFC9110_7_2_HOST_FIRST), Level::Should);
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
