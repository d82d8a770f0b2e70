//! The keys that the octets of a request hold, in the readings that peers are known for. Shares no parser with the reference.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::STANDARD as PLAIN;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::handshake::accept_value;
use crate::suite::ledger::{Divergence, Reading, Uses};
use crate::suite::wire::Head;

/// The accept values that are right for a request, in the plain reading and in those that the entries of a ledger name.
pub(in crate::oracle) fn accepts(head: &[u8], entries: &[&Divergence]) -> Vec<String> {
    let mut readings: Vec<Option<Reading>> = entries.iter().filter_map(|entry| entry.reads).map(Some).collect();
    readings.push(None);
    let mut uses: Vec<Uses> = entries.iter().filter_map(|entry| entry.uses).collect();
    if uses.is_empty() {
        uses.push(Uses::First);
    }
    let mut accepts: Vec<String> = Vec::new();
    for reading in readings {
        let keys = keys(head, reading);
        for uses in &uses {
            let key = match uses {
                Uses::First => keys.first().cloned(),
                Uses::Last => keys.last().cloned(),
                Uses::Joined => Some(keys.join(&b", "[..])),
            };
            accepts.extend(key.map(|key| accept_value(&key)));
        }
    }
    accepts
}

/// The value of each key line, in a reading of the framing faults.
fn keys(head: &[u8], reading: Option<Reading>) -> Vec<Vec<u8>> {
    let head = Head::read_as(head, reading);
    let key = |value: Cow<'_, [u8]>| match reading {
        Some(Reading::EncodedAgain) => encoded_again(&value),
        _ => value.into_owned(),
    };
    head.values("Sec-WebSocket-Key").map(key).collect()
}

/// What a key holds, encoded as it should be; the key itself where it holds nothing.
fn encoded_again(value: &[u8]) -> Vec<u8> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&STANDARD, CONFIG).decode(value);
    decoded.map_or_else(|_| value.to_vec(), |octets| PLAIN.encode(octets).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str, reading: Option<Reading>) -> Vec<String> {
        let head = format!("GET / HTTP/1.1\r\n{fields}\r\nSec-WebSocket-Key: behind\r\n");
        keys(head.as_bytes(), reading).into_iter().map(|key| String::from_utf8(key).unwrap()).collect()
    }

    #[test]
    fn every_key_line_has_its_value() {
        assert_eq!(read("sec-websocket-KEY:\t a \r\nX: b\r\nSec-WebSocket-Key:c\r\n", None), ["a", "c"]);
        assert_eq!(read("Sec-WebSocket-Keys: a\r\nSec-WebSocket-Key\r\n", None), [""; 0]);
        assert_eq!(read("Sec-WebSocket-Key: a\nHost: h\n", None), ["a"]);
    }

    #[test]
    fn framing_faults_are_read_as_the_entry_says() {
        assert_eq!(read("Sec-WebSocket-Key:\r\n a\r\n", None), ["a"]);
        assert_eq!(read("Sec-WebSocket-Key: a\r\n\tb\r\n", None), ["a b"]);
        assert_eq!(read("Sec-WebSocket-Key: a\r\n b\r\n", Some(Reading::EndsValue)), ["a"]);
        assert_eq!(read("Sec-WebSocket-Key: a\0b\r\n", None), ["a b"]);
        assert_eq!(read("Sec-WebSocket-Key: a\0b\r\n", Some(Reading::AsIs)), ["a\0b"]);
        assert_eq!(read("Sec-WebSocket-Key: a\0b\r\n", Some(Reading::EndsValue)), ["a"]);
        assert_eq!(read("X: b\rSec-WebSocket-Key: a\r\n", None), [""; 0]);
        assert_eq!(read("X: b\rSec-WebSocket-Key: a\r\n", Some(Reading::CrEndsLine)), ["a"]);
        let unpadded = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR\r\n";
        assert_eq!(read(unpadded, Some(Reading::EncodedAgain)), ["dGhlIHNhbXBsZSBub25jZQ=="]);
        assert_eq!(read("Sec-WebSocket-Key: a b\r\n", Some(Reading::EncodedAgain)), ["a b"]);
        assert_eq!(read(" Sec-WebSocket-Key: a\r\nX: b\r\n", None), [""; 0]);
        assert_eq!(read(" Sec-WebSocket-Key: a\r\nX: b\r\n", Some(Reading::UsesLine)), ["a"]);
    }
}
