//! Cuts a growing buffer into the lines of one head, each octet looked at once however it arrives (RFC 9112 §2).

use super::grammar::{is_start_line_space, is_tchar, position, position_unprintable};
use super::start_line::{RequestLine, Shape, StatusLine};
use super::{FieldLine, meter};
use crate::judgement::Span;

/// Which message the head belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Side {
    Request,
    Response,
}

/// What a recipient is willing to read. The default is 16 KiB of start-line, 64 KiB of head, 512 field lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    pub(crate) start_line: usize,
    pub(crate) head: usize,
    pub(crate) lines: usize,
}

impl Limits {
    /// Whatever comes is read: for octets that are at hand as a whole.
    pub const NONE: Limits = Limits { start_line: usize::MAX, head: usize::MAX, lines: usize::MAX };

    /// At most so many octets up to the end of the start-line: empty lines before it and line ends count. RFC 9112 §3 recommends
    /// at least 8000.
    pub const fn start_line(self, start_line: usize) -> Self {
        Limits { start_line, ..self }
    }

    /// At most so many octets of head: interim responses, and the line ends of all lines, count.
    pub const fn head(self, head: usize) -> Self {
        Limits { head, ..self }
    }

    /// At most so many lines after the start-line.
    pub const fn lines(self, lines: usize) -> Self {
        Limits { lines, ..self }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits { start_line: 16 * 1024, head: 64 * 1024, lines: 512 }
    }
}

/// One line of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The first octet.
    pub start: usize,
    /// Behind the last octet that is not of the line end.
    pub text_end: usize,
    /// Behind the line end.
    pub end: usize,
}

impl Line {
    /// The line that begins at `start` and whose LF is at `feed`.
    pub(super) fn new(buffer: &[u8], start: usize, feed: usize) -> Self {
        let text_end = if feed > start && buffer[feed - 1] == b'\r' { feed - 1 } else { feed };
        Line { start, text_end, end: feed + 1 }
    }

    /// The octets without the line end.
    pub const fn text(&self) -> Span {
        self.start..self.text_end
    }

    /// Whether a lone LF ends the line (RFC 9112 §2.2).
    pub const fn ends_in_bare_lf(&self) -> bool {
        self.end == self.text_end + 1
    }
}

/// Where the reading of a head stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The empty line has not come yet.
    NeedMore,
    /// The head ends before this offset.
    Complete(usize),
    /// The start-line cannot become one; nothing behind this offset was looked at.
    Broken(usize),
    /// The start-line is longer than the limit.
    StartLineTooLong(usize),
    /// The head or the number of its lines is larger than the limit.
    TooLarge(usize),
}

/// Reads one head out of a buffer that grows between calls.
#[derive(Clone, Debug)]
pub struct HeadReader {
    side: Side,
    limits: Limits,
    /// Where the head begins.
    base: usize,
    /// Where the current line begins.
    line_start: usize,
    /// Up to where the buffer has been searched for a line end.
    searched: usize,
    /// The number of empty lines before the start-line.
    leading: usize,
    /// The number of lines, those included.
    count: usize,
    /// Behind the last of them.
    lines_end: usize,
    start_line: Span,
    /// The parts of the start-line of a request.
    request_line: Option<RequestLine>,
    /// The field lines, as long as they are usual.
    fields: Vec<FieldLine>,
    usual: bool,
    /// Whether all octets but those of line ends are visible ASCII or SP.
    plain: bool,
}

impl HeadReader {
    /// A reader for the head that begins at `base` in the buffer. The heads before it count towards the limit of the head: a server
    /// must not keep a client reading for ever.
    #[inline]
    pub fn new(side: Side, limits: Limits, base: usize) -> Self {
        HeadReader {
            side,
            limits,
            base,
            line_start: base,
            searched: base,
            leading: 0,
            count: 0,
            lines_end: base,
            start_line: base..base,
            request_line: None,
            fields: Vec::with_capacity(Self::USUAL_FIELDS),
            usual: true,
            plain: true,
        }
    }

    /// Room for the field lines of most heads.
    const USUAL_FIELDS: usize = 16;

    /// What it was made with.
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// The lines read so far: the empty ones before the start-line, and the others without the one that ends the head.
    pub fn lines(&self, buffer: &[u8]) -> (Vec<Line>, Vec<Line>) {
        let mut lines = Vec::with_capacity(self.count);
        let mut start = self.base;
        while let Some(at) = position(&buffer[start..self.lines_end], b'\n') {
            meter::visit(at);
            let line = Line::new(buffer, start, start + at);
            start = line.end;
            lines.push(line);
        }
        let others = lines.split_off(self.leading);
        (lines, others)
    }

    /// The start-line, without its line end; empty, at the beginning of the head, where it has not come.
    pub fn start_line(&self) -> Span {
        self.start_line.clone()
    }

    /// The parts of the start-line of a request, as it came; `None` where it has not come.
    pub const fn request_line(&self) -> Option<&RequestLine> {
        self.request_line.as_ref()
    }

