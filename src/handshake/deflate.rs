//! permessage-deflate: its parameters and their negotiation (RFC 7692 §5 and §7.1).

use core::fmt;
use std::borrow::Cow;

use super::extension::{Extension, Parameter};
use crate::http::grammar::latin1;
use crate::judgement::Span;

/// The name of the extension.
pub const NAME: &str = "permessage-deflate";

/// A name as text: those of this extension and of its parameters, which nearly all are, take no allocation.
pub(super) fn name(octets: &[u8]) -> Cow<'static, str> {
    const KNOWN: [&str; 5] = [
        NAME,
        "server_no_context_takeover",
        "client_no_context_takeover",
        "server_max_window_bits",
        "client_max_window_bits",
    ];
    let known = KNOWN.into_iter().find(|name| name.as_bytes() == octets);
    known.map_or_else(|| latin1(octets).into(), Cow::Borrowed)
}

/// The parameters of an offer or an agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deflate {
    /// `server_no_context_takeover` (§7.1.1.1).
    pub server_no_context_takeover: bool,
    /// `client_no_context_takeover` (§7.1.1.2).
    pub client_no_context_takeover: bool,
    /// `server_max_window_bits`, 8 to 15 (§7.1.2.1).
    pub server_max_window_bits: Option<u8>,
    /// `client_max_window_bits` (§7.1.2.2); in an offer it may be without a value, 8 to 15.
    pub client_max_window_bits: Option<Option<u8>>,
}

/// The offers that browsers make, as they write them, of which there is nothing to say.
const USUAL_OFFERS: [(&str, Deflate); 2] = {
    const NONE: Deflate = Deflate {
        server_no_context_takeover: false,
        client_no_context_takeover: false,
        server_max_window_bits: None,
        client_max_window_bits: None,
    };
    [
        ("permessage-deflate; client_max_window_bits", Deflate { client_max_window_bits: Some(None), ..NONE }),
        ("permessage-deflate", NONE),
    ]
};

/// The one of them that a value is.
pub(super) fn usual_offer(value: &[u8]) -> Option<Deflate> {
    USUAL_OFFERS.iter().find(|(offer, _)| offer.as_bytes() == value).map(|(_, deflate)| *deflate)
}

/// Why an element cannot be used (RFC 7692 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A parameter that is not defined.
    UnknownParameter,
    /// A parameter twice.
    RepeatedParameter,
    /// A parameter with a value that is not defined for it, or without one that it must have.
    InvalidValue,
}

/// Whether an element is an offer of a client or an agreement of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Side {
    Offer,
    Agreement,
}

impl Deflate {
    /// Reads the parameters of an element of that name.
    pub fn read(element: &Extension, side: Side) -> Result<Self, (Fault, Span)> {
        let mut deflate = Deflate::default();
        for parameter in &element.parameters {
            deflate.take(parameter, side).map_err(|fault| (fault, parameter.span.clone()))?;
        }
        Ok(deflate)
    }

    fn take(&mut self, parameter: &Parameter, side: Side) -> Result<(), Fault> {
        let value = parameter.value.as_deref();
        let flag = |flag: &mut bool| match value {
            None if !*flag => {
                *flag = true;
                Ok(())
            }
            None => Err(Fault::RepeatedParameter),
            Some(_) => Err(Fault::InvalidValue),
        };
        match &*parameter.name {
            "server_no_context_takeover" => flag(&mut self.server_no_context_takeover),
            "client_no_context_takeover" => flag(&mut self.client_no_context_takeover),
            "server_max_window_bits" => {
                let bits = window_bits(value.ok_or(Fault::InvalidValue)?).ok_or(Fault::InvalidValue)?;
                self.server_max_window_bits.replace(bits).map_or(Ok(()), |_| Err(Fault::RepeatedParameter))
            }
            "client_max_window_bits" => {
                let bits = match value {
                    None if side == Side::Offer => None,
                    None => return Err(Fault::InvalidValue),
                    Some(value) => Some(window_bits(value).ok_or(Fault::InvalidValue)?),
                };
                self.client_max_window_bits.replace(bits).map_or(Ok(()), |_| Err(Fault::RepeatedParameter))
            }
            _ => Err(Fault::UnknownParameter),
        }
    }

    /// The agreement of a server that can honour every offer: what the offer asks of the server, and nothing more.
    pub const fn agree(&self) -> Self {
        Deflate {
            server_no_context_takeover: self.server_no_context_takeover,
            client_no_context_takeover: false,
            server_max_window_bits: self.server_max_window_bits,
            client_max_window_bits: None,
        }
    }

    /// The requirements of this offer that an agreement does not meet (§7.1).
    pub fn breaches(&self, agreement: &Self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if self.server_no_context_takeover && !agreement.server_no_context_takeover {
            breaches.push(Breach::NoServerNoContextTakeover);
        }
        if let Some(asked) = self.server_max_window_bits
            // Without the parameter the window has at most 15 bits (§7.1.2.1).
            && agreement.server_max_window_bits.unwrap_or(15) > asked
        {
            breaches.push(Breach::LargerServerWindow);
        }
        if agreement.client_max_window_bits.is_some() && self.client_max_window_bits.is_none() {
            breaches.push(Breach::ClientWindowNotOffered);
        }
        breaches
    }
}

/// How an agreement fails an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
#[non_exhaustive]
pub enum Breach {
    NoServerNoContextTakeover,
    LargerServerWindow,
    ClientWindowNotOffered,
}

/// 8 to 15, without leading zeros (§7.1.2).
fn window_bits(value: &str) -> Option<u8> {
    match value {
        "8" | "9" | "10" | "11" | "12" | "13" | "14" | "15" => value.parse().ok(),
        _ => None,
    }
}

impl fmt::Display for Deflate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; server_max_window_bits={bits}")?;
        }
        match self.client_max_window_bits {
            None => Ok(()),
            Some(None) => f.write_str("; client_max_window_bits"),
            Some(Some(bits)) => write!(f, "; client_max_window_bits={bits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::ExtensionList;

    #[test]
    fn a_usual_offer_is_what_its_text_says() {
        for (text, offer) in USUAL_OFFERS {
            let list = ExtensionList::parse(text).expect("a list");
            let [element] = &list.elements[..] else { panic!("{text}: {list:?}") };
            assert_eq!((&*element.name, Deflate::read(element, Side::Offer)), (NAME, Ok(offer)), "{text}");
            let plain = ExtensionList { elements: list.elements.clone(), ..ExtensionList::default() };
            assert_eq!(list, plain, "{text}: its spelling is nothing to report");
            assert!(offer.server_max_window_bits.is_none(), "{text}: its window is nothing to report");
        }
    }
}
