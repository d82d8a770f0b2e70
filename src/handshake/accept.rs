//! The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2 step 5.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

/// The GUID that proves that a server knows the protocol (RFC 6455 §1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The accept value for a key: the base64 of the SHA-1 of the key, as it was sent without the blanks around it, and the
/// GUID. The key is text here: it is neither decoded nor checked.
///
/// ```
/// assert_eq!(ws101::handshake::accept_value(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
pub fn accept_value(key: &[u8]) -> String {
    STANDARD.encode(digest(key))
}

/// Whether the octets are the accept value for a key.
pub(super) fn is_accept_value(octets: &[u8], key: &[u8]) -> bool {
    let mut expected = [0; 28];
    STANDARD.encode_slice(digest(key), &mut expected).is_ok() && octets == expected
}

fn digest(key: &[u8]) -> impl AsRef<[u8]> {
    Sha1::new().chain_update(key).chain_update(GUID).finalize()
}
