//! `ws101 check`: judges the octets of a request or a response.

use std::ops::Range;
use std::path::PathBuf;

use clap::Args;

use super::failure::{Failure, Status};
use super::input::Input;
use super::reader::Reader;
use super::terminal::Terminal;
use super::{Format, Global, accept, role};
use crate::handshake::deflate::{self, Deflate};
use crate::handshake::{
    Checked, ClientOutcome, Extension, ExtensionOffer, Offer, Policy, ServerOutcome, check_request, check_response,
};
use crate::http::grammar::latin1;
use crate::http::{Head, HeadReader, Limits, Progress, Side};
use crate::judgement::Role;
use crate::peer::reference::policy;
use crate::report::Check;
use crate::suite::Register;

/// The octets are all that the sender ever sends: where they end, its side of the connection does.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Who reads the octets: a server reads a request, a client reads a response.
    #[arg(long, value_parser = role())]
    role: Role,
    /// The file with the octets; standard input without it.
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    #[command(flatten)]
    reader: Reader,
    /// Shows what is legal and seldom seen as well.
    #[arg(long)]
    all: bool,
    /// Exits with 1 where the octets are rejected.
    #[arg(long)]
    exit_code: bool,
}

pub(super) fn run(options: &Options, global: &Global, terminal: &mut Terminal) -> Result<Status, Failure> {
    let register = Register::load(&global.source())?;
    let configured = options.configured()?;
    let Input { name, octets } = Input::read(options.file.as_deref(), terminal)?;
    if let Some(fault) = options.reader.key.as_deref().and_then(accept::fault) {
        terminal.note(&format!("{fault}, --key; the accept value is judged all the same"));
    }
    let outcome = configured.judge(&octets);
    let check = Check { all: options.all, ..outcome.check(&octets, &configured) };
    match global.format {
        Format::Human => {
            let look = terminal.look();
            terminal.print(&check.human(&name, &register, look))?;
        }
        Format::Json => {
            if check.accept_unjudged {
                terminal.note("judged but for the accept value; give the key of the request with --key");
            }
            terminal.print(&format!("{}\n", check.json()))?;
        }
    }
    Ok(if options.exit_code && check.deciding.is_some() { Status::Failed } else { Status::Fine })
}

/// What the reader of the octets is configured for.
enum Configured {
    Server(Policy),
    Client(Offer),
}

enum Outcome {
    Server(Checked<ServerOutcome>),
    Client(Checked<ClientOutcome>),
}

impl Options {
    fn configured(&self) -> Result<Configured, Failure> {
        let needs = self.reader.needs(self.role)?;
        let extensions = self.reader.extension_list()?;
        let offered = |element| ExtensionOffer::read(element).map_err(|(_, span)| self.never_offered(span));
        match self.role {
            Role::Client => {
                let extensions = extensions.elements.iter().map(offered).collect::<Result<_, _>>()?;
                Ok(Configured::Client(Offer { key: self.reader.key.clone(), protocols: needs.protocols, extensions }))
            }
            Role::Server => {
                let is_supported = |element: &Extension| {
                    element.name == deflate::NAME && Deflate::read(element, deflate::Side::Offer).is_ok()
                };
                match (policy(&needs), extensions.elements.iter().find(|element| !is_supported(element))) {
                    (Some(policy), None) => Ok(Configured::Server(policy)),
                    (_, unsupported) => Err(self.unsupported(unsupported)),
                }
            }
        }
    }

    fn unsupported(&self, element: Option<&Extension>) -> Failure {
        let part = element.map(|element| self.reader.part(element.span.clone())).unwrap_or_default();
        let remedy = "give permessage-deflate, with parameters of RFC 7692 or without, or leave it out";
        Failure::usage(format!("the reference does not support \"{part}\""), "--extensions", remedy)
    }

    fn never_offered(&self, span: Range<usize>) -> Failure {
        let what = format!("no client may offer \"{}\" of {}", self.reader.part(span), deflate::NAME);
        Failure::usage(what, "--extensions", "give each parameter of RFC 7692 once, with a value that it allows")
    }
}

impl Configured {
    fn judge(&self, octets: &[u8]) -> Outcome {
        match self {
            Configured::Server(policy) => Outcome::Server(check_request(octets, policy)),
            Configured::Client(offer) => Outcome::Client(check_response(octets, offer, Limits::default())),
        }
    }
}

