//! The request-line (RFC 9112 §3), the status-line (§4), and the HTTP version in both (§2.3).

use super::grammar::{all, is_digits, is_start_line_space, is_token, number, trim};
use super::meter;
use crate::judgement::Span;

/// How the parts of a start-line stand to one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All parts, with one SP between them.
    Exact,
    /// All parts, with other white space between or around them.
    Spaced,
    /// A request-line of method and version, with nothing between their two SP.
    NoTarget,
    /// A request-line of two parts: that of HTTP/0.9.
    NoVersion,
    /// A request-line with more than three parts, the last of them an HTTP version: the target has white space.
    WideTarget,
    /// A request-line with something after its HTTP version.
    TooMany,
    /// Nothing of the kind.
    Other,
}

/// The parts of a request-line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct RequestLine {
    pub shape: Shape,
    pub method: Span,
    pub target: Span,
    pub version: Span,
}

impl RequestLine {
    /// Cuts the line at its white space.
    ///
    /// ```text
    /// request-line = method SP request-target SP HTTP-version
    /// method       = token
    /// ```
    pub fn read(text: &[u8], line: Span) -> Self {
        if let Some(usual) = RequestLine::usual(text, &line) {
            return usual;
        }
        let none = line.end..line.end;
        let (parts, count) = parts::<4>(text, line.clone());
        let last = parts[count.saturating_sub(1)].clone();
        let [method, second, third, _] = parts;
        if count < 2 || !is_token(&text[method.clone()]) {
            return RequestLine { shape: Shape::Other, method, target: none.clone(), version: none };
        }
        match count {
            3 => {
                let (target, version) = (second, third);
                let exact = method.start == line.start
                    && target.start == method.end + 1
                    && version.start == target.end + 1
                    && version.end == line.end
                    && text[method.end] == b' '
                    && text[target.end] == b' ';
                RequestLine { shape: if exact { Shape::Exact } else { Shape::Spaced }, method, target, version }
            }
            2 if &text[method.end..last.start] == b"  " && HttpVersion::read(&text[last.clone()]).is_some() => {
                let target = method.end + 1..method.end + 1;
                RequestLine { shape: Shape::NoTarget, method, target, version: last }
            }
            2 => RequestLine { shape: Shape::NoVersion, method, target: last, version: none },
            _ => {
                let end = trim(text, line.clone(), is_start_line_space).end;
                let start = (line.start..end).rev().find(|&at| is_start_line_space(text[at])).map_or(end, |at| at + 1);
                if version_name(&text[start..end]).is_some() {
                    let target = trim(text, second.start..start, is_start_line_space);
                    return RequestLine { shape: Shape::WideTarget, method, target, version: start..end };
                }
                let versioned = HttpVersion::read(&text[third.clone()]).is_some();
                let shape = if versioned { Shape::TooMany } else { Shape::Other };
                RequestLine { shape, method, target: second, version: third }
            }
        }
    }
}

impl RequestLine {
    /// The parts of what nearly every client sends: `GET target HTTP/1.1`.
    fn usual(text: &[u8], line: &Span) -> Option<Self> {
        meter::visit(line.len());
        let target = text[line.clone()].strip_prefix(b"GET ")?.strip_suffix(b" HTTP/1.1")?;
        if target.is_empty() || !all(target, |octet| !is_start_line_space(octet)) {
            return None;
        }
        let method = line.start..line.start + 3;
        let target = method.end + 1..method.end + 1 + target.len();
        Some(RequestLine { shape: Shape::Exact, method, version: target.end + 1..line.end, target })
    }
}

/// The parts of a status-line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StatusLine {
    pub shape: Shape,
    pub version: Span,
    pub code: Span,
    /// The reason phrase; without the SP before it.
    pub reason: Span,
    /// Whether white space stands behind the status code, as the grammar asks even without a reason phrase.
    pub spaced_code: bool,
}

