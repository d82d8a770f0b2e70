//! A head in its lines, every octet of it, for peers that read it otherwise. Shares no parser with the reference.

use crate::judgement::Role;
use crate::suite::wire;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// What stands before the colon; the whole line where there is none.
    pub(super) name: Vec<u8>,
    /// The colon and the blanks behind it.
    pub(super) colon: Vec<u8>,
    /// The value without the blanks around it.
    pub(super) value: Vec<u8>,
    /// The blanks behind the value and the line end.
    pub(super) end: Vec<u8>,
}

/// A head and what stands around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    before: Vec<u8>,
    /// The start-line without its end.
    pub(super) start: Vec<u8>,
    start_end: Vec<u8>,
    /// The lines between the start-line and the empty line.
    pub(super) lines: Vec<Line>,
    end: Vec<u8>,
    /// What stands behind the head.
    pub(super) behind: Vec<u8>,
}

impl Head {
    /// Takes octets apart, however malformed. Of responses it is the first one that is not interim.
    pub(super) fn read(role: Role, octets: &[u8]) -> Head {
        let head = match role {
            Role::Server => wire::Head::read(octets),
            Role::Client => wire::Head::final_response(octets, None),
        };
        let mut lines = head.lines();
        let (start, start_end) = lines.next().unwrap_or_default();
        Head {
            before: octets[..head.start()].to_vec(),
            start: start.to_vec(),
            start_end: start_end.to_vec(),
            lines: lines.map(|(text, end)| Line::read(text, end)).collect(),
            end: head.empty_line().to_vec(),
            behind: head.after().to_vec(),
        }
    }

    /// The octets.
    pub(super) fn octets(&self) -> Vec<u8> {
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

    /// Whether the empty line has come.
    pub(super) fn is_whole(&self) -> bool {
        !self.end.is_empty()
    }

    /// The values of the lines of a name.
    pub(super) fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.lines.iter().filter(move |line| line.is(name)).map(|line| line.value.as_slice())
    }

    /// The value of the first line of a name.
    pub(super) fn first(&self, name: &str) -> Option<&[u8]> {
        self.lines.iter().find(|line| line.is(name)).map(|line| line.value.as_slice())
    }

    /// The members of all lines of a name, without the empty ones.
    pub(super) fn members(&self, name: &str) -> Vec<Vec<u8>> {
        let members = self.values(name).flat_map(|value| value.split(|&octet| octet == b','));
        members.map(|member| member.trim_ascii().to_vec()).filter(|member| !member.is_empty()).collect()
    }

    /// Whether a member of a name has such octets.
    pub(super) fn any(&self, name: &str, is_such: impl Fn(&[u8]) -> bool) -> bool {
        self.members(name).iter().any(|member| is_such(member))
    }

    /// Sets the first line of a name and takes its other lines away; without such a line there is one more.
    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        let mut seen = false;
        self.lines.retain(|line| !line.is(name) || !std::mem::replace(&mut seen, true));
        match self.lines.iter_mut().find(|line| line.is(name)) {
            Some(line) => line.value = value.to_vec(),
            None => self.lines.push(Line::read(&[name.as_bytes(), b": ", value].concat(), b"\r\n")),
        }
    }

    /// Sets the value of each line of a name that is such.
    pub(super) fn set_where(&mut self, name: &str, is_such: impl Fn(&[u8]) -> bool, value: &[u8]) {
        self.each(name, |its| if is_such(its) { value.to_vec() } else { its.to_vec() });
    }

    /// Sets a list field where one of its members is such.
    pub(super) fn set_where_any(&mut self, name: &str, is_such: impl Fn(&[u8]) -> bool, value: &[u8]) {
        if self.any(name, is_such) {
            self.set(name, value);
        }
    }

    /// Puts a field behind the others where there is none.
    pub(super) fn set_if_missing(&mut self, name: &str, value: &[u8]) {
        if self.first(name).is_none() && self.is_whole() {
            self.set(name, value);
        }
    }

    /// Takes the lines of a name away.
    pub(super) fn remove(&mut self, name: &str) {
        self.lines.retain(|line| !line.is(name));
    }

    /// Keeps the first line of a name.
    pub(super) fn keep_first(&mut self, name: &str) {
        let mut seen = false;
        self.lines.retain(|line| !line.is(name) || !std::mem::replace(&mut seen, true));
    }

    /// Keeps the last line of a name.
    pub(super) fn keep_last(&mut self, name: &str) {
        self.lines.reverse();
        self.keep_first(name);
        self.lines.reverse();
    }

    /// Changes the value of each line of a name.
    pub(super) fn each(&mut self, name: &str, change: impl Fn(&[u8]) -> Vec<u8>) {
        for line in self.lines.iter_mut().filter(|line| line.is(name)) {
            line.value = change(&line.value);
        }
    }

    /// The part of the start-line between spaces that has the number.
    pub(super) fn part(&self, number: usize) -> &[u8] {
        self.start.splitn(3, |&octet| octet == b' ').nth(number).unwrap_or_default()
    }

    /// Replaces a part of a start-line that has three.
    pub(super) fn set_part(&mut self, number: usize, text: &[u8]) {
        let mut parts: Vec<&[u8]> = self.start.splitn(3, |&octet| octet == b' ').collect();
        if parts.len() == 3 {
            parts[number] = text;
            self.start = parts.join(&b' ');
        }
    }
}

