//! The keys that the octets of a request hold, in the readings that peers are known for. Shares no parser with the reference.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::STANDARD as PLAIN;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::handshake::accept_value;
use crate::suite::ledger::{Divergence, Reading, Uses};

const NAME: &[u8] = b"sec-websocket-key";

/// The accept values that are right for a request, in the plain reading and in those that the entries of a ledger name.
pub(super) fn accepts(head: &[u8], entries: &[&Divergence]) -> Vec<String> {
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
pub(super) fn keys(head: &[u8], reading: Option<Reading>) -> Vec<Vec<u8>> {
    let mut head = head.to_vec();
    if reading == Some(Reading::CrEndsLine) {
        for at in 0..head.len() {
            if head[at] == b'\r' && head.get(at + 1) != Some(&b'\n') {
                head[at] = b'\n';
            }
        }
    }
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut started = false;
    for raw in head.split(|&octet| octet == b'\n') {
        let line = raw.strip_suffix(b"\r").unwrap_or(raw);
        if line.is_empty() && started {
            break;
        }
        let is_white = matches!(line.first(), Some(b' ' | b'\t'));
        match lines.last_mut() {
            // Behind the start-line alone there is nothing to fold onto.
            Some(last) if is_white && lines_are_fields(started, last) => {
                if reading != Some(Reading::EndsValue) {
                    last.push(b' ');
                    last.extend_from_slice(blank_free(line));
                }
            }
            _ if is_white && started && reading != Some(Reading::UsesLine) => {}
            _ => lines.push(blank_free(line).to_vec()),
        }
        started |= !line.is_empty();
    }
    lines.iter().filter_map(|line| value(line, reading)).collect()
}

/// Whether a line is a field line, which another one may fold.
fn lines_are_fields(started: bool, last: &[u8]) -> bool {
    started && !last.windows(6).any(|window| window == b" HTTP/")
}

fn value(line: &[u8], reading: Option<Reading>) -> Option<Vec<u8>> {
    let (name, value) = line.split_at_checked(NAME.len())?;
    let value = value.trim_ascii_start().strip_prefix(b":")?;
    if !name.eq_ignore_ascii_case(NAME) {
        return None;
    }
    let is_broken = |octet: &u8| matches!(octet, 0 | b'\r');
    let value: Vec<u8> = match reading {
        Some(Reading::AsIs) => value.to_vec(),
        Some(Reading::EndsValue) => value.split(is_broken).next().unwrap_or_default().to_vec(),
        Some(Reading::EncodedAgain) => encoded_again(value),
        _ => value.iter().map(|octet| if is_broken(octet) { b' ' } else { *octet }).collect(),
    };
    Some(blank_free(&value).to_vec())
}

/// What a key holds, encoded as it should be; the key itself where it holds nothing.
fn encoded_again(value: &[u8]) -> Vec<u8> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decoded = GeneralPurpose::new(&STANDARD, CONFIG).decode(blank_free(value));
    decoded.map_or_else(|_| value.to_vec(), |octets| PLAIN.encode(octets).into_bytes())
}

/// Without the optional white space at its ends.
fn blank_free(octets: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let start = octets.iter().position(|octet| !is_blank(octet)).unwrap_or(octets.len());
    let end = octets.iter().rposition(|octet| !is_blank(octet)).map_or(start, |last| last + 1);
    &octets[start..end]
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
