//! The files of the ledger: `conformance/divergences/<peer>.toml`, read strictly.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Behaviour, Cut, Direction, Divergence, Ledger, Reading, Reproducer, Uses, lists};
use crate::judgement::{Permitted, Role};
use crate::suite::exchange::{Delivery, Exchange};
use crate::suite::law::marks::{Element, Marks, Rendering};
use crate::suite::law::members::{RawEnd, RawNeeds, RawOptions};
use crate::suite::law::register::{Register, is_slug};
use crate::suite::law::source::{DataError, Text, Wrong};
use crate::suite::law::vectors::Vectors;
use crate::suite::law::words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    peer: String,
    versions: Vec<String>,
    #[serde(default)]
    divergence: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    role: Role,
    requirement: Option<String>,
    behaviour: Option<Behaviour>,
    direction: Direction,
    delivery: Option<Cut>,
    error: Option<String>,
    uses: Option<Uses>,
    reads: Option<Reading>,
    octets: Option<Vec<Element>>,
    split: Option<RawSplit>,
    end: Option<RawEnd>,
    #[serde(default, deserialize_with = "words::object")]
    needs: Option<RawNeeds>,
    key: Option<String>,
    uri: Option<String>,
    #[serde(default, deserialize_with = "words::object")]
    options: Option<RawOptions>,
    sealed: Option<String>,
    checked: Option<Checked>,
    with: Option<Vec<String>>,
    vectors: Option<Vec<String>>,
    #[serde(default, deserialize_with = "words::object")]
    sealed_vectors: Option<lists::RawSeal>,
    reason: String,
    clause: String,
    upstream: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Checked {
    Never,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "`split` is an array of offsets or \"octets\"")]