impl Outcome {
    fn check<'o>(&'o self, octets: &'o [u8], configured: &Configured) -> Check<'o> {
        let accept_unjudged = matches!(configured, Configured::Client(offer) if offer.key.is_none());
        match self {
            Outcome::Server(checked @ Checked { outcome, .. }) => Check {
                role: Role::Server,
                octets,
                judgement: &checked.judgement,
                deciding: checked.deciding(),
                status: Some(outcome.answer.status()),
                accept: outcome.accepted().map(|accepted| latin1(&accepted.accept)),
                consumed: checked.consumed,
                agreed: outcome
                    .accepted()
                    .iter()
                    .flat_map(|accepted| {
                        let protocol = accepted.protocol.as_ref().map(|protocol| format!("subprotocol {protocol}"));
                        protocol.into_iter().chain(accepted.deflate.map(|deflate| deflate.to_string()))
                    })
                    .collect(),
                accept_unjudged,
                all: false,
            },
            Outcome::Client(checked @ Checked { outcome, .. }) => Check {
                role: Role::Client,
                octets,
                judgement: &checked.judgement,
                deciding: checked.deciding(),
                status: outcome.status,
                accept: accept_of(octets, outcome.consumed),
                consumed: checked.consumed,
                agreed: outcome
                    .opened
                    .iter()
                    .flat_map(|opened| {
                        let protocol = opened.protocol.as_ref().map(|protocol| format!("subprotocol {protocol}"));
                        protocol.into_iter().chain(opened.extensions.iter().map(|element| element.name.to_string()))
                    })
                    .collect(),
                accept_unjudged,
                all: false,
            },
        }
    }
}

/// The first `Sec-WebSocket-Accept` of a response, behind its interim responses.
fn accept_of(octets: &[u8], consumed: usize) -> Option<String> {
    let mut base = 0;
    loop {
        let mut reader = HeadReader::new(Side::Response, Limits::default(), base);
        let progress = reader.read(&octets[..consumed]);
        let end = match progress {
            Progress::Complete(end) if end < consumed => {
                base = end;
                continue;
            }
            Progress::NeedMore => consumed,
            Progress::Complete(end) | Progress::Broken(end) => end,
            Progress::StartLineTooLong(end) | Progress::TooLarge(end) => end,
        };
        let complete = matches!(progress, Progress::Complete(_));
        let head = Head::read(Side::Response, octets, &reader, end, complete, &mut Vec::new());
        let first = head.named("Sec-WebSocket-Accept").next()?;
        return Some(latin1(&octets[first.value.clone()]));
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::report::Look;
    use crate::suite::Source;

    /// Octets that get far into a head, and some that do not.
    fn octets() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(b"GET /chat HTTP/1.1\r\n".to_vec()),
            Just(b"HTTP/1.1 101 Switching Protocols\r\n".to_vec()),
            Just(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
            Just(b"Host: a\r\n".to_vec()),
            Just(b"upgrade: WebSocket\r\n".to_vec()),
            Just(b"Connection:Upgrade,,\xe9\r\n".to_vec()),
            Just(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n".to_vec()),
            Just(b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n".to_vec()),
            Just(b"Sec-WebSocket-Extensions: a; b=\"\\\\\", c;\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b" \t folded\r\n".to_vec()),
            vec(any::<u8>(), 0..40),
            (any::<u8>(), 0..3000_usize).prop_map(|(octet, times)| vec![octet; times]),
        ];
        vec(part, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_octets_have_a_drawing_that_fits_and_an_object_of_the_schema(octets in octets(), width in 80..120_usize) {
            let register = Register::load(&Source::Embedded).unwrap();
            let schema = include_str!("../../conformance/schema/check.schema.json");
            let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
            for configured in [Configured::Server(Policy::default()), Configured::Client(Offer::default())] {
                let outcome = configured.judge(&octets);
                let check = Check { all: true, ..outcome.check(&octets, &configured) };
                let human = check.human("name", &register, Look { width, colour: false });
                for line in human.lines() {
                    prop_assert!(line.chars().count() <= width, "{line}");
                    prop_assert!(!line.contains(char::is_control), "{line:?}");
                }
                // Narrower than any terminal: long ids stand out, and nothing else happens.
                check.human("name", &register, Look { width: 1, colour: true });
                let object = check.json();
                prop_assert!(schema.is_valid(&object), "{object}");
                prop_assert!(check.consumed <= octets.len());
                for finding in &check.judgement.findings {
                    prop_assert!(finding.span.start <= finding.span.end && finding.span.end <= octets.len());
                    prop_assert!(human.contains(finding.requirement.id.as_str()));
                }
            }
        }
    }
}
