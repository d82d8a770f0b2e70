//! The files of the vectors: `conformance/vectors/<role>/<topic>.json`, read strictly.

use serde::Deserialize;

use super::marks::{Element, Marks, Rendering};
use super::members::{RawEnd, RawNeeds, RawOptions};
use super::ordered::Ordered;
use super::register::{Entry, Register};
use super::source::{DataError, Text, Wrong};
use super::vector::{
    Acceptance, Bearing, Connect, Expectation, Form, Opening, Subject, Terms, Vector, VectorKind, Writing,
};
use super::words::{self, Object};
use crate::judgement::{Decided, Owed, Permitted, Role};
use crate::suite::exchange::Exchange;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    kind: VectorKind,
    section: String,
    vectors: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    requirements: Ordered<Bearing>,
    permitted: Permitted,
    why: String,
    #[serde(default, deserialize_with = "words::present")]
    control: Option<String>,
    #[serde(default, deserialize_with = "words::present")]
    sample: Option<bool>,
    #[serde(default)]
    seen_in: Vec<String>,
    #[serde(default)]
    canonical: Ordered<String>,
    #[serde(default, deserialize_with = "words::present")]
    octets: Option<Vec<Element>>,
    #[serde(default, deserialize_with = "words::present")]
    end: Option<RawEnd>,
    #[serde(default, deserialize_with = "words::object")]
    needs: Option<RawNeeds>,
    #[serde(default, deserialize_with = "words::present")]
    rest: Option<Vec<Element>>,
    #[serde(default, deserialize_with = "words::object")]
    form: Option<RawForm>,
    #[serde(default, deserialize_with = "words::object")]
    answer: Option<RawAnswer>,
    #[serde(default, deserialize_with = "words::object")]
    opened: Option<RawOpened>,
    #[serde(default, deserialize_with = "words::present")]
    uri: Option<String>,
    #[serde(default, deserialize_with = "words::object")]
    options: Option<RawOptions>,
    #[serde(default, deserialize_with = "words::present")]
    outcome: Option<RawOutcome>,
    #[serde(default, deserialize_with = "words::object")]
    request: Option<RawRequest>,
    #[serde(default, deserialize_with = "words::object")]
    connect: Option<RawConnect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    #[serde(default)]
    status: Vec<u16>,
    #[serde(default)]
    fields: Ordered<Option<String>>,
    requirement: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    #[serde(default, deserialize_with = "words::present")]
    accept: Option<String>,
    #[serde(default, deserialize_with = "words::present")]
    protocol: Option<Vec<Option<String>>>,
    #[serde(default, deserialize_with = "words::present")]
    grant: Option<Option<Ordered<Object<RawTerms>>>>,
    #[serde(default)]
    fields: Ordered<Option<String>>,
    #[serde(default)]
    absent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerms {
    #[serde(default)]
    parameters: Ordered<Vec<Option<String>>>,
    #[serde(default)]
    forbidden: Vec<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOpened {
    #[serde(deserialize_with = "Option::deserialize")]
    protocol: Option<String>,
    extensions: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawOutcome {
    Send,
    Refuse,
    Either,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRequest {
    #[serde(default, deserialize_with = "words::present")]
    target: Option<String>,
    #[serde(default)]
    fields: Ordered<Option<String>>,
    #[serde(default)]
    absent: Vec<String>,
    #[serde(default)]
    octets_absent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConnect {
    host: String,
    port: u16,
    tls: bool,
}

/// Reads one file. What is wrong with it is added to the errors; a vector that is wrong is left out.
pub(in crate::suite) fn read(
    text: &Text,
    register: &Register,
    marks: &Marks,
    errors: &mut Vec<DataError>,
) -> Vec<Vector> {
    let file: File = match text.json("Vectors") {
        Ok(file) => file,
        Err(error) => {
            errors.push(error);
            return Vec::new();
        }
    };
    if file.schema != 1 {
        errors.push(text.error(None, format!("schema {} is unknown", file.schema), "write `\"schema\": 1`"));
    }
    let place = format!("vectors/{}/{}.json", file.kind.directory(), text.stem());
    if text.path != place {
        let message = format!("holds the kind of vectors/{}/", file.kind.directory());
        errors.push(text.error(None, message, "move the file or mend `kind`"));
    }
    if file.section.is_empty() {
        errors.push(text.error(None, "`section` is empty", "write the clauses that it is about"));
    }
    if file.vectors.is_empty() {
        errors.push(text.error(None, "has no vector", "write one or remove the file"));
    }
    let mut vectors = Vec::new();
    for raw in file.vectors {
        let id = raw.id.clone();
        match typed(raw, file.kind, &file.section, register, marks) {
            Ok(vector) => vectors.push(vector),
            Err((message, remedy)) => {
                errors.push(text.error(text.line_of(&id, 0), format!("{id}: {message}"), remedy));
            }
        }
    }
    vectors
}

fn wrong<T>(message: impl Into<String>, remedy: &'static str) -> Result<T, Wrong> {
    Err((message.into(), remedy))
}

fn typed(raw: Raw, kind: VectorKind, section: &str, register: &Register, marks: &Marks) -> Result<Vector, Wrong> {
    fits(&raw, kind)?;
    let entry =
        |id: &str| register.find(id).ok_or_else(|| (format!("unknown requirement {id}"), "use an id of requirements/"));
    let overrides = raw.canonical.0;
    let mut rendering = Rendering::new(marks, &overrides);
    let rest = raw.rest.map(|rest| rendering.octets(&rest)).transpose()?.map(|(rest, _)| rest);
    let mut marks_of_octets = Vec::new();
    let subject = match (raw.octets, raw.uri) {
        (Some(elements), None) => {
            let (octets, spans) = rendering.octets(&elements)?;
            marks_of_octets = spans;
            if rest.as_ref().is_some_and(|rest| rest.is_empty() || !octets.ends_with(rest)) {
                return wrong("`rest` is not the end of `octets`", "write in `rest` the last octets of `octets`");
            }
            let mut exchange = Exchange::new(kind.role(), octets);
            exchange.end = raw.end.into();
            exchange.needs = raw.needs.map(|needs| needs.render(&mut rendering)).unwrap_or_default();
            exchange.key = match kind {
                VectorKind::Response => Some(rendering.text("{key}")),
                VectorKind::Request | VectorKind::Build => None,
            };
            Subject::Octets(exchange)
        }
        (None, Some(uri)) => {
            let building = raw.options.unwrap_or_default().render(&uri, &mut rendering);
            Subject::Options(building?)
        }
        _ => return wrong("neither octets nor a URI, or both", "write `octets` to read, or `uri` to build from"),
    };
    let answer_mark =
        raw.answer.as_ref().and_then(|answer| answer.accept.as_deref()?.strip_prefix('{')?.strip_suffix('}'));
    let answer_mark = answer_mark.and_then(|name| rendering.live(name)).map(str::to_owned);
    let answer = raw.answer.map(|answer| acceptance(answer, &mut rendering)).transpose()?;
    let request = raw.request.map(|request| writing(request, &mut rendering)).transpose()?;
    let connect = raw.connect.map(|RawConnect { host, port, tls }| Connect { host: rendering.text(&host), port, tls });
    for (name, value) in &overrides {
        if value.chars().any(|character| u32::from(character) > 0xff) {
            return wrong(format!("`canonical` has a `{name}` that is no octets"), "write U+0000-00FF only");
        }
        if marks.canonical(name).is_none() {
            return wrong(format!("`canonical` overrides `{name}`, which is no mark"), "name a mark of marks.toml");
        }
        if !rendering.met().contains(name) {
            return wrong(format!("`canonical` overrides `{name}`, which the vector does not use"), "remove it");
        }
    }
    let shown = raw.requirements.0.iter().map(|(id, bearing)| Ok((entry(id)?, *bearing)));
    let shown = shown.collect::<Result<Vec<_>, Wrong>>()?;
    Ok(Vector {
        id: raw.id,
        kind,
        section: section.to_owned(),
        requirements: shown.iter().map(|(entry, bearing)| (entry.id, *bearing)).collect(),
        why: raw.why,
        control: raw.control,
        sample: raw.sample.unwrap_or_default(),
        seen_in: raw.seen_in,
        subject,
        marks: marks_of_octets,
        answer_mark,
        expectation: Expectation {
            permitted: raw.permitted,
            decided: decided(raw.permitted, &shown, kind.role()),
            unfinished: false,
            rest,
            form: match raw.form {
                Some(RawForm { status, fields, requirement }) => {
                    let entry = entry(&requirement)?;
                    Some(Form { status, fields: fields.0, requirement: entry.id, owed: entry.owed() })
                }
                None => None,
            },
            answer,
            opened: raw.opened.map(|opened| Opening { protocol: opened.protocol, extensions: opened.extensions }),
            request,
            connect,
        },
    })
}

/// What the other decision counts than the one that is permitted.
fn decided(permitted: Permitted, shown: &[(&Entry, Bearing)], role: Role) -> Decided {
    let bearing = if permitted == Permitted::MustReject { Bearing::Departs } else { Bearing::Uses };
    let fixes = shown.iter().filter(|(entry, its)| *its == bearing && entry.expected == permitted);
    Owed::decided(
        permitted,
        fixes.filter(|(entry, _)| entry.duty.is_of(role)).map(|(entry, _)| (entry.id, entry.owed())),
    )
}

/// Whether the vector has the members of its kind and of what it permits, and no others.
fn fits(raw: &Raw, kind: VectorKind) -> Result<(), Wrong> {
    let may_accept = raw.permitted != Permitted::MustReject;
    let may_reject = raw.permitted != Permitted::MustAccept;
    let read = kind != VectorKind::Build;
    let (server, client) = (kind == VectorKind::Request, kind == VectorKind::Response);
    let places = [
        ("octets", raw.octets.is_some(), read),
        ("end", raw.end.is_some(), read),
        ("needs", raw.needs.is_some(), read),
        ("rest", raw.rest.is_some(), read),
        ("form", raw.form.is_some(), server && may_reject),
        ("answer", raw.answer.is_some(), server && may_accept),
        ("opened", raw.opened.is_some(), client && may_accept),
        ("uri", raw.uri.is_some(), !read),
        ("options", raw.options.is_some(), !read),
        ("outcome", raw.outcome.is_some(), !read),
        ("request", raw.request.is_some(), !read && may_accept),
        ("connect", raw.connect.is_some(), !read && may_accept),
    ];
    if let Some((name, ..)) = places.iter().find(|(_, there, fits)| *there && !fits) {
        let message = format!("`{name}` does not fit a {} vector that is {}", kind.directory(), raw.permitted);
        return wrong(message, "remove it, or mend `permitted`");
    }
    let needed: &[&str] = if read { &["octets"] } else { &["uri", "outcome"] };
    if let Some(name) = needed.iter().find(|&name| places.iter().any(|(member, there, _)| member == name && !there)) {
        return wrong(format!("`{name}` is missing"), "write it");
    }
    let outcome = match raw.permitted {
        Permitted::MustAccept => RawOutcome::Send,
        Permitted::MustReject => RawOutcome::Refuse,
        Permitted::Either => RawOutcome::Either,
    };
    if raw.outcome.is_some_and(|its| its != outcome) {
        return wrong(
            "`outcome` and `permitted` differ",
            "write send for must-accept, refuse for must-reject, either for either",
        );
    }
    let narrowed = raw.needs.as_ref().is_some_and(RawNeeds::only_for_servers);
    if client && narrowed {
        return wrong(
            "a client needs no origins, resources or authorities",
            "leave `protocols` and `extensions` alone in `needs`",
        );
    }
    if raw.connect.as_ref().is_some_and(|connect| connect.host.is_empty() || connect.port == 0) {
        return wrong("nobody connects to an empty host or to port 0", "write where the client has to connect");
    }
    if raw.seen_in.iter().any(String::is_empty) {
        return wrong("`seen_in` has a story that is empty", "write where it was seen, or remove it");
    }
    if raw.sample == Some(false) {
        return wrong("`sample` is false", "remove it");
    }
    if raw.form.as_ref().is_some_and(|form| form.status.iter().any(|status| !(200..600).contains(status))) {
        return wrong("`form` has a status that no refusal has", "write statuses from 200 to 599");
    }
    Ok(())
}

fn acceptance(raw: RawAnswer, rendering: &mut Rendering<'_>) -> Result<Acceptance, Wrong> {
    let terms = |(name, Object(terms)): (String, Object<RawTerms>)| {
        let RawTerms { parameters, forbidden, required, optional } = terms;
        (name, Terms { parameters: parameters.0, forbidden, required, optional })
    };
    Ok(Acceptance {
        accept: raw.accept.map(|accept| rendering.octets_of(&accept)).transpose()?,
        protocol: raw.protocol,
        grant: raw.grant.map(|grant| grant.unwrap_or_default().0.into_iter().map(terms).collect()),
        fields: raw.fields.0,
        absent: raw.absent,
    })
}

fn writing(raw: RawRequest, rendering: &mut Rendering<'_>) -> Result<Writing, Wrong> {
    let mut fields = Vec::new();
    for (name, value) in raw.fields.0 {
        fields.push((name, value.map(|value| rendering.octets_of(&value)).transpose()?));
    }
    Ok(Writing {
        target: raw.target.map(|target| rendering.text(&target)),
        fields,
        absent: raw.absent,
        octets_absent: raw.octets_absent.iter().map(|text| rendering.octets_of(text)).collect::<Result<_, _>>()?,
    })
}
