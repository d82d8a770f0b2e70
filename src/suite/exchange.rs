//! An exchange: what a peer is given, as plain data.

use std::fmt;

use crate::judgement::Role;

/// How octets are cut into reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Delivery {
    /// One read holds everything.
    #[default]
    Whole,
    /// The reads end before these offsets (ascending, inside the octets), and at the end.
    Split(Vec<usize>),
    /// Each read holds one octet.
    Octets,
}

impl Delivery {
    /// The ends of the reads of `length` octets, ascending, the last one being `length`; empty for no octets.
    pub fn ends(&self, length: usize) -> Vec<usize> {
        if length == 0 {
            return Vec::new();
        }
        match self {
            Delivery::Whole => vec![length],
            Delivery::Octets => (1..=length).collect(),
            Delivery::Split(at) => {
                let mut ends: Vec<usize> = at.iter().copied().filter(|end| (1..length).contains(end)).collect();
                ends.push(length);
                ends.sort_unstable();
                ends.dedup();
                ends
            }
        }
    }
}

/// `whole`, `octets`, or the offsets with commas between them.
impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delivery::Whole => f.write_str("whole"),
            Delivery::Octets => f.write_str("octets"),
            Delivery::Split(at) => f.write_str(&at.iter().map(usize::to_string).collect::<Vec<_>>().join(",")),
        }
    }
}

/// What happens behind the last octet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum End {
    /// The sender waits for an answer.
    #[default]
    Open,
    /// The sender's side of the connection ends.
    HalfClosed,
}

/// What the peer is configured for.
///
/// For a server, what it supports and serves; for a client, what it offered. The default is nothing: no subprotocol, no
/// extension, any origin, any resource, any authority.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Needs {
    /// Subprotocols, in order of preference.
    pub protocols: Vec<String>,
    /// A raw `Sec-WebSocket-Extensions` value.
    pub extensions: Option<String>,
    /// The only origins that are served.
    pub origins: Option<Vec<String>>,
    /// The only resource names that are served.
    pub resources: Option<Vec<String>>,
    /// The only authorities that are served.
    pub authorities: Option<Vec<String>>,
}

impl Needs {
    /// Whether any peer meets these needs without configuration.
    pub fn is_none(&self) -> bool {
        *self == Needs::default()
    }
}

/// Octets for a peer that reads: a request for a server, a response for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The role of the peer that reads the octets.
    pub role: Role,
    /// The octets.
    pub octets: Vec<u8>,
    /// How they are cut into reads.
    pub delivery: Delivery,
    /// What happens behind them.
    pub end: End,
    /// What the peer is configured for.
    pub needs: Needs,
    /// The `Sec-WebSocket-Key` that the client sent. Only a client that reads a response has one.
    pub key: Option<String>,
}

impl Exchange {
    /// Octets for the role, whole, without needs, with the key of RFC 6455 §1.3 for a client.
    pub fn new(role: Role, octets: impl Into<Vec<u8>>) -> Self {
        Exchange {
            role,
            octets: octets.into(),
            delivery: Delivery::Whole,
            end: End::Open,
            needs: Needs::default(),
            key: (role == Role::Client).then(|| "dGhlIHNhbXBsZSBub25jZQ==".to_owned()),
        }
    }
}

impl Exchange {
    /// The octets in portions, as the delivery cuts them.
    pub fn portions(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        self.delivery
            .ends(self.octets.len())
            .into_iter()
            .map(move |end| &self.octets[std::mem::replace(&mut start, end)..end])
    }
}

/// A URI and options from which a client builds a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Building {
    /// The ws or wss URI.
    pub uri: String,
    /// Subprotocols to offer.
    pub protocols: Vec<String>,
    /// A raw `Sec-WebSocket-Extensions` value to offer.
    pub extensions: Option<String>,
    /// The `Origin` to send.
    pub origin: Option<String>,
    /// Further fields.
    pub fields: Vec<(String, String)>,
    /// The nonce of the key.
    pub nonce: [u8; 16],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_end_inside_the_octets_and_at_their_end() {
        assert_eq!(Delivery::Whole.ends(3), [3]);
        assert_eq!(Delivery::Octets.ends(3), [1, 2, 3]);
        assert_eq!(Delivery::Split(vec![4, 0, 1, 1, 5, 9]).ends(5), [1, 4, 5]);
        assert!(Delivery::Split(vec![1]).ends(0).is_empty());
    }

    #[test]
    fn a_need_of_any_kind_is_one() {
        let some = || Some(vec!["a".to_owned()]);
        assert!(Needs::default().is_none());
        assert!(!Needs { protocols: vec!["a".to_owned()], ..Needs::default() }.is_none());
        assert!(!Needs { extensions: Some("a".to_owned()), ..Needs::default() }.is_none());
        assert!(!Needs { origins: some(), ..Needs::default() }.is_none());
        assert!(!Needs { resources: some(), ..Needs::default() }.is_none());
        assert!(!Needs { authorities: some(), ..Needs::default() }.is_none());
    }
}
