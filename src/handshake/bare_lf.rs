//! A bare LF has two readings: the end of a line (RFC 9112 §2.2), or an octet of a value that is refused or read as SP
//! (RFC 9110 §5.5). What only one of them forbids is not forbidden.

use crate::http::grammar::position;
use crate::judgement::{Class, Judgement, Kind, requirements as r};

/// Where a bare LF of a field line stands, and the octets with SP for each such LF, where the judgement of the octets as
/// lines asks for a second look: it found a bare LF, and must reject.
pub(super) fn other_reading(judgement: &Judgement, head: &[u8]) -> Option<(usize, Vec<u8>)> {
    let bare_lf = [r::RFC9112_2_2_BARE_LF_REQUEST.id, r::RFC9112_2_2_BARE_LF_RESPONSE.id];
    judgement.findings.iter().find(|finding| bare_lf.contains(&finding.requirement.id))?;
    judgement.of(Kind::Violated).next()?;
    // What has no end as lines has none otherwise.
    if judgement.findings.iter().any(|finding| finding.class == Class::Truncated) {
        return None;
    }
    let start = head.iter().position(|octet| !matches!(octet, b'\r' | b'\n'))?;
    let fields = start + position(&head[start..], b'\n')? + 1;
    let mut octets = head.to_vec();
    let (mut first, mut start) = (None, fields);
    while let Some(at) = position(&head[start..], b'\n').map(|at| start + at) {
        if head[at - 1] != b'\r' {
            first.get_or_insert(at);
            octets[at] = b' ';
        }
        start = at + 1;
    }
    Some((first?, octets))
}

/// Ends the judgement at the LF where the other reading has no ground that binds a recipient to refuse. A head that is
/// unfinished in the other reading may still go on well.
pub(super) fn stop(judgement: &mut Judgement, other: &Judgement, at: usize) {
    if other.of(Kind::Violated).all(|finding| finding.class == Class::Truncated) {
        judgement.findings.retain(|finding| finding.span.start <= at && finding.kind() != Kind::Violated);
        judgement.stopped = Some(at + 1);
    }
}

#[cfg(test)]
mod tests {
    use crate::handshake::{Policy, judge_request};
    use crate::judgement::Permitted;

    fn permitted(octets: &str, closed: bool) -> (Permitted, Option<usize>) {
        let outcome = judge_request(octets.as_bytes(), closed, &Policy::default()).expect("an outcome");
        (outcome.judgement.permitted(), outcome.judgement.stopped)
    }

    const HEAD: &str = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

    #[test]
    fn what_one_reading_permits_is_permitted() {
        let two_hosts = format!("{HEAD}X: b\nHost: c\r\n\r\n");
        assert_eq!(permitted(&two_hosts, false), (Permitted::Either, Some(two_hosts.find("\nHost: c").unwrap() + 1)));
        assert_eq!(permitted(&format!("{HEAD}X: b\nY: c\r\n\r\n"), false), (Permitted::Either, None));
        // The request-line ends all the same, also where an empty line stands before it.
        let all_bare = format!("\r\n{}", two_hosts.replacen("\r\n", "\n", 1));
        assert_eq!(permitted(&all_bare, false), (Permitted::Either, Some(all_bare.find("\nHost: c").unwrap() + 1)));
    }

    #[test]
    fn nothing_is_said_of_what_stands_behind_the_end_that_has_two_readings() {
        let octets = format!("{HEAD}X: b\nHost: c\r\nY:  d\r\n\r\n");
        let judgement = judge_request(octets.as_bytes(), false, &Policy::default()).expect("an outcome").judgement;
        let at = octets.find("\nHost: c").unwrap();
        assert!(judgement.findings.iter().all(|finding| finding.span.start <= at), "{judgement:?}");
    }

    #[test]
    fn what_both_readings_forbid_is_forbidden() {
        let posted = format!("{HEAD}X: b\nHost: c\r\n\r\n").replace("GET", "POST");
        assert_eq!(permitted(&posted, false).0, Permitted::MustReject);
        assert_eq!(permitted("GET / HTTP/1.1\nHost: a", true).0, Permitted::MustReject);
    }
}
