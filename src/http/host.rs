//! `uri-host [ ":" port ]`: the value of Host and the authority of a URI (RFC 9110 §7.2, RFC 3986 §3.2).

use super::grammar::{number, position, significant};
use super::meter;

/// An authority without userinfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// The host, an IP literal with its brackets.
    pub host: &'a [u8],
    /// The digits behind the colon; `None` without a colon.
    pub port: Option<&'a [u8]>,
    /// The classes of all octets of the host.
    classes: u8,
}

/// What is to be said of a grammatical authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A name or an IPv4 address, with or without a port.
    Plain,
    /// An IP literal, or an empty port: legal, and seldom seen.
    Literal,
    /// A registered name that is not a DNS name.
    Odd,
    /// A port above 65535.
    PortRange,
    /// A port that is 0 or has leading zeros, which the grammar allows and not every recipient reads.
    LeadingZeros,
    /// An IP literal of a version that nobody has defined (`IPvFuture`).
    Future,
}

impl<'a> Authority<'a> {
    /// Reads the octets by the grammar; `None` where they do not match it. The host may be empty.
    ///
    /// ```text
    /// Host     = uri-host [ ":" port ]
    /// uri-host = IP-literal / IPv4address / reg-name
    /// port     = *DIGIT
    /// ```
    pub fn read(octets: &'a [u8]) -> Option<Self> {
        meter::visit(octets.len());
        let (host, rest) = match octets {
            [b'[', ..] => octets.split_at(octets.iter().position(|&octet| octet == b']')? + 1),
            _ => octets.split_at(position(octets, b':').unwrap_or(octets.len())),
        };
        let port = match rest {
            [] => None,
            [b':', port @ ..] if port.iter().all(u8::is_ascii_digit) => Some(port),
            _ => return None,
        };
        let classes = host.iter().fold(u8::MAX, |classes, &octet| classes & CLASSES[usize::from(octet)]);
        let grammatical = match host {
            [b'[', inner @ .., b']'] => is_ipv6(inner) || is_future(inner),
            name => classes & IN_URI != 0 || is_reg_name(name),
        };
        grammatical.then_some(Authority { host, port, classes })
    }

    /// What is to be said of it.
    pub fn form(&self) -> Form {
        let port = self.port.unwrap_or_default();
        let literal = self.host.first() == Some(&b'[');
        if !port.is_empty() && number(port).is_none_or(|port| port > u64::from(u16::MAX)) {
            Form::PortRange
        } else if port.first() == Some(&b'0') {
            Form::LeadingZeros
        } else if literal && matches!(self.host.get(1), Some(b'v' | b'V')) {
            Form::Future
        } else if literal || self.port.is_some_and(<[u8]>::is_empty) {
            Form::Literal
        } else if !self.is_dns_name() {
            Form::Odd
        } else {
            Form::Plain
        }
    }

    /// Letters, digits and hyphens in labels of up to 63 octets, a dot at the end allowed (RFC 1123 §2.1).
    fn is_dns_name(&self) -> bool {
        let mut rest = self.host.strip_suffix(b".").unwrap_or(self.host);
        let is_label =
            |label: &[u8]| (1..=63).contains(&label.len()) && label[0] != b'-' && label[label.len() - 1] != b'-';
        if rest.len() > 253 || self.classes & IN_DNS_NAME == 0 {
            return false;
        }
        while let Some(dot) = position(rest, b'.') {
            if !is_label(&rest[..dot]) {
                return false;
            }
            rest = &rest[dot + 1..];
        }
        is_label(rest)
    }

    /// Whether the host has capitals.
    pub const fn has_capitals(&self) -> bool {
        self.classes & NO_CAPITAL == 0
    }

    /// Whether both name the same authority: hosts without regard to case, a missing port as the `default` one (RFC 9110
    /// §4.2.3), ports as numbers of any size.
    pub fn is_same(&self, other: &Authority<'_>, default: &[u8]) -> bool {
        fn digits<'p>(port: Option<&'p [u8]>, default: &'p [u8]) -> &'p [u8] {
            significant(port.filter(|port| !port.is_empty()).unwrap_or(default))
        }
        self.host.eq_ignore_ascii_case(other.host) && digits(self.port, default) == digits(other.port, default)
    }
}

/// `reg-name` (RFC 3986 §3.2.2), which an IPv4 address matches as well.
///
/// ```text
/// reg-name = *( unreserved / pct-encoded / sub-delims )
/// ```
fn is_reg_name(name: &[u8]) -> bool {
    let mut octets = name.iter();
    while let Some(&octet) = octets.next() {
        let good = match octet {
            b'%' => {
                octets.next().is_some_and(u8::is_ascii_hexdigit) && octets.next().is_some_and(u8::is_ascii_hexdigit)
            }
            octet => is_plain_in_uri(octet),
        };
        if !good {
            return false;
        }
    }
    true
}