impl Line {
    fn read(text: &[u8], end: &[u8]) -> Line {
        let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
        let colon = text.iter().position(|&octet| octet == b':').unwrap_or(text.len());
        let behind = (colon + 1).min(text.len());
        let value = text[behind..].iter().position(|octet| !is_blank(octet)).map_or(text.len(), |at| behind + at);
        let last = text[value..].iter().rposition(|octet| !is_blank(octet)).map_or(value, |at| value + at + 1);
        Line {
            name: text[..colon].to_vec(),
            colon: text[colon..value].to_vec(),
            value: text[value..last].to_vec(),
            end: [&text[last..], end].concat(),
        }
    }

    /// Whether the line has the name, in whatever case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The line without its end.
    pub(super) fn len(&self) -> usize {
        self.name.len() + self.colon.len() + self.value.len()
    }
}

/// Whether octets hold others, in whatever case.
pub(super) fn holds(octets: &[u8], part: &[u8]) -> bool {
    octets.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether octets start with others, in whatever case.
pub(super) fn starts(octets: &[u8], start: &[u8]) -> bool {
    octets.get(..start.len()).is_some_and(|its| its.eq_ignore_ascii_case(start))
}

/// Octets with each run of some octets replaced by others.
pub(super) fn replaced(octets: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((first, behind)) = rest.split_first() {
        if rest.starts_with(from) {
            replaced.extend_from_slice(to);
            rest = &rest[from.len()..];
        } else {
            replaced.push(*first);
            rest = behind;
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_writing_are_inverse() {
        for octets in [
            &b""[..],
            b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n b\r\nno colon\nX:\t y \r\n\r\n\x81\x01",
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 S\r\na: b\r\n\r\nrest",
            b"HTTP/1.1 100 Continue\r\n\r\n",
            b"HTTP/1.1 100 Continue\r\n\r\n\r\nHTTP/1.1 103 Hints\r\na:b\r\n\r\nHTTP",
            b"GET",
            b": \r\n:\r\n\r\n",
        ] {
            for role in [Role::Server, Role::Client] {
                assert_eq!(Head::read(role, octets).octets(), octets, "{}", octets.escape_ascii());
            }
        }
        let head = Head::read(Role::Client, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 S\r\na:  b \r\n\r\nrest");
        assert_eq!(
            (head.part(1), head.first("A"), head.behind.as_slice()),
            (&b"101"[..], Some(&b"b"[..]), &b"rest"[..])
        );
    }

    #[test]
    fn lines_are_changed() {
        let mut head = Head::read(Role::Server, b"GET / HTTP/1.1\r\na: 1, 2\r\nb: 3\r\nA: ,4\r\n\r\n");
        assert_eq!(head.members("a"), [b"1", b"2", b"4"]);
        head.keep_last("a");
        assert_eq!(head.first("a"), Some(&b",4"[..]));
        head.set("A", b"5");
        head.set("c", b"6");
        head.set_part(0, b"POST");
        assert_eq!(head.octets(), b"POST / HTTP/1.1\r\nb: 3\r\nA: 5\r\nc: 6\r\n\r\n");
        assert_eq!(replaced(b"a--b-", b"--", b"+"), b"a+b-");
        assert!(holds(b"xWebSockets", b"websocket") && !starts(b"xWeb", b"web") && starts(b"WEB", b"web"));
    }
}
