//! The accept value of an exchange made right for a key that the client chose itself.
//!
//! The octets of an exchange answer the key that the exchange names. A client whose key is random cannot be given that one,
//! so each place where the accept value stands, exactly or but for its case, its padding or its last unused bits, gets that
//! of the key that was sent. Any other value is wrong for either key and stays: so a client that must accept is given
//! nothing that it may refuse, and nothing that is wrong becomes right.

use ws101::handshake::accept_value;

/// How many characters of the 28 hold whole sextets of the digest: behind them stand its last four bits, two unused ones,
/// and the padding.
const WHOLE: usize = 26;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Makes octets that answer a key answer the one in the request instead.
pub fn rekey(octets: &mut [u8], key: &str, request: &[u8]) {
    let Some(sent) = sent_key(request).filter(|sent| *sent != key.as_bytes()) else { return };
    let (from, to) = (accept_value(key.as_bytes()).into_bytes(), accept_value(sent).into_bytes());
    let (mut at, end) = (0, head_end(octets));
    while at + WHOLE < end {
        let place = &mut octets[at..=at + WHOLE];
        let folds: [fn(&u8) -> u8; 3] = [|octet| *octet, u8::to_ascii_lowercase, u8::to_ascii_uppercase];
        let such =
            folds.iter().find(|fold| place[..WHOLE].iter().eq(&from[..WHOLE].iter().map(*fold).collect::<Vec<_>>()));
        if let Some(fold) = such {
            for (octet, its) in place.iter_mut().zip(&to[..WHOLE]) {
                *octet = fold(its);
            }
            place[WHOLE] = last(place[WHOLE], from[WHOLE], to[WHOLE], fold);
            at += WHOLE;
        }
        at += 1;
    }
}

/// Behind the last head: what follows it is data, whatever it looks like. Behind an interim response stands another one.
fn head_end(octets: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let is_interim = octets[end..].starts_with(b"HTTP/1.1 1") && !octets[end..].starts_with(b"HTTP/1.1 101");
        let ends = |at: &usize| octets[..*at].ends_with(b"\n\r\n") || octets[..*at].ends_with(b"\n\n");
        match (end + 1..=octets.len()).find(ends) {
            Some(at) if is_interim => end = at,
            Some(at) => return at,
            None => return octets.len(),
        }
    }
}

/// The character with the last four bits and the unused ones: those of `to`, changed as `octet` differs from `from`.
fn last(octet: u8, from: u8, to: u8, fold: &fn(&u8) -> u8) -> u8 {
    let sextet = |octet: u8| ALPHABET.iter().position(|its| *its == octet);
    if octet == fold(&from) {
        return fold(&to);
    }
    match (sextet(octet), sextet(from), sextet(to)) {
        (Some(octet), Some(from), Some(to)) => ALPHABET[to ^ from ^ octet],
        _ => octet,
    }
}

/// The value of `Sec-WebSocket-Key` in a request.
pub fn sent_key(request: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"sec-websocket-key:";
    let mut lines = request.split(|&octet| octet == b'\n');
    lines.find_map(|line| {
        let (name, value) = line.split_at_checked(NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then(|| value.trim_ascii())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
    const OTHER: &[u8] = b"GET / HTTP/1.1\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

    fn rekeyed(octets: &str) -> String {
        let mut octets = octets.as_bytes().to_vec();
        rekey(&mut octets, KEY, OTHER);
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn the_value_in_its_spellings_becomes_that_of_the_other_key() {
        let other = accept_value(b"AAAAAAAAAAAAAAAAAAAAAA==");
        let ours = accept_value(KEY.as_bytes());
        assert_eq!(rekeyed(&format!("A: {ours}\r\n")), format!("A: {other}\r\n"));
        assert_eq!(rekeyed(&ours.to_lowercase()), other.to_lowercase());
        assert_eq!(rekeyed(ours.trim_end_matches('=')), other.trim_end_matches('='));
        // s3pPLMBiTxaQ9kYGzzhZRbK+xOo= with an unused bit set.
        let odd = rekeyed("s3pPLMBiTxaQ9kYGzzhZRbK+xOp=");
        assert!(odd.starts_with(&other[..WHOLE]) && odd != other, "{odd}");
    }

    #[test]
    fn what_is_wrong_stays_wrong() {
        for wrong in
            ["", "A", "s3pPLMBiTxaQ9kYG zzhZRbK+xOo=", "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=", "s3pPLMBiTxaQ9kYGzzhZRbK+x"]
        {
            assert_eq!(rekeyed(wrong), wrong);
        }
        let wrong = rekeyed("s3pPLMBiTxaQ9kYGzzhZRbK+xOA=");
        assert_ne!(wrong, accept_value(b"AAAAAAAAAAAAAAAAAAAAAA=="));
    }

    #[test]
    fn data_behind_the_head_stays() {
        let (ours, other) = (accept_value(KEY.as_bytes()), accept_value(b"AAAAAAAAAAAAAAAAAAAAAA=="));
        let interim = "HTTP/1.1 102 Processing\r\n\r\n";
        let octets = |accept: &str| format!("{interim}HTTP/1.1 101 \r\nA: {accept}\r\n\r\n{ours}");
        assert_eq!(rekeyed(&octets(&ours)), octets(&other));
        let data = format!("HTTP/1.1 101 \r\n\r\nHTTP/1.1 {ours}\r\n\r\n{ours}");
        assert_eq!(rekeyed(&data), data);
    }

    #[test]
    fn the_same_key_changes_nothing() {
        let mut octets = accept_value(KEY.as_bytes()).into_bytes();
        let before = octets.clone();
        rekey(&mut octets, KEY, format!("GET / HTTP/1.1\r\nSec-WebSocket-Key: {KEY}\r\n\r\n").as_bytes());
        rekey(&mut octets, KEY, b"GET / HTTP/1.1\r\n\r\n");
        assert_eq!(octets, before);
    }
}
