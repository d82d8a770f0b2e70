//! Where a message ends that comes from a live peer: heads, interim responses, content.

/// How far the octets of a response have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More is due.
    Partial,
    /// A 101 is complete; what stands behind this offset is no HTTP any more.
    Switched(usize),
    /// The final response is complete.
    Complete,
    /// The final head is complete; its content ends with the connection.
    UntilClose,
}

/// How far a response to a request has come, `head_request` being whether the method was HEAD (RFC 9112 §6.3).
pub(super) fn progress(octets: &[u8], head_request: bool) -> Progress {
    let start = final_head(octets);
    let Some(end) = head_end(&octets[start..]).map(|end| start + end) else { return Progress::Partial };
    let head = &octets[start..end];
    let status = status(head);
    if status == Some(101) {
        return Progress::Switched(end);
    }
    if head_request || matches!(status, Some(204 | 304)) {
        return Progress::Complete;
    }
    let content = &octets[end..];
    let values = |name| fields(head, name).collect::<Vec<_>>();
    if let Some(coding) = values("transfer-encoding").last() {
        let is_chunked = coding.to_ascii_lowercase().ends_with(b"chunked");
        return match is_chunked {
            true if chunks_end(content) => Progress::Complete,
            true => Progress::Partial,
            false => Progress::UntilClose,
        };
    }
    match values("content-length").first() {
        None => Progress::UntilClose,
        Some(length) => match std::str::from_utf8(length).ok().and_then(|length| length.parse::<usize>().ok()) {
            Some(length) if content.len() >= length => Progress::Complete,
            Some(_) => Progress::Partial,
            None => Progress::UntilClose,
        },
    }
}

/// Where the final response starts: behind every interim one (RFC 9110 §15.2), of which 101 is none here.
pub(super) fn final_head(octets: &[u8]) -> usize {
    let mut start = 0;
    loop {
        let Some(end) = head_end(&octets[start..]) else { return start };
        match status(&octets[start..]) {
            Some(status) if (100..200).contains(&status) && status != 101 => start += end,
            _ => return start,
        }
    }
}

/// Behind the empty line that ends a head.
pub(super) fn head_end(octets: &[u8]) -> Option<usize> {
    octets.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4)
}

fn status(head: &[u8]) -> Option<u16> {
    let behind = head.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    std::str::from_utf8(behind).ok()?.parse().ok()
}

/// The values of the field lines with a name in lower case.
fn fields<'h>(head: &'h [u8], name: &'static str) -> impl Iterator<Item = &'h [u8]> {
    head.split(|&octet| octet == b'\n').filter_map(move |line| {
        let colon = line.iter().position(|&octet| octet == b':')?;
        let is_it = line[..colon].eq_ignore_ascii_case(name.as_bytes());
        is_it.then(|| line[colon + 1..].trim_ascii())
    })
}

/// Whether chunked content has come to its end (RFC 9112 §7.1). What is malformed has none.
fn chunks_end(mut content: &[u8]) -> bool {
    let line = |content: &[u8]| content.windows(2).position(|end| end == b"\r\n");
    while let Some(end) = line(content) {
        let digits: &[u8] = content[..end].split(|&octet| octet == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(digits).ok().and_then(|hex| usize::from_str_radix(hex.trim(), 16).ok());
        content = &content[end + 2..];
        match size {
            None => return false,
            // Trailer fields end with an empty line.
            Some(0) => return content.starts_with(b"\r\n") || head_end(content).is_some(),
            Some(size) => match size.checked_add(2).and_then(|size| content.get(size..)) {
                Some(rest) => content = rest,
                None => return false,
            },
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_complete_where_its_framing_says_so() {
        for (octets, expected) in [
            (&b""[..], Progress::Partial),
            (b"HTTP/1.1 101 S\r\na: b\r\n", Progress::Partial),
            (b"HTTP/1.1 101 S\r\n\r\n\x81", Progress::Switched(18)),
            (b"HTTP/1.1 100 C\r\n\r\n", Progress::Partial),
            (b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\n\r\n", Progress::Switched(36)),
            (b"HTTP/1.1 400 B\r\nContent-Length: 2\r\n\r\na", Progress::Partial),
            (b"HTTP/1.1 400 B\r\ncontent-length:2\r\n\r\nab", Progress::Complete),
            (b"HTTP/1.1 400 B\r\nContent-Length: x\r\n\r\nab", Progress::UntilClose),
            (b"HTTP/1.0 400 B\r\n\r\nab", Progress::UntilClose),
            (b"HTTP/1.1 204 N\r\n\r\n", Progress::Complete),
            (b"HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", Progress::Partial),
            (b"HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\n\r\n", Progress::Complete),
            (b"HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na: b\r\n\r\n", Progress::Complete),
            (b"HTTP/1.1 400 B\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", Progress::Partial),
        ] {
            assert_eq!(progress(octets, false), expected, "{}", octets.escape_ascii());
        }
        assert_eq!(progress(b"HTTP/1.1 405 M\r\nContent-Length: 9\r\n\r\n", true), Progress::Complete);
    }
}
