//! Whether content follows the head, and how much (RFC 9112 §6).

use super::grammar::{is_digits, list_members, number, significant, trim_ows};
use super::{Named, meter};
use crate::judgement::Span;

/// What `Content-Length` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Length {
    /// There is no such field.
    Absent,
    /// One number, or several that are alike.
    Octets {
        /// The number; `None` where it is larger than anybody counts: 2^64 or more.
        number: Option<u64>,
        /// Whether it is written more than once.
        repeated: bool,
        /// The first value.
        span: Span,
    },
    /// No number, or numbers that differ.
    Invalid(Span),
}

/// What `Transfer-Encoding` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coding {
    /// There is no such field.
    Absent,
    /// `chunked` alone.
    Chunked(Span),
    /// Ends in `chunked`; something else comes before it.
    Unknown(Span),
    /// Ends in `chunked` with a parameter, which it does not have (RFC 9112 §7.1).
    Parameter(Span),
    /// `chunked` more than once (RFC 9112 §6.1), and nothing else: the second one.
    Repeated(Span),
    /// Does not end in `chunked`, so that nobody can tell where the content ends.
    Endless(Span),
    /// The list is empty.
    Empty(Span),
}

/// Reads the lines of `Content-Length` (RFC 9112 §6.3 item 5).
///
/// ```text
/// Content-Length = 1*DIGIT
/// ```
pub fn length(text: &[u8], lines: Named<'_>) -> Length {
    let (mut found, mut repeated): (Option<Span>, bool) = (None, false);
    for line in lines {
        for member in list_members(text, line.value.clone()) {
            if !is_digits(&text[member.clone()]) {
                return Length::Invalid(if member.is_empty() { line.value.clone() } else { member });
            }
            match &found {
                None => found = Some(member),
                Some(first) if significant(&text[first.clone()]) == significant(&text[member.clone()]) => {
                    repeated = true;
                }
                Some(_) => return Length::Invalid(member),
            }
        }
    }
    match found {
        None => Length::Absent,
        Some(span) => Length::Octets { number: number(&text[span.clone()]), repeated, span },
    }
}

/// Reads the lines of `Transfer-Encoding` (RFC 9112 §6.3 item 4).
///
/// ```text
/// Transfer-Encoding = #transfer-coding
/// transfer-coding   = token *( OWS ";" OWS transfer-parameter )
/// ```
pub fn coding(text: &[u8], lines: Named<'_>) -> Coding {
    let Some(first) = lines.first() else { return Coding::Absent };
    let members: Vec<Span> =
        lines.flat_map(|line| codings(text, line.value.clone())).filter(|member| !member.is_empty()).collect();
    let Some(last) = members.last().cloned() else { return Coding::Empty(first.value.clone()) };
    let is_chunked = |member: &Span| text[member.clone()].eq_ignore_ascii_case(b"chunked");
    if is_chunked(&last) {
        match (members.iter().find(|member| !is_chunked(member)), members.get(1)) {
            (Some(other), _) => Coding::Unknown(other.clone()),
            (None, Some(second)) => Coding::Repeated(second.clone()),
            (None, None) => Coding::Chunked(last),
        }
    } else if text[last.clone()]
        .split(|&octet| octet == b';')
        .next()
        .is_some_and(|name| name.trim_ascii().eq_ignore_ascii_case(b"chunked"))
    {
        Coding::Parameter(last)
    } else {
        Coding::Endless(last)
    }
}

/// The members of a list of codings: a comma inside a quoted string separates nothing (RFC 9110 §5.6.4).
fn codings(text: &[u8], value: Span) -> Vec<Span> {
    meter::visit(value.len());
    let (mut members, mut start, mut quoted, mut escaped) = (Vec::new(), value.start, false, false);
    for at in value.clone() {
        match text[at] {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                members.push(trim_ows(text, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    members.push(trim_ows(text, start..value.end));
    members
}
