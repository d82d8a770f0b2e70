//! A head as it was read: its start-line, its fields, and where it ends (RFC 9112 §2 to §5).

use std::borrow::Cow;
use std::ops::Range;

use super::reader::{Line, Reader, is_tchar};
use super::start_line::{RequestLine, StatusLine, word};
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
    pub(super) fn new(octets: &'o [u8], reader: Reader, end: Option<usize>) -> Head<'o> {
        let Reader { reading, mut lines, start, .. } = reader;
        if end.is_none() && start < octets.len() {
            lines.push(Line { start, text_end: octets.len(), end: octets.len() });
        }
        Head { octets, reading, start: lines.first().map_or(start, |line| line.start), lines, end }
    }

    fn read_from(octets: &'o [u8], base: usize, reading: Option<Reading>) -> Head<'o> {
        let mut reader = Reader::at(base, reading);
        let end = reader.advance(octets);
        Head::new(octets, reader, end)
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
        while let Some(next) = head.next_response() {
            head = next;
        }
        head
    }

    /// The head after that of an interim response; `None` where it is none, or not at its end.
    pub fn next_response(&self) -> Option<Head<'o>> {
        let mut line = self.start_line();
        let [_, code] = [(); 2].map(|()| word(&mut line));
        // The class of a status is its first digit (RFC 9110 §15), even where the rest is malformed.
        let is_interim = code.starts_with(b"1") && !code.starts_with(b"101");
        self.end.filter(|_| is_interim).map(|end| Head::read_from(self.octets, end, self.reading))
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

    /// The lines up to the empty one, each apart from its line end.
    pub fn lines(&self) -> impl Iterator<Item = (&'o [u8], &'o [u8])> {
        self.lines.iter().map(|line| (&self.octets[line.start..line.text_end], &self.octets[line.text_end..line.end]))
    }

    /// The spans of the lines, each with those that begin with whitespace after it: of the start-line, and of each field.
    pub fn logical_lines(&self) -> impl Iterator<Item = Range<usize>> {
        self.chunks(&self.lines).map(span)
    }

    fn chunks<'h>(&'h self, lines: &'h [Line]) -> impl Iterator<Item = &'h [Line]> {
        lines.chunk_by(|_, next| is_white(&self.octets[next.start]))
    }

    /// The empty line that ends it; nothing where that has not come.
    pub fn empty_line(&self) -> &'o [u8] {
        let start = self.lines.last().map_or(self.start, |line| line.end);
        self.end.map_or(&[], |end| &self.octets[start..end])
    }

    /// The start-line.
    pub fn start_line(&self) -> &'o [u8] {
        self.lines().next().unwrap_or_default().0
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
    ///
    /// ```text
    /// field-line = field-name ":" OWS field-value OWS                   (RFC 9112 §5)
    /// field-name = token
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = Field<'o>> {
        self.fields_from("")
    }

    /// The fields whose names begin so: the others are left unread.
    fn fields_from(&self, name: &str) -> impl Iterator<Item = Field<'o>> {
        self.chunks(self.lines.get(1..).unwrap_or_default()).filter_map(move |lines| {
            let mut text = &self.octets[lines[0].start..lines[0].text_end];
            if is_white(&text[0]) {
                text = without_ends(text, is_white);
                (self.reading == Some(Reading::UsesLine)).then_some(())?;
            }
            text.get(..name.len())?.eq_ignore_ascii_case(name.as_bytes()).then_some(())?;
            let colon = text.iter().position(|&octet| octet == b':')?;
            // What stands between name and colon is no part of the name.
            let name = without_ends(&text[..colon], is_white);
            let is_token = !name.is_empty() && name.iter().copied().all(is_tchar);
            is_token.then(|| Field { span: span(lines), name, value: self.value(&text[colon + 1..], &lines[1..]) })
        })
    }

    /// The value of a field, and of the lines that fold it.
    ///
    /// ```text
    /// obs-fold = OWS CRLF RWS                                           (RFC 9112 §5.2)
    /// ```
    fn value(&self, first: &'o [u8], folds: &[Line]) -> Cow<'o, [u8]> {
        let is_broken = |octet: &u8| matches!(octet, 0 | b'\r' | b'\n');
        let mut value = Cow::Borrowed(trimmed(first));
        match self.reading {
            Some(Reading::EndsValue) => return trimmed(first.split(is_broken).next().unwrap_or_default()).into(),
            _ => folds.iter().for_each(|fold| {
                value.to_mut().push(b' ');
                value.to_mut().extend_from_slice(trimmed(&self.octets[fold.start..fold.text_end]));
            }),
        }
        let stays = matches!(self.reading, Some(Reading::AsIs | Reading::EncodedAgain));
        if !stays && value.iter().any(is_broken) {
            value.to_mut().iter_mut().filter(|octet| is_broken(octet)).for_each(|octet| *octet = b' ');
        }
        match value {
            Cow::Owned(value) => trimmed(&value).to_vec().into(),
            borrowed => borrowed,
        }
    }

    /// The values of the fields of a name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = Cow<'o, [u8]>> {
        self.fields_from(name).filter(|field| field.name.len() == name.len()).map(|field| field.value)
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

/// Of at least one line.
fn span(lines: &[Line]) -> Range<usize> {
    lines[0].start..lines[lines.len() - 1].end
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'o> {
    /// Its line, and those that fold it, with their line ends.
    pub span: Range<usize>,
    /// The name.
    pub name: &'o [u8],
    /// The value, without whitespace around it, and with what it holds beside visible octets as the reading has it.
    pub value: Cow<'o, [u8]>,
}
