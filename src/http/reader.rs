//! Cuts a growing buffer into the lines of one head, each octet looked at once however it arrives (RFC 9112 §2).

use super::grammar::{is_start_line_space, is_tchar, position};
use super::meter;
use super::start_line::{RequestLine, Shape, StatusLine};
use crate::judgement::Span;

/// Which message the head belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Side {
    Request,
    Response,
}

/// What a recipient is willing to read. In octets, line ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The start-line. RFC 9112 §3 recommends at least 8000.
    pub start_line: usize,
    /// The whole head.
    pub head: usize,
    /// The number of lines behind the start-line.
    pub lines: usize,
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
    /// The octets without the line end.
    pub const fn text(&self) -> Span {
        self.start..self.text_end
    }

    /// The octets with the line end.
    pub const fn span(&self) -> Span {
        self.start..self.end
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
    lines: Vec<Line>,
    ended: Option<Progress>,
}

impl HeadReader {
    /// A reader for the head that begins at `base` in the buffer.
    pub const fn new(side: Side, limits: Limits, base: usize) -> Self {
        HeadReader { side, limits, base, line_start: base, searched: base, leading: 0, lines: Vec::new(), ended: None }
    }

    /// Room for the lines of most heads, made when the first one comes.
    const USUAL_LINES: usize = 16;

    /// The lines read so far, the empty lines before the start-line included, the one that ends the head not.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// How many of the lines are empty lines before the start-line.
    pub const fn leading(&self) -> usize {
        self.leading
    }

    /// Where the head begins.
    pub const fn base(&self) -> usize {
        self.base
    }

    /// Reads on. `buffer` holds what the last call was given, and more behind it.
    pub fn read(&mut self, buffer: &[u8]) -> Progress {
        if let Some(ended) = self.ended {
            return ended;
        }
        let progress = self.advance(buffer);
        if progress != Progress::NeedMore {
            self.ended = Some(progress);
        }
        progress
    }

    fn advance(&mut self, buffer: &[u8]) -> Progress {
        loop {
            if self.in_start_line() {
                // The first octet tells a TLS record or a binary protocol apart, which may never send a line end.
                if let Some(&first) = buffer.get(self.line_start)
                    && !matches!(first, b'\n')
                    && !is_tchar(first)
                    && !is_start_line_space(first)
                {
                    return Progress::Broken(self.line_start + 1);
                }
            }
            let limit = self.limit();
            let window = &buffer[self.searched..buffer.len().min(limit)];
            let Some(at) = position(window, b'\n') else {
                meter::visit(window.len());
                self.searched += window.len();
                return if self.searched < limit { Progress::NeedMore } else { self.over() };
            };
            meter::visit(at + 1);
            if self.lines.is_empty() {
                self.lines.reserve(Self::USUAL_LINES);
            }
            let feed = self.searched + at;
            let text_end = if feed > self.line_start && buffer[feed - 1] == b'\r' { feed - 1 } else { feed };
            let line = Line { start: self.line_start, text_end, end: feed + 1 };
            self.searched = line.end;
            self.line_start = line.end;
            if line.text().is_empty() {
                if !self.in_start_line() {
                    return Progress::Complete(line.end);
                }
                self.leading += 1;
                self.lines.push(line);
                continue;
            }
            if self.in_start_line() && self.is_hopeless(buffer, line) {
                self.lines.push(line);
                return Progress::Broken(line.end);
            }
            if self.lines.len() - self.leading > self.limits.lines {
                return Progress::TooLarge(line.end);
            }
            self.lines.push(line);
        }
    }

    fn in_start_line(&self) -> bool {
        self.lines.len() == self.leading
    }

    fn limit(&self) -> usize {
        let lines = if self.in_start_line() { self.limits.start_line.min(self.limits.head) } else { self.limits.head };
        self.base.saturating_add(lines)
    }

    fn over(&self) -> Progress {
        if self.in_start_line() { Progress::StartLineTooLong(self.searched) } else { Progress::TooLarge(self.searched) }
    }

    /// Whether no reading, however lenient, finds the parts of a start-line in the line.
    fn is_hopeless(&self, buffer: &[u8], line: Line) -> bool {
        match self.side {
            Side::Request => !matches!(RequestLine::read(buffer, line.text()).shape, Shape::Exact | Shape::Spaced),
            Side::Response => !matches!(StatusLine::read(buffer, line.text()).shape, Shape::Exact | Shape::Spaced),
        }
    }
}
