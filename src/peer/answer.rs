//! What a server wrote, read back: status line and field lines. Shares no parser with a peer.

use crate::suite::{Observation, Opened, Outcome, Refused};

/// What a server did, as the octets tell that it wrote. `rest` are the octets behind the head that it hands on, `None` where
/// it does not show them; `error` is its own error, if it reports one.
pub fn served(written: Vec<u8>, rest: Option<Vec<u8>>, error: Option<String>) -> Observation {
    let outcome = match Answer::read(&written) {
        _ if written.is_empty() && error.is_none() => Outcome::Closed,
        _ if written.is_empty() => Outcome::Refused(Refused { error, ..Refused::default() }),
        Err(fault) => Outcome::Garbled(fault),
        Ok(answer) if answer.status == 101 => {
            let text = |name| answer.field(name).map(|value| String::from_utf8_lossy(&value).into_owned());
            Outcome::Opened(Opened {
                accept: answer.field("Sec-WebSocket-Accept"),
                protocol: text("Sec-WebSocket-Protocol"),
                extensions: text("Sec-WebSocket-Extensions"),
                rest,
                fields: answer.fields,
            })
        }
        Ok(answer) => Outcome::Refused(Refused { status: Some(answer.status), fields: answer.fields, error }),
    };
    Observation { outcome, written }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) fields: Vec<(String, Vec<u8>)>,
}

impl Answer {
    /// Reads octets that a server wrote; or says why they are no HTTP/1 response. A server may answer with the lower minor
    /// version that it conforms to (RFC 9110 §6.2).
    pub(super) fn read(written: &[u8]) -> Result<Answer, String> {
        let mut rest = written;
        let status_line = line(&mut rest)?;
        let behind = match status_line.strip_prefix(b"HTTP/1.").and_then(<[u8]>::split_first_chunk) {
            Some(([minor, b' '], behind)) if minor.is_ascii_digit() => behind,
            _ => {
                return Err(match status_line {
                    [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b' ', ..] => {
                        format!("the status line is of HTTP/{}.{}", char::from(*major), char::from(*minor))
                    }
                    _ => "the status line does not start with HTTP/1.1".to_owned(),
                });
            }
        };
        let (status, reason) = behind.split_at_checked(3).ok_or("the status has fewer than three digits")?;
        if !status.iter().all(u8::is_ascii_digit) || !matches!(reason.first(), Some(b' ')) {
            return Err("the status is not three digits and a space".to_owned());
        }
        let status = status.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
        let mut fields = Vec::new();
        loop {
            let line = line(&mut rest)?;
            if line.is_empty() {
                return Ok(Answer { status, fields });
            }
            let colon = line.iter().position(|&octet| octet == b':').ok_or("a field line has no colon")?;
            let name = std::str::from_utf8(&line[..colon]).map_err(|_| "a field name is not ASCII")?;
            if name.is_empty() || !name.bytes().all(|octet| octet.is_ascii_graphic()) {
                return Err("a field name is not a token".to_owned());
            }
            fields.push((name.to_owned(), without_blanks(&line[colon + 1..]).to_vec()));
        }
    }

    /// The lines of a field joined by a comma, `None` if there is none.
    pub(super) fn field(&self, name: &str) -> Option<Vec<u8>> {
        let mut lines =
            self.fields.iter().filter(|(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| &value[..]);
        let first = lines.next()?.to_vec();
        Some(lines.fold(first, |joined, line| [&joined, line].join(&b", "[..])))
    }
}

fn line<'w>(rest: &mut &'w [u8]) -> Result<&'w [u8], String> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n").ok_or("the answer ends inside its head")?;
    let line = &rest[..end];
    if line.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)) {
        return Err("a line holds a bare CR, a bare LF or a NUL".to_owned());
    }
    *rest = &rest[end + 2..];
    Ok(line)
}

fn without_blanks(value: &[u8]) -> &[u8] {
    let is_kept = |octet: &u8| !matches!(octet, b' ' | b'\t');
    let start = value.iter().position(is_kept).unwrap_or(value.len());
    let end = value.iter().rposition(is_kept).map_or(start, |last| last + 1);
    &value[start..end]
}

/// Behind the head that octets start with: behind the first empty line that is not before the start-line. A line end is a
/// CR LF or a bare LF. `None` where there is no such line.
pub(super) fn head_end(octets: &[u8]) -> Option<usize> {
    let mut at = octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n'))?;
    loop {
        at += octets[at..].iter().position(|&octet| octet == b'\n')? + 1;
        match octets.get(at..)? {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_status_and_fields() {
        let answer = Answer::read(b"HTTP/1.1 101 Switching Protocols\r\na: 1\r\nB:\t2 \r\nA:3\r\n\r\nrest").unwrap();
        assert_eq!(answer.status, 101);
        assert_eq!(answer.field("A").unwrap(), b"1, 3");
        assert_eq!(answer.field("b").unwrap(), b"2");
        assert_eq!(answer.field("c"), None);
        assert_eq!(Answer::read(b"HTTP/1.0 400 Bad Request\r\n\r\n").unwrap().status, 400);
    }

    #[test]
    fn says_why_it_is_no_answer() {
        for octets in [
            &b""[..],
            b"HTTP/1.1 101 Switching Protocols\r\na: 1\r\n",
            b"HTTP/2.0 200 OK\r\n\r\n",
            b"HTTP/1.1\t200 OK\r\n\r\n",
            b"HTTP/1.1  200 OK\r\n\r\n",
            b"HTTP/1.1 20 OK\r\n\r\n",
            b"HTTP/1.1 2000 OK\r\n\r\n",
            b"HTTP/1.1 200\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            b"HTTP/1.1 200 OK\r\na b: 1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\na: 1\nb: 2\r\n\r\n",
        ] {
            assert!(Answer::read(octets).is_err(), "{octets:?}");
        }
    }

    #[test]
    fn finds_the_end_of_a_head() {
        for (octets, end) in [
            (&b"GET / HTTP/1.1\r\na: 1\r\n\r\nrest"[..], Some(24)),
            (b"\r\n\nGET / HTTP/1.1\na: 1\n\nrest", Some(24)),
            (b"GET / HTTP/1.1\r\n\r\n", Some(18)),
            (b"GET / HTTP/1.1\r\na: 1\r\n\r", None),
            (b"GET / HTTP/1.1\r\n", None),
            (b"\r\n\r\n", None),
            (b"", None),
        ] {
            assert_eq!(head_end(octets), end, "{octets:?}");
        }
    }
}