enum RawSplit {
    At(Vec<usize>),
    Each(Each),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Each {
    Octets,
}

/// Reads one file. What is wrong with it is added to the errors.
pub(in crate::suite) fn read(
    text: &Text,
    register: &Register,
    marks: &Marks,
    vectors: Option<&Vectors>,
    errors: &mut Vec<DataError>,
) -> Option<Ledger> {
    let file: File = text.toml_or("The ledger", errors)?;
    let before = errors.len();
    let mut wrong = |line, message: String, remedy: &str| errors.push(text.error(line, message, remedy));
    if file.schema != 1 {
        wrong(None, format!("schema {} is unknown", file.schema), "write `schema = 1`");
    }
    if file.peer != text.stem() || !is_slug(&file.peer) {
        wrong(
            None,
            format!("peer `{}` is not the name of the file", file.peer),
            "name the file <peer>.toml, [a-z0-9.-]",
        );
    }
    if file.versions.is_empty() {
        wrong(None, "`versions` is empty".to_owned(), "write the exact versions of which this is known");
    }
    let mut ids = HashSet::new();
    let mut divergences = Vec::new();
    for raw in file.divergence {
        let id = raw.id.clone();
        let place = format!("{}/{}/", file.peer, raw.role);
        if !ids.insert(id.clone()) {
            wrong(text.line_of(&id, 1), format!("{id} stands twice"), "give each entry an id of its own");
        }
        if !id.strip_prefix(&place).is_some_and(|slug| !slug.is_empty() && is_slug(slug)) {
            wrong(
                text.line_of(&id, 0),
                format!("{id} is not {place}<slug>"),
                "mend the id or `role`, [a-z0-9.-] in the slug",
            );
        }
        match typed(raw, register, marks, vectors) {
            Ok(divergence) => {
                divergences.push(Divergence { place: (text.file.clone(), text.line_of(&id, 0)), ..divergence })
            }
            Err((message, remedy)) => wrong(text.line_of(&id, 0), format!("{id}: {message}"), remedy),
        }
    }
    for entry in divergences.iter().filter(|entry| entry.is_never_checked) {
        if let Some(vector) = vectors.and_then(|vectors| lists::rejected(entry, &divergences, register, vectors)) {
            let message = format!("{}: says that it is never checked, and no entry lists {vector}", entry.id);
            wrong(text.line_of(&entry.id, 0), message, "remove `checked`, or let `ws101 diff --bless` write the lists");
        }
    }
    (errors.len() == before).then_some(Ledger { peer: file.peer, versions: file.versions, is_exact: true, divergences })
}

fn typed(raw: Raw, register: &Register, marks: &Marks, vectors: Option<&Vectors>) -> Result<Divergence, Wrong> {
    let entry = match &raw.requirement {
        None => None,
        Some(id) => match register.find(id) {
            Some(entry) => Some(entry),
            None => return Err((format!("unknown requirement {id}"), "use an id of requirements/")),
        },
    };
    fits(&raw, entry.map(|entry| entry.expected))?;
    let record =
        lists::record(raw.role, raw.sealed.is_some(), raw.sealed_vectors.as_ref(), raw.vectors.as_deref(), vectors)?;
    let mut rendering = Rendering::new(marks, &[]);
    let reproducer = match (raw.octets, raw.uri, raw.sealed) {
        (Some(elements), None, None) => {
            let (octets, _) = rendering.octets(&elements)?;
            let mut exchange = Exchange::new(raw.role, octets);
            exchange.end = raw.end.into();
            exchange.needs = raw.needs.map(|needs| needs.render(&mut rendering)).unwrap_or_default();
            exchange.key = raw.key.map(|key| rendering.text(&key)).or(exchange.key);
            exchange.delivery = match raw.split {
                None => Delivery::Whole,
                Some(RawSplit::Each(Each::Octets)) => Delivery::Octets,
                Some(RawSplit::At(at)) => {
                    let inside = at.iter().all(|&offset| offset > 0 && offset < exchange.octets.len());
                    if at.is_empty() || !inside || !at.is_sorted_by(|a, b| a < b) {
                        return Err((
                            "`split` is not ascending inside the octets".to_owned(),
                            "give the offsets between octets",
                        ));
                    }
                    Delivery::Split(at)
                }
            };
            let divided = !Cut::Whole.is(&exchange.delivery, exchange.octets.len());
            let split = raw.delivery == Some(Cut::Split) || raw.behaviour == Some(Behaviour::Split);
            if split != divided && (split || raw.delivery.is_some()) {
                return Err((
                    "`delivery` and `split` contradict each other".to_owned(),
                    "cut the reproducer as `delivery` says",
                ));
            }
            Reproducer::Octets(exchange)
        }
        (None, Some(uri), None) => {
            let building = raw.options.unwrap_or_default().render(&uri, &mut rendering);
            Reproducer::Options(building?)
        }
        (None, None, Some(digest)) => {
            lists::is_digest("sealed", &digest)?;
            Reproducer::Sealed(digest)
        }
        _ => {
            let what = "has none of `octets`, `uri` and `sealed`, or more than one";
            return Err((what.to_owned(), "give one reproducer"));
        }
    };
    let requirement = entry.map(|entry| entry.id);
    let known = |id: String| match register.find(&id) {
        Some(entry) => Ok(entry.id),
        None => Err((format!("`with` names {id}, which is no requirement"), "use an id of requirements/")),
    };
    let with = raw.with.map(|with| with.into_iter().map(known).collect::<Result<Vec<_>, _>>()).transpose()?;
    Ok(Divergence {
        id: raw.id,
        role: raw.role,
        requirement,
        behaviour: raw.behaviour,
        direction: raw.direction,
        delivery: raw.delivery,
        error: raw.error,
        uses: raw.uses,
        reads: raw.reads,
        reproducer,
        reason: raw.reason,
        clause: raw.clause,
        upstream: raw.upstream,
        covers: requirement.map(|id| register.group_of(id)).unwrap_or_default(),
        record,
        is_never_checked: raw.checked.is_some(),
        with,
        companions: OnceLock::new(),
        place: Default::default(),
    })
}

/// Whether the members fit each other.
fn fits(raw: &Raw, expected: Option<Permitted>) -> Result<(), Wrong> {
    let wrong = |message: &str, remedy: &'static str| Err((message.to_owned(), remedy));
    if raw.requirement.is_none() && raw.behaviour.is_none() {
        return wrong("has neither `requirement` nor `behaviour`", "write what it departs from");
    }
    let direction = match raw.behaviour {
        None => raw.direction,
        Some(Behaviour::Split) => Direction::Refuses,
        Some(Behaviour::Crash | Behaviour::Hang | Behaviour::Octets) => Direction::Answers,
    };
    if direction != raw.direction {
        return wrong(
            "`direction` does not fit `behaviour`",
            "write refuses for split, answers for crash, hang and octets",
        );
    }
    match (raw.direction, raw.behaviour, expected) {
        (Direction::Accepts, _, Some(Permitted::MustAccept | Permitted::Either)) => {
            return wrong("accepts what may be accepted", "name a requirement that is must-reject");
        }
        (Direction::Refuses, None, Some(Permitted::MustReject | Permitted::Either)) => {
            return wrong("refuses what may be refused", "name a requirement that is must-accept");
        }
        _ => {}
    }
    if raw.checked.is_some()
        && (raw.direction != Direction::Accepts || raw.sealed.is_some() || raw.requirement.is_none())
    {
        return wrong("`checked` speaks of a requirement that is open and not looked at", "remove it");
    }
    if raw.checked.is_some() && raw.vectors.is_none() {
        return wrong("`checked` is shown by `vectors`, and there are none", "remove it");
    }
    if raw.with.is_some() && (raw.direction != Direction::Accepts || raw.octets.is_none() || raw.checked.is_some()) {
        return wrong("`with` speaks of what is accepted among other faults, in octets that are open", "remove it");
    }
    if raw.direction != Direction::Accepts && (raw.uses.is_some() || raw.reads.is_some()) {
        return wrong(
            "`uses` and `reads` speak of what is accepted",
            "remove them, or write `direction = \"accepts\"`",
        );
    }
    let errs = raw.direction == Direction::Refuses || raw.behaviour == Some(Behaviour::Crash);
    if raw.error.is_some() && !errs {
        return wrong("`error` speaks of a refusal or a crash", "remove it");
    }
    let octets = raw.split.is_some() || raw.end.is_some() || raw.needs.is_some() || raw.key.is_some();
    if raw.octets.is_none() && (octets || raw.delivery.is_some()) || raw.uri.is_none() && raw.options.is_some() {
        return wrong(
            "has members of the other reproducer",
            "use split, end, needs, key with octets, and options with uri",
        );
    }
    if raw.role == Role::Server && (raw.key.is_some() || raw.uri.is_some()) {
        return wrong("`key` and `uri` are of a client", "remove them, or mend `role`");
    }
    if raw.role == Role::Client && raw.needs.as_ref().is_some_and(RawNeeds::only_for_servers) {
        return wrong("a client needs no origins, resources or authorities", "remove them");
    }
    if raw.error.as_deref() == Some("") {
        return wrong("`error` is empty", "write a part of the peer's own error, or remove it");
    }
    if [&raw.reason, &raw.clause].iter().any(|text| text.trim().is_empty()) {
        return wrong("`reason` or `clause` is empty", "write one sentence, and the clause");
    }
    if raw.upstream.as_ref().is_some_and(|link| !link.starts_with("https://")) {
        return wrong("`upstream` is no link", "give the https address of the thread");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::judgement::{RequirementId, requirements as r};
    use crate::suite::exchange::End;
    use crate::suite::law::register::of_the_project;
    use crate::suite::law::source::{DataErrors, Source};

    static ENTRY: LazyLock<String> = LazyLock::new(|| {
        let entry = r#"
[[divergence]]
id = "peer/server/key-twice"
role = "server"
requirement = "{id}"
direction = "accepts"
uses = "last"
octets = ["GET {target} HTTP/1.1\r\n", "\r\n"]
reason = "r"
clause = "RFC 6455 §11.3.1"
"#;
        entry.replace("{id}", KEY_TWICE.as_str())
    });

    const KEY_TWICE: RequirementId = r::RFC6455_11_3_1_KEY_ONCE_SERVER.id;

    fn read(entries: &str) -> Result<Vec<Ledger>, DataErrors> {
        let marks = Marks::load(&Source::Embedded).unwrap();
        let text = format!("schema = 1\npeer = \"peer\"\nversions = [\"1.0.0\"]\n{entries}");
        Ledger::read_all(&[Text::new("divergences/peer.toml", text)], of_the_project(), &marks, None)
    }

    fn complaint(from: &str, to: &str) -> String {
        assert!(ENTRY.contains(from), "{from}");
        read(&ENTRY.replace(from, to)).map(|_| String::new()).unwrap_or_else(|errors| errors.to_string())
    }

    /// An entry that is about another requirement.
    fn about(entry: &str, id: RequirementId) -> String {
        entry.replace(KEY_TWICE.as_str(), id.as_str())
    }

    fn one(entry: &str) -> Divergence {
        read(entry).unwrap_or_else(|errors| panic!("{errors}"))[0].divergences()[0].clone()
    }

    #[test]
    fn an_entry_is_read() {
        let entry = one(&ENTRY);
        assert_eq!((entry.direction, entry.uses, entry.delivery), (Direction::Accepts, Some(Uses::Last), None));
        let Reproducer::Octets(exchange) = &entry.reproducer else { panic!("{entry:?}") };
        assert_eq!((exchange.octets.as_slice(), exchange.role), (&b"GET /chat HTTP/1.1\r\n\r\n"[..], Role::Server));
        assert!(entry.covers(KEY_TWICE));
        assert!(!entry.covers(r::RFC6455_4_2_1_UPGRADE_MISSING.id));
    }

    #[test]
    fn an_entry_covers_the_group_of_its_requirement() {
        let entry = one(&about(&ENTRY, r::RFC9112_3_2_HOST_REQUIRED.id));
        assert!(entry.covers(r::RFC6455_4_2_1_HOST_MISSING.id), "{:?}", entry.covers);
    }

    #[test]
    fn the_reproducer_has_a_delivery_an_end_and_a_key() {
        let client = ENTRY
            .replace("peer/server", "peer/client")
            .replace(
                "role = \"server\"",
                "role = \"client\"\nend = \"half-close\"\nkey = \"k\"\ndelivery = \"split\"\nsplit = [1, 5]",
            )
            .replace(KEY_TWICE.as_str(), r::RFC6455_4_1_RESP_ACCEPT_MISSING.id.as_str());
        let entry = one(&client);
        let Reproducer::Octets(exchange) = &entry.reproducer else { panic!("{entry:?}") };
        assert_eq!(exchange.delivery, Delivery::Split(vec![1, 5]));
        assert_eq!((exchange.end, exchange.key.as_deref()), (End::HalfClosed, Some("k")));
        assert!(entry.may_show_in(exchange));
        assert!(!entry.may_show_in(&Exchange { delivery: Delivery::Whole, ..exchange.clone() }));
        assert!(!entry.may_show_in(&Exchange { role: Role::Server, ..exchange.clone() }));
        let octets = client.replace("split = [1, 5]", "split = \"octets\"");
        assert!(one(&octets).may_show_in(exchange));
        for wrong in ["[]", "[5, 1]", "[1, 1]", "[0, 5]", "[1, 22]", "[1, 9999]"] {
            let said = read(&client.replace("[1, 5]", wrong)).unwrap_err().to_string();
            assert!(said.contains("is not ascending inside the octets"), "{wrong}: {said}");
        }
        for wrong in ["\"whole\"", "3"] {
            assert!(read(&client.replace("[1, 5]", wrong)).is_err(), "{wrong}");
        }
        let whole = client.replace("delivery = \"split\"", "delivery = \"whole\"");
        assert!(read(&whole).unwrap_err().to_string().contains("contradict each other"));
    }

    #[test]
    fn the_error_is_a_part_of_the_peers_own() {
        let refuses = ENTRY
            .replace(KEY_TWICE.as_str(), r::RFC6455_4_2_1_UPGRADE_LIST.id.as_str())
            .replace("direction = \"accepts\"\nuses = \"last\"", "direction = \"refuses\"\nerror = \"no upgrade\"");
        let entry = one(&refuses);
        assert!(entry.has_error(Some("there is no upgrade here")));
        assert!(!entry.has_error(Some("other")) && !entry.has_error(None));
        assert!(one(&refuses.replace("error = \"no upgrade\"\n", "")).has_error(None));
    }

    #[test]
    fn what_is_wrong_with_an_entry_is_told() {
        let octets = "octets = [\"GET {target} HTTP/1.1\\r\\n\", \"\\r\\n\"]";
        let sealed = |digest: &str| format!("sealed = \"{digest}\"");
        for (from, to, message) in [
            ("reason", "colour = 1\nreason", "divergences/peer.toml:12: peer/server/key-twice: unknown field `colour`"),
            ("peer/server/key-twice", "peer/client/key-twice", "is not peer/server/<slug>"),
            ("peer/server/key-twice", "other/server/key-twice", "is not peer/server/<slug>"),
            ("peer/server/key-twice", "peer/server/", "is not peer/server/<slug>"),
            ("peer/server/key-twice", "peer/server/Key", "is not peer/server/<slug>"),
            ("key-once-server", "key-ounce", "unknown requirement"),
            (&format!("requirement = \"{KEY_TWICE}\""), "", "neither `requirement` nor `behaviour`"),
            ("direction", "behaviour = \"crash\"\ndirection", "`direction` does not fit `behaviour`"),
            (KEY_TWICE.as_str(), r::RFC6455_4_2_1_UPGRADE_LIST.id.as_str(), "accepts what may be accepted"),
            ("\"accepts\"\nuses = \"last\"", "\"refuses\"", "refuses what may be refused"),
            ("\"accepts\"", "\"answers\"", "speak of what is accepted"),
            ("\"accepts\"\nuses = \"last\"", "\"answers\"\nreads = \"as-sp\"", "speak of what is accepted"),
            ("uses", "error = \"e\"\nuses", "speaks of a refusal"),
            ("uses", "with = [\"key\"]\nuses", "`with` names key, which is no requirement"),
            ("\"accepts\"\nuses = \"last\"", "\"answers\"\nwith = []", "`with` speaks of what is accepted"),
            ("uses", "with = []\nuses", ""),
            ("octets =", "uri = \"ws://h\"\noctets =", "`key` and `uri` are of a client"),
            (octets, "", "none of `octets`, `uri` and `sealed`"),
            ("octets", "options = {}\noctets", "of the other reproducer"),
            ("octets", "key = \"k\"\noctets", "are of a client"),
            ("GET", "\\u0100", "beyond U+00FF"),
            ("\"r\"", "\" \"", "is empty"),
            ("\"RFC 6455 §11.3.1\"", "\"\"", "is empty"),
            ("reason", "upstream = \"tracker\"\nreason", "is no link"),
            ("octets =", "sealed = \"aa\"\noctets =", "or more than one"),
            (octets, &sealed(&"0A".repeat(32)), "is no SHA-256"),
            (octets, &sealed(&"0a".repeat(31)), "is no SHA-256"),
            (octets, &sealed(&"0a".repeat(32)), ""),
            ("GET", "PUT", ""),
        ] {
            let said = complaint(from, to);
            assert_eq!(message.is_empty(), said.is_empty(), "{from} -> {to}: {said}");
            assert!(said.contains(message), "{from} -> {to}: {said}");
        }
        assert!(
            read(&ENTRY.repeat(2)).unwrap_err().to_string().contains("toml:16: peer/server/key-twice stands twice")
        );
    }

    #[test]
    fn the_members_belong_to_the_reproducer_and_the_role() {
        let client = ENTRY.replace("server", "client").replace("11.3.1-key-once-client", "4.1-resp-accept-missing");
        let octets = "octets = [\"GET {target} HTTP/1.1\\r\\n\", \"\\r\\n\"]";
        assert!(read(&client).is_ok());
        let built = client.replace(octets, "uri = \"ws://h/\"");
        assert!(read(&built).is_ok() && read(&built.replace("uri", "options = {}\nuri")).is_ok());
        for member in [
            "split = [1]",
            "end = \"half-close\"",
            "needs = {protocols = [\"a\"]}",
            "key = \"k\"",
            "delivery = \"split\"",
        ] {
            let said = read(&built.replace("uri", &format!("{member}\nuri"))).unwrap_err().to_string();
            assert!(said.contains("of the other reproducer"), "{member}: {said}");
        }
        for member in ["origins", "resources", "authorities"] {
            let needs = format!("needs = {{{member} = [\"a\"]}}\noctets");
            let said = read(&client.replace("octets", &needs)).unwrap_err().to_string();
            assert!(said.contains("a client needs no"), "{member}: {said}");
            assert!(read(&ENTRY.replace("octets", &needs)).is_ok(), "{member}");
        }
        assert!(read(&client.replace("octets", "needs = {protocols = [\"a\"]}\noctets")).is_ok());
    }

    #[test]
    fn a_ledger_without_an_entry_is_the_ledger_less_that_entry() {
        let ledger = &read(&ENTRY).unwrap()[0];
        assert!(ledger.get("peer/server/key-twice").is_some());
        assert!(ledger.without("peer/server/key-twice").divergences().is_empty());
        assert_eq!(ledger.without("peer/server/other"), *ledger);
    }

    #[test]
    fn the_file_is_named_after_the_peer() {
        let register = Register::default();
        let text = Text::new("divergences/peer.toml", "schema = 1\npeer = \"pear\"\nversions = []\n");
        let errors = Ledger::read_all(&[text], &register, &Marks::default(), None).unwrap_err().to_string();
        assert!(errors.contains("`pear` is not the name") && errors.contains("`versions` is empty"), "{errors}");
    }
}
