//! All vectors together: what has to hold between them, and between them and the register.

use std::collections::HashMap;

use super::marks::Marks;
use super::register::{Register, is_slug};
use super::source::{DataError, DataErrors, Source, Text, Wrong};
use super::vector::{Bearing, Vector};
use super::vector_file;
use crate::judgement::{Permitted, RequirementId};
use crate::suite::exchange::Building;

/// Every vector, by file and then in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Vectors {
    vectors: Vec<Vector>,
    index: HashMap<String, usize>,
}

/// A vector and the file that it stands in.
type Placed<'a> = (&'a Text, Vector);

impl Vectors {
    /// Reads `vectors/`.
    pub fn load(source: &Source, register: &Register, marks: &Marks) -> Result<Vectors, DataErrors> {
        Vectors::read(&source.folder("vectors", "json")?, register, marks)
    }

    pub(in crate::suite) fn read(texts: &[Text], register: &Register, marks: &Marks) -> Result<Vectors, DataErrors> {
        let mut errors = Vec::new();
        let mut placed: Vec<Placed<'_>> = Vec::new();
        for text in texts {
            placed
                .extend(vector_file::read(text, register, marks, &mut errors).into_iter().map(|vector| (text, vector)));
        }
        let is_whole = errors.is_empty();
        let mut index = HashMap::new();
        for (at, (text, vector)) in placed.iter().enumerate() {
            if let Some(first) = index.insert(vector.id.clone(), at) {
                let line = text.line_of(&vector.id, usize::from(std::ptr::eq(placed[first].0, *text)));
                let message = format!("{} stands twice", vector.id);
                errors.push(text.error(line, message, "give each vector an id of its own"));
            }
        }
        for (text, vector) in &placed {
            let control = vector.control.as_ref().map(|id| index.get(id).map(|&at| &placed[at].1));
            // A control that is missing may be wrong itself, which has been told.
            let control = control.filter(|its| its.is_some() || is_whole);
            let faults = own_faults(vector, text, register).into_iter().chain(control_faults(vector, control));
            errors.extend(faults.map(|(message, remedy)| {
                text.error(text.line_of(&vector.id, 0), format!("{}: {message}", vector.id), remedy)
            }));
        }
        if errors.is_empty() {
            Ok(Vectors { vectors: placed.into_iter().map(|(_, vector)| vector).collect(), index })
        } else {
            errors.sort_by(|a: &DataError, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
            Err(DataErrors(errors))
        }
    }

    /// Every vector, by file and then in the order of the file.
    pub fn all(&self) -> &[Vector] {
        &self.vectors
    }

    /// The vector of an id.
    pub fn get(&self, id: &str) -> Option<&Vector> {
        self.index.get(id).map(|&index| &self.vectors[index])
    }
}

/// What is wrong with a vector by itself.
fn own_faults(vector: &Vector, text: &Text, register: &Register) -> Vec<Wrong> {
    let mut faults = Vec::new();
    let place = format!("{}/{}/", vector.kind.directory(), text.stem());
    if !vector.id.strip_prefix(&place).is_some_and(|slug| !slug.is_empty() && is_slug(slug)) {
        faults.push((
            format!("the id does not match the file, which holds {place}…"),
            "mend the id, [a-z0-9.-] in each part",
        ));
    }
    if vector.why.trim().is_empty() || vector.why.contains('\n') {
        faults.push(("`why` is no sentence".to_owned(), "write one line"));
    }
    if vector.requirements.is_empty() {
        faults.push(("cites no requirement".to_owned(), "say in `requirements` what it shows"));
    }
    for (entry, (id, bearing)) in vector.requirements.iter().filter_map(|its| Some((register.get(its.0)?, its))) {
        match (bearing, entry.expected) {
            (Bearing::Departs, Permitted::MustReject) if vector.permitted() != Permitted::MustReject => faults.push((
                format!("departs from {id}, which must be rejected, but is {}", vector.permitted()),
                "mend `permitted` or the bearing",
            )),
            (Bearing::Departs, Permitted::MustAccept) => {
                faults.push((format!("departs from {id}, which is no ground for a refusal"), "write uses or keeps"));
            }
            (Bearing::Uses, Permitted::MustReject) => {
                faults.push((format!("uses {id}, which leaves no use"), "write departs or keeps"));
            }
            (Bearing::Departs | Bearing::Uses, Permitted::Either) if vector.permitted() == Permitted::MustAccept => {
                faults
                    .push((format!("must be accepted but uses the choice of {id}"), "mend `permitted` or the bearing"));
            }
            _ => {}
        }
    }
    let grounds = |wanted| {
        let bears = |(id, bearing): &(RequirementId, Bearing)| {
            *bearing != Bearing::Keeps && register.get(*id).is_some_and(|entry| entry.expected == wanted)
        };
        vector.requirements.iter().any(bears)
    };
    match vector.permitted() {
        Permitted::MustReject if !grounds(Permitted::MustReject) => {
            faults.push((
                "must be rejected but departs from nothing that must be".to_owned(),
                "cite what it departs from",
            ));
        }
        // A client may refuse what it must not send, or mend it: it keeps the requirement either way.
        Permitted::Either if vector.building().is_none() && !grounds(Permitted::Either) => {
            faults.push(("leaves a choice but uses none".to_owned(), "cite the requirement that leaves it"));
        }
        _ => {}
    }
    if vector.permitted() == Permitted::MustReject && vector.control.is_some() == vector.sample {
        faults
            .push(("must be rejected, with neither or both of `control` and `sample`".to_owned(), "write one of them"));
    }
    faults
}

/// What is wrong between a vector and its control.
fn control_faults(vector: &Vector, control: Option<Option<&Vector>>) -> Vec<Wrong> {
    let (Some(id), Some(control)) = (&vector.control, control) else { return Vec::new() };
    let Some(control) = control else {
        return vec![(format!("unknown control {id}"), "name the id of a vector")];
    };
    let mut faults = Vec::new();
    if control.kind != vector.kind {
        faults.push((format!("control {id} is of another kind"), "name one of the same kind"));
        return faults;
    }
    if control.permitted() != Permitted::MustAccept {
        faults.push((format!("control {id} is not must-accept"), "name one that is"));
    }
    match (vector.exchange(), control.exchange(), vector.building(), control.building()) {
        (Some(its), Some(controls), ..) => {
            if its.needs != controls.needs || its.key != controls.key {
                faults.push((format!("control {id} has another peer (`needs`, key)"), "name one with the same"));
            }
            if let Err(message) = one_edit(&controls.octets, &its.octets) {
                faults.push((format!("control {id} {message}"), "name or write a control one edit away"));
            }
        }
        (_, _, Some(its), Some(controls)) if differing_members(its, controls) != 1 => {
            faults.push((
                format!("control {id} does not differ in exactly one member"),
                "change one of `uri` and `options`",
            ));
        }
        _ => {}
    }
    faults
}

/// Whether octets differ from the control's by one edit: some put in at one place, some taken away at one place, or one
/// run replaced that lies within one line of the control.
fn one_edit(control: &[u8], octets: &[u8]) -> Result<(), String> {
    if control == octets {
        return Err("has the same octets".to_owned());
    }
    let before = control.iter().zip(octets).take_while(|(a, b)| a == b).count();
    let (control, octets) = (&control[before..], &octets[before..]);
    let behind = control.iter().rev().zip(octets.iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&control[..control.len() - behind], &octets[..octets.len() - behind]);
    let line = gone.strip_suffix(b"\n").unwrap_or(gone);
    if gone.is_empty() || come.is_empty() || !line.contains(&b'\n') {
        return Ok(());
    }
    Err(format!(
        "differs by more than one edit: {:?} became {:?}",
        gone.escape_ascii().to_string(),
        come.escape_ascii().to_string()
    ))
}

fn differing_members(a: &Building, b: &Building) -> usize {
    let differs = [
        a.uri != b.uri,
        a.protocols != b.protocols,
        a.extensions != b.extensions,
        a.origin != b.origin,
        a.fields != b.fields,
        a.nonce != b.nonce,
    ];
    differs.into_iter().filter(|&differs| differs).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A register with an entry for each thing that a recipient may do.
    fn register() -> Register {
        let entry = |name: &str, expected: &str| {
            format!(
                "[[requirement]]\nid = \"rfc6455-{name}\"\nsection = \"1\"\nrole = \"server-verifies\"\nlevel = \"MAY\"\n\
                 basis = \"explicit\"\nstate = \"planned\"\nsummary = \"s\"\nobservable = \"o\"\nexpected = \"{expected}\"\n"
            )
        };
        let either = entry("either", "either") + "strict = \"reject\"\nstrict_why = \"w\"\n";
        let entries = entry("reject", "must-reject") + &entry("accept", "must-accept") + &either;
        let text = format!("schema = 1\ndocument = \"rfc6455\"\n{entries}");
        Register::read(&[Text::new("requirements/a.toml", text)]).unwrap()
    }

    const KEPT: &str = r#"{"id": "server/t/kept", "requirements": {"rfc6455-reject": "keeps"}, "permitted": "must-accept",
        "why": "w", "octets": ["GET {key}\r\n", "a: b\r\n", "\r\n"]}"#;
    const LEFT: &str = r#"{"id": "server/t/left", "requirements": {"rfc6455-reject": "departs"}, "permitted": "must-reject",
        "why": "w", "control": "server/t/kept", "octets": ["GET {key}\r\n", "a: c\r\n", "\r\n"]}"#;

    fn read_as(path: &str, kind: &str, vectors: &str) -> Result<Vectors, DataErrors> {
        let register = register();
        let marks = "[[mark]]\nname = \"key\"\ncanonical = \"K\"\nhow = \"h\"\n";
        let marks = Marks::read(&Text::new("marks.toml", marks)).unwrap();
        let text = format!(r#"{{"schema": 1, "kind": "{kind}", "section": "s", "vectors": [{vectors}]}}"#);
        let text = text.replace(", {\"id", ",\n{\"id");
        Vectors::read(&[Text::new(path, text)], &register, &marks)
    }

    fn read(vectors: &str) -> Result<Vectors, DataErrors> {
        read_as("vectors/server/t.json", "request", vectors)
    }

    /// What is said about a vector that departs, with one thing in it changed, beside its control.
    fn complaint(from: &str, to: &str) -> String {
        assert!(LEFT.contains(from), "{from}");
        let left = LEFT.replace(from, to);
        read(&format!("{KEPT}, {left}")).map(|_| String::new()).unwrap_or_else(|errors| errors.to_string())
    }

    #[test]
    fn vectors_are_read() {
        let vectors = read(&format!("{KEPT}, {LEFT}")).unwrap();
        let left = vectors.get("server/t/left").unwrap();
        assert_eq!(left.exchange().unwrap().octets, b"GET K\r\na: c\r\n\r\n");
        assert_eq!(left.requirements.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["rfc6455-reject"]);
        assert_eq!(vectors.all().len(), 2);
    }

    #[test]
    fn what_is_wrong_with_one_vector_is_told() {
        for (from, to, message) in [
            ("\"why\"", "\"colour\": 1, \"why\"", "server/t/left: unknown field `colour`"),
            ("rfc6455-reject", "rfc6455-rejects", "unknown requirement rfc6455-rejects"),
            ("GET", "GET\u{100}", "beyond U+00FF"),
            ("server/t/left", "server/t/Left", "does not match the file"),
            ("server/t/left", "server/u/left", "does not match the file"),
            ("server/t/left", "server/t/kept", "server/t/kept stands twice"),
            ("\"why\": \"w\"", "\"why\": \"\"", "`why` is no sentence"),
            ("{\"rfc6455-reject\": \"departs\"}", "{}", "cites no requirement"),
            ("\"departs\"}", "\"departs\", \"rfc6455-reject\": \"keeps\"}", "`rfc6455-reject` stands twice"),
            ("\"departs\"", "\"uses\"", "which leaves no use"),
            ("\"rfc6455-reject\": \"departs\"", "\"rfc6455-accept\": \"departs\"", "no ground for a refusal"),
            ("\"rfc6455-reject\": \"departs\"", "\"rfc6455-either\": \"uses\"", "departs from nothing"),
            ("must-reject", "must-accept", "must be rejected, but is must-accept"),
            ("must-reject", "either", "leaves a choice but uses none"),
            (", \"control\": \"server/t/kept\"", "", "neither or both"),
            ("\"control\"", "\"sample\": true, \"control\"", "neither or both"),
            ("\"control\"", "\"sample\": false, \"control\"", "`sample` is false"),
            ("\"why\"", "\"rest\": [\"x\"], \"why\"", "`rest` is not the end"),
            ("\"why\"", "\"answer\": {}, \"why\"", "`answer` does not fit"),
            ("\"why\"", "\"opened\": {\"protocol\": null, \"extensions\": []}, \"why\"", "`opened` does not fit"),
            ("\"why\"", "\"uri\": \"ws://h\", \"why\"", "`uri` does not fit"),
            ("\"octets\": [", "\"options\": [", "invalid type"),
            (
                "\"why\"",
                "\"form\": {\"status\": [101], \"requirement\": \"rfc6455-reject\"}, \"why\"",
                "no refusal has",
            ),
            ("\"why\"", "\"form\": {\"requirement\": \"rfc6455-none\"}, \"why\"", "unknown requirement rfc6455-none"),
            ("\"why\"", "\"canonical\": {\"lock\": \"L\"}, \"why\"", "which is no mark"),
            ("GET {key}", "GET K", ""),
        ] {
            let said = complaint(from, to);
            assert_eq!(message.is_empty(), said.is_empty(), "{from} -> {to}: {said}");
            assert!(said.contains(message), "{from} -> {to}: {said}");
        }
    }

    #[test]
    fn a_mark_that_is_not_there_is_not_overridden() {
        let vector = KEPT.replace("GET {key}", "GET").replace("\"why\"", "\"canonical\": {\"key\": \"L\"}, \"why\"");
        assert!(read(&vector).unwrap_err().to_string().contains("which the vector does not use"));
    }

    #[test]
    fn a_member_belongs_to_a_kind_and_to_what_is_permitted() {
        let read = [("octets", "[\"x\"]"), ("end", "\"open\""), ("needs", "{}"), ("rest", "[\"x\"]")];
        let built = [("uri", "\"ws://h\""), ("options", "{}"), ("outcome", "\"either\"")];
        let sent = [("request", "{}"), ("connect", "{\"host\": \"h\", \"port\": 80, \"tls\": false}")];
        let form = [("form", "{\"requirement\": \"rfc6455-reject\"}")];
        let opened = [("opened", "{\"protocol\": null, \"extensions\": []}")];
        let answer = [("answer", "{}")];
        for (directory, kind, permitted, foreign) in [
            ("server", "request", "either", [&built[..], &sent, &opened].concat()),
            ("server", "request", "must-accept", form.to_vec()),
            ("server", "request", "must-reject", answer.to_vec()),
            ("client", "response", "either", [&built[..], &sent, &form, &answer].concat()),
            ("client", "response", "must-reject", opened.to_vec()),
            ("build", "build", "either", [&read[..], &form, &answer, &opened].concat()),
            ("build", "build", "must-reject", sent.to_vec()),
        ] {
            for (name, value) in foreign {
                let its = if kind == "build" {
                    "\"uri\": \"ws://h\", \"outcome\": \"refuse\""
                } else {
                    "\"octets\": [\"x\"]"
                };
                let its = if its.contains(name) { String::new() } else { format!(", {its}") };
                let vector = format!(
                    "{{\"id\": \"{directory}/t/a\", \"requirements\": {{\"rfc6455-reject\": \"keeps\"}}, \
                     \"permitted\": \"{permitted}\", \"why\": \"w\", \"{name}\": {value}{its}}}"
                );
                let said = read_as(&format!("vectors/{directory}/t.json"), kind, &vector).unwrap_err().to_string();
                let wanted = format!("`{name}` does not fit a {directory} vector that is {permitted}");
                assert!(said.contains(&wanted), "{vector}: {said}");
            }
        }
    }

    #[test]
    fn what_must_be_accepted_uses_no_choice() {
        let chosen = KEPT.replace("\"rfc6455-reject\": \"keeps\"", "\"rfc6455-either\": \"uses\"");
        let said = read(&chosen).unwrap_err().to_string();
        assert!(said.contains("must be accepted but uses the choice of rfc6455-either"), "{said}");
    }

    #[test]
    fn what_is_wrong_with_a_control_is_told() {
        assert!(complaint("server/t/kept\"", "server/t/keeps\"").contains("unknown control"));
        // What is wrong with the control itself is told once.
        let said = read(&format!("{}, {LEFT}", KEPT.replace("GET", "GET\u{100}"))).unwrap_err().to_string();
        assert!(said.contains("server/t/kept: ") && said.lines().count() == 1, "{said}");
        assert!(
            complaint("\"control\": \"server/t/kept\"", "\"control\": \"server/t/left\"")
                .contains("is not must-accept")
        );
        assert!(complaint("a: c", "a: b").contains("has the same octets"));
        assert!(complaint("GET {key}\\r\\n\", \"a: c", "PUT K\\r\\n\", \"a: c").contains("more than one edit"));
        assert!(complaint("\"why\"", "\"needs\": {\"protocols\": [\"x\"]}, \"why\"").contains("has another peer"));
    }

    #[test]
    fn one_edit_is_one_insertion_one_deletion_or_one_replacement_within_a_line() {
        let control = b"a\r\nb\r\n\r\n";
        for edited in [&b"a\r\nx\r\ny\r\nb\r\n\r\n"[..], b"a\r\n", b"", b"c\r\nd\r\nb\r\n\r\n", b"ab\r\n\r\n"] {
            assert_eq!(one_edit(control, edited), Ok(()), "{}", edited.escape_ascii());
        }
        for edited in [&b"x\r\ny\r\n\r\n"[..], control] {
            assert!(one_edit(control, edited).is_err(), "{}", edited.escape_ascii());
        }
    }

    const SENT: &str = r#"{"id": "build/t/sent", "requirements": {"rfc6455-reject": "keeps"}, "permitted": "must-accept",
        "why": "w", "uri": "ws://h", "options": {"origin": "o"}, "outcome": "send", "request": {"target": "/"}}"#;

    #[test]
    fn what_a_client_has_to_write_is_read() {
        let request =
            r#"{"target": "/{key}", "fields": {"A": "\u00ff", "B": null}, "absent": ["C"], "octets_absent": ["%"]}"#;
        let sent = SENT.replace("{\"target\": \"/\"}", request);
        let vectors = read_as("vectors/build/t.json", "build", &sent).unwrap();
        let writing = vectors.get("build/t/sent").unwrap().expectation.request.as_ref().unwrap();
        assert_eq!(writing.target.as_deref(), Some("/K"));
        assert_eq!(writing.fields, [("A".to_owned(), Some(b"\xff".to_vec())), ("B".to_owned(), None)]);
        assert_eq!((&writing.absent[..], &writing.octets_absent[..]), (&["C".to_owned()][..], &[b"%".to_vec()][..]));
    }

    #[test]
    fn a_building_differs_from_its_control_in_one_member() {
        let refused = |uri: &str, origin: &str| {
            let refused = SENT
                .replace("sent", "refused")
                .replace("keeps", "departs")
                .replace("must-accept", "must-reject")
                .replace("\"send\", \"request\": {\"target\": \"/\"}", "\"refuse\", \"control\": \"build/t/sent\"")
                .replace("ws://h", uri)
                .replace("\"o\"", origin);
            read_as("vectors/build/t.json", "build", &format!("{SENT}, {refused}"))
        };
        assert!(refused("ws://h#", "\"o\"").is_ok());
        assert!(refused("ws://h", "\"p\"").is_ok());
        assert!(refused("ws://h", "\"o\"").unwrap_err().to_string().contains("exactly one member"));
        assert!(refused("ws://h#", "\"p\"").unwrap_err().to_string().contains("exactly one member"));
        let wrong = SENT.replace("\"send\"", "\"refuse\"");
        let errors = read_as("vectors/build/t.json", "build", &wrong).unwrap_err().to_string();
        assert!(errors.contains("`outcome` and `permitted` differ"), "{errors}");
        let nonce = SENT.replace("{\"origin\"", "{\"nonce\": \"00\", \"origin\"");
        let errors = read_as("vectors/build/t.json", "build", &nonce).unwrap_err().to_string();
        assert!(errors.contains("not 16 octets"), "{errors}");
    }

    #[test]
    fn a_file_holds_what_its_directory_says() {
        let errors = read_as("vectors/client/t.json", "request", KEPT).unwrap_err().to_string();
        assert!(errors.contains("holds the kind of vectors/server/"), "{errors}");
        assert!(read("").unwrap_err().to_string().contains("has no vector"));
    }
}
