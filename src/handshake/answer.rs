//! A server's answer: the 101 (RFC 6455 §4.2.2 step 5), or a refusal.

use super::deflate::Deflate;
use super::refusal::Refusal;
use crate::http::grammar::latin1;
use crate::http::target::resource_name;
use crate::judgement::Span;

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A 101, behind which the connection is open.
    Accept(Accepted),
    /// A response that says why not, with a short text.
    Refuse(Refusal),
}

/// What an accepted request asked for and got.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// Where the octets that were read have the resource name.
    pub resource: Span,
    /// Where they have the origin.
    pub origin: Option<Span>,
    /// The accept value that answers the key: ASCII.
    pub accept: [u8; 28],
    /// The subprotocol in use.
    pub protocol: Option<String>,
    /// The agreement on permessage-deflate.
    pub deflate: Option<Deflate>,
}

impl Accepted {
    /// The resource name: path and query (RFC 6455 §3), out of the octets that were read.
    pub fn resource(&self, octets: &[u8]) -> String {
        latin1(&resource_name(&octets[self.resource.clone()]))
    }

    /// The origin as sent, out of the octets that were read.
    pub fn origin(&self, octets: &[u8]) -> Option<String> {
        self.origin.clone().map(|span| latin1(&octets[span]))
    }
}

impl Answer {
    /// The status code.
    pub const fn status(&self) -> u16 {
        match self {
            Answer::Accept(_) => 101,
            Answer::Refuse(refusal) => refusal.status,
        }
    }

    /// The field lines, in order.
    pub fn fields(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut fields = Vec::new();
        self.each_field(|name, value| fields.push((name, value.to_vec())));
        fields
    }

    /// The octets of the response.
    pub fn octets(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(USUAL_HEAD);
        // Most answers agree to nothing beside.
        if let Answer::Accept(Accepted { accept, protocol: None, deflate: None, .. }) = self {
            for part in [OPENING, accept, b"\r\n\r\n"] {
                octets.extend_from_slice(part);
            }
            return octets;
        }
        octets.extend_from_slice(b"HTTP/1.1 ");
        octets.extend_from_slice(status(self.status()));
        self.each_field(|name, value| {
            for part in [b"\r\n", name.as_bytes(), b": ", value] {
                octets.extend_from_slice(part);
            }
        });
        octets.extend_from_slice(b"\r\n\r\n");
        if let Answer::Refuse(refusal) = self
            && refusal.has_content
        {
            refusal.content().iter().for_each(|part| octets.extend_from_slice(part.as_bytes()));
        }
        octets
    }

    #[inline]
    fn each_field(&self, mut field: impl FnMut(&'static str, &[u8])) {
        match self {
            Answer::Accept(accepted) => {
                field("Upgrade", b"websocket");
                field("Connection", b"Upgrade");
                field("Sec-WebSocket-Accept", &accepted.accept);
                if let Some(protocol) = &accepted.protocol {
                    field("Sec-WebSocket-Protocol", protocol.as_bytes());
                }
                if let Some(deflate) = &accepted.deflate {
                    field("Sec-WebSocket-Extensions", deflate.to_string().as_bytes());
                }
            }
            Answer::Refuse(refusal) => refusal.each_field(field),
        }
    }
}

/// A 101, up to the accept value.
const OPENING: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";

/// Room for most heads; larger ones grow.
const USUAL_HEAD: usize = 256;

/// The codes that a server answers with, and their reason phrases as registered (RFC 9110 §15).
const fn status(code: u16) -> &'static [u8] {
    match code {
        101 => b"101 Switching Protocols",
        400 => b"400 Bad Request",
        403 => b"403 Forbidden",
        404 => b"404 Not Found",
        405 => b"405 Method Not Allowed",
        413 => b"413 Content Too Large",
        414 => b"414 URI Too Long",
        417 => b"417 Expectation Failed",
        421 => b"421 Misdirected Request",
        426 => b"426 Upgrade Required",
        431 => b"431 Request Header Fields Too Large",
        501 => b"501 Not Implemented",
        _ => b"505 HTTP Version Not Supported",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_agrees_to_nothing_differs_by_that_alone() {
        let accept = *b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
        let plain = Accepted { resource: 0..0, origin: None, accept, protocol: None, deflate: None };
        let with_chat = Answer::Accept(Accepted { protocol: Some("chat".to_owned()), ..plain.clone() });
        let text = String::from_utf8(with_chat.octets()).expect("ASCII");
        let without = text.replace("Sec-WebSocket-Protocol: chat\r\n", "");
        assert_ne!(text, without);
        assert_eq!(Answer::Accept(plain).octets(), without.into_bytes());
    }
}
