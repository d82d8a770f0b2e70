//! The client: judges the response to its request (RFC 6455 §4.1).

use super::bare_lf;
use super::deflate::{self, Deflate};
use super::extension::{Extension, ExtensionList};
use super::refusal::deciding;
use super::response_head;
use super::step::{Step, receive};
use crate::http::start_line::StatusLine;
use crate::http::{Head, HeadReader, Limits, Progress, Side};
use crate::judgement::{Class, Finding, Judgement, Span, requirements as r};

/// What a client asked for, as far as it binds the response. The default asked for nothing, with a key that is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Offer {
    pub(crate) key: Option<String>,
    pub(crate) protocols: Vec<String>,
    pub(crate) extensions: Vec<ExtensionOffer>,
}

impl Offer {
    /// An offer with the key, and nothing else. Without the key, which is the default, no accept value is compared.
    pub fn of(key: impl Into<String>) -> Self {
        Offer { key: Some(key.into()), ..Offer::default() }
    }

    /// The same with these subprotocols.
    pub fn protocols(self, protocols: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Offer { protocols: protocols.into_iter().map(Into::into).collect(), ..self }
    }

    /// The same with these extensions.
    pub fn extensions(self, extensions: impl IntoIterator<Item = ExtensionOffer>) -> Self {
        Offer { extensions: extensions.into_iter().collect(), ..self }
    }

    /// The offers of permessage-deflate, in order.
    pub(super) fn deflates(&self) -> impl Iterator<Item = &Deflate> {
        self.extensions.iter().filter_map(|offer| match offer {
            ExtensionOffer::Deflate(deflate) => Some(deflate),
            ExtensionOffer::Other(_) => None,
        })
    }
}

/// One extension that a client offered, as parsed. An element whose parameters are malformed is no offer: a server has to
/// decline it (RFC 7692 §7), so that it binds no response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionOffer {
    /// permessage-deflate (RFC 7692).
    Deflate(Deflate),
    /// Another extension, by its name: nothing is known of its parameters.
    Other(String),
}

impl ExtensionOffer {
    /// Reads an element of the list that a client sends; or says which of its parameters makes it none, and why.
    pub fn read(element: &Extension) -> Result<Self, (deflate::Fault, Span)> {
        if element.name == deflate::NAME {
            Deflate::read(element, deflate::Side::Offer).map(ExtensionOffer::Deflate)
        } else {
            Ok(ExtensionOffer::Other(element.name.to_string()))
        }
    }

    /// The offers of a list, without the elements that are none.
    pub fn among(list: &ExtensionList) -> impl Iterator<Item = Self> {
        list.elements.iter().filter_map(|element| ExtensionOffer::read(element).ok())
    }

    /// The name of the extension.
    pub fn name(&self) -> &str {
        match self {
            ExtensionOffer::Deflate(_) => deflate::NAME,
            ExtensionOffer::Other(name) => name,
        }
    }
}

/// The connection that a response opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// The subprotocol in use.
    pub protocol: Option<String>,
    /// The extensions in use, in the order of the response.
    pub extensions: Vec<Extension>,
}

/// The end of a handshake, for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientOutcome {
    /// Every finding.
    pub judgement: Judgement,
    /// The status of the final response, if one could be read.
    pub status: Option<u16>,
    /// How many octets the heads took, interim responses included: those behind are frames, if the connection opened.
    pub consumed: usize,
    /// The open connection; `None` where the client fails it.
    pub opened: Option<Opening>,
}

impl ClientOutcome {
    /// The finding that decided over a failure; `None` where the connection opened.
    pub fn deciding(&self) -> Option<&Finding> {
        deciding(&self.judgement.findings)
    }

    /// Of the octets that were fed or judged, those after the heads.
    pub fn rest<'o>(&self, octets: &'o [u8]) -> &'o [u8] {
        &octets[self.consumed..]
    }
}

/// A client that reads the response to one request, in any portions.
#[derive(Clone, Debug)]
pub struct Client<'o> {
    octets: Vec<u8>,
    reading: Reading<'o>,
}

impl<'o> Client<'o> {
    /// A client that has offered this, and reads heads up to the limits, interim ones included.
    pub fn new(offer: &'o Offer, limits: Limits) -> Self {
        Client { octets: Vec::new(), reading: Reading::new(offer, limits) }
    }

    /// Takes octets that came in; gives the outcome as soon as it is certain. Octets after the head do not change it.
    #[inline]
    pub fn feed(mut self, octets: &[u8]) -> Step<Self, ClientOutcome> {
        receive(&mut self.octets, octets);
        match self.reading.read(&self.octets) {
            None => Step::More(self),
            Some(outcome) => Step::Done { outcome, octets: self.octets },
        }
    }

