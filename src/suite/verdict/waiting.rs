//! Whether a peer that has not answered may be waiting.

use super::Expectation;
use crate::judgement::{Permitted, Role};
use crate::suite::exchange::{End, Exchange};

/// Whether a peer that gave no answer may be waiting for octets that are still to come.
pub(super) fn may_wait(expectation: &Expectation, exchange: &Exchange) -> bool {
    if exchange.end == End::HalfClosed {
        return false;
    }
    let start =
        exchange.octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(exchange.octets.len());
    let octets = behind_interim(exchange.role, &exchange.octets[start..]);
    let has = |name: &[u8]| octets.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
    // By the grammar alone a head ends with CR LF CR LF; a tolerant end is nobody's duty.
    expectation.unfinished
        || !has(b"\r\n\r\n")
        || expectation.permitted != Permitted::MustAccept
            && [&b"content-length"[..], b"transfer-encoding", b"expect"].iter().any(|name| has(name))
}

/// What stands behind the interim responses: their ends are not that of the head that a client waits for.
fn behind_interim(role: Role, mut octets: &[u8]) -> &[u8] {
    while role == Role::Client && octets.get(8..10) == Some(b" 1") && octets.get(10..12) != Some(b"01") {
        let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") else { break };
        octets = &octets[end + 4..];
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_no_fault_where_more_may_come() {
        let reject = Expectation::of(Permitted::MustReject);
        let may = |octets: &[u8], end| may_wait(&reject, &Exchange { end, ..Exchange::new(Role::Server, octets) });
        assert!(may(b"GET / HTTP/1.1\r\nHost: a\r\n", End::Open));
        assert!(may(b"GET / HTTP/1.1\nHost: a\n\n", End::Open));
        assert!(may(b"\r\n\r\n", End::Open));
        assert!(!may(b"GET / HTTP/1.1\r\nHost: a\r\n", End::HalfClosed));
        assert!(!may(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", End::Open));
        assert!(may(b"GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", End::Open));
    }

    #[test]
    fn the_end_of_an_interim_response_is_not_that_of_the_answer() {
        let reject = Expectation::of(Permitted::MustReject);
        let may = |octets: &[u8]| may_wait(&reject, &Exchange::new(Role::Client, octets));
        assert!(may(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/\r\n"));
        assert!(may(b"HTTP/1.1 103 \r\na: b\r\n\r\nHTTP/1.1 100 \r\n\r\nHTTP/1.1 101 \r\n"));
        assert!(!may(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/\r\n\r\n"));
        assert!(!may(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"));
        assert!(!may(b"HTTP/1.1 200 OK\r\n\r\n"));
    }
}
