//! The members that vectors and entries of the ledger share: how the octets end, what the peer needs, options to build from.

use serde::Deserialize;

use super::marks::Rendering;
use super::source::Wrong;
use super::words;
use crate::suite::exchange::{Building, End, Needs};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::suite) enum RawEnd {
    Open,
    HalfClose,
}

impl From<Option<RawEnd>> for End {
    fn from(end: Option<RawEnd>) -> End {
        match end {
            None | Some(RawEnd::Open) => End::Open,
            Some(RawEnd::HalfClose) => End::HalfClosed,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::suite) struct RawNeeds {
    #[serde(default)]
    protocols: Vec<String>,
    #[serde(default, deserialize_with = "words::present")]
    extensions: Option<String>,
    #[serde(default, deserialize_with = "words::present")]
    origins: Option<Vec<String>>,
    #[serde(default, deserialize_with = "words::present")]
    resources: Option<Vec<String>>,
    #[serde(default, deserialize_with = "words::present")]
    authorities: Option<Vec<String>>,
}

impl RawNeeds {
    /// Whether something is needed that no client can be configured for.
    pub(in crate::suite) const fn only_for_servers(&self) -> bool {
        self.origins.is_some() || self.resources.is_some() || self.authorities.is_some()
    }

    /// The needs, with marks rendered.
    pub(in crate::suite) fn render(self, rendering: &mut Rendering<'_>) -> Needs {
        let mut list = |list: Vec<String>| list.iter().map(|text| rendering.text(text)).collect::<Vec<_>>();
        Needs {
            protocols: list(self.protocols),
            origins: self.origins.map(&mut list),
            resources: self.resources.map(&mut list),
            authorities: self.authorities.map(&mut list),
            extensions: self.extensions,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::suite) struct RawOptions {
    #[serde(default)]
    protocols: Vec<String>,
    #[serde(default, deserialize_with = "words::present")]
    extensions: Option<String>,
    #[serde(default, deserialize_with = "words::present")]
    origin: Option<String>,
    #[serde(default)]
    fields: Vec<Vec<String>>,
    #[serde(default, deserialize_with = "words::present")]
    nonce: Option<String>,
}

/// The nonce of the canonical key (RFC 6455 §1.3).
const NONCE: [u8; 16] = *b"the sample nonce";

impl RawOptions {
    /// The building, with marks rendered.
    pub(in crate::suite) fn render(self, uri: &str, rendering: &mut Rendering<'_>) -> Result<Building, Wrong> {
        let nonce = match self.nonce {
            None => NONCE,
            Some(hex) => octets_of_hex(&hex).ok_or_else(|| {
                (format!("nonce `{hex}` is not 16 octets in hexadecimal"), "write 32 hexadecimal digits")
            })?,
        };
        let mut text = |text: String| rendering.text(&text);
        let mut field = |field: Vec<String>| match <[String; 2]>::try_from(field) {
            Ok(field) => Ok(field.map(&mut text).into()),
            Err(_) => Err(("a field is not a name and a value".to_owned(), "write [name, value]")),
        };
        let fields = self.fields.into_iter().map(&mut field).collect::<Result<_, Wrong>>()?;
        Ok(Building {
            uri: text(uri.to_owned()),
            protocols: self.protocols.into_iter().map(&mut text).collect(),
            extensions: self.extensions.map(&mut text),
            origin: self.origin.map(&mut text),
            fields,
            nonce,
        })
    }
}

fn octets_of_hex(hex: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    let octets: Vec<u8> = pairs.iter().map(|[high, low]| high * 16 + low).collect();
    if odd.is_empty() { octets.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_octets_are_thirty_two_digits() {
        assert_eq!(
            octets_of_hex("000102030405060708090a0B0c0D0e0f"),
            Some([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
        );
        for wrong in [
            "",
            "00",
            "000102030405060708090a0b0c0d0e0",
            "000102030405060708090a0b0c0d0e0f0",
            "0g0102030405060708090a0b0c0d0e0f",
        ] {
            assert_eq!(octets_of_hex(wrong), None, "{wrong}");
        }
    }
}
