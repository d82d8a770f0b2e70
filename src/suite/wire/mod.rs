//! The tolerant reader of what is on the wire: heads of HTTP/1, and the values of their fields.
//!
//! Verdicts rest on it, so it is a second, independent reading: it shares nothing with the reference's, and a fault of one
//! shows as a difference to the other. It takes whatever octets come, says what they hold, and accuses nobody.

mod extensions;
mod head;
mod reader;
mod start_line;

pub use extensions::{Extension, extensions};
pub use head::{Field, Head};
pub use reader::{Reader, Step};
pub use start_line::{RequestLine, StatusLine};

/// Names and values, as an observation has them.
pub type Fields = Vec<(String, Vec<u8>)>;

/// The octets without the whitespace at their ends.
///
/// ```text
/// OWS = *( SP / HTAB )                                              (RFC 9110 §5.6.3)
/// ```
pub fn trimmed(octets: &[u8]) -> &[u8] {
    without_ends(octets, |octet| matches!(octet, b' ' | b'\t'))
}

fn without_ends(octets: &[u8], goes: impl Fn(&u8) -> bool) -> &[u8] {
    let start = octets.iter().position(|octet| !goes(octet)).unwrap_or(octets.len());
    let end = octets.iter().rposition(|octet| !goes(octet)).map_or(start, |last| last + 1);
    &octets[start..end]
}

/// The members of a list, empty ones included. Commas in quoted strings separate as well.
///
/// ```text
/// #element = [ element ] *( OWS "," OWS [ element ] )               (RFC 9110 §5.6.1.2)
/// ```
pub fn members(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&octet| octet == b',').map(<[u8]>::trim_ascii)
}

/// The values of the fields of a name.
pub fn values<'f>(fields: &'f [(String, Vec<u8>)], name: &'f str) -> impl Iterator<Item = &'f [u8]> {
    fields.iter().filter(move |(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

/// The values of the fields of a name as one (RFC 9110 §5.3); `None` where there are none.
pub fn joined(fields: &[(String, Vec<u8>)], name: &str) -> Option<Vec<u8>> {
    let values: Vec<&[u8]> = values(fields, name).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// Whether there is a field of the name, with the token among the members of its list if one is given.
pub fn holds(fields: &[(String, Vec<u8>)], name: &str, token: Option<&str>) -> bool {
    values(fields, name)
        .any(|value| token.is_none_or(|token| members(value).any(|its| its.eq_ignore_ascii_case(token.as_bytes()))))
}
