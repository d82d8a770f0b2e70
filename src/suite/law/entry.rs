//! One requirement of the register, and what is wrong with it in itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::judgement::{Decision, Duty, Level, Owed, Permitted, RequirementId, Severity};

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

/// A few words of a document, as they stand there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fragment {
    /// The document, in lower case, where it is another than that of the entry.
    #[serde(default)]
    document: Option<String>,
    /// The section, by its number.
    section: String,
    /// At most eight words.
    text: String,
}

impl Fragment {
    /// As many words as a fragment may have: the words that decide, never a sentence.
    const WORDS: usize = 8;
}

/// The words that a requirement stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// What it is about, or when it holds.
    #[serde(default)]
    condition: Option<Fragment>,
    /// The key word that gives it its level.
    #[serde(default)]
    duty: Option<Fragment>,
}

/// Who is hurt where a requirement is violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// A third party gains by it.
    Security,
    /// A conforming counterpart cannot connect, or misreads.
    Interop,
    /// Something hangs, or is lost in silence.
    Robustness,
    /// What nobody sends is accepted.
    Strictness,
}

/// What a violation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// It changes neither what either end understands nor where a message ends: shown, and no failure.
    Hygiene,
}

/// One of two careful readings of the same words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// What it takes the text to say.
    pub reading: String,
    /// The words that it leans on.
    pub words: Fragment,
}

