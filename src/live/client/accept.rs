//! What a mark of a response stands for on a connection: the key's accept value, and each wrong one that is made of it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD, URL_SAFE};
use md5::Md5;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::handshake::GUID;

/// Reads what encoders should not write, as a tolerant client may have written its key.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    NO_PAD
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// What stands for a mark of `marks.toml` where a client sent the key, to the host, for the target. `None` for `extra`
/// and for a mark that is none.
pub fn value(mark: &str, key: &str, host: &str, target: &str, other_key: &str) -> Option<String> {
    let digest = |text: &[u8]| STANDARD.encode(Sha1::digest(text));
    let of = |key: &str, guid: &str| digest(format!("{key}{guid}").as_bytes());
    let accept = of(key, GUID);
    let raw = || Sha1::digest(format!("{key}{GUID}").as_bytes());
    let hex = || raw().iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    Some(match mark {
        "key" => key.to_owned(),
        "host" => host.to_owned(),
        "target" => target.to_owned(),
        "other-key" => other_key.to_owned(),
        "accept" => accept,
        "accept:lowercase" => accept.to_ascii_lowercase(),
        "accept:uppercase" => accept.to_ascii_uppercase(),
        "accept:hex" => hex(),
        "accept:base64-of-hex" => STANDARD.encode(hex()),
        "accept:unpadded" => accept.trim_end_matches('=').to_owned(),
        "accept:url-alphabet" => URL_SAFE.encode(raw()),
        "accept:truncated" => accept[..accept.len() - 4].to_owned(),
        "accept:doubled" => accept.repeat(2),
        "accept:noncanonical" => noncanonical(&accept),
        "accept:other-key" => of(other_key, GUID),
        "accept:wrong-guid" => of(key, "258EAFA5-E914-47DA-95CA-5BAB11DC85B6"),
        "accept:guid-typo" => of(key, &format!("{}2", &GUID[..GUID.len() - 1])),
        "accept:lowercase-guid" => of(key, &GUID.to_ascii_lowercase()),
        "accept:guid-first" => of(GUID, key),
        "accept:no-guid" => of(key, ""),
        "accept:decoded-key" => digest(&[&TOLERANT.decode(key).unwrap_or_default()[..], GUID.as_bytes()].concat()),
        "accept:unpadded-key" => of(key.trim_end_matches('='), GUID),
        "accept:lowercase-key" => of(&key.to_ascii_lowercase(), GUID),
        "accept:untrimmed" => of(&format!(" {key}"), GUID),
        "accept:newline-appended" => of(key, &format!("{GUID}\n")),
        "accept:sha256" => STANDARD.encode(Sha256::digest(format!("{key}{GUID}"))),
        "accept:md5" => STANDARD.encode(Md5::digest(format!("{key}{GUID}"))),
        _ => return None,
    })
}

/// With an unused bit set in the last character: 20 octets leave two bits of it, which are zero in what an encoder writes.
fn noncanonical(accept: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = accept.trim_end_matches('=');
    let (head, last) = digits.split_at(digits.len() - 1);
    let at = ALPHABET.iter().position(|&octet| last.as_bytes() == [octet]).unwrap_or(0);
    format!("{head}{}=", char::from(ALPHABET[at | 1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Conformance;

    /// The values of the table are from another tool.
    #[test]
    fn each_mark_of_the_canonical_key_is_the_canonical_value() {
        let marks = Conformance::embedded().unwrap().marks;
        let canonical = |name: &str| marks.canonical(name).unwrap();
        let (key, other) = (canonical("key"), canonical("other-key"));
        let mut compared = 0;
        for mark in marks.marks().iter().filter(|mark| mark.name != "extra") {
            let value = value(&mark.name, key, canonical("host"), canonical("target"), other);
            assert_eq!(value.as_deref(), Some(mark.canonical.as_str()), "{}", mark.name);
            compared += 1;
        }
        assert!(compared >= 26, "{compared}");
    }

    #[test]
    fn any_key_has_its_values() {
        let marks = Conformance::embedded().unwrap().marks;
        for key in ["", "=", "a", "\u{ff}", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB=="] {
            for mark in marks.marks().iter().filter(|mark| mark.name != "extra") {
                assert!(value(&mark.name, key, "h", "/", "o").is_some(), "{key} {}", mark.name);
            }
        }
        assert_eq!(value("extra", "k", "h", "/", "o"), None);
    }
}
