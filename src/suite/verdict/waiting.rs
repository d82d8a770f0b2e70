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

/// Whether a line of a head may tell some reader that more comes after it, however leniently that reads the line: as a field after
/// a bare CR or LF, after whitespace or controls, or with them before the colon.
fn announces_more(head: &[u8]) -> bool {
    let is_blank = |octet: &u8| octet.is_ascii_whitespace() || octet.is_ascii_control();
    head.split(|octet| matches!(octet, b'\r' | b'\n')).any(|line| {
        let line = &line[line.iter().take_while(|octet| is_blank(octet)).count()..];
        ["Content-Length", "Transfer-Encoding", "Expect"].iter().any(|name| {
            line.split_at_checked(name.len()).is_some_and(|(its, rest)| {
                its.eq_ignore_ascii_case(name.as_bytes()) && rest.iter().find(|octet| !is_blank(octet)) == Some(&b':')
            })
        })
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
        for more in [
            "Content-Length: 9",
            "a: b\nexpect: 100-continue",
            " Transfer-Encoding: chunked",
            "a: b\rExpect :",
            "a: b\r\n Content-Length: 9",
            "Transfer-Encoding\x0c: chunked",
        ] {
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
