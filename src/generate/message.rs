//! A head in its parts, every octet of it, and the one renderer.

use crate::suite::wire::Head;

/// One field line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The name.
    pub name: Vec<u8>,
    /// What stands between name and value: a colon with its white space, as a rule.
    pub colon: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
    /// The line end.
    pub end: Vec<u8>,
}

impl Line {
    /// A line in its plain spelling.
    pub fn new(name: &str, value: &str) -> Line {
        Line {
            name: name.as_bytes().to_vec(),
            colon: b": ".to_vec(),
            value: value.as_bytes().to_vec(),
            end: b"\r\n".to_vec(),
        }
    }

    /// Whether the line has the name, in whatever case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Where a request goes that is sent to somebody in particular.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// The value of Host.
    pub authority: String,
    /// The request-target.
    pub target: String,
    /// The fields that the server wants to see in every request: name and value.
    pub fields: Vec<(String, String)>,
}

/// A head and what stands around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What stands before the start-line.
    pub before: Vec<u8>,
    /// The start-line.
    pub start: Vec<u8>,
    /// Its line end.
    pub start_end: Vec<u8>,
    /// The field lines.
    pub lines: Vec<Line>,
    /// The empty line.
    pub end: Vec<u8>,
    /// What stands behind the head.
    pub behind: Vec<u8>,
}

impl Message {
    /// A head in its plain spelling.
    pub fn new(start: &str, lines: &[(&str, &str)]) -> Message {
        Message {
            start: start.as_bytes().to_vec(),
            start_end: b"\r\n".to_vec(),
            lines: lines.iter().map(|(name, value)| Line::new(name, value)).collect(),
            end: b"\r\n".to_vec(),
            ..Message::default()
        }
    }

    /// Takes octets apart, however malformed: rendering gives them again.
    pub fn read(octets: &[u8]) -> Message {
        let head = Head::read(octets);
        let mut lines = head.lines();
        let (start, start_end) = lines.next().unwrap_or_default();
        let lines = lines.map(|(text, end)| {
            let colon = text.iter().position(|&octet| octet == b':').unwrap_or(text.len());
            let value = text[colon..].iter().position(|octet| !matches!(octet, b':' | b' ' | b'\t'));
            let value = value.map_or(text.len(), |at| colon + at);
            let parts = [&text[..colon], &text[colon..value], &text[value..], end];
            let [name, colon, value, end] = parts.map(<[u8]>::to_vec);
            Line { name, colon, value, end }
        });
        Message {
            before: octets[..head.start()].to_vec(),
            start: start.to_vec(),
            start_end: start_end.to_vec(),
            lines: lines.collect(),
            end: head.empty_line().to_vec(),
            behind: head.after().to_vec(),
        }
    }

    /// The octets.
    pub fn render(&self) -> Vec<u8> {
        let mut octets = [self.before.as_slice(), &self.start, &self.start_end].concat();
        for line in &self.lines {
            for part in [&line.name, &line.colon, &line.value, &line.end] {
                octets.extend_from_slice(part);
            }
        }
        octets.extend_from_slice(&self.end);
        octets.extend_from_slice(&self.behind);
        octets
    }

    /// Directs a request to where it is to go.
    pub(super) fn direct(&mut self, to: &Destination) {
        let parts: Vec<&[u8]> = self.start.splitn(3, |&octet| octet == b' ').collect();
        if let [method, _, version] = parts[..] {
            self.start = [method, b" ", to.target.as_bytes(), b" ", version].concat();
        }
        for at in self.places("Host") {
            self.lines[at].value = to.authority.clone().into_bytes();
        }
        for (name, value) in &to.fields {
            match self.places(name).first() {
                Some(&at) => self.lines[at].value = value.clone().into_bytes(),
                None => self.lines.push(Line::new(name, value)),
            }
        }
    }

    /// The places of the lines of a name.
    pub fn places(&self, name: &str) -> Vec<usize> {
        self.lines.iter().enumerate().filter(|(_, line)| line.is(name)).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_rendering_are_inverse() {
        for octets in [
            &b""[..],
            b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n b\r\nno colon\nX:\t y \r\n\r\n\x81\x01",
            b"GET",
            b"a: b\n\n",
            b": \r\n:\r\n\r\n",
            b"\r\r\n\n\r",
        ] {
            assert_eq!(Message::read(octets).render(), octets, "{}", octets.escape_ascii());
        }
        let message = Message::read(b"GET / HTTP/1.1\r\nHost:  a\r\n\r\nrest");
        assert_eq!(message.lines[0].value, b"a");
        assert_eq!((message.end.as_slice(), message.behind.as_slice()), (&b"\r\n"[..], &b"rest"[..]));
    }
}
