//! Cuts octets that are still coming into the lines of one head, and looks at each octet once.

use super::head::Head;
use super::start_line::{NAME, RequestLine, StatusLine, is_space};
use crate::judgement::Role;
use crate::suite::ledger::Reading;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The first octet.
    pub(super) start: usize,
    /// After the last octet that is not of the line end.
    pub(super) text_end: usize,
    /// After the line end.
    pub(super) end: usize,
}

/// The lines that have come of a head.
#[derive(Clone, Debug)]
pub(super) struct Lines {
    pub(super) reading: Option<Reading>,
    /// The start-line and those after it, without the empty one.
    pub(super) found: Vec<Line>,
    /// Where the current line begins.
    pub(super) start: usize,
    /// Up to where an end of it was looked for.
    searched: usize,
}

impl Lines {
    /// Those of a head that begins at an offset.
    pub(super) fn new(reading: Option<Reading>, base: usize) -> Lines {
        Lines { reading, found: Vec::with_capacity(16), start: base, searched: base }
    }

    /// Takes lines up to the empty one that ends the head, and gives the offset after it. `None` where it has not come.
    ///
    /// ```text
    /// HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]     (RFC 9112 §2.1)
    /// ```
    pub(super) fn advance(&mut self, octets: &[u8]) -> Option<usize> {
        while let Some(line) = self.next(octets) {
            if line.text_end > line.start {
                self.found.push(line);
            } else if !self.found.is_empty() {
                return Some(line.end);
            }
        }
        None
    }

    /// The current line. A lone LF ends it like CR LF (RFC 9112 §2.2), unless the reading is another.
    fn next(&mut self, octets: &[u8]) -> Option<Line> {
        let cr_ends = self.reading == Some(Reading::CrEndsLine);
        loop {
            let found = octets[self.searched..].iter().position(|&octet| octet == b'\n' || cr_ends && octet == b'\r');
            let Some(at) = found.map(|at| self.searched + at) else {
                self.searched = octets.len();
                return None;
            };
            let (text_end, end) = match (octets[at], octets.get(at + 1)) {
                // Of which line end it is, the next octet will tell.
                (b'\r', None) => {
                    self.searched = at;
                    return None;
                }
                (b'\r', Some(b'\n')) => (at, at + 2),
                (b'\r', _) => (at, at + 1),
                _ if at > self.start && octets[at - 1] == b'\r' => (at - 1, at + 1),
                // Before the start-line it is part of nothing else.
                _ if self.reading == Some(Reading::AsSp) && (at > self.start || !self.found.is_empty()) => {
                    self.searched = at + 1;
                    continue;
                }
                _ => (at, at + 1),
            };
            let start = std::mem::replace(&mut self.start, end);
            self.searched = end;
            return Some(Line { start, text_end, end });
        }
    }
}

/// Reads the head that octets begin with while they are coming.
#[derive(Clone, Debug)]
pub struct Reader {
    role: Role,
    limit: usize,
    lines: Lines,
    /// Up to where the first word of the start-line was looked at, and how long it is so far.
    word: (usize, usize),
}

/// Where a reader is with octets.
#[derive(Clone, Debug)]
pub enum Step<'o> {
    /// The head goes on.
    More(Reader),
    /// This is the head.
    Whole(Head<'o>),
    /// No head of HTTP/1 can come of the octets.
    Never,
    /// The head is longer than the limit.
    TooLong,
}

impl Reader {
    /// A reader in a role, a server of requests and a client of responses. It looks at `limit` octets at most.
    pub fn new(role: Role, limit: usize) -> Reader {
        Reader { role, limit, lines: Lines::new(None, 0), word: (0, 0) }
    }

    /// Reads on. `octets` are those of the last call, and more after them.
    pub fn read(mut self, octets: &[u8]) -> Step<'_> {
        let within = &octets[..octets.len().min(self.limit)];
        let end = self.lines.advance(within);
        let may_be = match self.lines.found.first() {
            Some(line) => self.is_start_line(&octets[line.start..line.text_end]),
            None => self.may_begin(within),
        };
        match end {
            _ if !may_be => Step::Never,
            Some(_) => Step::Whole(Head::new(octets, self.lines, end)),
            None if within.len() == self.limit => Step::TooLong,
            None => Step::More(self),
        }
    }

    /// As much of a head as there is, where no more octets come.
    pub fn unfinished(self, octets: &[u8]) -> Head<'_> {
        Head::new(octets, self.lines, None)
    }

    /// Whether a line has the parts of a start-line.
    fn is_start_line(&self, line: &[u8]) -> bool {
        match self.role {
            Role::Server => {
                let line = RequestLine::read(line);
                line.is_whole && line.method.iter().all(|&octet| is_tchar(octet))
            }
            Role::Client => StatusLine::read(line).is_some(),
        }
    }

    /// Whether the first word of a start-line can go on as it begins: what speaks another protocol may never end a line.
    fn may_begin(&mut self, octets: &[u8]) -> bool {
        let (looked, mut length) = self.word;
        for &octet in &octets[looked.max(self.lines.start)..] {
            let fits = match self.role {
                Role::Server => is_tchar(octet),
                Role::Client => NAME.get(length).is_none_or(|letter| letter.eq_ignore_ascii_case(&octet)),
            };
            match is_space(octet) {
                true if length == 0 => {}
                // The word is at its end.
                true => length = usize::MAX,
                false if length == usize::MAX || fits => length = length.saturating_add(1),
                false => return false,
            }
        }
        self.word = (octets.len(), length);
        true
    }
}

/// ```text
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~"
///       / DIGIT / ALPHA                                             (RFC 9110 §5.6.2)
/// ```
pub(super) const fn is_tchar(octet: u8) -> bool {
    octet.is_ascii_graphic()
        && !matches!(octet, b'"' | b'(' | b')' | b',' | b'/' | b':'..=b'@' | b'['..=b']' | b'{' | b'}')
}
