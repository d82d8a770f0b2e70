//! A head as it was read: its start-line, its fields, and where it ends (RFC 9112 §2 to §5).

use std::borrow::Cow;
use std::ops::Range;

use super::reader::{Line, Lines, is_tchar};
use super::start_line::{RequestLine, StatusLine};
use super::{members, trimmed, without_ends};
use crate::suite::ledger::Reading;

/// A head, or as much of it as came. Offsets are those of the octets that were read.
#[derive(Clone, Debug)]
pub struct Head<'o> {
    octets: &'o [u8],
    reading: Option<Reading>,
    /// The start-line and those after it, without the empty one; the last one without its end, where that has not come.
    lines: Vec<Line>,
    start: usize,
    end: Option<usize>,
}

impl<'o> Head<'o> {
    pub(super) fn new(octets: &'o [u8], lines: Lines, end: Option<usize>) -> Head<'o> {
        let Lines { reading, mut found, start, .. } = lines;
        if end.is_none() && start < octets.len() {
            found.push(Line { start, text_end: octets.len(), end: octets.len() });
        }
        Head { octets, reading, start: found.first().map_or(start, |line| line.start), lines: found, end }
    }

    fn read_from(octets: &'o [u8], base: usize, reading: Option<Reading>) -> Head<'o> {
        let mut lines = Lines::new(reading, base);
        let end = lines.advance(octets);
        Head::new(octets, lines, end)
    }

    /// Reads the head that octets begin with, whatever they are.
    pub fn read(octets: &'o [u8]) -> Head<'o> {
        Head::read_as(octets, None)
    }

    /// Reads it as a peer does that is known for a reading. In the plain one a bare LF ends a line, a bare CR and a NUL are
    /// read as SP, a fold is, and lines that begin with whitespace before the first field are passed over (RFC 9112 §2.2 and
    /// §5.2, RFC 9110 §5.5). Read as SP means that a bare LF is.
    pub fn read_as(octets: &'o [u8], reading: Option<Reading>) -> Head<'o> {
        Head::read_from(octets, 0, reading)
    }

    /// Reads the head of the final response: the one after every interim response (RFC 9110 §15.2), of which 101 is none here.
    pub fn final_response(octets: &'o [u8], reading: Option<Reading>) -> Head<'o> {
        let mut head = Head::read_as(octets, reading);
        while let (Some(end), Some(100 | 102..=199)) = (head.end, head.status()) {
            head = Head::read_from(octets, end, reading);
        }
        head
    }

    /// Where the start-line begins: after the empty lines before it.
    pub const fn start(&self) -> usize {
        self.start
    }

    /// Where it ends: after the empty line. `None` where that has not come.
    pub const fn end(&self) -> Option<usize> {
        self.end
    }

    /// The octets after it; nothing where it is not at its end.
    pub fn after(&self) -> &'o [u8] {
        self.end.map_or(&[], |end| &self.octets[end..])
    }

    /// The lines up to the empty one, each with its line end.
    pub fn lines(&self) -> impl Iterator<Item = &'o [u8]> {
        let octets = self.octets;
        self.lines.iter().map(move |line| &octets[line.start..line.end])
    }

    /// The start-line.
    pub fn start_line(&self) -> &'o [u8] {
        self.lines.first().map_or(&[], |line| &self.octets[line.start..line.text_end])
    }

    /// The start-line of a request.
    pub fn request_line(&self) -> RequestLine<'o> {
        RequestLine::read(self.start_line())
    }

    /// The start-line of a response.
    pub fn status_line(&self) -> Option<StatusLine<'o>> {
        StatusLine::read(self.start_line())
    }

    /// The status code of a response.
    pub fn status(&self) -> Option<u16> {
        self.status_line().map(|line| line.status)
    }

    /// The fields, in order. A line that is none is passed over: without a colon, or with a name that is no token.
    pub fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        let begins_white = |line: &Line| is_white(&self.octets[line.start]);
        let lines = self.lines.get(1..).unwrap_or_default().chunk_by(move |_, next| begins_white(next));
        let is_used = move |lines: &&[Line]| !begins_white(&lines[0]) || self.reading == Some(Reading::UsesLine);
        lines.filter(is_used).filter_map(|lines| Field::read(self.octets, self.reading, lines))
    }

    /// The values of the fields of a name.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = Cow<'h, [u8]>> {
        self.fields().filter(|field| field.name().eq_ignore_ascii_case(name.as_bytes())).map(|field| field.value())
    }

    /// Whether there is a field of the name.
    pub fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The members of the lists of all fields of a name, as text of U+0000–00FF, empty ones included.
    pub fn members(&self, name: &str) -> Vec<String> {
        let text = |member: &[u8]| member.iter().map(|&octet| char::from(octet)).collect();
        self.values(name).flat_map(|value| members(&value).map(text).collect::<Vec<_>>()).collect()
    }
}

/// Whitespace, or what is read as SP: a bare CR, or a bare LF that ends no line.
const fn is_white(octet: &u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// A field: its line, and those that fold it.
#[derive(Clone, Debug)]
pub struct Field<'h> {
    octets: &'h [u8],
    reading: Option<Reading>,
    lines: &'h [Line],
    name: &'h [u8],
    colon: usize,
}

impl<'h> Field<'h> {
    /// ```text
    /// field-line = field-name ":" OWS field-value OWS                   (RFC 9112 §5)
    /// field-name = token
    /// ```
    fn read(octets: &'h [u8], reading: Option<Reading>, lines: &'h [Line]) -> Option<Field<'h>> {
        let Line { start, text_end, .. } = lines[0];
        let colon = start + octets[start..text_end].iter().position(|&octet| octet == b':')?;
        // Whitespace, or a bare CR, before the colon is no part of the name.
        let name = without_ends(&octets[start..colon], is_white);
        let is_token = !name.is_empty() && name.iter().all(|&octet| is_tchar(octet));
        is_token.then_some(Field { octets, reading, lines, name, colon })
    }

    /// The name.
    pub const fn name(&self) -> &'h [u8] {
        self.name
    }

    /// The lines with their line ends.
    pub fn span(&self) -> Range<usize> {
        self.lines[0].start..self.lines[self.lines.len() - 1].end
    }

    /// The value, without whitespace around it, and with what it holds beside visible octets as the reading has it.
    ///
    /// ```text
    /// obs-fold = OWS CRLF RWS                                           (RFC 9112 §5.2)
    /// ```
    pub fn value(&self) -> Cow<'h, [u8]> {
        let is_broken = |octet: &u8| matches!(octet, 0 | b'\r' | b'\n');
        let first = trimmed(&self.octets[self.colon + 1..self.lines[0].text_end]);
        let stays = matches!(self.reading, Some(Reading::AsIs | Reading::EncodedAgain));
        if self.reading == Some(Reading::EndsValue) {
            return Cow::Borrowed(trimmed(first.split(is_broken).next().unwrap_or_default()));
        }
        if self.lines.len() == 1 && (stays || !first.iter().any(is_broken)) {
            return Cow::Borrowed(first);
        }
        let mut value = first.to_vec();
        for fold in &self.lines[1..] {
            value.push(b' ');
            value.extend_from_slice(trimmed(&self.octets[fold.start..fold.text_end]));
        }
        if !stays {
            value.iter_mut().filter(|octet| is_broken(octet)).for_each(|octet| *octet = b' ');
        }
        Cow::Owned(trimmed(&value).to_vec())
    }
}