/// What the octets of a host may all be: one pass tells.
const IN_URI: u8 = 1;
const IN_DNS_NAME: u8 = 2;
const NO_CAPITAL: u8 = 4;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < classes.len() {
        let octet = at as u8;
        let in_uri = if is_unreserved(octet) || is_sub_delim(octet) { IN_URI } else { 0 };
        let in_dns_name = if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.') { IN_DNS_NAME } else { 0 };
        let no_capital = if octet.is_ascii_uppercase() { 0 } else { NO_CAPITAL };
        // Each is a bit of its own.
        classes[at] = in_uri + in_dns_name + no_capital;
        at += 1;
    }
    classes
};

/// `IPv6address` (RFC 3986 §3.2.2).
fn is_ipv6(octets: &[u8]) -> bool {
    // The standard library reads exactly the textual form of RFC 4291 §2.2, zone identifiers excluded.
    core::str::from_utf8(octets).is_ok_and(|text| text.parse::<core::net::Ipv6Addr>().is_ok())
}

/// Whether it is an IPv6 address with a zone identifier, which RFC 6874 had in the grammar and RFC 9844 took out again.
///
/// ```text
/// IPv6addrz = IPv6address "%25" 1*( unreserved / pct-encoded )
/// ```
pub fn is_zoned(octets: &[u8]) -> bool {
    let inner = octets.strip_prefix(b"[").and_then(|rest| {
        let end = rest.iter().position(|&octet| octet == b']')?;
        matches!(rest[end + 1..], [] | [b':', ..]).then(|| (&rest[..end], &rest[end + 1..]))
    });
    let Some((inner, port)) = inner else { return false };
    let Some(at) = inner.windows(3).position(|window| window == b"%25") else { return false };
    let zone = &inner[at + 3..];
    is_ipv6(&inner[..at]) && !zone.is_empty() && is_reg_name(zone) && port.iter().skip(1).all(u8::is_ascii_digit)
}

/// `IPvFuture` (RFC 3986 §3.2.2).
///
/// ```text
/// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
/// ```
fn is_future(octets: &[u8]) -> bool {
    let [b'v' | b'V', rest @ ..] = octets else { return false };
    let Some(dot) = rest.iter().position(|&octet| octet == b'.') else { return false };
    let (version, address) = (&rest[..dot], &rest[dot + 1..]);
    !version.is_empty()
        && version.iter().all(u8::is_ascii_hexdigit)
        && !address.is_empty()
        && address.iter().all(|&octet| is_plain_in_uri(octet) || octet == b':')
}

/// `unreserved` or `sub-delims`: what names and paths hold as it is.
pub(crate) const fn is_plain_in_uri(octet: u8) -> bool {
    CLASSES[octet as usize] & IN_URI != 0
}

/// `unreserved` (RFC 3986 §2.3).
///
/// ```text
/// unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~"
/// ```
const fn is_unreserved(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')
}

/// `sub-delims` (RFC 3986 §2.2).
///
/// ```text
/// sub-delims = "!" / "$" / "&" / "'" / "(" / ")" / "*" / "+" / "," / ";" / "="
/// ```
const fn is_sub_delim(octet: u8) -> bool {
    matches!(octet, b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(authority: &str) -> Option<Form> {
        Authority::read(authority.as_bytes()).map(|authority| authority.form())
    }

    #[test]
    fn an_address_of_the_future_has_a_version_and_an_address() {
        for literal in ["[v1.a]", "[VF0.a:b]"] {
            assert_eq!(form(literal), Some(Form::Future), "{literal}");
        }
        for literal in ["[v.a]", "[v1.]", "[vg.a]", "[v1.a b]", "[v1]", "[x1.a]"] {
            assert_eq!(form(literal), None, "{literal}");
        }
    }

    #[test]
    fn a_port_is_a_number_of_any_size() {
        for (port, its) in [
            ("80", Form::Plain),
            ("65535", Form::Plain),
            ("65536", Form::PortRange),
            ("99999999999999999999999", Form::PortRange),
            ("0", Form::LeadingZeros),
            ("0080", Form::LeadingZeros),
            ("", Form::Literal),
        ] {
            assert_eq!(form(&format!("a:{port}")), Some(its), "{port}");
        }
        let is_same = |one: &str, other: &str| {
            let [one, other] = [one, other].map(|text| Authority::read(text.as_bytes()).expect("an authority"));
            one.is_same(&other, b"80")
        };
        assert!(
            is_same("a", "A:0080")
                && is_same("a:", "a:80")
                && is_same("a:99999999999999999999", "a:099999999999999999999")
        );
        assert!(!is_same("a", "a:81") && !is_same("a:99999999999999999999", "a:99999999999999999998"));
        assert!(!is_same("a:0", "a"));
    }

    #[test]
    fn a_dns_name_has_253_octets_at_most_in_labels_of_63() {
        let label = "a".repeat(63);
        let longest = [&label[..], &label, &label, &label[..61]].join(".");
        assert_eq!(longest.len(), 253);
        assert_eq!(form(&longest), Some(Form::Plain));
        assert_eq!(form(&format!("{longest}.")), Some(Form::Plain));
        assert_eq!(form(&format!("{longest}a")), Some(Form::Odd));
        assert_eq!(form(&format!("{label}a")), Some(Form::Odd));
    }
}