    /// Tells that the server's side of the connection has ended before there was an outcome.
    pub fn finish(self) -> ClientOutcome {
        self.reading.read_to_the_end(&self.octets)
    }
}

/// Where the reading of what a server sends stands, wherever the octets are.
#[derive(Clone, Debug)]
struct Reading<'o> {
    offer: &'o Offer,
    reader: HeadReader,
    /// Findings of interim responses.
    interim: Vec<Finding>,
}

impl<'o> Reading<'o> {
    fn new(offer: &'o Offer, limits: Limits) -> Self {
        Reading { offer, reader: HeadReader::new(Side::Response, limits, 0), interim: Vec::new() }
    }

    /// Reads on. `octets` are what the last call was given, and more after it.
    #[inline]
    fn read(&mut self, octets: &[u8]) -> Option<ClientOutcome> {
        loop {
            let progress = self.reader.read(octets);
            if progress == Progress::NeedMore {
                return None;
            }
            if let Some(outcome) = self.conclude(octets, progress) {
                return Some(outcome);
            }
        }
    }

    /// Reads on, and takes the octets for all that come.
    fn read_to_the_end(mut self, octets: &[u8]) -> ClientOutcome {
        self.read(octets).unwrap_or_else(|| self.truncated(octets))
    }

    fn truncated(self, octets: &[u8]) -> ClientOutcome {
        let end = octets.len();
        let mut findings = self.interim;
        let head = Head::read(Side::Response, octets, &self.reader, end, false, &mut findings);
        let line = StatusLine::read(head.text(), head.start_line.clone());
        let facts = response_head::judge(&head, &line, self.offer, Progress::NeedMore, &mut findings);
        let (class, message) = (Class::Truncated, "head ends without its empty line");
        findings.push(Finding::new(&r::RFC9112_2_1_TRUNCATED_RESPONSE, class, end..end, message));
        outcome(findings, None, facts, end)
    }

    /// The outcome; `None` behind an interim response, which another one follows.
    fn conclude(&mut self, octets: &[u8], progress: Progress) -> Option<ClientOutcome> {
        let mut findings = std::mem::take(&mut self.interim);
        let (end, complete) = match progress {
            Progress::Complete(end) => (end, true),
            Progress::Broken(end) | Progress::StartLineTooLong(end) | Progress::TooLarge(end) => (end, false),
            Progress::NeedMore => (octets.len(), false),
        };
        let head = Head::read(Side::Response, octets, &self.reader, end, complete, &mut findings);
        let line = StatusLine::read(head.text(), head.start_line.clone());
        if complete && response_head::is_interim(&head, &line) {
            let span = head.start_line.clone();
            let message = "interim response before the final one";
            findings.push(Finding::new(&r::RFC9110_15_2_INTERIM, Class::Status, span, message));
            response_head::judge_interim(&head, &line, self.offer, &mut findings);
            self.reader = HeadReader::new(Side::Response, self.reader.limits(), end);
            self.interim = findings;
            return None;
        }
        let facts = response_head::judge(&head, &line, self.offer, progress, &mut findings);
        let mut stopped = None;
        match progress {
            Progress::Broken(_) => stopped = Some(end),
            Progress::StartLineTooLong(_) | Progress::TooLarge(_) => {
                let message = "head is larger than this client reads";
                findings.push(Finding::new(&r::RFC9110_5_4_CLIENT_LIMIT, Class::Size, end..end, message));
                stopped = Some(end);
            }
            Progress::Complete(_) | Progress::NeedMore => {}
        }
        Some(self.second_look(octets, outcome(findings, stopped, facts, end)))
    }

    #[inline]
    fn second_look(&self, octets: &[u8], mut outcome: ClientOutcome) -> ClientOutcome {
        if let Some((at, octets)) = bare_lf::other_reading(&outcome.judgement, &octets[..outcome.consumed]) {
            let other = Reading::new(self.offer, self.reader.limits()).read_to_the_end(&octets);
            bare_lf::stop(&mut outcome.judgement, &other.judgement, at);
        }
        outcome
    }
}

#[inline]
fn outcome(
    mut findings: Vec<Finding>,
    stopped: Option<usize>,
    facts: response_head::Facts,
    consumed: usize,
) -> ClientOutcome {
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    let judgement = Judgement { findings, stopped };
    let opened = deciding(&judgement.findings).is_none().then_some(facts.opening);
    ClientOutcome { judgement, status: facts.status, consumed, opened }
}

/// Judges all octets of a server. `None` where the head is not at its end and `closed` does not tell that nothing more
/// comes.
pub fn judge_response(octets: &[u8], closed: bool, offer: &Offer, limits: Limits) -> Option<ClientOutcome> {
    let mut reading = Reading::new(offer, limits);
    if closed { Some(reading.read_to_the_end(octets)) } else { reading.read(octets) }
}
