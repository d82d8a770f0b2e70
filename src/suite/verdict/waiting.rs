//! Whether a peer that has not answered may be waiting.

use super::Expectation;
use crate::judgement::{Permitted, Role};
use crate::suite::exchange::{End, Exchange};
use crate::suite::ledger::Reading;
use crate::suite::wire::Head;

/// Whether a peer that gave no answer may be waiting for octets that are still to come.
pub(super) fn may_wait(expectation: &Expectation, exchange: &Exchange) -> bool {
    if exchange.end == End::HalfClosed {
        return false;
    }
    // By the grammar alone a head ends with CR LF CR LF; a tolerant end is nobody's duty.
    let octets = &exchange.octets[Head::read(&exchange.octets).start()..];
    let head = match exchange.role {
        Role::Server => Head::read_as(octets, Some(Reading::AsSp)),
        Role::Client => Head::final_response(octets, Some(Reading::AsSp)),
    };
    let Some(end) = head.end() else { return true };
    expectation.unfinished
        || expectation.permitted != Permitted::MustAccept && announces_more(&octets[head.start()..end])
}

/// Whether a head tells, in a reading that peers are known for, that more comes after it.
fn announces_more(head: &[u8]) -> bool {
    [None, Some(Reading::AsSp), Some(Reading::CrEndsLine), Some(Reading::UsesLine)].into_iter().any(|reading| {
        let head = Head::read_as(head, reading);
        ["Content-Length", "Transfer-Encoding", "Expect"].iter().any(|name| head.has(name))
    })
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
        for more in ["Content-Length: 9", "a: b\nexpect: 100-continue", " Transfer-Encoding: chunked", "a: b\rExpect :"]
        {
            assert!(may(format!("GET / HTTP/1.1\r\n{more}\r\n\r\n").as_bytes(), End::Open), "{more}");
        }
        for other in ["Content-Lengths: 9", "a: Content-Length: 9", "Expect", "a: b\r\n\r\nExpect: c"] {
            assert!(!may(format!("GET /expect HTTP/1.1\r\n{other}\r\n\r\n").as_bytes(), End::Open), "{other}");
        }
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
        assert!(may(b"HTTP/1.1 10 Continue\r\n\r\n"));
    }
}
