//! Sec-WebSocket-Key: the base64 of 16 octets (RFC 6455 §4.1 item 7, §4.2.1 item 5, §4.3; RFC 4648 §4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::http::grammar::{all, position, table};
use crate::http::meter;
use crate::judgement::{Requirement, Span, requirements as r};

/// The key of a nonce.
pub fn key_of(nonce: [u8; 16]) -> String {
    STANDARD.encode(nonce)
}

/// What is wrong with a key: the requirement, where, and in words. Empty for the base64 of 16 octets.
///
/// Offsets are within the key.
///
/// ```text
/// Sec-WebSocket-Key      = base64-value-non-empty
/// base64-value-non-empty = ( 1*base64-data [ base64-padding ] ) / base64-padding
/// base64-data            = 4base64-character
/// base64-padding         = ( 2base64-character "==" ) / ( 3base64-character "=" )
/// ```
pub(super) fn faults(key: &[u8]) -> Vec<(&'static Requirement, Span, &'static str)> {
    if is_key(key) {
        return Vec::new();
    }
    let all = 0..key.len();
    if key.is_empty() {
        return vec![(&r::RFC6455_4_2_1_KEY_EMPTY, all, "key is empty")];
    }
    // What does not decode has no length.
    if let Some(at) = key.iter().position(|&octet| !is_alphabet(octet) && octet != b'=') {
        let run = key[at..].iter().take_while(|&&octet| !is_alphabet(octet) && octet != b'=').count();
        return vec![(&r::RFC6455_4_2_1_KEY_ALPHABET, at..at + run, "octet outside the base64 alphabet in the key")];
    }
    let pads = key.iter().rev().take_while(|&&octet| octet == b'=').count();
    let data = key.len() - pads;
    vec![if let Some(at) = position(&key[..data], b'=') {
        (&r::RFC6455_4_2_1_KEY_PADDING, at..at + 1, "padding in the middle of the key")
    } else if data % 4 == 1 || pads != (4 - data % 4) % 4 {
        (&r::RFC6455_4_2_1_KEY_PADDING, data..key.len(), "key lacks padding, or has the wrong padding")
    } else if data != 22 {
        (&r::RFC6455_4_2_1_KEY_LENGTH, all, "key is not the base64 of 16 octets")
    } else {
        (&r::RFC6455_4_2_1_KEY_NONCANONICAL, 21..22, "unused bits of the key's last character are not zero")
    }]
}

/// Whether the octets are the base64 of 16 octets, as every encoder writes it: 22 characters of the alphabet, the last of
/// which carries two bits and four that are zero (RFC 4648 §3.5), and the padding.
pub(super) fn is_key(octets: &[u8]) -> bool {
    meter::visit(octets.len());
    let Some(data) = octets.strip_suffix(b"==") else { return false };
    data.len() == 22 && matches!(data[21], b'A' | b'Q' | b'g' | b'w') && all(data, is_alphabet)
}

/// The base64 alphabet (RFC 4648 §4), without the padding.
///
/// ```text
/// base64-character = ALPHA / DIGIT / "+" / "/"
/// ```
const fn is_alphabet(octet: u8) -> bool {
    const fn is_member(octet: u8) -> bool {
        octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/')
    }
    static ALPHABET: [bool; 256] = table!(is_member);
    ALPHABET[octet as usize]
}
