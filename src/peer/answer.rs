//! What a server wrote, read back: status line and fields. Shares no parser with a peer.

use crate::suite::ledger::Reading;
use crate::suite::wire::{Fields, Head, joined, trimmed};
use crate::suite::{Observation, Opened, Outcome, Refused};

/// What a server did, as the octets tell that it wrote. `rest` are the octets behind the head that it hands on, `None` where
/// it does not show them; `error` is its own error, if it reports one.
pub fn served(written: Vec<u8>, rest: Option<Vec<u8>>, error: Option<String>) -> Observation {
    let outcome = match response(&written) {
        _ if written.is_empty() && error.is_none() => Outcome::Closed,
        _ if written.is_empty() => Outcome::Refused(Refused { error, ..Refused::default() }),
        Err(fault) => Outcome::Garbled(fault),
        Ok((101, fields)) => {
            let text = |name| joined(&fields, name).map(|value| String::from_utf8_lossy(&value).into_owned());
            Outcome::Opened(Opened {
                accept: joined(&fields, "Sec-WebSocket-Accept"),
                protocol: text("Sec-WebSocket-Protocol"),
                extensions: text("Sec-WebSocket-Extensions"),
                rest,
                fields,
            })
        }
        Ok((status, fields)) => Outcome::Refused(Refused { status: Some(status), fields, error }),
    };
    Observation { outcome, written }
}

/// The status and the fields of what a server wrote; or why that is no HTTP/1 response. A server may answer with the lower
/// minor version that it conforms to (RFC 9110 §6.2).
fn response(written: &[u8]) -> Result<(u16, Fields), String> {
    const ENDS: &str = "the answer ends inside its head";
    // A sender ends lines with CR LF alone.
    let head = Head::read_as(written, Some(Reading::AsSp));
    let mut lines = head.lines().map(|(line, line_end)| match line {
        _ if line_end.is_empty() => Err(ENDS),
        _ if line.iter().any(|octet| matches!(octet, b'\r' | b'\n' | 0)) => {
            Err("a line holds a bare CR, a bare LF or a NUL")
        }
        _ => Ok(line),
    });
    let status_line = if head.start() > 0 { b"" } else { lines.next().ok_or(ENDS)?? };
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
    let (code, reason) = behind.split_at_checked(3).ok_or("the status has fewer than three digits")?;
    if !code.iter().all(u8::is_ascii_digit) || !matches!(reason.first(), Some(b' ')) {
        return Err("the status is not three digits and a space".to_owned());
    }
    let mut fields = Fields::new();
    for line in lines {
        let line = line?;
        let colon = line.iter().position(|&octet| octet == b':').ok_or("a field line has no colon")?;
        let name = std::str::from_utf8(&line[..colon]).map_err(|_| "a field name is not ASCII")?;
        if name.is_empty() || !name.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err("a field name is not a token".to_owned());
        }
        fields.push((name.to_owned(), trimmed(&line[colon + 1..]).to_vec()));
    }
    head.end().ok_or(ENDS)?;
    Ok((head.status().unwrap_or_default(), fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_status_and_fields() {
        let written = b"HTTP/1.1 101 Switching Protocols\r\na: 1\r\nB:\t2 \r\nA:3\r\n\r\nrest";
        let (status, fields) = response(written).unwrap();
        assert_eq!(status, 101);
        assert_eq!(joined(&fields, "A").unwrap(), b"1, 3");
        assert_eq!(joined(&fields, "b").unwrap(), b"2");
        assert_eq!(joined(&fields, "c"), None);
        assert_eq!(response(b"HTTP/1.0 400 Bad Request\r\n\r\n").unwrap().0, 400);
    }

    #[test]
    fn says_why_it_is_no_answer() {
        const ENDS: &str = "the answer ends inside its head";
        const LINE: &str = "a line holds a bare CR, a bare LF or a NUL";
        const START: &str = "the status line does not start with HTTP/1.1";
        const STATUS: &str = "the status is not three digits and a space";
        const NAME: &str = "a field name is not a token";
        for (octets, why) in [
            (&b""[..], ENDS),
            (b"\r", ENDS),
            (b"HTTP/1.1 101 Switching Protocols\r\na: 1\r\n", ENDS),
            (b"HTTP/1.1 101 Switching Protocols\r\na: 1\r\n\r", ENDS),
            (b"HTTP/1.1 101 Switching Protocols\n\n", ENDS),
            (b"HTTP/1.1 101 Switching Protocols\n\r\n\r\n", LINE),
            (b"\nHTTP/1.1 200 OK\r\n\r\n", LINE),
            (b"HTTP/1.1 200 O\0K\r\n\r\n", LINE),
            (b"HTTP/1.1 200 OK\r\na: 1\nb: 2\r\n\r\n", LINE),
            (b"HTTP/1.1 200 OK\r\na: 1\r\r\n", LINE),
            (b"\r\nHTTP/1.1 200 OK\r\n\r\n", START),
            (b"\r\n\n", START),
            (b"HTTP/1.1\t200 OK\r\n\r\n", START),
            (b"HTTP/2.0 200 OK\r\n\r\n", "the status line is of HTTP/2.0"),
            (b"HTTP/1.1 20\r\n\r\n", "the status has fewer than three digits"),
            (b"HTTP/1.1  200 OK\r\n\r\n", STATUS),
            (b"HTTP/1.1 20 OK\r\n\r\n", STATUS),
            (b"HTTP/1.1 2000 OK\r\n\r\n", STATUS),
            (b"HTTP/1.1 200\r\n\r\n", STATUS),
            (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "a field line has no colon"),
            (b"HTTP/1.1 200 OK\r\na\xff: 1\r\n\r\n", "a field name is not ASCII"),
            (b"HTTP/1.1 200 OK\r\na b: 1\r\n\r\n", NAME),
            (b"HTTP/1.1 200 OK\r\na: 1\r\n b: 2\r\n\r\n", NAME),
            (b"HTTP/1.1 200 OK\r\n: 1\r\n\r\n", NAME),
        ] {
            assert_eq!(response(octets).unwrap_err(), why, "{}", octets.escape_ascii());
        }
    }
}
