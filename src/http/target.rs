//! The request-target (RFC 9112 §3.2).

use std::borrow::Cow;

use super::grammar::{all, is_digits, table};
use super::host::is_plain_in_uri;
use super::meter;
use crate::judgement::Span;

/// The form of a request-target, with the spans of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Begins with a slash: the whole target is path and query.
    Origin,
    /// A URI with a scheme; the authority is there if two slashes follow the scheme.
    Absolute {
        /// The scheme, without its colon.
        scheme: Span,
        /// What stands between the two slashes and the path, userinfo included.
        authority: Option<Span>,
        /// Path and query; may be empty.
        resource: Span,
    },
    /// A single asterisk.
    Asterisk,
    /// Host and port.
    Authority,
    /// None of the four.
    Other,
}

impl Target {
    /// Reads the form of the target at the span.
    ///
    /// ```text
    /// request-target = origin-form / absolute-form / authority-form / asterisk-form
    /// origin-form    = absolute-path [ "?" query ]
    /// absolute-form  = absolute-URI        ; scheme ":" hier-part [ "?" query ] (RFC 3986 §4.3)
    /// ```
    pub fn read(text: &[u8], span: Span) -> Self {
        let octets = &text[span.clone()];
        meter::visit(octets.len());
        match octets {
            [b'/', ..] => return Target::Origin,
            b"*" => return Target::Asterisk,
            [first, ..] if first.is_ascii_alphabetic() || *first == b'[' => {}
            [first, ..] if first.is_ascii_digit() && is_authority(octets) => return Target::Authority,
            _ => return Target::Other,
        }
        if is_authority(octets) {
            return Target::Authority;
        }
        let scheme = octets.iter().take_while(|&&octet| is_scheme_octet(octet)).count();
        if scheme == 0 || octets.get(scheme) != Some(&b':') {
            return Target::Other;
        }
        let behind = span.start + scheme + 1;
        let (authority, resource) = match &text[behind..span.end] {
            [b'/', b'/', rest @ ..] => {
                let length = rest.iter().position(|octet| matches!(octet, b'/' | b'?' | b'#')).unwrap_or(rest.len());
                let start = behind + 2;
                (Some(start..start + length), start + length..span.end)
            }
            _ => (None, behind..span.end),
        };
        Target::Absolute { scheme: span.start..span.start + scheme, authority, resource }
    }
}

/// What path and query name: an empty path is the path `/` (RFC 9110 §4.2.3), before a query or a fragment as well.
///
/// ```text
/// path-abempty = *( "/" segment )
/// ```
pub(crate) fn resource_name(path_and_query: &[u8]) -> Cow<'_, [u8]> {
    if path_and_query.starts_with(b"/") {
        Cow::Borrowed(path_and_query)
    } else {
        Cow::Owned([b"/", path_and_query].concat())
    }
}

/// Octets of `scheme` (RFC 3986 §3.1), the first of which has to be a letter.
///
/// ```text
/// scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
/// ```
const fn is_scheme_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'-' | b'.')
}

/// A host, a colon and at least one digit: `authority-form`, which only a CONNECT request has.
///
/// ```text
/// authority-form = uri-host ":" port
/// ```
fn is_authority(octets: &[u8]) -> bool {
    let Some(colon) = octets.iter().rposition(|&octet| octet == b':') else { return false };
    is_digits(&octets[colon + 1..]) && !octets[..colon].contains(&b'/')
}

/// Octets that path and query hold as they are (RFC 3986 §3.3 and §3.4).
pub(crate) const fn is_plain_in_resource(octet: u8) -> bool {
    const fn is_member(octet: u8) -> bool {
        is_plain_in_uri(octet) || matches!(octet, b':' | b'@' | b'/' | b'?')
    }
    static PLAIN: [bool; 256] = table!(is_member);
    PLAIN[octet as usize]
}

/// What is wrong with the octets of a path and query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// A number sign: the fragment begins here.
    Fragment(Span),
    /// Octets that no URI holds raw, or a percent sign without two hexadecimal digits behind it.
    Octets(Span),
}

/// The first fragment and the first run of other octets that a path and query must not hold (RFC 3986 §3.3 and §3.4).
///
/// ```text
/// segment = *pchar
/// query   = *( pchar / "/" / "?" )
/// pchar   = unreserved / pct-encoded / sub-delims / ":" / "@"
/// ```
pub fn misfits(text: &[u8], span: Span) -> Vec<Misfit> {
    meter::visit(span.len());
    if all(&text[span.clone()], is_plain_in_resource) {
        return Vec::new();
    }
    let (mut fragment, mut run): (Option<Span>, Option<Span>) = (None, None);
    for at in span.clone() {
        let octet = text[at];
        let good = match octet {
            b'#' => {
                fragment.get_or_insert(at..span.end);
                continue;
            }
            b'%' => {
                let behind = &text[at + 1..span.end];
                matches!(behind, [one, other, ..] if one.is_ascii_hexdigit() && other.is_ascii_hexdigit())
            }
            _ => is_plain_in_resource(octet),
        };
        if !good {
            match &mut run {
                None => run = Some(at..at + 1),
                Some(run) if run.end == at => run.end += 1,
                Some(_) => {}
            }
        }
    }
    let mut misfits: Vec<Misfit> = fragment.into_iter().map(Misfit::Fragment).collect();
    misfits.extend(run.map(Misfit::Octets));
    misfits
}
