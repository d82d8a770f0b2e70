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

/// Reads the head that octets begin with while they are coming.
#[derive(Clone, Debug)]
pub struct Reader {
    role: Role,
    limit: usize,
    pub(super) reading: Option<Reading>,
    /// The start-line and those after it, without the empty one.
    pub(super) lines: Vec<Line>,
    /// Where the current line begins.
    pub(super) start: usize,
    /// Up to where an end of it was looked for.
    searched: usize,
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
        Reader { role, limit, ..Reader::at(0, None) }
    }

    /// A reader that begins at an offset, whatever stands there.
    pub(super) fn at(start: usize, reading: Option<Reading>) -> Reader {
        let lines = Vec::with_capacity(16);
        Reader { role: Role::Server, limit: usize::MAX, reading, lines, start, searched: start }
    }

    /// Reads on. `octets` are those of the last call, and more after them.
    pub fn read(mut self, octets: &[u8]) -> Step<'_> {
        let within = &octets[..octets.len().min(self.limit)];
        let end = self.advance(within);
        let may_be = match self.lines.first() {
            Some(line) => self.is_start_line(&octets[line.start..line.text_end]),
            None => self.may_begin(&within[self.start..]),
        };
        match end {
            _ if !may_be => Step::Never,
            Some(_) => Step::Whole(Head::new(octets, self, end)),
            None if within.len() == self.limit => Step::TooLong,
            None => Step::More(self),
        }
    }

    /// As much of a head as there is in the octets of the last call, where no more come.
    pub fn unfinished(self, octets: &[u8]) -> Head<'_> {
        Head::new(octets, self, None)
    }

    /// Takes lines up to the empty one that ends the head, and gives the offset after it. `None` where it has not come.
    ///
    /// ```text
    /// HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]     (RFC 9112 §2.1)
    /// ```
    pub(super) fn advance(&mut self, octets: &[u8]) -> Option<usize> {
        while let Some(line) = self.next(octets) {
            if line.text_end > line.start {
                self.lines.push(line);
            } else if !self.lines.is_empty() {
                return Some(line.end);
            }
        }
        None
    }

    /// The current line. A lone LF ends it like CR LF (RFC 9112 §2.2), unless the reading is another.
    fn next(&mut self, octets: &[u8]) -> Option<Line> {
        let cr_ends = self.reading == Some(Reading::CrEndsLine);
        let may_end = |&octet: &u8| octet == b'\n' || cr_ends && octet == b'\r';
        while let Some(at) = octets[self.searched..].iter().position(may_end).map(|at| self.searched + at) {
            let (text_end, end) = match (octets[at], octets.get(at + 1)) {
                // Of which line end it is, the next octet will tell.
                (b'\r', None) => {
                    self.searched = at;
                    return None;
                }
                (b'\r', next) => (at, at + 1 + usize::from(next == Some(&b'\n'))),
                _ if at > self.start && octets[at - 1] == b'\r' => (at - 1, at + 1),
                _ if self.reading == Some(Reading::AsSp) => {
                    self.searched = at + 1;
                    continue;
                }
                _ => (at, at + 1),
            };
            self.searched = end;
            return Some(Line { start: std::mem::replace(&mut self.start, end), text_end, end });
        }
        self.searched = octets.len();
        None
    }

    /// Whether a line has the parts of a start-line.
    fn is_start_line(&self, line: &[u8]) -> bool {
        match self.role {
            Role::Server => {
                let line = RequestLine::read(line);
                line.is_whole && line.method.iter().copied().all(is_tchar)
            }
            Role::Client => StatusLine::read(line).is_some(),
        }
    }

    /// Whether a start-line can go on as it begins, by its first octets: what speaks another protocol may never end a line.
    fn may_begin(&self, line: &[u8]) -> bool {
        let word = line.iter().copied().take(16).skip_while(|&octet| is_space(octet));
        match self.role {
            Role::Server => word.take_while(|&octet| !is_space(octet)).all(is_tchar),
            Role::Client => word.zip(NAME).all(|(octet, letter)| octet.eq_ignore_ascii_case(letter)),
        }
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
