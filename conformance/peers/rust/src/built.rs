//! What a client sends, made comparable: the place of its random key gets that of the nonce, and its URI says where it goes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;

use crate::rekey::sent_key;

/// The request with the key of a nonce in the place of the client's own, if that one is the base64 of 16 octets.
pub fn keyed(mut request: Vec<u8>, nonce: &[u8; 16]) -> Vec<u8> {
    let Some(sent) = sent_key(&request).filter(|key| STANDARD.decode(key).is_ok_and(|own| own.len() == 16)) else {
        return request;
    };
    let sent = sent.to_vec();
    let at = request.windows(sent.len()).position(|window| window == sent).unwrap_or_default();
    request.splice(at..at + sent.len(), STANDARD.encode(nonce).into_bytes());
    request
}

/// Host without brackets, port and TLS, as a connection to the URI takes them.
pub fn address(uri: &Uri) -> (String, u16, bool) {
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host).to_owned();
    let tls = uri.scheme_str() == Some("wss");
    (host, uri.port_u16().unwrap_or(if tls { 443 } else { 80 }), tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_key_is_replaced_and_a_wrong_one_stays() {
        let request = |key: &str| format!("GET / HTTP/1.1\r\nSec-WebSocket-Key: {key}\r\n\r\n").into_bytes();
        assert_eq!(keyed(request("dGhlIHNhbXBsZSBub25jZQ=="), &[0; 16]), request("AAAAAAAAAAAAAAAAAAAAAA=="));
        assert_eq!(keyed(request("AAAA"), &[0; 16]), request("AAAA"));
    }

    #[test]
    fn a_uri_says_where_to_connect() {
        let of = |uri: &'static str| address(&Uri::from_static(uri));
        assert_eq!(of("wss://[::1]/a"), ("::1".to_owned(), 443, true));
        assert_eq!(of("ws://h:81/a"), ("h".to_owned(), 81, false));
    }
}
