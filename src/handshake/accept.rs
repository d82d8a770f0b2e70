//! The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2 step 5.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

use crate::http::grammar::latin1;

/// The GUID that proves that a server knows the protocol (RFC 6455 §1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The accept value for a key: the base64 of the SHA-1 of the key, as it was sent without the blanks around it, and the
/// GUID. The key is text here: it is neither decoded nor checked.
///
/// ```
/// assert_eq!(ws101::handshake::accept_value(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
pub fn accept_value(key: &[u8]) -> String {
    latin1(&accept_octets(key))
}

/// The octets of the accept value for a key.
pub(super) fn accept_octets(key: &[u8]) -> [u8; 28] {
    let digest = match <&[u8; 24]>::try_from(key) {
        // The length of every key that is none but right: hashed in one piece, which is quicker.
        Ok(key) => {
            let mut whole = [0; 24 + GUID.len()];
            whole[..24].copy_from_slice(key);
            whole[24..].copy_from_slice(GUID.as_bytes());
            Sha1::digest(whole)
        }
        Err(_) => Sha1::new().chain_update(key).chain_update(GUID).finalize(),
    };
    let mut value = [0; 28];
    let length = STANDARD.encode_slice(digest, &mut value);
    debug_assert_eq!(length, Ok(value.len()), "the base64 of 20 octets");
    value
}