impl StatusLine {
    /// Cuts the line at its first two runs of white space.
    ///
    /// ```text
    /// status-line = HTTP-version SP status-code SP [ reason-phrase ]
    /// status-code = 3DIGIT
    /// ```
    pub fn read(text: &[u8], line: Span) -> Self {
        if text[line.clone()].starts_with(b"HTTP/1.1 101 ") {
            let (version, code) = (line.start..line.start + 8, line.start + 9..line.start + 12);
            let reason = line.start + 13..line.end;
            return StatusLine { shape: Shape::Exact, version, code, reason, spaced_code: true };
        }
        let ([version, code], _) = parts(text, line.clone());
        let none = line.end..line.end;
        let octets = &text[code.clone()];
        let named = version_name(&text[version.clone()]).is_some();
        if !named || octets.len() != 3 || !is_digits(octets) {
            return StatusLine { shape: Shape::Other, version, code, reason: none, spaced_code: true };
        }
        let spaced_code = code.end < line.end;
        let reason = (code.end + usize::from(spaced_code)).min(line.end)..line.end;
        let exact = version.start == line.start
            && code.start == version.end + 1
            && text[version.end] == b' '
            && (!spaced_code || text[code.end] == b' ');
        StatusLine { shape: if exact { Shape::Exact } else { Shape::Spaced }, version, code, reason, spaced_code }
    }

    /// The status code, where the shape is `Exact` or `Spaced`.
    pub fn status(&self, text: &[u8]) -> u16 {
        number(&text[self.code.clone()]).unwrap_or(0) as u16
    }
}

/// The first parts of a line between runs of white space, and how many there are; the others are empty, at its end.
fn parts<const MOST: usize>(text: &[u8], line: Span) -> ([Span; MOST], usize) {
    meter::visit(line.len());
    let mut parts = core::array::from_fn(|_| line.end..line.end);
    let mut count = 0;
    let mut at = line.start;
    while count < MOST {
        let rest = &text[at..line.end];
        let Some(blanks) = rest.iter().position(|&octet| !is_start_line_space(octet)) else { break };
        let rest = &rest[blanks..];
        let length = rest.iter().position(|&octet| is_start_line_space(octet)).unwrap_or(rest.len());
        parts[count] = at + blanks..at + blanks + length;
        at = parts[count].end;
        count += 1;
    }
    (parts, count)
}

/// An HTTP version, as this or an older grammar reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpVersion {
    /// The number before the dot; `u64::MAX` where it does not fit.
    pub major: u64,
    /// The number behind the dot; `u64::MAX` where it does not fit.
    pub minor: u64,
    /// Whether the name is in the case of RFC 9112 §2.3.
    pub exact_case: bool,
    /// Whether one digit stands on each side of the dot (RFC 9112 §2.3); RFC 2616 §3.1 allowed several.
    pub single_digits: bool,
}

impl HttpVersion {
    /// Reads a version by the grammar of RFC 9112 §2.3 or of RFC 2616 §3.1.
    ///
    /// ```text
    /// HTTP-version = HTTP-name "/" DIGIT "." DIGIT         ; RFC 9112 §2.3
    /// HTTP-Version = "HTTP" "/" 1*DIGIT "." 1*DIGIT        ; RFC 2616 §3.1
    /// ```
    pub fn read(octets: &[u8]) -> Option<Self> {
        if octets == b"HTTP/1.1" {
            return Some(HttpVersion { major: 1, minor: 1, exact_case: true, single_digits: true });
        }
        let (exact_case, numbers) = version_name(octets)?;
        let dot = numbers.iter().position(|&octet| octet == b'.')?;
        let (major, minor) = (&numbers[..dot], &numbers[dot + 1..]);
        if !is_digits(major) || !is_digits(minor) {
            return None;
        }
        Some(HttpVersion {
            major: number(major).unwrap_or(u64::MAX),
            minor: number(minor).unwrap_or(u64::MAX),
            exact_case,
            single_digits: major.len() == 1 && minor.len() == 1,
        })
    }

    /// Whether the version is lower than 1.1.
    pub const fn is_below_1_1(&self) -> bool {
        self.major == 0 || (self.major == 1 && self.minor == 0)
    }
}

/// Whether the octets begin with the name of the protocol, in its exact case or not, and what follows the slash.
fn version_name(octets: &[u8]) -> Option<(bool, &[u8])> {
    meter::visit(octets.len());
    let (name, rest) = octets.split_at_checked(5)?;
    name.eq_ignore_ascii_case(b"HTTP/").then_some((name == b"HTTP/", rest))
}