/// Two careful readings of a requirement: the strict one, by which the reference goes, and one that leaves free what it demands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contested {
    /// The reading that `expected` and the reference follow.
    pub strict: Reading,
    /// The reading that leaves it free.
    pub other: Reading,
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
    /// Why there is none.
    #[serde(default)]
    pub no_counterpart: Option<String>,
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
    /// The words of the documents that it stands on.
    #[serde(default)]
    words: Words,
    /// Both readings, where two careful ones stand.
    #[serde(default)]
    pub contested: Option<Contested>,
    /// Who is hurt where it is violated.
    #[serde(default)]
    pub impact: Option<Impact>,
    /// How.
    #[serde(default)]
    pub impact_why: Option<String>,
    /// How an implementation mends a violation.
    #[serde(default)]
    pub fix: Option<String>,
    /// What a violation counts, where that is less than its level says.
    #[serde(default)]
    pub weight: Option<Weight>,
    /// Why.
    #[serde(default)]
    pub weight_why: Option<String>,
    /// The name that entries share which are the same test seen from several clauses.
    #[serde(default)]
    group: Option<String>,
    /// RFC Editor erratum numbers.
    #[serde(default)]
    pub errata: Vec<u32>,
    /// Anything else.
    #[serde(default)]
    pub notes: Option<String>,
    /// Numbers that stand in no document: the project's own.
    #[serde(default)]
    pub ours: BTreeMap<String, u32>,
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

    /// What is owed by it.
    pub fn owed(&self) -> Owed {
        let severity = match self.level {
            Level::Must | Level::MustNot if self.contested.is_some() => Severity::Contested,
            Level::Must | Level::MustNot if self.weight.is_none() => Severity::Fail,
            Level::Must | Level::MustNot | Level::Should | Level::ShouldNot => Severity::NonStrict,
            Level::May | Level::Info => Severity::Informational,
        };
        Owed { level: self.level, severity }
    }

    /// What is wrong with it in a file of the document: what, and what to do about it.
    pub(super) fn faults(&self, document: &str) -> Vec<(String, &'static str)> {
        let is_of = |rest: &str| rest.starts_with('-') && rest.len() > 1 && is_slug(rest);
        let is_its = self.id.as_str().strip_prefix(document).is_some_and(is_of);
        let is_status = |status: &u16| (100..600).contains(status);
        let mut faults = Vec::new();
        let mut wrong = |is_wrong: bool, what: &str, remedy: &'static str| {
            if is_wrong {
                faults.push((what.to_owned(), remedy));
            }
        };
        wrong(!is_its, &format!("no id of {document}"), "begin it with the document and a hyphen, [a-z0-9.-]");
        wrong(
            (self.expected == Permitted::Either) != self.strict.is_some(),
            "`strict` does not fit `expected`",
            "give `strict` if, and only if, `expected` is either",
        );
        wrong(
            self.strict.is_some() != self.strict_why.is_some(),
            "`strict` and `strict_why` belong together",
            "give both or neither",
        );
        wrong(
            self.weight.is_some() != self.weight_why.is_some(),
            "`weight` and `weight_why` belong together",
            "give both or neither",
        );
        wrong(
            self.counterpart.is_some() && self.no_counterpart.is_some(),
            "`counterpart` and `no_counterpart`",
            "drop one",
        );
        wrong(
            self.weight.is_some() && !matches!(self.level, Level::Must | Level::MustNot),
            &format!("`weight` at the level {}", self.level),
            "drop it: only a MUST is lightened",
        );
        wrong(
            self.contested.is_some() && self.expected == Permitted::Either && self.duty.is_reading(),
            "contested, and `expected` is either",
            "drop one: where the RFCs leave the choice, nobody is accused",
        );
        wrong(
            !self.status_must.iter().chain(&self.status_should).all(is_status),
            "a status that is none",
            "write statuses from 100 to 599",
        );
        wrong(
            self.is_core() && !Duty::ENDPOINTS.contains(&self.duty),
            "not a duty of an endpoint",
            "write `state = \"planned\"`",
        );
        if let (true, Some((member, remedy))) = (self.is_core(), self.lacking()) {
            faults.push((format!("`{member}` is missing"), remedy));
        }
        faults.extend(self.misquoted());
        if let Some(member) = self.empty() {
            faults.push((format!("`{member}` is empty"), "write it or remove it"));
        }
        faults
    }

    /// A text that says nothing.
    fn empty(&self) -> Option<&'static str> {
        let Entry { section, summary, observable, detail, strict_why, group, notes, .. } = self;
        let Entry { impact_why, fix, weight_why, no_counterpart, .. } = self;
        let texts = [("section", section), ("summary", summary), ("observable", observable)];
        let optional = [
            ("detail", detail),
            ("strict_why", strict_why),
            ("impact_why", impact_why),
            ("fix", fix),
            ("weight_why", weight_why),
            ("no_counterpart", no_counterpart),
            ("group", group),
            ("notes", notes),
        ];
        let optional = optional.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        texts.into_iter().chain(optional).find(|(_, text)| text.is_empty()).map(|(name, _)| name)
    }

    /// What an entry by which the suite judges has to say, and does not: the member, and why it is owed.
    fn lacking(&self) -> Option<(&'static str, &'static str)> {
        let owed = [
            ("impact", self.impact.is_some(), "say who is hurt where it is violated"),
            ("impact_why", self.impact_why.is_some(), "say how, in a sentence"),
            ("fix", self.fix.is_some(), "say how an implementation mends it"),
            (
                "counterpart",
                self.counterpart.is_some() || self.no_counterpart.is_some(),
                "name the same matter as a duty of the other end, or say in `no_counterpart` why there is none",
            ),
            (
                "words.duty",
                self.words.duty.is_some() || matches!(self.level, Level::May | Level::Info),
                "quote the key word that gives it its level, or lower the level",
            ),
        ];
        owed.into_iter().find(|(_, is_there, _)| !is_there).map(|(member, _, remedy)| (member, remedy))
    }

    /// What is wrong with the words that it quotes.
    fn misquoted(&self) -> Option<(String, &'static str)> {
        let Words { condition, duty } = &self.words;
        let readings = self.contested.iter().flat_map(|both| [&both.strict, &both.other]);
        let fragments = condition.iter().chain(duty).chain(readings.clone().map(|reading| &reading.words));
        if let Some(long) = fragments.clone().find(|its| its.text.split_whitespace().count() > Fragment::WORDS) {
            return Some((format!("more than {} words: {}", Fragment::WORDS, long.text), "quote those that decide"));
        }
        if fragments.clone().any(|its| its.text.is_empty() || its.section.is_empty()) {
            return Some(("words without a text or a section".to_owned(), "write both"));
        }
        if let Some(other) = fragments.filter_map(|its| its.document.as_ref()).find(|its| !is_document(its)) {
            return Some((format!("words of `{other}`, which is no document"), "write one like \"rfc9110\""));
        }
        if readings.into_iter().any(|its| its.reading.is_empty()) {
            return Some(("a reading that says nothing".to_owned(), "write what the reader takes the words to say"));
        }
        let level = duty.as_ref().map(|duty| level_in(&duty.text));
        level.is_some_and(|level| level != Some(self.level)).then(|| {
            let remedy = "quote the words that have the key word of the level, or change the level";
            (format!("`words.duty` does not say {}", self.level), remedy)
        })
    }

    /// The words that say when it holds, and those that give it its level: where each stands, and what.
    pub fn words(&self) -> impl Iterator<Item = (&'static str, String, &str)> {
        let Words { condition, duty } = &self.words;
        let named = [("condition", condition), ("duty", duty)];
        named
            .into_iter()
            .filter_map(|(name, words)| Some((name, self.cite(words.as_ref()?), words.as_ref()?.text.as_str())))
    }

    /// Where a fragment stands, for people: `RFC 6455 §4.2.1`.
    pub fn cite(&self, fragment: &Fragment) -> String {
        cite(fragment.document.as_deref().unwrap_or(&self.document), &fragment.section)
    }

    /// Both readings of a contested requirement, for people, the strict one first; nothing where it has one reading.
    pub fn readings(&self) -> Vec<String> {
        let told = |reading: &Reading| {
            format!("{} (\"{}\", {})", reading.reading, reading.words.text, self.cite(&reading.words))
        };
        self.contested.iter().flat_map(|both| [told(&both.strict), told(&both.other)]).collect()
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

/// The level that the key word in a text gives (RFC 2119 §1 to §5): the first one counts.
pub(super) fn level_in(text: &str) -> Option<Level> {
    let words: Vec<_> = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()).collect();
    let at = |index: usize| words.get(index).copied();
    (0..words.len()).find_map(|index| match (at(index)?, at(index + 1)) {
        ("MUST" | "SHALL", Some("NOT")) => Some(Level::MustNot),
        ("MUST" | "SHALL" | "REQUIRED", _) => Some(Level::Must),
        ("SHOULD", Some("NOT")) | ("NOT", Some("RECOMMENDED")) => Some(Level::ShouldNot),
        ("SHOULD" | "RECOMMENDED", _) => Some(Level::Should),
        ("MAY" | "OPTIONAL", _) => Some(Level::May),
        _ => None,
    })
}

fn is_document(name: &str) -> bool {
    let is_number = |number: &str| !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit());
    name == "whatwg" || name.strip_prefix("rfc").is_some_and(is_number)
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

pub(in crate::suite) fn is_slug(text: &str) -> bool {
    text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
}