    /// The field lines, if each of them is usual: `name: value`, in visible ASCII and SP. `None` where that is not so, or a
    /// line ends in a bare LF, or an empty line stands before the start-line.
    pub fn usual_fields(&self) -> Option<&[FieldLine]> {
        (self.usual && self.plain).then_some(&self.fields)
    }

    /// Whether all octets but those of line ends are visible ASCII or SP.
    pub const fn is_plain(&self) -> bool {
        self.plain
    }

    /// Reads on. `buffer` holds what the last call was given, and more after it. Once this was not [`Progress::NeedMore`], there
    /// is nothing left to read.
    pub fn read(&mut self, buffer: &[u8]) -> Progress {
        while self.in_start_line() {
            if let Some(progress) = self.read_start_line(buffer) {
                return progress;
            }
        }
        self.read_field_lines(buffer)
    }

    /// Reads the start-line, or an empty line before it. `None` where it goes on.
    fn read_start_line(&mut self, buffer: &[u8]) -> Option<Progress> {
        let limit = self.base.saturating_add(self.limits.start_line).min(self.limits.head);
        // The first octet tells a TLS record or a binary protocol apart, which may never send a line end. What lies beyond the
        // limit tells nothing: however the octets are cut, it is not looked at.
        if let Some(&first) = buffer[..buffer.len().min(limit)].get(self.line_start)
            && !matches!(first, b'\n')
            && !is_tchar(first)
            && !is_start_line_space(first)
        {
            return Some(Progress::Broken(self.line_start + 1));
        }
        let Some(line) = self.next_line(buffer, limit) else {
            return Some(if buffer.len() < limit { Progress::NeedMore } else { Progress::StartLineTooLong(limit) });
        };
        self.count(&line);
        if line.text().is_empty() {
            self.leading += 1;
            self.usual = false;
            return None;
        }
        self.start_line = line.text();
        let shape = match self.side {
            Side::Request => self.request_line.insert(RequestLine::read(buffer, line.text())).shape,
            Side::Response => StatusLine::read(buffer, line.text()).shape,
        };
        // No reading, however lenient, finds its parts in any other.
        let has_parts = matches!(shape, Shape::Exact | Shape::Spaced | Shape::WideTarget | Shape::NoTarget);
        (!has_parts).then_some(Progress::Broken(line.end))
    }

    fn read_field_lines(&mut self, buffer: &[u8]) -> Progress {
        let limit = self.limits.head;
        if self.usual && self.plain && self.searched == self.line_start {
            self.read_usual_fields(&buffer[..buffer.len().min(limit)]);
        }
        while let Some(line) = self.next_line(buffer, limit) {
            if line.text().is_empty() {
                return Progress::Complete(line.end);
            }
            if self.count - self.leading > self.limits.lines {
                return Progress::TooLarge(line.end);
            }
            self.count(&line);
            if self.usual {
                match FieldLine::usual(buffer, line.start) {
                    Some(field) => self.fields.push(field),
                    None => self.usual = false,
                }
            }
        }
        if buffer.len() < limit { Progress::NeedMore } else { Progress::TooLarge(limit) }
    }

    /// Reads field lines, as long as they are usual and have come with their ends: most heads are of such lines alone.
    fn read_usual_fields(&mut self, buffer: &[u8]) {
        let (mut start, mut fields) = (self.line_start, std::mem::take(&mut self.fields));
        let known = fields.len();
        for _ in self.count..=self.limits.lines {
            let Some(field) = FieldLine::usual(buffer, start) else { break };
            start = field.end + 2;
            fields.push(field);
        }
        self.count += fields.len() - known;
        (self.line_start, self.searched, self.lines_end) = (start, start, start);
        self.fields = fields;
    }

    /// The current line, if it ends before the limit. Sees on the way whether it is plain.
    #[inline(always)]
    fn next_line(&mut self, buffer: &[u8], limit: usize) -> Option<Line> {
        let end = buffer.len().min(limit);
        let line = loop {
            let window = &buffer[self.searched..end];
            let found = if self.plain { position_unprintable(window) } else { position(window, b'\n') };
            let Some(found) = found else {
                meter::visit(window.len());
                self.searched = end;
                return None;
            };
            meter::visit(found);
            let at = self.searched + found;
            match window[found..] {
                [b'\n', ..] => break Line::new(buffer, self.line_start, at),
                [b'\r', b'\n', ..] => break Line { start: self.line_start, text_end: at, end: at + 2 },
                // What it is, the octet behind it will tell.
                [b'\r'] => {
                    self.searched = at;
                    return None;
                }
                _ => {
                    self.plain = false;
                    self.searched = at;
                }
            }
        };
        self.searched = line.end;
        self.line_start = line.end;
        self.usual &= !line.ends_in_bare_lf();
        Some(line)
    }

    fn count(&mut self, line: &Line) {
        self.count += 1;
        self.lines_end = line.end;
    }

    fn in_start_line(&self) -> bool {
        self.count == self.leading
    }
}
