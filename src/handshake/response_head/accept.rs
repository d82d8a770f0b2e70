//! Step 4 of RFC 6455 §4.1: the accept value.

use super::Judge;
use crate::handshake::accept::accept_octets;
use crate::handshake::fields::Field;
use crate::http::grammar::{is_ows, trim_beyond_ows};
use crate::judgement::{Class, Span, requirements as r};
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

impl Judge<'_, '_> {
    #[inline]
    pub(super) fn accept(&mut self) {
        let class = Class::Accept;
        let lines = self.lines(Field::Accept);
        let Some(first) = lines.first() else {
            return self.absent(class, &r::RFC6455_4_1_RESP_ACCEPT_MISSING, "missing Sec-WebSocket-Accept");
        };
        self.name_case(Field::Accept);
        if let Some(second) = lines.second() {
            let line = second.line();
            self.report(&r::RFC6455_11_3_3_ACCEPT_ONCE_CLIENT, class, line, "duplicate Sec-WebSocket-Accept line");
        }
        for line in lines {
            self.accept_line(line.value.clone());
        }
        if let Some(span) = first.unusual_ows(self.text) {
            self.report(&r::RFC6455_4_1_RESP_ACCEPT_OWS, class, span, "OWS around the value");
        }
    }

    pub(super) fn accept_line(&mut self, value: Span) {
        let class = Class::Accept;
        let octets = self.octets(&value);
        if octets.is_empty() {
            return self.report(&r::RFC6455_4_1_RESP_ACCEPT_MISSING, class, value, "Sec-WebSocket-Accept is empty");
        }
        let Some(key) = &self.own.offer.key else { return };
        let expected = &accept_octets(key.as_bytes())[..];
        if octets != expected {
            self.wrong_accept(value, expected);
        }
    }

    #[inline(never)]
    fn wrong_accept(&mut self, value: Span, expected: &[u8]) {
        let class = Class::Accept;
        let octets = self.octets(&value);
        let without_blanks = || octets.iter().copied().filter(|&octet| !is_ows(octet)).eq(expected.iter().copied());
        let (requirement, message) = if trim_beyond_ows(octets) == Some(expected) {
            // RFC 6455 §4.1 step 4 speaks of white space here without saying what that is.
            let message = "octet around the accept value that is not OWS";
            (&r::RFC6455_4_1_RESP_ACCEPT_ODD_WHITESPACE, message)
        } else if without_blanks() {
            (&r::RFC6455_4_1_RESP_ACCEPT_INNER_WS, "whitespace inside the accept value")
        } else if octets.eq_ignore_ascii_case(expected) {
            (&r::RFC6455_4_1_RESP_ACCEPT_CASE, "accept value differs in letter case")
        } else if is_other_spelling(octets, expected) {
            (&r::RFC6455_4_1_RESP_ACCEPT_NONCANONICAL, "accept value is another spelling of the same digest")
        } else {
            (&r::RFC6455_4_1_RESP_ACCEPT_WRONG, "accept value is not the one for the key")
        };
        self.report(requirement, class, value, message);
    }
}

/// Whether the octets decode to the digest of the expected value, in this or the URL-safe alphabet, however padded.
fn is_other_spelling(octets: &[u8], expected: &[u8]) -> bool {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let Ok(digest) = GeneralPurpose::new(&STANDARD, lenient).decode(expected) else { return false };
    [STANDARD, URL_SAFE]
        .iter()
        .any(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(octets).is_ok_and(|decoded| decoded == digest))
}
