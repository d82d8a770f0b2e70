//! Accept values: the right one of a key, and the wrong ones that implementations are known to compute.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use sha1::{Digest as _, Sha1};

use crate::handshake::{GUID, accept_value};

/// Another key, whose accept value a replayed answer has: that of `{other-key}` in `marks.toml`.
pub const OTHER_KEY: &str = "x3JJHMbDL1EzLkh9GBhXDw==";

/// The accept value of a key, changed as the mark of `marks.toml` with this name has it: `accept`, `accept:hex` …; `None`
/// for a name that is none of an accept value.
pub fn transformed(mark: &str, key: &str) -> Option<String> {
    let right = accept_value(key.as_bytes());
    let Some(how) = mark.strip_prefix("accept:") else { return (mark == "accept").then_some(right) };
    let sha1 = |octets: &[&[u8]]| Sha1::digest(octets.concat());
    let hashed = |octets: &[&[u8]]| Some(STANDARD.encode(sha1(octets)));
    let hex =
        || sha1(&[key.as_bytes(), GUID.as_bytes()]).iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    match how {
        "lowercase" => Some(right.to_ascii_lowercase()),
        "uppercase" => Some(right.to_ascii_uppercase()),
        "hex" => Some(hex()),
        "base64-of-hex" => Some(STANDARD.encode(hex())),
        "unpadded" => Some(STANDARD_NO_PAD.encode(sha1(&[key.as_bytes(), GUID.as_bytes()]))),
        "url-alphabet" => Some(URL_SAFE.encode(sha1(&[key.as_bytes(), GUID.as_bytes()]))),
        "truncated" => Some(right[..right.len() - 4].to_owned()),
        "last-four" => Some(right[right.len() - 4..].to_owned()),
        "doubled" => Some(right.repeat(2)),
        "noncanonical" => noncanonical(&right),
        "other-key" => Some(accept_value(OTHER_KEY.as_bytes())),
        "wrong-guid" => hashed(&[key.as_bytes(), b"258EAFA5-E914-47DA-95CA-5BAB11DC85B6"]),
        "guid-typo" => hashed(&[key.as_bytes(), b"258EAFA5-E914-47DA-95CA-C5AB0DC85B12"]),
        "lowercase-guid" => hashed(&[key.as_bytes(), GUID.to_ascii_lowercase().as_bytes()]),
        "guid-first" => hashed(&[GUID.as_bytes(), key.as_bytes()]),
        "no-guid" => hashed(&[key.as_bytes()]),
        "decoded-key" => STANDARD.decode(key).ok().and_then(|nonce| hashed(&[&nonce, GUID.as_bytes()])),
        "unpadded-key" => hashed(&[key.trim_end_matches('=').as_bytes(), GUID.as_bytes()]),
        "lowercase-key" => hashed(&[key.to_ascii_lowercase().as_bytes(), GUID.as_bytes()]),
        "untrimmed" => hashed(&[b" ", key.as_bytes(), GUID.as_bytes()]),
        "newline-appended" => hashed(&[key.as_bytes(), GUID.as_bytes(), b"\n"]),
        "sha256" => Some(STANDARD.encode(sha2::Sha256::digest([key.as_bytes(), GUID.as_bytes()].concat()))),
        "md5" => Some(STANDARD.encode(md5::Md5::digest([key.as_bytes(), GUID.as_bytes()].concat()))),
        _ => None,
    }
}

/// The value with an unused bit of its last character set, so that it decodes to the same digest (RFC 4648 §3.5).
fn noncanonical(accept: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (head, last) = accept.strip_suffix('=')?.split_at_checked(accept.len() - 2)?;
    let at = ALPHABET.iter().position(|&letter| last.as_bytes() == [letter])?;
    Some(format!("{head}{}=", char::from(ALPHABET[at | 1])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Conformance;

    /// The canonical values are from tools that are no part of this project.
    #[test]
    fn each_mark_of_an_accept_value_has_its_transform() {
        let data = Conformance::embedded().unwrap();
        let key = data.marks.canonical("key").unwrap();
        assert_eq!(data.marks.canonical("other-key"), Some(OTHER_KEY));
        let mut seen = 0;
        for mark in data.marks.marks().iter().filter(|mark| mark.name.starts_with("accept")) {
            assert_eq!(transformed(&mark.name, key).as_ref(), Some(&mark.canonical), "{}", mark.name);
            seen += 1;
        }
        assert!(seen > 20, "{seen}");
        assert_eq!(transformed("key", key), None);
        assert_eq!(transformed("accept:none-such", key), None);
    }
}
